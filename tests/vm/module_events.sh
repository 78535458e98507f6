# SPDX-License-Identifier: GPL-2.0
#
# Modules come and go while another one listens: one is wanted, one is refused, one fails by itself.

. /common.sh

insmod /modules/module_events.ko
echo "trying wanted"
load interface=eth0
rmmod panic_broadcaster
echo "trying refused"
refute insmod /modules/two_handlers.ko
echo "trying failing"
refute load interface=nosuch0
echo "trying unload"
rmmod module_events
# Nobody refuses it any more.
insmod /modules/two_handlers.ko
rmmod two_handlers
