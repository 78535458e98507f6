// SPDX-License-Identifier: GPL-2.0
/* The twin in C: registering on a chain and unregistering from it. */

#include "chains.h"
#include "clock.h"
#include "handlers.h"
#include "register.h"

static int locked_register(struct raw_notifier_head *head, struct notifier_block *nb)
{
	guard(mutex)(&container_of(head, struct locked_raw, head)->lock);
	return raw_notifier_chain_register(head, nb);
}

static int locked_unregister(struct raw_notifier_head *head, struct notifier_block *nb)
{
	guard(mutex)(&container_of(head, struct locked_raw, head)->lock);
	return raw_notifier_chain_unregister(head, nb);
}

#define DEFINE_REGISTER(kind, register_nb, unregister_nb)			\
static void kind##_register(void *head, unsigned int count,			\
			    u64 *registered, u64 *unregistered)			\
{										\
	struct listener listeners[AT_A_TIME];					\
	unsigned int i;								\
	u64 start;								\
										\
	start = notifier_chain_bench_ticks();					\
	for (i = 0; i < count; i++) {						\
		listeners[i] = (struct listener) {				\
			.nb = { .notifier_call = notifier_chain_bench_stateful },	\
			.head = head,						\
		};								\
		register_nb(head, &listeners[i].nb);				\
	}									\
	*registered = notifier_chain_bench_ticks() - start;			\
										\
	start = notifier_chain_bench_ticks();					\
	for (i = 0; i < count; i++)						\
		unregister_nb(listeners[i].head, &listeners[i].nb);		\
	*unregistered = notifier_chain_bench_ticks() - start;			\
}

DEFINE_REGISTER(atomic, atomic_notifier_chain_register, atomic_notifier_chain_unregister)
DEFINE_REGISTER(blocking, blocking_notifier_chain_register, blocking_notifier_chain_unregister)
DEFINE_REGISTER(srcu, srcu_notifier_chain_register, srcu_notifier_chain_unregister)
DEFINE_REGISTER(raw, locked_register, locked_unregister)

void notifier_chain_bench_register(enum notifier_chain_kunit_kind kind, void *head,
				   unsigned int count, u64 *registered, u64 *unregistered)
{
	switch (kind) {
	case NOTIFIER_CHAIN_KUNIT_ATOMIC:
		return atomic_register(head, count, registered, unregistered);
	case NOTIFIER_CHAIN_KUNIT_BLOCKING:
		return blocking_register(head, count, registered, unregistered);
	case NOTIFIER_CHAIN_KUNIT_SRCU:
		return srcu_register(head, count, registered, unregistered);
	case NOTIFIER_CHAIN_KUNIT_RAW:
		return raw_register(head, count, registered, unregistered);
	}
}
