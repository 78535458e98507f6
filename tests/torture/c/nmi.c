// SPDX-License-Identifier: GPL-2.0
/* NMI context, by an NMI that a CPU sends to another one or to itself. */

#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include <asm/apic.h>
#include <asm/nmi.h>

#include "nmi.h"

struct call {
	unsigned int cpu;
	void (*run)(void *data);
	void *data;
	bool done;
};

/* One at a time. */
static DEFINE_MUTEX(lock);
static struct call *call;

static int handle(unsigned int type, struct pt_regs *regs)
{
	struct call *mine = smp_load_acquire(&call);

	if (!mine || mine->cpu != smp_processor_id() || mine->done)
		return NMI_DONE;
	mine->run(mine->data);
	smp_store_release(&mine->done, true);
	return NMI_HANDLED;
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
	struct call mine = {
		.cpu = cpumask_nth(nth, cpu_online_mask),
		.run = run,
		.data = data,
	};

	if (mine.cpu >= nr_cpu_ids)
		mine.cpu = cpumask_first(cpu_online_mask);
	mutex_lock(&lock);
	smp_store_release(&call, &mine);
	__apic_send_IPI_mask(cpumask_of(mine.cpu), NMI_VECTOR);
	while (!smp_load_acquire(&mine.done))
		cond_resched();
	smp_store_release(&call, NULL);
	mutex_unlock(&lock);
}

void notifier_chain_torture_int3(void)
{
	asm volatile("int3");
}
