# SPDX-License-Identifier: GPL-2.0
#
# A machine that loads only signed modules refuses one without a signature, and module-key says what to do.

. /common.sh

mount -t securityfs securityfs /sys/kernel/security
refute load interface=eth0
refute grep panic_broadcaster /proc/modules
refute sh /bin/module-key
