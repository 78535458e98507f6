# SPDX-License-Identifier: GPL-2.0
#
# A machine at work crashes. The interface is down until the module takes it.

. /common.sh

ip link show eth0 | lines
load interface=eth0 records="$records" port="$port"
fill_log 150
crash
