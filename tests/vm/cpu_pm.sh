# SPDX-License-Identifier: GPL-2.0
#
# A CPU is about to lose its power, or says so, while a module listens.

. /common.sh

# Has the kernel make an image of the memory, for which there is no swap.
hibernate() {
	insmod /modules/cpu_pm_events.ko "$@"
	echo disk >/sys/power/state || true
	rmmod cpu_pm_events
}

idle() {
	insmod /modules/cpu_pm_events.ko idle=1 "$@"
	rmmod cpu_pm_events
}

echo "trying to idle"
idle
echo "trying to idle, refused"
idle refuses=1
echo "trying to idle, the power domain refused"
idle refuses=2
echo "trying to hibernate"
hibernate
echo "trying to hibernate, refused"
hibernate refuses=1
