/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_AIM_H
#define _NOTIFIER_CHAIN_BENCH_AIM_H

#include "../../kunit/c/kinds.h"

/* Returns the first notifier on a chain. */
struct notifier_block *notifier_chain_bench_first(enum notifier_chain_kunit_kind kind, void *head);

/*
 * Gives each notifier on a chain, of which @first is the first, one of @count
 * callbacks, at random. All must take whatever stands behind the notifiers on
 * this chain.
 */
void notifier_chain_bench_aim(struct notifier_block *first, const notifier_fn_t *callbacks,
			      unsigned int count);

#endif /* _NOTIFIER_CHAIN_BENCH_AIM_H */
