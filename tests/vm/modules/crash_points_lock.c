// SPDX-License-Identifier: GPL-2.0
/* Crashes while a lock is held that nobody will ever give back. */

#include <linux/completion.h>
#include <linux/console.h>
#include <linux/panic.h>
#include <linux/rtnetlink.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

#include "crash_points.h"

static DECLARE_COMPLETION(held);

/* Has another CPU take what @hold takes, and waits until it has. */
static int hold_elsewhere(int (*hold)(void *unused))
{
	int err = crash_on_other_cpu(hold);

	if (!err)
		wait_for_completion(&held);
	return err;
}

static int hold_rtnl(void *unused)
{
	rtnl_lock();
	complete(&held);
	for (;;)
		cpu_relax();
	return 0;
}

static int rtnl_elsewhere(void)
{
	int err = hold_elsewhere(hold_rtnl);

	if (err)
		return err;
	panic("crash point: RTNL is held by another CPU");
}

static int rtnl_here(void)
{
	rtnl_lock();
	panic("crash point: RTNL is held");
}

static int hold_transmit(void *unused)
{
	__netif_tx_lock_bh(netdev_get_tx_queue(crash_device(), 0));
	complete(&held);
	for (;;)
		cpu_relax();
	return 0;
}

static int transmit_elsewhere(void)
{
	int err = hold_elsewhere(hold_transmit);

	if (err)
		return err;
	panic("crash point: the transmit lock is held by another CPU");
}

/* The lock is taken, and its owner is not noted yet. */
static int take_transmit(void *unused)
{
	local_bh_disable();
	spin_lock(&netdev_get_tx_queue(crash_device(), 0)->_xmit_lock);
	complete(&held);
	for (;;)
		cpu_relax();
	return 0;
}

static int transmit_just_taken(void)
{
	int err = hold_elsewhere(take_transmit);

	if (err)
		return err;
	panic("crash point: the transmit lock has just been taken");
}

static int transmit_here(void)
{
	__netif_tx_lock_bh(netdev_get_tx_queue(crash_device(), 0));
	panic("crash point: the transmit lock is held");
}

static int console_here(void)
{
	console_lock();
	panic("crash point: the console lock is held");
}

static DEFINE_RAW_SPINLOCK(raw);

static int raw_spinlock_here(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&raw, flags);
	panic("crash point: a raw spinlock is held");
}

/*
 * In the scheduler, which was just waking the tasks that are called so. Whoever wakes
 * one of them now waits for ever.
 */
static int waking(const char *prefix)
{
	struct task_struct *task;
	unsigned int found = 0;

	local_irq_disable();
	rcu_read_lock();
	for_each_process(task) {
		if (strstarts(task->comm, prefix)) {
			raw_spin_lock(&task->pi_lock);
			found++;
		}
	}
	panic("crash point: %s is being woken (%u tasks)", prefix, found);
}

/* Whoever raises a soft interrupt outside of an interrupt wakes it, too. */
static int waking_ksoftirqd(void)
{
	return waking("ksoftirqd");
}

/* The device has tasks of its own to be polled by. */
static int waking_poller(void)
{
	int err = dev_set_threaded(crash_device(), NETDEV_NAPI_THREADED_ENABLED);

	return err ?: waking("napi/");
}

const struct crash_point crash_points_lock[] = {
	{ "rtnl", rtnl_elsewhere },
	{ "rtnl_here", rtnl_here },
	{ "transmit", transmit_elsewhere },
	{ "transmit_just_taken", transmit_just_taken },
	{ "transmit_here", transmit_here },
	{ "console", console_here },
	{ "raw_spinlock", raw_spinlock_here },
	{ "waking", waking_ksoftirqd },
	{ "waking_poller", waking_poller },
	{ }
};
