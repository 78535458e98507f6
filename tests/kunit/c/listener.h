/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_LISTENER_H
#define _NOTIFIER_CHAIN_KUNIT_LISTENER_H

#include "kinds.h"

/* A notifier in C on a chain in Rust, which tells a `u32`. */
struct notifier_chain_kunit_listener;

/* Returns NULL without memory. */
struct notifier_chain_kunit_listener *notifier_chain_kunit_listener_new(int priority, int answer);
void notifier_chain_kunit_listener_free(struct notifier_chain_kunit_listener *listener);

int notifier_chain_kunit_listener_register(struct notifier_chain_kunit_listener *listener,
					   enum notifier_chain_kunit_kind kind, void *head);
int notifier_chain_kunit_listener_unregister(struct notifier_chain_kunit_listener *listener,
					     enum notifier_chain_kunit_kind kind, void *head);

/* Sets what it answers from now on. No call of the chain may be under way. */
void notifier_chain_kunit_listener_answer(struct notifier_chain_kunit_listener *listener,
					  int answer);

/* What the nth callback was told, or 0 if there were fewer. */
unsigned long
notifier_chain_kunit_listener_action(const struct notifier_chain_kunit_listener *listener,
				     unsigned int nth);
u32 notifier_chain_kunit_listener_number(const struct notifier_chain_kunit_listener *listener,
					 unsigned int nth);

/* Calls a chain in Rust, and returns its answer. */
int notifier_chain_kunit_tell(enum notifier_chain_kunit_kind kind, void *head,
			      unsigned long action, u32 number);

#endif /* _NOTIFIER_CHAIN_KUNIT_LISTENER_H */
