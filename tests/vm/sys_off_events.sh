# SPDX-License-Identifier: GPL-2.0
#
# The machine goes down in an orderly way, which `event` names.

. /common.sh

insmod /modules/sys_off_events.ko
rmmod sys_off_events
insmod /modules/sys_off_events.ko
case "$event" in
command)
	restart "bootloader, please"
	;;
*)
	"$event"
	;;
esac
