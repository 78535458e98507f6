# SPDX-License-Identifier: GPL-2.0
#
# The samples' twins in C do what the samples do.

. /common.sh

refute insmod /modules/panic_alarm_in_c.ko frequency=7
insmod /modules/panic_alarm_in_c.ko
insmod /modules/exception_monitor_in_c.ko reserve=10
rmmod exception_monitor_in_c
insmod /modules/exception_monitor_in_c.ko reserve=10
crash
