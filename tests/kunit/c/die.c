// SPDX-License-Identifier: GPL-2.0
/* What the die chain is called with. */

#include <linux/kdebug.h>

#include "die.h"

void *notifier_chain_kunit_die_args(const char *message, long error_code, int trap, int signal)
{
	static struct die_args args;

	args = (struct die_args) {
		.str = message,
		.err = error_code,
		.trapnr = trap,
		.signr = signal,
	};
	return &args;
}

static ATOMIC_NOTIFIER_HEAD(chain);

int notifier_chain_kunit_register_die(struct notifier_block *nb)
{
	return atomic_notifier_chain_register(&chain, nb);
}

int notifier_chain_kunit_unregister_die(struct notifier_block *nb)
{
	return atomic_notifier_chain_unregister(&chain, nb);
}

/* As notify_die(), which is not exported. */
int notifier_chain_kunit_notify_die(unsigned long val)
{
	struct die_args args = {
		.str = "test",
	};

	return atomic_notifier_call_chain(&chain, val, &args);
}
