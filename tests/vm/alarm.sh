# SPDX-License-Identifier: GPL-2.0
#
# A machine with a speaker panics.

. /common.sh

refute insmod /modules/panic_alarm.ko frequency=7
insmod /modules/panic_alarm.ko frequency="$pitch"
crash
