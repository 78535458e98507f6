# SPDX-License-Identifier: GPL-2.0
#
# A KUnit module runs its tests when it is loaded. The marks tell one module's output from the next one's.

for ko in /modules/*.ko; do
	name=$(basename "$ko" .ko)
	echo "loading $name"
	insmod "$ko"
	echo "loaded $name"
	rmmod "$name"
done

if [ -e /sys/kernel/debug/kmemleak ]; then
	. /common.sh
	leaks
fi
