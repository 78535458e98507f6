// SPDX-License-Identifier: GPL-2.0
/*
 * Crashes while the device is at work, and devices that do not work any more when
 * they are needed.
 */

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/interrupt.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>

#include "crash_points.h"

/* The experimental protocol: nobody listens. */
static struct sk_buff *frame(struct net_device *dev)
{
	struct sk_buff *skb = alloc_skb(LL_RESERVED_SPACE(dev) + ETH_ZLEN, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_put_zero(skb, ETH_ZLEN);
	skb_reset_mac_header(skb);
	eth_broadcast_addr(eth_hdr(skb)->h_dest);
	ether_addr_copy(eth_hdr(skb)->h_source, dev->dev_addr);
	eth_hdr(skb)->h_proto = htons(ETH_P_802_EX1);
	skb->protocol = htons(ETH_P_802_EX1);
	skb->dev = dev;
	return skb;
}

static int transmits(void *unused)
{
	struct net_device *dev = crash_device();

	for (;;) {
		struct sk_buff *skb = frame(dev);

		if (skb)
			dev_queue_xmit(skb);
		cond_resched();
	}
	return 0;
}

/* Another CPU sends all the time. */
static int under_load(void)
{
	int err = crash_on_other_cpu(transmits);

	if (err)
		return err;
	msleep(300);
	panic("crash point: another CPU transmits");
}

static struct sk_buff *foreign;

/* Before the broadcaster is called: the device has a frame that another CPU has allocated. */
static int send_foreign(struct notifier_block *nb, unsigned long action, void *data)
{
	struct net_device *dev = crash_device();
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	foreign->alloc_cpu = cpumask_any_but(cpu_possible_mask, smp_processor_id());
	__netif_tx_lock(txq, smp_processor_id());
	netdev_start_xmit(foreign, dev, txq, false);
	__netif_tx_unlock(txq);
	return NOTIFY_DONE;
}

static struct notifier_block foreign_block = {
	.notifier_call = send_foreign,
	.priority = INT_MAX,
};

/* After it. */
static int check_interrupts(struct notifier_block *nb, unsigned long action, void *data)
{
	WARN(!raw_irqs_disabled(), "crash point: interrupts are enabled\n");
	return NOTIFY_DONE;
}

static struct notifier_block check_block = { .notifier_call = check_interrupts };

static int with_foreign_frame(void)
{
	foreign = frame(crash_device());
	if (!foreign)
		return -ENOMEM;
	atomic_notifier_chain_register(&panic_notifier_list, &check_block);
	return atomic_notifier_chain_register(&panic_notifier_list, &foreign_block);
}

/* The device's poll function gives back what it has sent. */
static void freed(struct sk_buff *unused)
{
	panic("crash point: the device is polled (in_serving_softirq() is %d)",
	      !!in_serving_softirq());
}

static int in_poll(void)
{
	struct net_device *dev = crash_device();
	struct sk_buff *skb = frame(dev);
	unsigned int i;

	if (!skb)
		return -ENOMEM;
	skb->destructor = freed;
	dev_queue_xmit(skb);
	/* Not every frame makes the device interrupt. */
	for (i = 0; i < 300; i++) {
		skb = frame(dev);
		if (skb)
			dev_queue_xmit(skb);
		msleep(1);
	}
	return -ETIMEDOUT;
}

static irqreturn_t interrupted(int irq, void *unused)
{
	panic("crash point: the device interrupts (in_hardirq() is %d)", !!in_hardirq());
}

/*
 * The device's own hard interrupt, which its driver shares. e1000 has it come every
 * two seconds by itself: after a frame, the lock of its queue might be held.
 */
static int in_interrupt_of_device(void)
{
	struct net_device *dev = crash_device();
	struct napi_struct *napi = list_first_entry(&dev->napi_list, struct napi_struct, dev_list);
	int err = request_irq(napi->irq, interrupted, IRQF_SHARED, "crash_points", dev);

	if (err)
		return err;
	msleep(20000);
	return -ETIMEDOUT;
}

/*
 * In the page allocator, while there are frames with pages that were freed with
 * interrupts off, so that they are still to be freed: whoever does it waits for ever.
 */
static int in_allocator(void)
{
	struct net_device *dev = crash_device();
	struct sk_buff *skbs[32];
	struct page *page;
	struct zone *zone;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(skbs); i++) {
		skbs[i] = frame(dev);
		page = alloc_page(GFP_KERNEL);
		if (!skbs[i] || !page)
			return -ENOMEM;
		skb_add_rx_frag(skbs[i], 0, page, 0, ETH_ZLEN, PAGE_SIZE);
	}

