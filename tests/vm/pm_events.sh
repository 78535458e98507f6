# SPDX-License-Identifier: GPL-2.0
#
# The machine sleeps in each way that the kernel tells of, unless a handler refuses it.

. /common.sh

# It does not stay asleep: an alarm is due.
suspend() {
	refute wakes_soon busybox sh -c 'echo freeze >/sys/power/state'
}

# What user space opens to write the image of the machine, and to read one.
hibernate() {
	sh -c ': </dev/snapshot'
}

restore() {
	sh -c ': >/dev/snapshot'
}

insmod /modules/pm_events.ko
for way in suspend hibernate restore; do
	echo "trying $way"
	"$way"
done
rmmod pm_events

insmod /modules/pm_events.ko refuses=1
echo "trying refused suspend"
refute sh -c 'echo freeze >/sys/power/state'
for way in hibernate restore; do
	echo "trying refused $way"
	refute "$way"
done
rmmod pm_events

insmod /modules/pm_events.ko refuses=2
echo "trying refused too late"
suspend
rmmod pm_events
echo "trying nobody"
suspend
