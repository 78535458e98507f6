// SPDX-License-Identifier: GPL-2.0
/*
 * Calls the CPU PM chain as a platform's driver for idle states does, around a
 * state that takes no power away.
 */

#include <linux/cpu_pm.h>
#include <linux/irqflags.h>

#include "cpu_pm_caller.h"

int cpu_pm_caller_idle(void)
{
	unsigned long flags;
	int error;

	local_irq_save(flags);
	error = cpu_pm_enter();
	if (!error) {
		error = cpu_cluster_pm_enter();
		if (!error)
			cpu_cluster_pm_exit();
		cpu_pm_exit();
	}
	local_irq_restore(flags);
	return error;
}
