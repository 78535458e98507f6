# SPDX-License-Identifier: GPL-2.0
#
# Devices come and go on two buses, and get and lose drivers, while a module listens.

. /common.sh

insmod /modules/bus_events.ko
echo "trying a platform device"
insmod /modules/bus_device.ko
rmmod bus_device
echo "trying a driver that fails"
insmod /modules/bus_device.ko error=-5
rmmod bus_device

cd /sys/bus/pci/drivers/virtio-pci
for device in 0000:*; do
	continue
done
echo "trying to bind"
echo "$device" >unbind
echo "$device" >bind
echo "trying to remove"
echo 1 >"$device/remove"
echo 1 >/sys/bus/pci/rescan
[ -e "$device" ]
echo "trying without handlers"
rmmod bus_events
echo "$device" >unbind
insmod /modules/bus_device.ko
rmmod bus_device
