# SPDX-License-Identifier: GPL-2.0
#
# The kernel's chains are called as the kernel never would.

. /common.sh

hostile() {
	tell "$@"
	tell "$@" text=
	tell "$@" text="$(printf '\377\001')"
	tell "$@" text=x times=5000
	tell "$@" text=unknown action=1000
	tell "$@" text=most action=0xffffffffffffffff
	# Not to be taken for what its lower half alone would be.
	tell "$@" text=beyond action=0x100000001
}

insmod /modules/hears_all.ko
echo "it begins"
hostile panic panic_notifier_list
hostile die die_chain
hostile restart restart_handler_list
hostile oom oom_notify_list
hostile reboot reboot_notifier_list
hostile netdevice netdev_chain
echo "it is over"
rmmod hears_all
leaks
