/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CONTEXT_UNPROVEN_H
#define _CONTEXT_UNPROVEN_H

#include <linux/types.h>

/* What nobody can tell from the object code of C: unproven/c.rs declares it for Rust. */
void context_allocate_with(u32 index);
void context_call_hook(void);
unsigned long context_get_hook(void);

/* In another module. */
void context_other(void);

#endif /* _CONTEXT_UNPROVEN_H */
