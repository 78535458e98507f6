// SPDX-License-Identifier: GPL-2.0
/* The tests' view from C: how the kernel calls its chains. */

#include <linux/irqflags.h>
#include <linux/panic_notifier.h>

#include "helpers.h"

int notifier_chain_kunit_panic(const char *message)
{
	unsigned long flags;
	int answer;

	local_irq_save(flags);
	answer = atomic_notifier_call_chain(&panic_notifier_list, 0,
					    (void *)message);
	local_irq_restore(flags);
	return answer;
}

int notifier_chain_kunit_to_errno(int answer)
{
	return notifier_to_errno(answer);
}

int notifier_chain_kunit_from_errno(int errno)
{
	return notifier_from_errno(errno);
}
