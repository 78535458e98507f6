# SPDX-License-Identifier: GPL-2.0
#
# A process takes more memory than there is. Without a reserve it is killed, with one of exactly the
# same size it lives.

. /common.sh

reserve=16384

# Half of the reserve is missing.
missing_kib=$((reserve * 4 / 2))
available_kib=$(sed -n 's/MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
wanted_kib=$((available_kib - reserve * 4 + missing_kib))

# Takes all of it at once, and writes to it.
eat() {
	dd if=/dev/zero of=/dev/null bs="${wanted_kib}k" count=1 || return $?
}

dd if=/dev/zero of=/tmp/ballast bs=4k count="$reserve"
status=0
eat || status=$?
echo "without a reserve: $status"
rm /tmp/ballast

insmod /modules/exception_monitor.ko reserve="$reserve"
status=0
eat || status=$?
echo "with a reserve: $status"
rmmod exception_monitor
