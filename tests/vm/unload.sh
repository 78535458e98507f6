# SPDX-License-Identifier: GPL-2.0
#
# A module with handlers on chains of all kinds is unloaded again and again while another CPU calls them.

. /common.sh

# Grace periods, most of the time that unloading takes, end sooner.
echo 1 >/sys/kernel/rcu_expedited

insmod /modules/caller.ko
for i in $(seq "$rounds"); do
	insmod /modules/callee.ko
	rmmod callee
done
rmmod caller
echo "unloaded $i times"
leaks
