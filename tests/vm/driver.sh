# SPDX-License-Identifier: GPL-2.0
#
# A driver of somebody else's is loaded, and the machine goes down: by a crash, or in an orderly way.

. /common.sh

insmod /modules/*.ko
if [ "$end" = crash ]; then
	crash
fi
