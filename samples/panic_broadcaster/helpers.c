// SPDX-License-Identifier: GPL-2.0
/*
 * What the panic broadcaster needs of the network stack and Rust cannot reach
 * by itself: inline functions, macros, and the fields of structures that
 * bindgen cannot see into. And the parameters that are strings.
 */

#include <linux/debug_locks.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/udp.h>
#include <net/netdev_rx_queue.h>

#include "helpers.h"

char *panic_broadcaster_interface = "eth0";
module_param_named(interface, panic_broadcaster_interface, charp, 0);
MODULE_PARM_DESC(interface, "Network interface to broadcast on (default: eth0)");

char *panic_broadcaster_source = "";
module_param_named(source, panic_broadcaster_source, charp, 0);
MODULE_PARM_DESC(source, "IPv4 address to broadcast from (default: the interface's own)");

/* What __netpoll_setup() asks, too, but says so in words of its own. */
bool panic_broadcaster_has_netpoll(const struct net_device *dev)
{
	return !(dev->priv_flags & IFF_DISABLE_NETPOLL);
}

bool panic_broadcaster_is_ethernet(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER && dev->addr_len == ETH_ALEN &&
	       dev->hard_header_len == ETH_HLEN;
}

/* Whether the device is a port of another one: a bond, a bridge. Under RTNL. */
bool panic_broadcaster_is_lower(struct net_device *dev)
{
	return netdev_master_upper_dev_get(dev) != NULL;
}

/*
 * Whether the device leaves a packet as it was, so that somebody else may hold
 * it while it is sent. Those that pass packets on to a device below them do not,
 * and set netpoll up on that one.
 */
bool panic_broadcaster_shares_packets(const struct net_device *dev)
{
	return (dev->priv_flags & IFF_TX_SKB_SHARING) &&
	       !dev->netdev_ops->ndo_netpoll_setup;
}

bool panic_broadcaster_has_carrier(const struct net_device *dev)
{
	return netif_carrier_ok(dev);
}

/* The interface's first IPv4 address, or 0.0.0.0. Under RTNL. */
void panic_broadcaster_ip(const struct net_device *dev, u8 ip[4])
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa = NULL;
	__be32 address;

	if (in_dev)
		ifa = rtnl_dereference(in_dev->ifa_list);
	address = ifa ? ifa->ifa_local : 0;
	memcpy(ip, &address, sizeof(address));
}

/*
 * For how many seconds netconsole waits for a link: a parameter of netpoll, which
 * before 7.3 cannot be read. Then it is the default.
 */
unsigned int panic_broadcaster_carrier_timeout(void)
{
#ifdef HAVE_NETPOLL_GET_CARRIER_TIMEOUT
	return netpoll_get_carrier_timeout();
#else
	return 4;
#endif
}

/*
 * Takes the device and sets netpoll up on it. Under RTNL; do_netpoll_cleanup()
 * undoes it.
 */
int panic_broadcaster_netpoll_setup(struct netpoll *np, struct net_device *dev)
{
	int err;

	np->name = KBUILD_MODNAME;
	netdev_hold(dev, &np->dev_tracker, GFP_KERNEL);
	err = __netpoll_setup(np, dev);
	if (err)
		netdev_put(dev, &np->dev_tracker);
	return err;
}

/*
 * What comes before a frame belongs to the driver. A frame that begins on such a
 * boundary lets virtio_net put its own header right there. Otherwise it needs a
 * second buffer, and allocates a list of the two.
 */
static unsigned int headroom(const struct net_device *dev)
{
	return ALIGN(dev->needed_headroom, SMP_CACHE_BYTES);
}

/* Allocates a packet for frames of up to @len bytes on @dev. May sleep. */
struct sk_buff *panic_broadcaster_packet_alloc(const struct net_device *dev,
					       unsigned int len)
{
	return alloc_skb(headroom(dev) + len + dev->needed_tailroom, GFP_KERNEL);
}

void panic_broadcaster_packet_free(struct sk_buff *skb)
{
	kfree_skb(skb);
}

/*
 * Whether the device has sent the packet, and it may be filled again. A driver
 * that wants a packet of its own sends a clone, which shares the data.
 */
bool panic_broadcaster_packet_is_back(const struct sk_buff *skb)
{
	return !skb_shared(skb) && !skb_cloned(skb);
}

