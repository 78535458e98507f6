/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_HANDLERS_H
#define _NOTIFIER_CHAIN_BENCH_HANDLERS_H

#include <linux/atomic.h>
#include <linux/notifier.h>

/* What is told. The same as `Event` in handlers.rs. */
struct event {
	u32 value;
};

/* Who listens. As a registration in Rust, it remembers on which chain it is. */
struct listener {
	struct notifier_block nb;
	union {
		u32 sum;
		atomic_t shared;
	};
	void *head;
};

/* As many as COPIES in handlers.rs. */
#define COPIES	16

/* The same handler again and again: a call finds each at another address. */
extern const notifier_fn_t notifier_chain_bench_copies[COPIES];

/* What a handler may need: nothing, the event, its own state, the same with atomics. */
int notifier_chain_bench_idle(struct notifier_block *nb, unsigned long action, void *data);
int notifier_chain_bench_typed(struct notifier_block *nb, unsigned long action, void *data);
int notifier_chain_bench_stateful(struct notifier_block *nb, unsigned long action, void *data);

int notifier_chain_bench_shared(struct notifier_block *nb, unsigned long action, void *data);

/* The one with state, slowed down on purpose. */
int notifier_chain_bench_slowed(struct notifier_block *nb, unsigned long action, void *data);

#endif /* _NOTIFIER_CHAIN_BENCH_HANDLERS_H */
