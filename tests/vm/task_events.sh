# SPDX-License-Identifier: GPL-2.0
#
# Processes are delivered signals and exit, while handlers come and go on both chains.

. /common.sh

insmod /modules/task_events.ko processes="$processes" handler="$(tasks)"
cd /tmp
tasks "$processes" /dev/task_visitor
rmmod task_events
rm -f core*
leaks
