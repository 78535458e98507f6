# SPDX-License-Identifier: GPL-2.0
#
# What the module refuses leaves it as if it had never been loaded.

. /common.sh

refuse() {
	echo "trying $1"
	refute load "$@"
	echo "tried $1"
	refute grep panic_broadcaster /proc/modules
}

# The first load of any module from outside the kernel tree brings a remark of the kernel's. And a module that left
# something on the panic chain or on the interface when it was refused fails here the next time.
load interface=eth0
rmmod panic_broadcaster

# A pair of virtual cables, which cannot do netpoll.
insmod /modules/veth.ko
ip link add cable0 type veth

refuse interface=nosuch0
refuse interface=cable0
refuse port=0 interface=eth0
refuse port=70000 interface=eth0
refuse records=-1 interface=eth0
refuse limit=0 interface=eth0
refuse limit=600001 interface=eth0

load interface=eth0
rmmod panic_broadcaster
