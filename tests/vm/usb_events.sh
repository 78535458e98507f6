# SPDX-License-Identifier: GPL-2.0
#
# USB devices and buses come and go. The host plugs a mouse in and out.

. /common.sh

mouse=/sys/bus/usb/devices/1-1
pci=/sys/bus/pci

insmod /modules/usb_events.ko
echo "trying plug"
# The link to the driver is there before the chain is called.
until dmesg | grep -q "last hears: add device"; do
	sleep 0.1
done
echo "trying rebind"
echo 1-1 >$mouse/driver/unbind
echo 1-1 >/sys/bus/usb/drivers/usb/bind
echo "trying unplug"
while [ -e $mouse ]; do
	sleep 0.1
done
echo "trying controller goes"
echo 1 >"$pci/devices/$controller/remove"
echo "trying controller comes"
echo 1 >$pci/rescan
rmmod usb_events
echo "trying unload"
echo usb1 >/sys/bus/usb/drivers/usb/unbind
echo usb1 >/sys/bus/usb/drivers/usb/bind
