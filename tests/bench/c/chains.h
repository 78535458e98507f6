/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_CHAINS_H
#define _NOTIFIER_CHAIN_BENCH_CHAINS_H

#include <linux/mutex.h>

#include "../../kunit/c/kinds.h"

/* A raw chain, and the lock that its driver gives it. */
struct locked_raw {
	struct raw_notifier_head head;
	struct mutex lock;
};

/* Some chains of one kind and length. */
struct notifier_chain_bench_chains;

/*
 * Creates chains whose listeners all have this callback. Returns NULL without
 * memory. They stay for ever, as the module does from now on: taking all off
 * again would take longer than all that is measured.
 */
struct notifier_chain_bench_chains *
notifier_chain_bench_chains_new(enum notifier_chain_kunit_kind kind, unsigned int count,
				unsigned int length, notifier_fn_t callback);

/* Returns the head of the nth. */
void *notifier_chain_bench_chains_head(struct notifier_chain_bench_chains *chains,
				       unsigned int nth);

/*
 * Calls the first @count chains @times times, in each round from another place.
 * Returns how many calls were refused.
 */
unsigned int notifier_chain_bench_chains_call(struct notifier_chain_bench_chains *chains,
					      unsigned int count, unsigned int times,
					      unsigned int round);

#endif /* _NOTIFIER_CHAIN_BENCH_CHAINS_H */
