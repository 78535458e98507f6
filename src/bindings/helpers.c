// SPDX-License-Identifier: GPL-2.0
/*
 * What Rust cannot reach by itself: inline functions, macros, and fields of
 * structures that bindgen cannot see into.
 */

#include "bindings_helper.h"

const char *notifier_chain_netdev_name(const struct net_device *dev)
{
	return netdev_name(dev);
}
