// SPDX-License-Identifier: GPL-2.0
/*
 * What Rust cannot reach by itself of the network's structures. Only for
 * kernels with CONFIG_NET.
 */

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/if_inet6.h>
#include <net/neighbour.h>
#include <net/net_namespace.h>

#include "bindings_helper.h"

void notifier_chain_inet6addr_copy(const struct inet6_ifaddr *ifa, u8 *to)
{
	memcpy(to, &ifa->addr, sizeof(ifa->addr));
}

struct net_device *notifier_chain_inet6addr_device(const struct inet6_ifaddr *ifa)
{
	return ifa->idev->dev;
}

u32 notifier_chain_inet6addr_prefix_len(const struct inet6_ifaddr *ifa)
{
	return ifa->prefix_len;
}

struct net_device *notifier_chain_inetaddr_device(const struct in_ifaddr *ifa)
{
	return ifa->ifa_dev->dev;
}

__be32 notifier_chain_inetaddr_local(const struct in_ifaddr *ifa)
{
	return ifa->ifa_local;
}

u8 notifier_chain_inetaddr_prefix_len(const struct in_ifaddr *ifa)
{
	return ifa->ifa_prefixlen;
}

/*
 * Copies @neigh's hardware address to @to, which has MAX_ADDR_LEN bytes. As
 * neigh_ha_snapshot(), but a tun device may change its length meanwhile.
 */
u8 notifier_chain_neigh_address(const struct neighbour *neigh, u8 *to)
{
	const u8 len = min(READ_ONCE(neigh->dev->addr_len), MAX_ADDR_LEN);
	unsigned int seq;

	do {
		seq = read_seqbegin(&neigh->ha_lock);
		memcpy(to, neigh->ha, len);
	} while (read_seqretry(&neigh->ha_lock, seq));
	return len;
}

struct net_device *notifier_chain_neigh_device(const struct neighbour *neigh)
{
	return neigh->dev;
}

/* Copies @neigh's address to @to, which has 16 bytes. Returns its length, or 0. */
u8 notifier_chain_neigh_ip(const struct neighbour *neigh, u8 *to)
{
	const int family = neigh->tbl->family;
	const u8 len = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;

	memcpy(to, neigh->primary_key, len);
	return len;
}

bool notifier_chain_neigh_is_dead(const struct neighbour *neigh)
{
	return READ_ONCE(neigh->dead);
}

u8 notifier_chain_neigh_state(const struct neighbour *neigh)
{
	return READ_ONCE(neigh->nud_state);
}

unsigned int notifier_chain_neigh_parms_delay(const struct neigh_parms *parms)
{
	return jiffies_to_msecs(NEIGH_VAR(parms, DELAY_PROBE_TIME));
}

struct net_device *notifier_chain_neigh_parms_device(const struct neigh_parms *parms)
{
	return parms->dev;
}

bool notifier_chain_neigh_parms_is_ipv6(const struct neigh_parms *parms)
{
	return parms->tbl->family == AF_INET6;
}

/*
 * Under RTNL, copies what is an address for @dev from @from to @to, which has
 * MAX_ADDR_LEN bytes.
 */
u8 notifier_chain_netdev_copy(const struct net_device *dev, const u8 *from, u8 *to)
{
	const u8 len = min(dev->addr_len, MAX_ADDR_LEN);

	memcpy(to, from, len);
	return len;
}

u8 notifier_chain_netdev_address(const struct net_device *dev, u8 *to)
{
	return notifier_chain_netdev_copy(dev, dev->dev_addr, to);
}

int notifier_chain_netdev_index(const struct net_device *dev)
{
	return READ_ONCE(dev->ifindex);
}

bool notifier_chain_netdev_is_up(const struct net_device *dev)
{
	return READ_ONCE(dev->flags) & IFF_UP;
}

unsigned int notifier_chain_netdev_mtu(const struct net_device *dev)
{
	return READ_ONCE(dev->mtu);
}

const char *notifier_chain_netdev_name(const struct net_device *dev)
{
	return netdev_name(dev);
}

struct net *notifier_chain_netdev_namespace(const struct net_device *dev)
{
	return dev_net(dev);
}

/* bindgen makes no use of unions without names. */
u32 notifier_chain_netdev_old_mtu(const struct netdev_notifier_info *info)
{
	return container_of_const(info, struct netdev_notifier_info_ext, info)->ext.mtu;
}

/* It is a macro in kernels without CONFIG_NET_NS. */
struct net *notifier_chain_netdev_init_net(void)
{
	return &init_net;
}
