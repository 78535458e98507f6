# SPDX-License-Identifier: GPL-2.0
#
# Each sample comes and goes, and then all of them at once.

. /common.sh

load interface=eth0
rmmod panic_broadcaster
for sample in exception_monitor panic_alarm; do
	insmod /modules/$sample.ko
	rmmod $sample
done
load interface=eth0
insmod /modules/exception_monitor.ko
insmod /modules/panic_alarm.ko
rmmod panic_broadcaster exception_monitor panic_alarm
