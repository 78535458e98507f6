/* SPDX-License-Identifier: GPL-2.0 */
/* What the panic broadcaster takes from C: the input of bindgen. */

#ifndef _PANIC_BROADCASTER_HELPERS_H
#define _PANIC_BROADCASTER_HELPERS_H

#include <linux/kmsg_dump.h>
#include <linux/netdevice.h>
#include <linux/netpoll.h>
#include <linux/skbuff.h>

/* See helpers.c. */
extern char *panic_broadcaster_interface;
extern char *panic_broadcaster_source;

bool panic_broadcaster_has_netpoll(const struct net_device *dev);
bool panic_broadcaster_is_ethernet(const struct net_device *dev);
bool panic_broadcaster_is_lower(struct net_device *dev);
bool panic_broadcaster_shares_packets(const struct net_device *dev);
bool panic_broadcaster_has_carrier(const struct net_device *dev);
void panic_broadcaster_ip(const struct net_device *dev, u8 ip[4]);

unsigned int panic_broadcaster_carrier_timeout(void);
int panic_broadcaster_netpoll_setup(struct netpoll *np, struct net_device *dev);

struct sk_buff *panic_broadcaster_packet_alloc(const struct net_device *dev,
					       unsigned int len);
void panic_broadcaster_packet_free(struct sk_buff *skb);
bool panic_broadcaster_packet_is_back(const struct sk_buff *skb);
bool panic_broadcaster_packet_send(struct net_device *dev, struct sk_buff *skb,
				   const u8 *header, const u8 *payload,
				   unsigned int payload_len);
bool panic_broadcaster_poll(struct net_device *dev, bool all);

#endif /* _PANIC_BROADCASTER_HELPERS_H */
