// SPDX-License-Identifier: GPL-2.0
/* What nobody can tell from the object code: where it goes on, or with what. */

#include <linux/slab.h>

#include "unproven.h"

/* For somebody else to write to. If they were static, GCC would make constants of them. */
void (*context_hook)(void);
unsigned long context_number_hook;
gfp_t context_flags[4];

void context_allocate_with(u32 index)
{
	kfree(kmalloc(sizeof(context_flags), READ_ONCE(context_flags[index % 4])));
}

void context_call_hook(void)
{
	READ_ONCE(context_hook)();
}

unsigned long context_get_hook(void)
{
	return READ_ONCE(context_number_hook);
}
