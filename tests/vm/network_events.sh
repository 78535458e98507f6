# SPDX-License-Identifier: GPL-2.0
#
# Devices, addresses and neighbours come, change and go while a module listens.

. /common.sh

insmod /modules/network_events.ko
echo "trying interface"
ip link set eth0 up
ip link set eth0 mtu 1400
refute ip link set eth0 mtu 1313
ip link set eth0 address 52:54:00:aa:bb:cc
ip link set eth0 multicast off
echo 77 >/sys/class/net/eth0/tx_queue_len
echo "trying upper"
insmod /modules/upper.ko
rmmod upper
echo "trying ipv4"
ip addr add 192.0.2.1/24 dev eth0
ip addr add 192.0.2.2/25 dev eth0
ip addr del 192.0.2.2/25 dev eth0
echo "trying neighbour"
arp -i eth0 -s 192.0.2.9 02:00:00:00:00:09
arp -i eth0 -d 192.0.2.9
refute ping -c 1 -W 5 192.0.2.10
echo "trying settings"
echo 7 >/proc/sys/net/ipv4/neigh/eth0/delay_first_probe_time
echo 6 >/proc/sys/net/ipv4/neigh/default/delay_first_probe_time
echo 0 >/proc/sys/net/ipv4/ip_forward_update_priority
if [ -e /proc/sys/net/ipv4/fib_multipath_hash_policy ]; then
	echo "trying paths"
	echo 1 >/proc/sys/net/ipv4/fib_multipath_hash_policy
fi
echo "trying ipv6"
ip addr add 2001:db8::1/64 dev eth0
ip addr del 2001:db8::1/64 dev eth0
echo 5 >/proc/sys/net/ipv6/neigh/eth0/delay_first_probe_time
echo 1 >/proc/sys/net/ipv6/fib_multipath_hash_policy
echo "trying down"
ip link set eth0 down
ip link set eth0 name wan0
if [ -e /proc/self/ns/net ]; then
	echo "trying namespace"
	unshare -n sleep 3 &
	sleep 1
	ip link set wan0 netns $!
	wait
	# The kernel removes the namespace, and brings the device back, a little later.
	until [ -e /sys/class/net/wan0 ]; do
		sleep 1
	done
fi
echo "trying end"
rmmod network_events
