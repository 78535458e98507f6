# SPDX-License-Identifier: GPL-2.0
#
# A handler drops its own registration, or makes a token where it must not sleep.

. /common.sh

insmod /modules/drops_its_own.ko chain="$chain" &
sleep "$wait"
