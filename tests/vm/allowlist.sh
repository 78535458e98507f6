# SPDX-License-Identifier: GPL-2.0
#
# The user says which of two panic handlers are wanted, and says it wrongly. In the end the machine crashes.

. /common.sh

try() {
	echo "trying $1"
	shift
	insmod /modules/two_handlers.ko "$@"
	tell panic panic_notifier_list text=rehearsal
	# A name that nobody has is reported after a second.
	usleep 1500000
	rmmod two_handlers
}

try absent
try empty panic_notifiers=
try second panic_notifiers=second
try unknown panic_notifiers=second,nosuch
try twice panic_notifiers=nosuch,second,nosuch,second
try commas panic_notifiers=,,
try prefix panic_notifiers=sec,
try long panic_notifiers="$(printf 'a,%.0s' $(seq 500))second"
echo "trying too long"
refute insmod /modules/two_handlers.ko panic_notifiers="$(printf '%04000d' 0)"
# Gone before the report.
echo "trying unload"
insmod /modules/two_handlers.ko panic_notifiers=nosuch
rmmod two_handlers
leaks

echo "trying sysrq"
insmod /modules/two_handlers.ko panic_notifiers=second
crash
