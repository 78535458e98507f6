# SPDX-License-Identifier: GPL-2.0
#
# The cable is not plugged in when the module is loaded, but is when the machine crashes.

. /common.sh

carrier() {
	cat /sys/class/net/eth0/carrier 2>/dev/null || echo 0
}

load interface=eth0 records="$records" port="$port"
[ "$(carrier)" = 0 ]
echo "loaded without a carrier"
while [ "$(carrier)" = 0 ]; do
	usleep 20000
done
fill_log 150
crash
