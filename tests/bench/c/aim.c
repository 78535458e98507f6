// SPDX-License-Identifier: GPL-2.0
/* Chains whose next callback the CPU can guess, and chains where it cannot. */

#include <linux/notifier.h>

#include "aim.h"

struct notifier_block *notifier_chain_bench_first(enum notifier_chain_kunit_kind kind, void *head)
{
	switch (kind) {
	case NOTIFIER_CHAIN_KUNIT_ATOMIC:
		return ((struct atomic_notifier_head *)head)->head;
	case NOTIFIER_CHAIN_KUNIT_BLOCKING:
		return ((struct blocking_notifier_head *)head)->head;
	case NOTIFIER_CHAIN_KUNIT_SRCU:
		return ((struct srcu_notifier_head *)head)->head;
	case NOTIFIER_CHAIN_KUNIT_RAW:
		return ((struct raw_notifier_head *)head)->head;
	}
	return NULL;
}

/* xorshift: the next number is no secret, but no branch predictor knows it. */
static u32 random(void)
{
	static u32 state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

void notifier_chain_bench_aim(struct notifier_block *first, const notifier_fn_t *callbacks,
			      unsigned int count)
{
	struct notifier_block *nb;

	for (nb = first; nb; nb = nb->next)
		nb->notifier_call = callbacks[random() % count];
}
