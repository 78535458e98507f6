# SPDX-License-Identifier: GPL-2.0
#
# A machine with a crash kernel crashes. The crash kernel runs this, too.

. /common.sh

if [ -e /proc/vmcore ]; then
	echo "the crash kernel sees a $(dd if=/proc/vmcore bs=1 skip=1 count=3 2>/dev/null) file" \
		"of $(stat -c %s /proc/vmcore) bytes"
	exit
fi

load_crash_kernel
set_settings
insmod /modules/two_handlers.ko
load interface=eth0 records="$records" port="$port"
fill_log 150
crash
