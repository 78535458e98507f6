# SPDX-License-Identifier: GPL-2.0
#
# Each sample comes and goes, and then all of them at once. What a sample refuses, it refuses without a warning of the
# kernel's.

. /common.sh

# This machine takes modules without a signature.
sh /bin/module-key

load interface=eth0
rmmod panic_broadcaster
# A PC's alone.
alarm=
[ ! -e /modules/panic_alarm.ko ] || alarm=panic_alarm
for sample in exception_monitor $alarm; do
	insmod /modules/$sample.ko
	rmmod $sample
done
refute insmod /modules/exception_monitor.ko tasks=2
refute insmod /modules/exception_monitor.ko reserve=999999999
[ -z "$alarm" ] || refute insmod /modules/panic_alarm.ko frequency=19
load interface=eth0
insmod /modules/exception_monitor.ko
[ -z "$alarm" ] || insmod /modules/panic_alarm.ko
rmmod panic_broadcaster exception_monitor $alarm
