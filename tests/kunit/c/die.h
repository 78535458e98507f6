/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_DIE_H
#define _NOTIFIER_CHAIN_KUNIT_DIE_H

/* Returns what notify_die() passes along, without registers. It is valid until the next call. */
void *notifier_chain_kunit_die_args(const char *message, long error_code, int trap, int signal);

/*
 * Runs into a breakpoint, which somebody on the die chain must settle. Returns
 * the address behind it.
 */
unsigned long notifier_chain_kunit_int3(void);

#endif /* _NOTIFIER_CHAIN_KUNIT_DIE_H */
