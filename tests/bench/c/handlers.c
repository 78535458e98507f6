// SPDX-License-Identifier: GPL-2.0
/* The handlers in C. Each has its twin in handlers.rs. */

#include <linux/compiler.h>
#include <linux/container_of.h>

#include "handlers.h"

/* The event is read first, as in Rust: else the compiler makes an instruction more of it. */
static __always_inline int add(struct notifier_block *nb, void *data, u32 more)
{
	struct listener *listener = container_of(nb, struct listener, nb);
	const struct event *event = data;
	u32 value = event->value + more;

	WRITE_ONCE(listener->sum, READ_ONCE(listener->sum) + value);
	return NOTIFY_OK;
}

int notifier_chain_bench_idle(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_OK;
}

int notifier_chain_bench_typed(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct event *event = data;

	return event->value ? NOTIFY_OK : NOTIFY_DONE;
}

int notifier_chain_bench_stateful(struct notifier_block *nb, unsigned long action, void *data)
{
	return add(nb, data, 0);
}

int notifier_chain_bench_shared(struct notifier_block *nb, unsigned long action, void *data)
{
	struct listener *listener = container_of(nb, struct listener, nb);
	const struct event *event = data;

	atomic_set(&listener->shared, atomic_read(&listener->shared) + event->value);
	return NOTIFY_OK;
}

static noinline u32 nothing(void)
{
	u32 more = 0;

	OPTIMIZER_HIDE_VAR(more);
	return more;
}

int notifier_chain_bench_slowed(struct notifier_block *nb, unsigned long action, void *data)
{
	return add(nb, data, nothing() + nothing());
}

#define COPY(n)									\
static int copy_##n(struct notifier_block *nb, unsigned long action, void *data)	\
{										\
	return add(nb, data, 1##n);						\
}

/* Two-digit octal numbers, as many as there are copies. */
#define EACH_OF(ROW, DO)							\
	DO(ROW##0) DO(ROW##1) DO(ROW##2) DO(ROW##3)				\
	DO(ROW##4) DO(ROW##5) DO(ROW##6) DO(ROW##7)
#define EACH(DO) EACH_OF(0, DO) EACH_OF(1, DO)

EACH(COPY)

#define NAME(n)	copy_##n,

const notifier_fn_t notifier_chain_bench_copies[COPIES] = { EACH(NAME) };
