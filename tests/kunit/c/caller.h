/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_CALLER_H
#define _NOTIFIER_CHAIN_KUNIT_CALLER_H

/* A thread that does something again and again. */
struct notifier_chain_kunit_caller;

/*
 * Starts one on the nth CPU that is online, or on the first if there are fewer.
 * Returns NULL if that fails.
 */
struct notifier_chain_kunit_caller *notifier_chain_kunit_caller_start(unsigned int nth,
								      void (*step)(void *data),
								      void *data);

/* Stops it. When this returns, @step runs no more. */
void notifier_chain_kunit_caller_stop(struct notifier_chain_kunit_caller *caller);

/* Lets the others run until the next tick. */
void notifier_chain_kunit_tick(void);

#endif /* _NOTIFIER_CHAIN_KUNIT_CALLER_H */
