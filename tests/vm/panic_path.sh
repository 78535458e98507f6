# SPDX-License-Identifier: GPL-2.0
#
# The broadcaster and netconsole hear the same panic. Who loads what of the two
# comes first makes no difference: one is called by the panic, the other by printk.

. /common.sh

# What a machine is started with that nobody told anything.
echo N >/sys/module/printk/parameters/ignore_loglevel
cat /proc/sys/kernel/printk

insmod /modules/frame_times.ko
insmod /modules/netconsole.ko netconsole=+@192.0.2.1/eth0,"$netconsole_port"@255.255.255.255/ff:ff:ff:ff:ff:ff
load interface=eth0 records="$records" port="$port"

# Of all levels from "error" to "debug".
for i in $(seq 300); do
	echo "<$((3 + i % 5))>log line $i of 300: the pump runs at $((1400 + i)) rpm"
done
# What is on its way to netconsole gets there.
sleep 1
crash
