/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_KINDS_H
#define _NOTIFIER_CHAIN_KUNIT_KINDS_H

#include <linux/notifier.h>

/* The numbers are those of `CKind` in kind.rs. */
enum notifier_chain_kunit_kind {
	NOTIFIER_CHAIN_KUNIT_ATOMIC,
	NOTIFIER_CHAIN_KUNIT_BLOCKING,
	NOTIFIER_CHAIN_KUNIT_SRCU,
	NOTIFIER_CHAIN_KUNIT_RAW,
};

/* The C API of a kind. What it does not have is NULL. */
struct notifier_chain_kunit_api {
	int (*register_nb)(void *head, struct notifier_block *nb);
	int (*unregister_nb)(void *head, struct notifier_block *nb);
	int (*call)(void *head, unsigned long val, void *v);
	int (*call_robust)(void *head, unsigned long up, unsigned long down,
			   void *v);
};

extern const struct notifier_chain_kunit_api notifier_chain_kunit_apis[];

/* A chain of C's own. Returns NULL without memory. */
void *notifier_chain_kunit_head_new(enum notifier_chain_kunit_kind kind);
void notifier_chain_kunit_head_free(enum notifier_chain_kunit_kind kind, void *head);

/* Returns whether nobody is on it. */
bool notifier_chain_kunit_head_is_empty(enum notifier_chain_kunit_kind kind, void *head);

#endif /* _NOTIFIER_CHAIN_KUNIT_KINDS_H */
