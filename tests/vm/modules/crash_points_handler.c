// SPDX-License-Identifier: GPL-2.0
/* Handlers of others that misbehave, before or after one that does not. */

#include <linux/delay.h>
#include <linux/limits.h>
#include <linux/notifier.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>

#include "crash_points.h"

static int spin_two_seconds(struct notifier_block *nb, unsigned long action, void *data)
{
	mdelay(2000);
	return NOTIFY_DONE;
}

static int stop(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_STOP;
}

static int panic_once(struct notifier_block *nb, unsigned long action, void *data)
{
	static bool did;

	if (!did) {
		did = true;
		panic("crash point: a handler panics");
	}
	return NOTIFY_DONE;
}

static struct notifier_block block;

static int put(notifier_fn_t fn, int priority)
{
	block.notifier_call = fn;
	block.priority = priority;
	return atomic_notifier_chain_register(&panic_notifier_list, &block);
}

/* Of those with the same priority, the first that came is first. */
static int spins_before(void)
{
	return put(spin_two_seconds, INT_MAX);
}

static int stops_before(void)
{
	return put(stop, INT_MAX);
}

static int stops_after(void)
{
	return put(stop, INT_MAX - 1);
}

static int panics_before(void)
{
	return put(panic_once, INT_MAX);
}

static int panics_after(void)
{
	return put(panic_once, INT_MIN);
}

const struct crash_point crash_points_handler[] = {
	{ "spins_before", spins_before },
	{ "stops_before", stops_before },
	{ "stops_after", stops_after },
	{ "panics_before", panics_before },
	{ "panics_after", panics_after },
	{ }
};
