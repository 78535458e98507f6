# SPDX-License-Identifier: GPL-2.0
#
# The rates of clocks change while a module listens, which is done when it is loaded.

. /common.sh

insmod /modules/clk_events.ko
rmmod clk_events
