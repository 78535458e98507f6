// SPDX-License-Identifier: GPL-2.0
/* The clock that both twins are measured with. */

#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "clock.h"

u64 notifier_chain_bench_ticks(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a" (low), "=d" (high) : : "memory");
	return (u64)high << 32 | low;
}

u64 notifier_chain_bench_ns(void)
{
	return ktime_get_ns();
}
