// SPDX-License-Identifier: GPL-2.0
/* What the network device chain is called with. */

#include <linux/netdevice.h>
#include <net/net_namespace.h>

#include "netdevice.h"

void *notifier_chain_kunit_netdev_info(void)
{
	static struct netdev_notifier_info info;

	info.dev = init_net.loopback_dev;
	return &info;
}
