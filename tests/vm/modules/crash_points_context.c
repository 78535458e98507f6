// SPDX-License-Identifier: GPL-2.0
/* Crashes in every context that a kernel runs in. */

#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/panic.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "crash_points.h"

static int by_panic(void)
{
	panic("crash point: a module");
}

static int by_bug(void)
{
	BUG();
}

static int by_null(void)
{
	WRITE_ONCE(*(int *)NULL, 0);
	return 0;
}

static int by_warning(void)
{
	WARN(1, "crash point: a warning\n");
	return 0;
}

static int with_interrupts_off(void)
{
	local_irq_disable();
	panic("crash point: interrupts are off");
}

static void tasklet_panics(struct tasklet_struct *unused)
{
	panic("crash point: soft interrupt (in_serving_softirq() is %d)",
	      !!in_serving_softirq());
}

static DECLARE_TASKLET(tasklet, tasklet_panics);

static int in_soft_interrupt(void)
{
	tasklet_schedule(&tasklet);
	return 0;
}

static void interrupt_panics(struct irq_work *unused)
{
	panic("crash point: hard interrupt (in_hardirq() is %d)", !!in_hardirq());
}

static struct irq_work interrupt = IRQ_WORK_INIT_HARD(interrupt_panics);

static int in_hard_interrupt(void)
{
	irq_work_queue(&interrupt);
	irq_work_sync(&interrupt);
	return 0;
}

static bool go;

static int panics_too(void *unused)
{
	while (!READ_ONCE(go))
		cpu_relax();
	panic("crash point: two CPUs at once, the second");
}

static int on_both(void)
{
	int err = crash_on_other_cpu(panics_too);

	if (err)
		return err;
	WRITE_ONCE(go, true);
	panic("crash point: two CPUs at once, the first");
}

static int spins(void *unused)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int by_spinning(void)
{
	return crash_on_other_cpu(spins);
}

/* The first process takes no such signal, unless it is about a fault of its own. */
static int by_killing_init(void)
{
	struct task_struct *init;

	rcu_read_lock();
	init = pid_task(find_vpid(1), PIDTYPE_PID);
	if (init) {
		init->signal->flags &= ~SIGNAL_UNKILLABLE;
		send_sig(SIGSEGV, init, 1);
	}
	rcu_read_unlock();
	return init ? 0 : -ESRCH;
}

const struct crash_point crash_points_context[] = {
	{ "panic", by_panic },
	{ "bug", by_bug },
	{ "null", by_null },
	{ "warning", by_warning },
	{ "irqs_off", with_interrupts_off },
	{ "softirq", in_soft_interrupt },
	{ "hardirq", in_hard_interrupt },
	{ "both_cpus", on_both },
	{ "spin", by_spinning },
	{ "init", by_killing_init },
	{ }
};
