/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_CPU_ARM64_H
#define _NOTIFIER_CHAIN_BENCH_CPU_ARM64_H

#include <linux/types.h>

/* See notifier_chain_bench_ticks(). In an emulator it says nothing about a CPU. */
static inline u64 cpu_ticks(void)
{
	u64 ticks;

	asm volatile("isb; mrs %0, cntvct_el0; isb" : "=r" (ticks) : : "memory");
	return ticks;
}

/* The code behind it begins at that place in a cache line. */
#define CPU_GO_ON_AT(place)							\
	asm volatile(".balign 64\n\t.rept (" #place ") / 4\n\tnop\n\t.endr")

#endif /* _NOTIFIER_CHAIN_BENCH_CPU_ARM64_H */
