// SPDX-License-Identifier: GPL-2.0
/* The twin in C: chains of a driver's own, called as a driver calls them. */

#include <linux/module.h>
#include <linux/slab.h>

#include "chains.h"
#include "cpu.h"
#include "handlers.h"

struct notifier_chain_bench_chains {
	enum notifier_chain_kunit_kind kind;
	void **heads;
};

static void *head_new(enum notifier_chain_kunit_kind kind)
{
	struct locked_raw *raw;

	if (kind != NOTIFIER_CHAIN_KUNIT_RAW)
		return notifier_chain_kunit_head_new(kind);

	raw = kzalloc(sizeof(*raw), GFP_KERNEL);
	if (!raw)
		return NULL;
	RAW_INIT_NOTIFIER_HEAD(&raw->head);
	mutex_init(&raw->lock);
	return &raw->head;
}

static void *fill(enum notifier_chain_kunit_kind kind, unsigned int length, notifier_fn_t callback)
{
	void *head = head_new(kind);

	while (head && length--) {
		struct listener *listener = kzalloc(sizeof(*listener), GFP_KERNEL);

		if (!listener)
			return NULL;
		listener->nb.notifier_call = callback;
		listener->head = head;
		notifier_chain_kunit_apis[kind].register_nb(head, &listener->nb);
	}
	return head;
}

struct notifier_chain_bench_chains *
notifier_chain_bench_chains_new(enum notifier_chain_kunit_kind kind, unsigned int count,
				unsigned int length, notifier_fn_t callback)
{
	struct notifier_chain_bench_chains *chains = kzalloc(sizeof(*chains), GFP_KERNEL);

	if (!chains)
		return NULL;

	__module_get(THIS_MODULE);
	chains->kind = kind;
	chains->heads = kcalloc(count, sizeof(*chains->heads), GFP_KERNEL);
	if (!chains->heads)
		return NULL;

	while (count--) {
		chains->heads[count] = fill(kind, length, callback);
		if (!chains->heads[count])
			return NULL;
	}
	return chains;
}

void *notifier_chain_bench_chains_head(struct notifier_chain_bench_chains *chains,
				       unsigned int nth)
{
	return chains->heads[nth];
}

static __always_inline int locked_raw_call_chain(struct raw_notifier_head *head,
						 unsigned long action, void *data)
{
	guard(mutex)(&container_of(head, struct locked_raw, head)->lock);
	return raw_notifier_call_chain(head, action, data);
}

/*
 * The same at four places in a cache line: a loop as short as this one is faster
 * at some of them than at others.
 */
#define DEFINE_CALL_AT(kind, call_chain, place)					\
static unsigned int kind##_call_at_##place(void **heads, unsigned int count,	\
					   unsigned int times)			\
{										\
	struct event event = { .value = 1 };					\
	unsigned int i, refused = 0;						\
										\
	CPU_GO_ON_AT(place);							\
	while (times--) {							\
		for (i = 0; i < count; i++) {					\
			if (notifier_to_errno(call_chain(heads[i], 0, &event)))	\
				refused++;					\
		}								\
	}									\
	return refused;								\
}

#define DEFINE_CALL(kind, call_chain)						\
DEFINE_CALL_AT(kind, call_chain, 0)						\
DEFINE_CALL_AT(kind, call_chain, 16)						\
DEFINE_CALL_AT(kind, call_chain, 32)						\
DEFINE_CALL_AT(kind, call_chain, 48)

DEFINE_CALL(atomic, atomic_notifier_call_chain)
DEFINE_CALL(blocking, blocking_notifier_call_chain)
DEFINE_CALL(srcu, srcu_notifier_call_chain)
DEFINE_CALL(raw, locked_raw_call_chain)

#define CALLS(kind)								\
	{ kind##_call_at_0, kind##_call_at_16, kind##_call_at_32, kind##_call_at_48 }

unsigned int notifier_chain_bench_chains_call(struct notifier_chain_bench_chains *chains,
					      unsigned int count, unsigned int times,
					      unsigned int round)
{
	static unsigned int (*const calls[][4])(void **heads, unsigned int count,
						unsigned int times) = {
		[NOTIFIER_CHAIN_KUNIT_ATOMIC] = CALLS(atomic),
		[NOTIFIER_CHAIN_KUNIT_BLOCKING] = CALLS(blocking),
		[NOTIFIER_CHAIN_KUNIT_SRCU] = CALLS(srcu),
		[NOTIFIER_CHAIN_KUNIT_RAW] = CALLS(raw),
	};

	return calls[chains->kind][round % 4](chains->heads, count, times);
}
