# SPDX-License-Identifier: GPL-2.0
#
# The interface goes down under the module; then the machine crashes.

. /common.sh

load interface=eth0
ip link set eth0 down
crash
