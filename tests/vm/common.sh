# SPDX-License-Identifier: GPL-2.0
#
# What scenarios share. They start with `. /common.sh`.

# Standard output is the kernel's log, which takes one line a write.
lines() {
	while IFS= read -r line; do
		echo "$line"
	done
}

# Something for the broadcast to carry.
fill_log() {
	for i in $(seq "$1"); do
		echo "log line $i of $1: the pump runs at $((1400 + i)) rpm, valve $((i % 7)) is open"
	done
}

# Sets what $settings names, such as "kernel/panic_on_oops=1,/sys/...=1": sysctls where it is no whole path.
set_settings() {
	for setting in $(echo "$settings" | tr , ' '); do
		case $setting in
		/*) echo "${setting#*=}" >"${setting%%=*}" ;;
		*) echo "${setting#*=}" >"/proc/sys/${setting%%=*}" ;;
		esac
	done
}

# What must not succeed. (`! command` would be no check: `sh -e` lets it pass either way.)
refute() {
	if "$@"; then
		echo "succeeds and must not: $*"
		exit 1
	fi
}

load() {
	insmod /modules/panic_broadcaster.ko "$@"
}

# Busybox's own ask the first process, which is a script here.
reboot() {
	busybox reboot -f
}

halt() {
	busybox halt -f
}

poweroff() {
	busybox poweroff -f
}

crash() {
	echo c >/proc/sysrq-trigger
}

# Loads the kernel to go to from a panic.
load_crash_kernel() {
	# What this machine has booted from, without the modules and the kernel.
	cd /
	printf '%s\n' bin bin/busybox dev proc sys init common.sh scenario |
		cpio -o -H newc >/tmp/initramfs
	# By file; Debian's arm64 kernels know only the older call.
	kexec -p -a --reuse-cmdline --append=nr_cpus=1 --initrd=/tmp/initramfs /kernel
	[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
}

# Calls a chain of the kernel: its name, the name of its head, and what it is told.
tell() {
	chain=$1 head=/tmp/$2
	shift 2
	[ -e "$head" ] || grep " ${head##*/}$" /proc/kallsyms >"$head"
	insmod /modules/hostile.ko chain="$chain" head="0x$(cut -d' ' -f1 "$head")" "$@"
	rmmod hostile
}

# What kmemleak finds goes to the log, if the kernel has it. An object is old enough to be a suspect after five seconds.
leaks() {
	[ -e /sys/kernel/debug/kmemleak ] || return 0
	echo scan >/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	lines </sys/kernel/debug/kmemleak
}
