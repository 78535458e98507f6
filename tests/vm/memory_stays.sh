# SPDX-License-Identifier: GPL-2.0
#
# The kernel itself refuses that memory goes.

. /common.sh
. /scripts/memory_block.sh

insmod /modules/memory_events.ko
echo "trying offline"
state() {
	echo "$1" >"$block/state"
}
refute state offline
rmmod memory_events
