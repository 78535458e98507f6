# SPDX-License-Identifier: GPL-2.0
#
# The device goes away under the module, and one of its name comes back. Then the machine crashes.

. /common.sh

driver=/sys/bus/virtio/drivers/virtio_net
device=$(basename "$(readlink -f /sys/class/net/eth0/device)")

load interface=eth0 records="$records" port="$port"
echo "$device" >$driver/unbind
[ ! -e /sys/class/net/eth0 ]
echo "$device" >$driver/bind
ip link set eth0 up
fill_log 150
crash
