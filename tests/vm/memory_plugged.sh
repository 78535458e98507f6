# SPDX-License-Identifier: GPL-2.0
#
# A memory module is plugged in while the machine runs, and out again.

. /common.sh

# How many blocks are in use.
blocks() {
	cat /sys/devices/system/memory/memory*/state | grep -c '^online$'
}

# Waits until that many are.
wait_for() {
	until [ "$(blocks)" = "$1" ]; do
		sleep 0.1
	done
}

insmod /modules/memory_events.ko
before=$(blocks)
echo "ready for memory"
wait_for $((before + 2))
echo "ready to lose it"
wait_for "$before"
rmmod memory_events
