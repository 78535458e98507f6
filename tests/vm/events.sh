# SPDX-License-Identifier: GPL-2.0
#
# Something befalls a machine that exception_monitor watches: `event` says what.

. /common.sh

insmod /modules/exception_monitor.ko tasks="${tasks:-0}"

case "$event" in
sysrq)
	crash
	;;
panic | bug | null | int3 | brk)
	# Whoever asks dies of it, unless the machine does.
	insmod /modules/crash_points.ko point="$event" || true
	;;
null_panic)
	echo 1 >/proc/sys/kernel/panic_on_oops
	insmod /modules/crash_points.ko point=null
	;;
reboot | halt | poweroff)
	"$event"
	;;
suspend)
	# It does not stay asleep: an alarm is due.
	refute wakes_soon busybox sh -c 'echo freeze >/sys/power/state'
	;;
tasks)
	sh -c 'exit 7' || true
	sh -c 'kill -TERM $$' || true
	;;
command)
	restart "bootloader, please"
	;;
*)
	echo "event=$event: no such event"
	exit 1
	;;
esac
rmmod exception_monitor
