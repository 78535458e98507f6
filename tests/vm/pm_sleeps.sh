# SPDX-License-Identifier: GPL-2.0
#
# The machine sleeps as far as `pm_test` says, and wakes five seconds later.

. /common.sh

insmod /modules/pm_events.ko
echo platform >/sys/power/pm_test
echo "trying suspend"
echo freeze >/sys/power/state
rmmod pm_events

insmod /modules/pm_events.ko refuses=1
echo "trying refused suspend"
refute sh -c 'echo freeze >/sys/power/state'
rmmod pm_events
