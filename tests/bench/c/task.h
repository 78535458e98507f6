/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_TASK_H
#define _NOTIFIER_CHAIN_BENCH_TASK_H

#include <linux/types.h>

/* At most so many handlers. As many as the last of HANDLERS in groups/task.rs. */
#define MOST_HANDLERS	8

/* The tracepoints. As `Source` in groups/task.rs. */
enum notifier_chain_bench_source {
	NOTIFIER_CHAIN_BENCH_EXIT,
	NOTIFIER_CHAIN_BENCH_SIGNAL,
};

/* How handlers hear of a tracepoint in C. As `Twin` in groups/task.rs. */
enum notifier_chain_bench_twin {
	NOTIFIER_CHAIN_BENCH_CHAIN,	/* One probe, which calls a chain, as the library has it. */
	NOTIFIER_CHAIN_BENCH_PROBES,	/* A probe each. */
};

/*
 * Attaches @count handlers, and takes them off again. Nobody is attached if it
 * fails.
 */
int notifier_chain_bench_task_attach(enum notifier_chain_bench_source source,
				     enum notifier_chain_bench_twin twin, unsigned int count);
void notifier_chain_bench_task_release(enum notifier_chain_bench_source source,
				       enum notifier_chain_bench_twin twin, unsigned int count);

/*
 * Passes a tracepoint @events times. Returns how many ticks that took, 0 if
 * this kernel has no such tracepoint.
 */
u64 notifier_chain_bench_task_pass(enum notifier_chain_bench_source source, unsigned int events);

#endif /* _NOTIFIER_CHAIN_BENCH_TASK_H */
