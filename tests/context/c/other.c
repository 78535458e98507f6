// SPDX-License-Identifier: GPL-2.0
/* What another module has for others. */

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/static_call.h>

#include "unproven.h"

void context_other(void)
{
	pr_info("the other module\n");
}
EXPORT_SYMBOL_GPL(context_other);

/* Static calls with names that sound harmless. */
static struct context_other {
	unsigned long calls;
} other;

static void nap(void)
{
	other.calls++;
	msleep(20);
}

DEFINE_STATIC_CALL(tp_func_context, nap);
EXPORT_STATIC_CALL_GPL(tp_func_context);
DEFINE_STATIC_CALL(preempt_schedule_context, nap);
EXPORT_STATIC_CALL_GPL(preempt_schedule_context);

MODULE_AUTHOR("The notifier-chain developers");
MODULE_DESCRIPTION("What another module has for others");
MODULE_LICENSE("GPL");
