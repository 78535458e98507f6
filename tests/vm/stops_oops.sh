# SPDX-License-Identifier: GPL-2.0
#
# A handler on the die chain would stop an oops. The task that has run into BUG() dies all the same.

. /common.sh

insmod /modules/stops_oops.ko
status=0
insmod /modules/crash_points.ko point=bug || status=$?
echo "the task with the BUG() ended: $status"
[ "$status" = 139 ]
