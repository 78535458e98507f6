// SPDX-License-Identifier: GPL-2.0
/*
 * Crashes the machine in one of the ways that there are, and at points where its
 * network may be in any state.
 */

#include <linux/cpumask.h>
#include <linux/module.h>

#include "crash_points.h"

static char *point = "";
module_param(point, charp, 0);
MODULE_PARM_DESC(point, "Where to crash: see the tables in crash_points_*.c");

static const struct crash_point *const tables[] = {
	crash_points_context, crash_points_lock,    crash_points_device,
	crash_points_handler, crash_points_life, crash_points_arch,
};

/* An architecture may have none. */
const struct crash_point __weak crash_points_arch[] = { { } };

/* The machine dies before anybody could give it back. */
struct net_device *crash_device(void)
{
	return dev_get_by_name(&init_net, "eth0");
}

int crash_on_other_cpu(int (*fn)(void *unused))
{
	unsigned int other = cpumask_any_but(cpu_online_mask, get_cpu());
	struct task_struct *task;

	put_cpu();
	if (other >= nr_cpu_ids)
		return -ENODEV;

	task = kthread_create_on_cpu(fn, NULL, other, "crash-point/%u");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wake_up_process(task);
	return 0;
}

static int __init crash_points_init(void)
{
	const struct crash_point *found;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (found = tables[i]; found->name; found++) {
			if (!strcmp(point, found->name))
				return found->reach();
		}
	}
	pr_err("point=%s: there is no such point\n", point);
	return -EINVAL;
}
module_init(crash_points_init);

MODULE_DESCRIPTION("Crashes the machine at a chosen point");
MODULE_LICENSE("GPL");
