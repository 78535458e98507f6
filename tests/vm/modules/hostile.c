// SPDX-License-Identifier: GPL-2.0
/*
 * Calls a chain of the kernel, once, with whatever it is told to. Where the
 * chain is, the guest finds out: most of them are private to the kernel.
 */

#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *chain = "";
module_param(chain, charp, 0);
MODULE_PARM_DESC(chain, "Which chain: panic, die, restart, reboot, oom, netdevice");

static ulong head;
module_param(head, ulong, 0);
MODULE_PARM_DESC(head, "Its address");

static ulong action;
module_param(action, ulong, 0);
MODULE_PARM_DESC(action, "The action");

static char *text;
module_param(text, charp, 0);
MODULE_PARM_DESC(text, "The text in the data (default: there is none)");

static uint times = 1;
module_param(times, uint, 0);
MODULE_PARM_DESC(times, "How often it has it");

static int stop(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_STOP;
}

/*
 * Stands behind those who are first since before, and keeps this from everybody
 * else: the kernel's own notifiers may think that nobody calls them like that.
 */
static struct notifier_block guard = {
	.notifier_call = stop,
	.priority = INT_MAX,
};

/* With interrupts off, as panic() does and exceptions may. */
static void call_atomic(void *data)
{
	unsigned long flags;

	atomic_notifier_chain_register((void *)head, &guard);
	local_irq_save(flags);
	atomic_notifier_call_chain((void *)head, action, data);
	local_irq_restore(flags);
	atomic_notifier_chain_unregister((void *)head, &guard);
}

static void call_blocking(void *data)
{
	blocking_notifier_chain_register((void *)head, &guard);
	blocking_notifier_call_chain((void *)head, action, data);
	blocking_notifier_chain_unregister((void *)head, &guard);
}

static void call_raw(void *data)
{
	rtnl_lock();
	raw_notifier_chain_register((void *)head, &guard);
	raw_notifier_call_chain((void *)head, action, data);
	raw_notifier_chain_unregister((void *)head, &guard);
	rtnl_unlock();
}

static void *string(char *text)
{
	return text;
}

static void *die_args(char *text)
{
	static struct die_args args;

	args.str = text;
	return &args;
}

static void *pages(char *text)
{
	static unsigned long freed;

	return &freed;
}

static void *device(char *text)
{
	static struct net_device dev;
	static struct netdev_notifier_info info = { .dev = &dev };

	strscpy(dev.name, text ?: "");
	return &info;
}

static const struct {
	const char *name;
	void (*call)(void *data);
	void *(*data)(char *text);
} chains[] = {
	{ "panic", call_atomic, string },
	{ "die", call_atomic, die_args },
	{ "restart", call_atomic, string },
	{ "reboot", call_blocking, string },
	{ "oom", call_blocking, pages },
	{ "netdevice", call_raw, device },
};

static char *repeated(void)
{
	size_t len = strlen(text);
	char *all = kmalloc(len * times + 1, GFP_KERNEL);
	unsigned int i;

	if (!all)
		return NULL;
	for (i = 0; i < times; i++)
		memcpy(all + len * i, text, len);
	all[len * times] = '\0';
	return all;
}

static int __init hostile_init(void)
{
	char *all = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(chains); i++)
		if (!strcmp(chain, chains[i].name))
			break;
	if (i == ARRAY_SIZE(chains) || !head) {
		pr_err("chain=%s: give one of the chains, and its head\n", chain);
		return -EINVAL;
	}

	if (text) {
		all = repeated();
		if (!all)
			return -ENOMEM;
	}
	chains[i].call(chains[i].data(all));
	kfree(all);
	return 0;
}
module_init(hostile_init);

/* Lets it be unloaded. */
static void __exit hostile_exit(void)
{
}
module_exit(hostile_exit);

MODULE_DESCRIPTION("Calls a chain of the kernel with whatever it is told to");
MODULE_LICENSE("GPL");
