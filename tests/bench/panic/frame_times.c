// SPDX-License-Identifier: GPL-2.0
/*
 * Notes when each frame is given to a network device's driver, and by the clock that the
 * kernel's log has. Once the machine has panicked and every console has been flushed, what
 * was noted is written to the serial port, past the kernel that is gone.
 */

#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/rtnetlink.h>
#include <linux/sched/clock.h>
#include <linux/udp.h>

#define HEADERS	(ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))

/* Those before the panic count, too. */
static struct noted {
	u64 ns;
	u16 port;
	/* How a datagram begins tells which record it carries. */
	char begin[56];
} noted[8192];
static atomic_t count;

static struct net_device_ops ops;
static const struct net_device_ops *theirs;

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *dev)
{
	struct noted this = { .ns = local_clock() };
	netdev_tx_t result;
	unsigned int nth;

	/* All that is sent here is UDP without options, or of no interest. */
	if (skb->protocol == htons(ETH_P_IP) && skb_headlen(skb) > HEADERS) {
		const struct udphdr *udp = (const void *)skb->data + HEADERS - sizeof(*udp);

		this.port = ntohs(udp->dest);
		memcpy(this.begin, udp + 1,
		       min(skb_headlen(skb) - HEADERS, sizeof(this.begin)));
	}
	result = theirs->ndo_start_xmit(skb, dev);
	if (result != NETDEV_TX_OK)
		return result;

	nth = atomic_fetch_inc(&count);
	if (nth < ARRAY_SIZE(noted))
		noted[nth] = this;
	return result;
}

#define COM1	0x3f8
#define LSR	5
#define EMPTY	0x20

static void put(const char *text, size_t len)
{
	while (len--) {
		while (!(inb(COM1 + LSR) & EMPTY))
			cpu_relax();
		outb(*text++, COM1);
	}
}

/* Called when the panic has done all else, and then again and again. */
static long write_down(int state)
{
	static unsigned int nth;
	static bool has_ended;
	static char line[128];

	for (; nth < min_t(unsigned int, atomic_read(&count), ARRAY_SIZE(noted)); nth++) {
		const struct noted *this = &noted[nth];
		size_t len = 0;

		while (len < sizeof(this->begin) && isprint(this->begin[len]))
			len++;
		put(line, scnprintf(line, sizeof(line), "frame_times: ns=%llu port=%u %.*s\n",
				    this->ns, this->port, (int)len, this->begin));
	}
	if (!has_ended)
		put(line, scnprintf(line, sizeof(line), "frame_times: %u in all\n",
				    atomic_read(&count)));
	has_ended = true;
	return 0;
}

static int __init frame_times_init(void)
{
	struct net_device *dev = dev_get_by_name(&init_net, "eth0");

	if (!dev)
		return -ENODEV;

	/* For good: a machine that has loaded this is about to crash. */
	__module_get(THIS_MODULE);
	rtnl_lock();
	theirs = dev->netdev_ops;
	ops = *theirs;
	ops.ndo_start_xmit = transmit;
	dev->netdev_ops = &ops;
	rtnl_unlock();
	panic_blink = write_down;
	return 0;
}
module_init(frame_times_init);

MODULE_DESCRIPTION("Notes when frames are given to eth0, and says so after a panic");
MODULE_LICENSE("GPL");
