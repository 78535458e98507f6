# SPDX-License-Identifier: GPL-2.0
#
# An interface that is down is brought up.

. /common.sh

is_up() {
	# IFF_UP is the lowest bit.
	[ $(($(cat /sys/class/net/eth0/flags) & 1)) = 1 ]
}

refute is_up
load interface=eth0
is_up
rmmod panic_broadcaster