	local_irq_disable();
	for (i = 0; i < ARRAY_SIZE(skbs); i++)
		dev_kfree_skb_irq(skbs[i]);
	zone = page_zone(page);
	spin_lock(&this_cpu_ptr(zone->per_cpu_pageset)->lock);
	spin_lock(&zone->lock);
	panic("crash point: in the page allocator");
}

/* The device's operations, of which one is replaced. */
static struct net_device_ops ops;
static const struct net_device_ops *real;
static unsigned int frames;

static netdev_tx_t is_busy(struct sk_buff *skb, struct net_device *dev)
{
	return NETDEV_TX_BUSY;
}

static netdev_tx_t keeps(struct sk_buff *skb, struct net_device *dev)
{
	return NETDEV_TX_OK;
}

static netdev_tx_t is_slow(struct sk_buff *skb, struct net_device *dev)
{
	mdelay(90);
	return real->ndo_start_xmit(skb, dev);
}

static struct sk_buff_head hoard;

static netdev_tx_t hoards(struct sk_buff *skb, struct net_device *dev)
{
	__skb_queue_tail(&hoard, skb);
	return NETDEV_TX_OK;
}

/* Sends one of them whenever it has been polled twenty times. */
static void trickles(struct net_device *dev)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);
	static unsigned int polls;
	struct sk_buff *skb;
	netdev_tx_t status;

	if (real->ndo_poll_controller)
		real->ndo_poll_controller(dev);
	if (++polls % 20)
		return;
	skb = __skb_dequeue(&hoard);
	if (!skb)
		return;
	__netif_tx_lock(txq, smp_processor_id());
	status = real->ndo_start_xmit(skb, dev);
	__netif_tx_unlock(txq);
	if (!dev_xmit_complete(status))
		__skb_queue_head(&hoard, skb);
}

static netdev_tx_t panics(struct sk_buff *skb, struct net_device *dev)
{
	if (++frames == 10)
		panic("crash point: the device's driver panics itself");
	return real->ndo_start_xmit(skb, dev);
}

static netdev_tx_t oopses(struct sk_buff *skb, struct net_device *dev)
{
	if (++frames == 10)
		WRITE_ONCE(*(int *)NULL, 0);
	return real->ndo_start_xmit(skb, dev);
}

static int with_driver(netdev_tx_t (*transmit)(struct sk_buff *skb, struct net_device *dev),
		       void (*poll)(struct net_device *dev))
{
	struct net_device *dev = crash_device();

	real = dev->netdev_ops;
	ops = *real;
	ops.ndo_start_xmit = transmit;
	if (poll)
		ops.ndo_poll_controller = poll;
	dev->netdev_ops = &ops;
	panic("crash point: the device is broken");
}

static int busy(void)
{
	return with_driver(is_busy, NULL);
}

static int keeping(void)
{
	return with_driver(keeps, NULL);
}

static int slow(void)
{
	return with_driver(is_slow, NULL);
}

static int trickling(void)
{
	__skb_queue_head_init(&hoard);
	return with_driver(hoards, trickles);
}

static int panicking(void)
{
	return with_driver(panics, NULL);
}

static int oopsing(void)
{
	return with_driver(oopses, NULL);
}

const struct crash_point crash_points_device[] = {
	{ "load", under_load },
	{ "foreign", with_foreign_frame },
	{ "poll", in_poll },
	{ "interrupt", in_interrupt_of_device },
	{ "allocator", in_allocator },
	{ "device_busy", busy },
	{ "device_keeps", keeping },
	{ "device_slow", slow },
	{ "device_trickles", trickling },
	{ "device_panics", panicking },
	{ "device_oopses", oopsing },
	{ }
};
