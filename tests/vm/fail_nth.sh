# SPDX-License-Identifier: GPL-2.0
#
# Each allocation that loading a module takes fails, one a time. Afterwards nobody is on a chain.

. /common.sh

# Each load that fails waits for grace periods, one after the other, as does each unload.
echo 1 >/sys/kernel/rcu_expedited

for kind in failslab fail_page_alloc; do
	cd /sys/kernel/debug/$kind
	echo N >ignore-gfp-wait
	# Where it happened is not what this is about.
	echo 0 >verbose
done
echo N >ignore-gfp-highmem
echo 0 >min-order
cd /
# For each allocation, kmemleak makes one of its own. It does without, and that is half of all.
for cache in /sys/kernel/slab/*/failslab; do
	case $cache in
	*/kmemleak_object/*) ;;
	*) echo 1 >"$cache" ;;
	esac
done
echo Y >/sys/kernel/debug/failslab/cache-filter

fail_nth "/modules/$module.ko" "$parameters"

# A notifier that was left behind would be called where there is no code any more.
tell panic panic_notifier_list text=x
tell die die_chain
tell restart restart_handler_list
tell oom oom_notify_list
tell reboot reboot_notifier_list
tell netdevice netdev_chain
echo "it is over"
leaks