static void packet_fill(struct sk_buff *skb, struct net_device *dev,
			const u8 *header, const u8 *payload,
			unsigned int payload_len)
{
	const unsigned int header_len = ETH_HLEN + sizeof(struct iphdr) +
					sizeof(struct udphdr);

	/* Wherever the last driver left its ends. */
	skb->data = skb->head + headroom(dev);
	skb->len = 0;
	skb_reset_tail_pointer(skb);

	skb_put_data(skb, header, header_len);
	skb_put_data(skb, payload, payload_len);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, ETH_HLEN + sizeof(struct iphdr));
	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_NONE;
	skb->dev = dev;
}

/*
 * The stack calls a driver with soft interrupts disabled. Here that is more than a
 * promise to keep: a driver may disable and enable them by itself, which would run
 * those that are pending, with interrupts enabled, in the middle of the panic. And
 * when it raises one, it would wake the task that runs them, which takes the
 * scheduler's locks; the scheduler may be what has crashed.
 */
static bool driver_enter(struct net_device *dev)
{
	struct napi_struct *napi;

	/*
	 * Whoever has set this is to poll, so that the driver asks nobody else: that
	 * may be a task to wake, for which the same holds. It stays, as nobody polls
	 * any more.
	 */
	list_for_each_entry_rcu(napi, &dev->napi_list, dev_list)
		set_bit(NAPI_STATE_SCHED, &napi->state);

	if (in_interrupt())
		return false;
	local_bh_disable();
	return true;
}

/*
 * Runs no soft interrupt, as local_bh_enable() would. PREEMPT_RT offers nothing
 * else, and so they stay disabled there.
 */
static void driver_exit(bool disabled)
{
	/* With lockdep, a driver that enables soft interrupts enables hard ones, too. */
	local_irq_disable();

#ifndef CONFIG_PREEMPT_RT
	if (disabled)
		_local_bh_enable();
#endif
}

/*
 * Whether a transmit queue is free. Its lock says so only where there are other
 * CPUs; the owner that it notes says so everywhere, but is noted a little later.
 */
static bool queue_is_free(struct netdev_queue *txq)
{
	return READ_ONCE(txq->xmit_lock_owner) == -1 && !spin_is_locked(&txq->_xmit_lock);
}

#ifdef CONFIG_PREEMPT_RT
/*
 * To try the lock may wait there for the one inside it, which a stopped CPU may hold. Where it is
 * free, it stays so, since no other CPU runs. What is noted is for a panic within this one.
 */
static bool queue_trylock(struct net_device *dev, struct netdev_queue *txq)
{
	if (!queue_is_free(txq))
		return false;

	WRITE_ONCE(txq->xmit_lock_owner, smp_processor_id());
	return true;
}

static void queue_unlock(struct net_device *dev, struct netdev_queue *txq)
{
	WRITE_ONCE(txq->xmit_lock_owner, -1);
}
#else
static bool queue_trylock(struct net_device *dev, struct netdev_queue *txq)
{
	return queue_is_free(txq) && HARD_TX_TRYLOCK(dev, txq);
}

static void queue_unlock(struct net_device *dev, struct netdev_queue *txq)
{
	HARD_TX_UNLOCK(dev, txq);
}
#endif

/*
 * Whether this CPU is polling the device right now. Some drivers take one lock
 * for that and for sending, and would wait for themselves. As in netpoll.
 */
static bool polls_here(const struct net_device *dev)
{
	const struct napi_struct *napi;

	list_for_each_entry_rcu(napi, &dev->napi_list, dev_list) {
		if (READ_ONCE(napi->poll_owner) == smp_processor_id())
			return true;
	}
	return false;
}

/*
 * Sends a frame in a packet that is back, and keeps the packet: the device gets
 * a reference of its own, so that it never frees anything. Returns whether the
 * device took it.
 *
 * This is what netpoll_send_skb() does, except that it never queues the packet
 * for later: that would take the lock of a work queue, which the CPU that
 * crashed may hold, and would be of no use, since nothing runs later. And it
 * takes whichever transmit queue nobody holds. Interrupts must be off.
 */
bool panic_broadcaster_packet_send(struct net_device *dev, struct sk_buff *skb,
				   const u8 *header, const u8 *payload,
				   unsigned int payload_len)
{
	unsigned int queues = dev->real_num_tx_queues;
	netdev_tx_t status = NETDEV_TX_BUSY;
	bool disabled;
	unsigned int i;

	lockdep_assert_irqs_disabled();

	if (!netif_running(dev) || !netif_device_present(dev) || polls_here(dev))
		return false;

	packet_fill(skb, dev, header, payload, payload_len);

	for (i = 0; i < queues && !dev_xmit_complete(status); i++) {
		unsigned int queue = (smp_processor_id() + i) % queues;
		struct netdev_queue *txq = netdev_get_tx_queue(dev, queue);

		if (!queue_trylock(dev, txq))
			continue;
		if (!netif_xmit_frozen_or_stopped(txq)) {
			skb_set_queue_mapping(skb, queue);
			skb_get(skb);
			disabled = driver_enter(dev);
			status = netdev_start_xmit(skb, dev, txq, false);
			driver_exit(disabled);
			if (!dev_xmit_complete(status))
				refcount_dec(&skb->users);
		}
		queue_unlock(dev, txq);
	}

	return dev_xmit_complete(status);
}

