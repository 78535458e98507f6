/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _NOTIFIER_CHAIN_KUNIT_DIE_H
#define _NOTIFIER_CHAIN_KUNIT_DIE_H

#include <linux/notifier.h>

/* Returns what notify_die() passes along, without registers. It is valid until the next call. */
void *notifier_chain_kunit_die_args(const char *message, long error_code, int trap, int signal);

/* A chain of the tests' own, and its caller, which passes along what notify_die() does. */
int notifier_chain_kunit_register_die(struct notifier_block *nb);
int notifier_chain_kunit_unregister_die(struct notifier_block *nb);
int notifier_chain_kunit_notify_die(unsigned long val);

/*
 * x86: Runs into a breakpoint, which somebody on the die chain must settle.
 * Returns the address behind it.
 */
unsigned long notifier_chain_kunit_int3(void);

/*
 * arm64: Returns what notify_die() passes along with such registers. It is valid
 * until the next call.
 */
void *notifier_chain_kunit_die_registers(unsigned long pc, unsigned long pstate);

#endif /* _NOTIFIER_CHAIN_KUNIT_DIE_H */
