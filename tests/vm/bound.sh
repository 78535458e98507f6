# SPDX-License-Identifier: GPL-2.0
#
# A device is bound to its driver and unbound, again and again, while another CPU calls the chains. Then the machine
# ends as `end` says.

. /common.sh

echo 1 >/sys/kernel/rcu_expedited
insmod /modules/bound.ko
for device in /sys/bus/pci/drivers/bound/0000:*; do
	device=${device##*/}
done

while :; do
	ip link set lo up
	ip link set lo down
done &
caller=$!
cd /sys/bus/pci/drivers/bound
for i in $(seq "$rounds"); do
	echo "$device" >unbind
	echo "$device" >bind
done
kill "$caller"
echo "bound $i times"
case $end in
reboot) reboot ;;
panic) crash ;;
esac
sleep 60
