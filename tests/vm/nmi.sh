# SPDX-License-Identifier: GPL-2.0
#
# A machine crashes in a non-maskable interrupt, which the host sends.

. /common.sh

echo 1 >/proc/sys/kernel/unknown_nmi_panic
load interface=eth0 records="$records" port="$port"
fill_log 150
echo "ready for the interrupt"
sleep 60
exit 1
