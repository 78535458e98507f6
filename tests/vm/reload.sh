# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes a hundred times and leaves nothing behind.

. /common.sh

# Grace periods, most of the time that unloading takes, end sooner.
echo 1 >/sys/kernel/rcu_expedited

for i in $(seq 100); do
	# The last ten wait for ordinary grace periods.
	[ "$i" -ne 91 ] || echo 0 >/sys/kernel/rcu_expedited
	load interface=eth0
	rmmod panic_broadcaster
done
echo "reloaded $i times"
leaks
