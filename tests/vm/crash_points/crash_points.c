// SPDX-License-Identifier: GPL-2.0
/*
 * Crashes the machine at a point where its network may be in any state. The
 * kernel's own LKDTM has none of these.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/rtnetlink.h>

static char *point = "";
module_param(point, charp, 0);
MODULE_PARM_DESC(point, "Where to crash: rtnl, hardirq");

static DECLARE_COMPLETION(held);

static int hold_rtnl(void *unused)
{
	rtnl_lock();
	complete(&held);
	for (;;)
		cpu_relax();
}

/* Another CPU holds the lock of all network configuration, and runs. */
static int crash_with_rtnl_held(void)
{
	unsigned int other = cpumask_any_but(cpu_online_mask, get_cpu());
	struct task_struct *holder;

	put_cpu();
	if (other >= nr_cpu_ids)
		return -ENODEV;

	holder = kthread_create_on_cpu(hold_rtnl, NULL, other, "rtnl-holder/%u");
	if (IS_ERR(holder))
		return PTR_ERR(holder);
	wake_up_process(holder);
	wait_for_completion(&held);
	panic("crash point: RTNL is held by CPU %u", other);
}

static void crash_in_interrupt(struct irq_work *unused)
{
	panic("crash point: hard interrupt (in_hardirq() is %d)", !!in_hardirq());
}

static struct irq_work interrupt = IRQ_WORK_INIT_HARD(crash_in_interrupt);

static int __init crash_points_init(void)
{
	if (!strcmp(point, "rtnl"))
		return crash_with_rtnl_held();
	if (!strcmp(point, "hardirq")) {
		irq_work_queue(&interrupt);
		irq_work_sync(&interrupt);
		return 0;
	}
	pr_err("point=%s: give rtnl or hardirq\n", point);
	return -EINVAL;
}
module_init(crash_points_init);

MODULE_DESCRIPTION("Crashes the machine at a chosen point");
MODULE_LICENSE("GPL");
