/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_BENCH_REGISTER_H
#define _NOTIFIER_CHAIN_BENCH_REGISTER_H

#include "../../kunit/c/kinds.h"

/* At most so many at a time. As many as AT_A_TIME in groups/register.rs. */
#define AT_A_TIME	16

/*
 * Registers @count notifiers that come last, and unregisters them in the order
 * in which they came. Says how many ticks that took.
 */
void notifier_chain_bench_register(enum notifier_chain_kunit_kind kind, void *head,
				   unsigned int count, u64 *registered, u64 *unregistered);

#endif /* _NOTIFIER_CHAIN_BENCH_REGISTER_H */
