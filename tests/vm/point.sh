# SPDX-License-Identifier: GPL-2.0
#
# A machine crashes at a point where its network may be in any state: `point` says which.

. /common.sh

load interface=eth0 records="$records" port="$port"
fill_log 150
insmod /modules/crash_points.ko point="$point"
# Some points are reached a little later.
sleep 60
echo "no crash"
exit 1
