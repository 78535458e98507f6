// SPDX-License-Identifier: GPL-2.0
/* What x86 calls the die chain for. */

#include "die.h"

unsigned long notifier_chain_kunit_int3(void)
{
	unsigned long behind;

	asm volatile("lea 1f(%%rip), %0\n\t"
		     "int3\n"
		     "1:"
		     : "=r" (behind));
	return behind;
}
