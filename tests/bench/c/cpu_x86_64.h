/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_CPU_X86_64_H
#define _NOTIFIER_CHAIN_BENCH_CPU_X86_64_H

#include <linux/types.h>

/* See notifier_chain_bench_ticks(). */
static inline u64 cpu_ticks(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a" (low), "=d" (high) : : "memory");
	return (u64)high << 32 | low;
}

/* The code behind it begins at that place in a cache line, or one byte behind it. */
#define CPU_GO_ON_AT(place)	asm volatile(".balign 64; .nops 1 + " #place)

#endif /* _NOTIFIER_CHAIN_BENCH_CPU_X86_64_H */
