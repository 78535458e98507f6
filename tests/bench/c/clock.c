// SPDX-License-Identifier: GPL-2.0
/* The clock that both twins are measured with. */

#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "clock.h"
#include "cpu.h"

u64 notifier_chain_bench_ticks(void)
{
	return cpu_ticks();
}

u64 notifier_chain_bench_ns(void)
{
	return ktime_get_ns();
}
