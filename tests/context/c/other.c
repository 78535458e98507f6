// SPDX-License-Identifier: GPL-2.0
/* What another module has for others. */

#include <linux/module.h>

#include "unproven.h"

void context_other(void)
{
	pr_info("the other module\n");
}
EXPORT_SYMBOL_GPL(context_other);

MODULE_AUTHOR("The notifier-chain developers");
MODULE_DESCRIPTION("What another module has for others");
MODULE_LICENSE("GPL");
