// SPDX-License-Identifier: GPL-2.0
/* What nobody can tell from the object code: where it goes on, or with what. */

#include <linux/slab.h>

#include "unproven.h"

/* For somebody else to write to. */
static void (*hook)(void);
static unsigned long number_hook;
static gfp_t flags[4];

void context_allocate_with(u32 index)
{
	kfree(kmalloc(sizeof(flags), READ_ONCE(flags[index % 4])));
}

void context_call_hook(void)
{
	READ_ONCE(hook)();
}

unsigned long context_get_hook(void)
{
	return READ_ONCE(number_hook);
}
