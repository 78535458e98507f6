# SPDX-License-Identifier: GPL-2.0
#
# A kernel without tracepoints refuses, and nothing is left behind.

. /common.sh

refute insmod /modules/task_events.ko
refute grep task_events /proc/modules
