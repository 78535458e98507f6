# SPDX-License-Identifier: GPL-2.0
#
# CPUs get frequencies, which change, while a module listens.

. /common.sh

policy=/sys/devices/system/cpu/cpufreq/policy0

# The kernel changes the frequency later, in a work item.
limit() {
	echo "$1" >$policy/scaling_max_freq
	until [ "$(cat $policy/scaling_cur_freq)" = "$1" ]; do
		sleep 0.1
	done
}

insmod /modules/cpufreq_events.ko
echo "trying a driver"
insmod /modules/cpufreq_table.ko
echo "trying a change"
limit 2000000
limit 3000000
echo "trying a change that fails"
echo -5 >/sys/module/cpufreq_table/parameters/error
echo 1000000 >$policy/scaling_max_freq
until dmesg | grep -q "Failed to change cpu frequency: -5"; do
	sleep 0.1
done
# It goes back at once.
sleep 1
limit 3000000
echo 0 >/sys/module/cpufreq_table/parameters/error
echo "trying without the driver"
rmmod cpufreq_table
rmmod cpufreq_events
echo "trying without handlers"
insmod /modules/cpufreq_table.ko
limit 1000000
rmmod cpufreq_table
