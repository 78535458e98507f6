/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CONTEXT_ATTACKS_H
#define _CONTEXT_ATTACKS_H

#include <linux/types.h>

/* Sleeps, and does not. Each is called through a pointer that the object code hides. */
void context_nap(void);
void context_rest(void);

/* Where context_nap() is, for whoever reads a variable. */
extern void (*context_hook)(void);

/* Compares for sort() and the like, one of them asleep. */
int context_compare_napping(const void *a, const void *b);
int context_compare_quiet(const void *a, const void *b);
extern int (*context_compare)(const void *a, const void *b);
extern long context_numbers[4];

/* How long to sleep: a number that nobody knows before. */
extern unsigned int context_pause;

/* What each file has to prepare. Called before the handlers are. */
int context_attacks_set_up(void);
int context_set_up_data(void);
void context_set_up_hooks(void);
void context_set_up_kernel(void);
void context_set_up_memory(void);
#ifdef CONFIG_X86_64
void context_set_up_x86(void);
#endif

/* Somebody else takes the locks, and gives them back soon. */
void context_hold_locks(void);

/* Around the call of one handler: atomic, as on a chain that is called with a spin lock held. */
void context_attack_begin(const char *name);
void context_attack_end(void);

#endif /* _CONTEXT_ATTACKS_H */
