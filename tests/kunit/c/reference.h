/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_REFERENCE_H
#define _NOTIFIER_CHAIN_KUNIT_REFERENCE_H

#include "kinds.h"

/* A chain with a pool of notifiers, used through the C API alone. */
struct notifier_chain_kunit_reference;

/* Returns NULL without memory. */
struct notifier_chain_kunit_reference *
notifier_chain_kunit_reference_new(enum notifier_chain_kunit_kind kind);
void notifier_chain_kunit_reference_free(struct notifier_chain_kunit_reference *reference);

/* The answers of the C API. */
int notifier_chain_kunit_reference_register(struct notifier_chain_kunit_reference *reference,
					    unsigned int id, int priority);
int notifier_chain_kunit_reference_unregister(struct notifier_chain_kunit_reference *reference,
					      unsigned int id);
int notifier_chain_kunit_reference_call(struct notifier_chain_kunit_reference *reference);
int notifier_chain_kunit_reference_call_robust(struct notifier_chain_kunit_reference *reference);
bool notifier_chain_kunit_reference_is_empty(struct notifier_chain_kunit_reference *reference);

/* Sets what a notifier answers from now on. */
void notifier_chain_kunit_reference_answer(struct notifier_chain_kunit_reference *reference,
					   unsigned int id, int answer);

/* Of the latest call: how many callbacks there were, whose the nth was and with which action. */
unsigned int
notifier_chain_kunit_reference_heard(const struct notifier_chain_kunit_reference *reference);
unsigned int
notifier_chain_kunit_reference_id(const struct notifier_chain_kunit_reference *reference,
				  unsigned int nth);
unsigned long
notifier_chain_kunit_reference_action(const struct notifier_chain_kunit_reference *reference,
				      unsigned int nth);

/* Whether a notifier stopped the latest call. */
bool notifier_chain_kunit_reference_stopped(const struct notifier_chain_kunit_reference *reference);

#endif /* _NOTIFIER_CHAIN_KUNIT_REFERENCE_H */
