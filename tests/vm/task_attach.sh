# SPDX-License-Identifier: GPL-2.0
#
# The module, and with it the probes, come and go while processes are delivered signals and exit.

. /common.sh

cd /tmp
handler=$(tasks)
{
	tasks "$processes"
	echo $? >ended
} &
loads=0
while [ ! -e ended ]; do
	insmod /modules/task_events.ko processes="$processes" handler="$handler"
	rmmod task_events
	loads=$((loads + 1))
done
[ "$(cat ended)" = 0 ]
echo "loaded $loads times"
rm -f core*
leaks
