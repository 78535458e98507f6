// SPDX-License-Identifier: GPL-2.0
/* What another module has for others. */

#include <linux/module.h>

#include "unproven.h"

/* resolve_btfids of Linux 7.3 fails on a module that has no type of its own. */
static struct context_other_calls {
	unsigned int number;
} calls;

void context_other(void)
{
	pr_info("the other module, called %u times\n", ++calls.number);
}
EXPORT_SYMBOL_GPL(context_other);

MODULE_AUTHOR("The notifier-chain developers");
MODULE_DESCRIPTION("What another module has for others");
MODULE_LICENSE("GPL");
