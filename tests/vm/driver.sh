# SPDX-License-Identifier: GPL-2.0
#
# A driver of somebody else's is loaded, and the machine goes: by a crash, or in good order.

. /common.sh

insmod /modules/*.ko
if [ "$end" = crash ]; then
	crash
fi
