# SPDX-License-Identifier: GPL-2.0
#
# The device goes away under the module: taken down and removed, or removed as it runs. In the end the machine crashes.

. /common.sh

driver=/sys/bus/virtio/drivers/virtio_net
device=$(basename "$(readlink -f /sys/class/net/eth0/device)")

# Taken down first: what the module held is free, since the device can go while the module stays.
load interface=eth0
ip link set eth0 down
echo "$device" >$driver/unbind
rmmod panic_broadcaster
echo "$device" >$driver/bind

load interface=eth0
echo "$device" >$driver/unbind
rmmod panic_broadcaster
echo "$device" >$driver/bind

load interface=eth0
echo "$device" >$driver/unbind
[ ! -e /sys/class/net/eth0 ]
leaks
echo "crashing without a device"
crash