static bool irq_is_free(unsigned int irq)
{
	struct irq_data *data = irq ? irq_get_irq_data(irq) : NULL;
	struct irq_desc *desc = data ? irq_data_to_desc(data) : NULL;

	return !desc || !(raw_spin_is_locked(&desc->lock) || irqd_irq_inprogress(data) ||
			  atomic_read(&desc->threads_active));
}

/*
 * Whether the driver may disable the device's interrupt, as some do to be polled:
 * for that they wait until its handler has ended. If that is what has crashed,
 * here or on a CPU that is stopped, it never ends. Few drivers note which it is.
 */
static bool interrupt_is_free(const struct net_device *dev)
{
	const struct device *parent = dev->dev.parent;
	const struct napi_struct *napi;

	list_for_each_entry_rcu(napi, &dev->napi_list, dev_list) {
		if (napi->irq > 0 && !irq_is_free(napi->irq))
			return false;
	}
	if (parent && dev_is_pci(parent) && !irq_is_free(to_pci_dev(parent)->irq))
		return false;
	return irq_is_free(dev->irq);
}

/*
 * Whether nothing but received frames is looked after there, as far as the driver
 * tells. Some allocate for the next ones, whether or not there may be any.
 */
static bool only_receives(struct net_device *dev, const struct napi_struct *napi)
{
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++) {
		if (netdev_get_tx_queue(dev, i)->napi == napi)
			return false;
	}
	for (i = 0; i < dev->num_rx_queues; i++) {
		if (__netif_get_rx_queue(dev, i)->napi == napi)
			return true;
	}
	return false;
}

/* With no budget, which is for what was sent alone. As in netpoll. */
static void poll_napi(struct napi_struct *napi)
{
	if (cmpxchg(&napi->poll_owner, -1, smp_processor_id()) != -1)
		return;
	if (!test_and_set_bit(NAPI_STATE_NPSVC, &napi->state)) {
		napi->poll(napi, 0);
		clear_bit(NAPI_STATE_NPSVC, &napi->state);
	}
	smp_store_release(&napi->poll_owner, -1);
}

/*
 * Lets the device work, so that it gives back what it has sent. Returns whether
 * it may: its driver takes transmit locks for that, and whoever holds one now is
 * stopped, or is the very code that crashed, and will never give it back.
 *
 * This is what netpoll_poll_dev() does, except that it never frees what is left of
 * the packets of others: that would take the locks of the allocators, which the CPU
 * that crashed may hold. And most drivers need only a part of it, so that the rest is
 * done only where @all is said: to call their interrupt handler, and to look after
 * what was received. Interrupts must be off.
 */
bool panic_broadcaster_poll(struct net_device *dev, bool all)
{
	struct netpoll_info *ni = rcu_dereference_bh(dev->npinfo);
	struct napi_struct *napi;
	bool disabled;
	unsigned int i;

	lockdep_assert_irqs_disabled();

	if (polls_here(dev))
		return false;
	for (i = 0; i < dev->num_tx_queues; i++) {
		if (!queue_is_free(netdev_get_tx_queue(dev, i)))
			return false;
	}

	/*
	 * Lockdep knows these locks from the driver's softirq, and would report
	 * that a hard interrupt or an NMI takes them. It does not know that they
	 * are free, and that no one else runs. panic() itself turns it off, only
	 * a little later.
	 */
	debug_locks_off();

	/* Held while the device is brought up or taken down. */
	if (!ni || !netif_running(dev) || raw_spin_is_locked(&ni->dev_lock.lock) ||
	    down_trylock(&ni->dev_lock))
		return false;

	disabled = driver_enter(dev);
	if (all && dev->netdev_ops->ndo_poll_controller && interrupt_is_free(dev))
		dev->netdev_ops->ndo_poll_controller(dev);
	list_for_each_entry_rcu(napi, &dev->napi_list, dev_list) {
		if (all || !only_receives(dev, napi))
			poll_napi(napi);
	}
	driver_exit(disabled);

	up(&ni->dev_lock);
	return true;
}
