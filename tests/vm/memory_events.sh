# SPDX-License-Identifier: GPL-2.0
#
# Memory is taken out of use and into use, and a module refuses both.

. /common.sh
. /scripts/memory_block.sh

reload() {
	rmmod memory_events
	insmod /modules/memory_events.ko "$@"
}

state() {
	echo "$1" >"$block/state"
}

insmod /modules/memory_events.ko
echo "trying offline"
state offline
reload refuses=1
echo "trying refused online"
refute state online_movable
reload
echo "trying online"
state online_movable
reload refuses=2
echo "trying refused offline"
refute state offline
rmmod memory_events
echo "trying unload"
state offline
state online_movable
