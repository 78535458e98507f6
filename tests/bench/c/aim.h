/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_AIM_H
#define _NOTIFIER_CHAIN_BENCH_AIM_H

#include "../../kunit/c/kinds.h"

/*
 * Gives each notifier on a chain one of @count callbacks, at random. All must
 * take whatever stands behind the notifiers on this chain.
 */
void notifier_chain_bench_aim(enum notifier_chain_kunit_kind kind, void *head,
			      const notifier_fn_t *callbacks, unsigned int count);

/* Returns the callback of the first notifier on a chain, which has one. */
notifier_fn_t notifier_chain_bench_aimed_at(enum notifier_chain_kunit_kind kind, void *head);

#endif /* _NOTIFIER_CHAIN_BENCH_AIM_H */
