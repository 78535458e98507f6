// SPDX-License-Identifier: GPL-2.0
/* NMI context, by an NMI that a CPU sends to another one or to itself. */

#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include <asm/apic.h>
#include <asm/nmi.h>

#include "nmi.h"

/*
 * What a CPU is to do. Its own handler alone looks at it, since NMIs come from
 * elsewhere, too, at any time.
 */
struct call {
	void (*run)(void *data);	/* NULL when it is done. */
	void *data;
	bool may_come;			/* Our NMI, after one from elsewhere has done the call. */
};

/* One at a time. */
static DEFINE_MUTEX(lock);
static DEFINE_PER_CPU(struct call, calls);

static int handle(unsigned int type, struct pt_regs *regs)
{
	struct call *mine = this_cpu_ptr(&calls);
	void (*run)(void *data) = smp_load_acquire(&mine->run);

	if (run) {
		run(mine->data);
		mine->may_come = true;
		smp_store_release(&mine->run, NULL);
		return NMI_HANDLED;
	}
	if (mine->may_come) {
		/* Or another one, which then goes unreported if nobody else knows it. */
		mine->may_come = false;
		return NMI_HANDLED;
	}
	return NMI_DONE;
}

int notifier_chain_torture_nmi_enable(void)
{
	return register_nmi_handler(NMI_LOCAL, handle, 0, "notifier_chain_torture");
}

void notifier_chain_torture_nmi_disable(void)
{
	unregister_nmi_handler(NMI_LOCAL, "notifier_chain_torture");
}

void notifier_chain_torture_nmi_run(unsigned int nth, void (*run)(void *data), void *data)
{
	unsigned int cpu = cpumask_nth(nth, cpu_online_mask);
	struct call *its;

	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first(cpu_online_mask);
	its = per_cpu_ptr(&calls, cpu);

	mutex_lock(&lock);
	its->data = data;
	smp_store_release(&its->run, run);
	__apic_send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
	while (smp_load_acquire(&its->run)) {
		cpu_relax();
		cond_resched();
	}
	mutex_unlock(&lock);
}
