# SPDX-License-Identifier: GPL-2.0
#
# A machine on which every allocation fails crashes.

. /common.sh

load interface=eth0 records="$records" port="$port"
fill_log 150

cd /sys/kernel/debug/failslab
echo N >task-filter
echo N >ignore-gfp-wait
echo N >cache-filter
echo -1 >times
echo 1 >verbose

# Opening a file allocates: what is needed from here on is open already.
exec 3>/proc/sysrq-trigger
echo 100 >probability
# This one fails, which shows that the rest would. It is no `( : )`: a shell that cannot fork ends.
true </proc/version || true
echo c >&3
