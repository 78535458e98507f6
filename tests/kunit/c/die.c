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

#ifdef CONFIG_X86
unsigned long notifier_chain_kunit_int3(void)
{
	unsigned long behind;

	asm volatile("lea 1f(%%rip), %0\n\t"
		     "int3\n"
		     "1:"
		     : "=r" (behind));
	return behind;
}
#endif
