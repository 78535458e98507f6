// SPDX-License-Identifier: GPL-2.0
/* Crashes while the broadcaster comes or goes, and while the machine itself goes. */

#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/panic.h>
#include <linux/reboot.h>
#include <linux/timer.h>

#include "crash_points.h"

static int panic_when_up(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == NETDEV_UP && !strcmp(netdev_notifier_info_to_dev(data)->name, "eth0"))
		panic("crash point: the interface is brought up");
	return NOTIFY_DONE;
}

static struct notifier_block up_block = { .notifier_call = panic_when_up };

static int loading_up(void)
{
	return register_netdevice_notifier(&up_block);
}

static void timer_panics(struct timer_list *unused)
{
	panic("crash point: the carrier is waited for");
}

static DEFINE_TIMER(timer, timer_panics);

/* The cable is there, and the driver has yet to notice. */
static int carrier_is_late(struct notifier_block *nb, unsigned long action, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);

	if (action == NETDEV_UP && !strcmp(dev->name, "eth0")) {
		netif_carrier_off(dev);
		mod_timer(&timer, jiffies + HZ / 10);
	}
	return NOTIFY_DONE;
}

static struct notifier_block carrier_block = { .notifier_call = carrier_is_late };

static int loading_waits(void)
{
	return register_netdevice_notifier(&carrier_block);
}

static int panic_when_live(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct module *module = data;

	if (action == MODULE_STATE_LIVE && !strcmp(module->name, "panic_broadcaster"))
		panic("crash point: the module is live");
	return NOTIFY_DONE;
}

static struct notifier_block module_block = { .notifier_call = panic_when_live };

static int loading_ends(void)
{
	return register_module_notifier(&module_block);
}

static void cleanup_panics(struct net_device *dev)
{
	panic("crash point: netpoll is given back");
}

/* The device's driver is asked in the midst of unloading, when there is nothing of netpoll left. */
static int unloading(void)
{
	static struct net_device_ops ops;
	struct net_device *dev = crash_device();

	ops = *dev->netdev_ops;
	ops.ndo_netpoll_cleanup = cleanup_panics;
	dev->netdev_ops = &ops;
	return 0;
}

static int panic_at_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	static bool again;

	/* On arm64, the panic restarts the machine by the same chain. */
	if (again)
		return NOTIFY_DONE;
	again = true;
	panic("crash point: a reboot handler");
}

static struct notifier_block reboot_block = { .notifier_call = panic_at_reboot };

static int at_reboot(void)
{
	return register_reboot_notifier(&reboot_block);
}

static int at_restart(void)
{
	reboot_block.priority = 255;
	return register_restart_handler(&reboot_block);
}

const struct crash_point crash_points_life[] = {
	{ "loading_up", loading_up },
	{ "loading_waits", loading_waits },
	{ "loading_ends", loading_ends },
	{ "unloading", unloading },
	{ "reboot", at_reboot },
	{ "restart", at_restart },
	{ }
};
