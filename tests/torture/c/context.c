// SPDX-License-Identifier: GPL-2.0
/* Where code runs, which the kernel says by macros. */

#include <linux/preempt.h>

#include "context.h"

enum notifier_chain_torture_context notifier_chain_torture_context(void)
{
	if (in_nmi())
		return NOTIFIER_CHAIN_TORTURE_NMI;
	if (in_hardirq())
		return NOTIFIER_CHAIN_TORTURE_HARDIRQ;
	if (in_serving_softirq())
		return NOTIFIER_CHAIN_TORTURE_SOFTIRQ;
	return NOTIFIER_CHAIN_TORTURE_TASK;
}
