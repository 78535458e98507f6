/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CONTEXT_ALIKE_H
#define _CONTEXT_ALIKE_H

#include <linux/types.h>

/* What looks like an attack and is none: proven/c.rs declares it for Rust. */
void context_alike_aliased(u32 n);
void context_alike_container(u32 n);
void context_alike_cpu_has(u32 n);
void context_alike_fault(u32 n);
void context_alike_flags(u32 n);
void context_alike_nofault(u32 n);
void context_alike_ro(u32 n);
void context_alike_structs(u32 n);
void context_alike_template(u32 n);

#endif /* _CONTEXT_ALIKE_H */
