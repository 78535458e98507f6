// SPDX-License-Identifier: GPL-2.0
/*
 * NMI context, by a counter of cycles on each CPU, whose interrupt is a pseudo-NMI.
 */

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "nmi.h"

#undef pr_fmt
#define pr_fmt(fmt) "%s: " fmt, module_name(THIS_MODULE)

/* Long enough for a CPU to get on between two of them. */
#define CYCLES 100000

/* What a CPU is to do when its counter overflows. */
struct call {
	struct perf_event *event;
	void (*run)(void *data);	/* NULL when it is done. */
	void *data;
};

/* One at a time. */
static DEFINE_MUTEX(lock);
static DEFINE_PER_CPU(struct call, calls);

static void handle(struct perf_event *event, struct perf_sample_data *data,
		   struct pt_regs *regs)
{
	struct call *mine = this_cpu_ptr(&calls);
	void (*run)(void *data) = smp_load_acquire(&mine->run);

	if (run) {
		run(mine->data);
		smp_store_release(&mine->run, NULL);
	}
}

static int create(unsigned int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.size = sizeof(attr),
		.sample_period = CYCLES,
		.pinned = 1,
		.disabled = 1,
	};
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr, cpu, NULL, handle, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	per_cpu(calls, cpu).event = event;
	return 0;
}

static void look(void *is_nmi)
{
	*(bool *)is_nmi = in_nmi();
}

int notifier_chain_torture_nmi_enable(void)
{
	bool is_nmi = false;
	unsigned int cpu;
	int err = 0;

	for_each_online_cpu(cpu) {
		err = create(cpu);
		if (err)
			break;
	}
	if (!err) {
		notifier_chain_torture_nmi_run(0, look, &is_nmi);
		if (!is_nmi) {
			pr_err("boot with irqchip.gicv3_pseudo_nmi=1\n");
			err = -EOPNOTSUPP;
		}
	}
	if (err)
		notifier_chain_torture_nmi_disable();
	return err;
}

void notifier_chain_torture_nmi_disable(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct call *its = per_cpu_ptr(&calls, cpu);

		if (its->event)
			perf_event_release_kernel(its->event);
		its->event = NULL;
	}
}

void notifier_chain_torture_nmi_run(unsigned int nth, void (*run)(void *data), void *data)
{
	unsigned int cpu = cpumask_nth(nth, cpu_online_mask);
	struct call *its;
	unsigned long end;

	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first(cpu_online_mask);
	its = per_cpu_ptr(&calls, cpu);

	mutex_lock(&lock);
	its->data = data;
	smp_store_release(&its->run, run);
	perf_event_enable(its->event);
	/* `data` is the caller's, so there is no way but to wait for it. */
	end = jiffies + 20 * HZ;
	while (smp_load_acquire(&its->run)) {
		if (time_after(jiffies, end))
			pr_err_once("no interrupt of the counter on CPU %u for 20 s\n", cpu);
		cpu_relax();
		cond_resched();
	}
	perf_event_disable(its->event);
	mutex_unlock(&lock);
}
