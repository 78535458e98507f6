# SPDX-License-Identifier: GPL-2.0
#
# A machine dies. `way` says how, and `point` or `type` where. `before` is a point that is prepared before the
# broadcaster is loaded, `settings` are those of the kernel to set, and `limit` is the broadcaster's. `cpus` is a mask of
# the CPUs on which the way begins; the way stops the second CPU.

. /common.sh

if [ -n "$cpus" ] && [ -z "$on_first_cpu" ]; then
	# All else runs on the first CPU from its start. A process that has run on the stopped CPU may wait for ever for that
	# CPU to flush its TLB, and keep RCU's thread from running.
	on_first_cpu=1 exec taskset 1 sh -e "$0"
fi

point() {
	${cpus:+taskset "$cpus"} insmod /modules/crash_points.ko point="$1"
}

if [ -e /proc/vmcore ]; then
	echo "the crash kernel sees a file of $(stat -c %s /proc/vmcore) bytes"
	exit
fi
if [ -e /kernel ]; then
	load_crash_kernel
fi
if [ -n "$before" ]; then
	fill_log 150
	point "$before"
fi
load interface=eth0 records="$records" port="$port" ${limit:+limit="$limit"}
fill_log 150
set_settings
if [ -n "$cpus" ]; then
	# RCU notices a CPU that does not answer only while RCU's own thread can run: it stays on the first CPU.
	taskset -p 1 "$(pidof rcu_sched rcu_preempt)"
	# RCU waits for a CPU only while something waits for RCU, as the end of a process does. (Not by loading a module:
	# that itself waits for every CPU.)
	while usleep 50000; do :; done &
fi

case "$way" in
sysrq)
	crash
	;;
point)
	point "$point"
	;;
lkdtm)
	insmod /modules/lkdtm.ko
	${cpus:+taskset "$cpus"} sh -c "echo $type >/sys/kernel/debug/provoke-crash/DIRECT" &
	;;
nmi)
	echo "ready for the interrupt"
	;;
cable)
	echo "ready for the cable"
	while [ "$(cat /sys/class/net/eth0/carrier)" = 1 ]; do
		usleep 20000
	done
	crash
	;;
down)
	ip link set eth0 down
	crash
	;;
oom)
	# Nearly all that there is, so that it is not refused.
	total_kib=$(sed -n 's/MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	dd if=/dev/zero of=/dev/null bs=$((total_kib - 4096))k count=1
	;;
unload)
	point unloading
	rmmod panic_broadcaster
	;;
reboot)
	point "$point"
	reboot
	;;
load)
	;;
*)
	echo "way=$way: no such way"
	exit 1
	;;
esac
# Some ways take a little. The host knows how long to wait.
while :; do
	sleep 10
done
