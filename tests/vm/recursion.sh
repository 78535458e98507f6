# SPDX-License-Identifier: GPL-2.0
#
# A handler on a blocking chain calls its own chain.

. /common.sh

insmod /modules/recursion.ko
rmmod recursion
