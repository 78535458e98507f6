// SPDX-License-Identifier: GPL-2.0
/*
 * A chain of each kind, all of which the second CPU calls for as long as this
 * module is loaded, without a pause while somebody is there. In the end it tells
 * how often somebody was, and how often it saw him gone.
 */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched.h>

#include "caller.h"

ATOMIC_NOTIFIER_HEAD(caller_atomic);
EXPORT_SYMBOL_GPL(caller_atomic);

BLOCKING_NOTIFIER_HEAD(caller_blocking);
EXPORT_SYMBOL_GPL(caller_blocking);

SRCU_NOTIFIER_HEAD(caller_srcu);
EXPORT_SYMBOL_GPL(caller_srcu);

static RAW_NOTIFIER_HEAD(caller_raw);
static DEFINE_MUTEX(raw_lock);

int caller_raw_register(struct notifier_block *nb)
{
	guard(mutex)(&raw_lock);
	return raw_notifier_chain_register(&caller_raw, nb);
}
EXPORT_SYMBOL_GPL(caller_raw_register);

int caller_raw_unregister(struct notifier_block *nb)
{
	guard(mutex)(&raw_lock);
	return raw_notifier_chain_unregister(&caller_raw, nb);
}
EXPORT_SYMBOL_GPL(caller_raw_unregister);

static void tell_atomic(u64 *count)
{
	atomic_notifier_call_chain(&caller_atomic, 0, count);
}

static void tell_blocking(u64 *count)
{
	blocking_notifier_call_chain(&caller_blocking, 0, count);
}

static void tell_srcu(u64 *count)
{
	srcu_notifier_call_chain(&caller_srcu, 0, count);
}

static void tell_raw(u64 *count)
{
	guard(mutex)(&raw_lock);
	raw_notifier_call_chain(&caller_raw, 0, count);
}

static struct {
	const char *kind;
	void (*call)(u64 *count);
	/* The handler counts here. */
	u64 heard;
	unsigned long calls;
	unsigned long gone;
	bool was_there;
} chains[] = {
	{ "atomic", tell_atomic },
	{ "blocking", tell_blocking },
	{ "srcu", tell_srcu },
	{ "raw", tell_raw },
};

/* Returns whether anybody was there. */
static bool call_each(void)
{
	bool is_any_there = false;
	int i;

	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		typeof(&chains[0]) chain = &chains[i];
		u64 heard = chain->heard;
		bool is_there;

		chain->call(&chain->heard);
		chain->calls++;
		is_there = READ_ONCE(chain->heard) != heard;
		if (chain->was_there && !is_there)
			chain->gone++;
		chain->was_there = is_there;
		is_any_there |= is_there;
	}
	return is_any_there;
}

static int call_all(void *unused)
{
	/* What unloading needs done on this CPU goes first. */
	set_user_nice(current, MAX_NICE);
	while (!kthread_should_stop()) {
		if (call_each())
			cond_resched();
		else
			/* Loading is not what this is about. */
			usleep_range(500, 1000);
	}
	return 0;
}

static struct task_struct *task;

static int __init caller_init(void)
{
	if (!cpu_online(1)) {
		pr_err("give this machine a second CPU\n");
		return -ENODEV;
	}
	task = kthread_run_on_cpu(call_all, NULL, 1, "caller/%u");
	return PTR_ERR_OR_ZERO(task);
}
module_init(caller_init);

static void __exit caller_exit(void)
{
	int i;

	kthread_stop(task);
	for (i = 0; i < ARRAY_SIZE(chains); i++)
		pr_info("%s: %lu calls, %llu heard, %lu times gone\n",
			chains[i].kind, chains[i].calls, chains[i].heard,
			chains[i].gone);
}
module_exit(caller_exit);

MODULE_DESCRIPTION("Calls a chain of each kind on the second CPU");
MODULE_LICENSE("GPL");
