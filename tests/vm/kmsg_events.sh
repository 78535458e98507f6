# SPDX-License-Identifier: GPL-2.0
#
# The log is dumped for the reason that `event` brings about.

. /common.sh

insmod /modules/kmsg_events.ko
rmmod kmsg_events
insmod /modules/kmsg_events.ko
fill_log 2
case "$event" in
panic)
	crash
	;;
oops)
	# Whoever asks dies of it.
	insmod /modules/crash_points.ko point=null || true
	;;
emergency)
	echo b >/proc/sysrq-trigger
	;;
esac
