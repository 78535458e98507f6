/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_CLOCK_H
#define _NOTIFIER_CHAIN_BENCH_CLOCK_H

#include <linux/types.h>

/*
 * Returns the time in ticks of the CPU's counter: what comes before has ended,
 * and what comes behind has not begun. The kernel's own clock would not do: in
 * User-Mode Linux each look at it is a system call.
 */
u64 notifier_chain_bench_ticks(void);

/* Returns the kernel's time in nanoseconds, to measure the ticks with. */
u64 notifier_chain_bench_ns(void);

#endif /* _NOTIFIER_CHAIN_BENCH_CLOCK_H */
