// SPDX-License-Identifier: GPL-2.0
/* Threads that call a chain while a test changes it. */

#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "caller.h"

struct notifier_chain_kunit_caller {
	struct task_struct *task;
	void (*step)(void *data);
	void *data;
};

static int run(void *data)
{
	struct notifier_chain_kunit_caller *caller = data;

	while (!kthread_should_stop()) {
		caller->step(caller->data);
		cond_resched();
	}
	return 0;
}

struct notifier_chain_kunit_caller *notifier_chain_kunit_caller_start(unsigned int nth,
								      void (*step)(void *data),
								      void *data)
{
	struct notifier_chain_kunit_caller *caller = kzalloc(sizeof(*caller), GFP_KERNEL);
	unsigned int cpu = cpumask_nth(nth, cpu_online_mask);

	if (!caller)
		return NULL;
	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first(cpu_online_mask);

	caller->step = step;
	caller->data = data;
	caller->task = kthread_run_on_cpu(run, caller, cpu, "notifier_chain/%u");
	if (IS_ERR(caller->task)) {
		kfree(caller);
		return NULL;
	}
	return caller;
}

void notifier_chain_kunit_caller_stop(struct notifier_chain_kunit_caller *caller)
{
	kthread_stop(caller->task);
	kfree(caller);
}

void notifier_chain_kunit_tick(void)
{
	schedule_timeout_uninterruptible(1);
}
