// SPDX-License-Identifier: GPL-2.0
/* Keeps whoever measures apart from who disturbs. */

#include <linux/cpumask.h>
#include <linux/sched.h>

#include "stay.h"

bool notifier_chain_bench_stay(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(cpumask_first(cpu_online_mask)));
	return num_online_cpus() > 1;
}
