// SPDX-License-Identifier: GPL-2.0
/* The four kinds of chain in one shape, so that one test in C fits all. */

#include <linux/slab.h>

#include "kinds.h"

#define DEFINE_API(kind)							\
static int kind##_register(void *head, struct notifier_block *nb)		\
{										\
	return kind##_notifier_chain_register(head, nb);			\
}										\
static int kind##_unregister(void *head, struct notifier_block *nb)		\
{										\
	return kind##_notifier_chain_unregister(head, nb);			\
}										\
static int kind##_call(void *head, unsigned long val, void *v)			\
{										\
	return kind##_notifier_call_chain(head, val, v);			\
}

#define DEFINE_ROBUST(kind)							\
static int kind##_call_robust(void *head, unsigned long up,			\
			      unsigned long down, void *v)			\
{										\
	return kind##_notifier_call_chain_robust(head, up, down, v);		\
}

DEFINE_API(atomic)
DEFINE_API(blocking)
DEFINE_API(srcu)
DEFINE_API(raw)
DEFINE_ROBUST(blocking)
DEFINE_ROBUST(raw)

const struct notifier_chain_kunit_api notifier_chain_kunit_apis[] = {
	[NOTIFIER_CHAIN_KUNIT_ATOMIC] = {
		.register_nb = atomic_register,
		.unregister_nb = atomic_unregister,
		.call = atomic_call,
	},
	[NOTIFIER_CHAIN_KUNIT_BLOCKING] = {
		.register_nb = blocking_register,
		.unregister_nb = blocking_unregister,
		.call = blocking_call,
		.call_robust = blocking_call_robust,
	},
	[NOTIFIER_CHAIN_KUNIT_SRCU] = {
		.register_nb = srcu_register,
		.unregister_nb = srcu_unregister,
		.call = srcu_call,
	},
	[NOTIFIER_CHAIN_KUNIT_RAW] = {
		.register_nb = raw_register,
		.unregister_nb = raw_unregister,
		.call = raw_call,
		.call_robust = raw_call_robust,
	},
};

union head {
	struct atomic_notifier_head atomic;
	struct blocking_notifier_head blocking;
	struct srcu_notifier_head srcu;
	struct raw_notifier_head raw;
};

void *notifier_chain_kunit_head_new(enum notifier_chain_kunit_kind kind)
{
	union head *head = kzalloc(sizeof(*head), GFP_KERNEL);

	if (!head)
		return NULL;

	switch (kind) {
	case NOTIFIER_CHAIN_KUNIT_ATOMIC:
		ATOMIC_INIT_NOTIFIER_HEAD(&head->atomic);
		break;
	case NOTIFIER_CHAIN_KUNIT_BLOCKING:
		BLOCKING_INIT_NOTIFIER_HEAD(&head->blocking);
		break;
	case NOTIFIER_CHAIN_KUNIT_SRCU:
		srcu_init_notifier_head(&head->srcu);
		break;
	case NOTIFIER_CHAIN_KUNIT_RAW:
		RAW_INIT_NOTIFIER_HEAD(&head->raw);
		break;
	}
	return head;
}

void notifier_chain_kunit_head_free(enum notifier_chain_kunit_kind kind, void *head)
{
	if (kind == NOTIFIER_CHAIN_KUNIT_SRCU)
		srcu_cleanup_notifier_head(&((union head *)head)->srcu);
	kfree(head);
}

bool notifier_chain_kunit_head_is_empty(enum notifier_chain_kunit_kind kind, void *head)
{
	union head *any = head;

	/* atomic_notifier_call_chain_is_empty() is not for modules. */
	switch (kind) {
	case NOTIFIER_CHAIN_KUNIT_ATOMIC:
		return !rcu_access_pointer(any->atomic.head);
	case NOTIFIER_CHAIN_KUNIT_BLOCKING:
		return !rcu_access_pointer(any->blocking.head);
	case NOTIFIER_CHAIN_KUNIT_SRCU:
		return !rcu_access_pointer(any->srcu.head);
	case NOTIFIER_CHAIN_KUNIT_RAW:
		return !rcu_access_pointer(any->raw.head);
	}
	return false;
}
