// SPDX-License-Identifier: GPL-2.0
/* What all attacks share, and what calls them one after the other. */

#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "attacks.h"

static void *sink;
static const char *attack;
static unsigned long switches;
static ktime_t started;
static int depth;

void (*context_hook)(void) = context_nap;
int (*context_compare)(const void *a, const void *b) = context_compare_napping;
long context_numbers[4];
unsigned int context_pause = 20;

noinline void context_nap(void)
{
	msleep(20);
}

noinline void context_rest(void)
{
	WRITE_ONCE(sink, NULL);
}

int context_compare_napping(const void *a, const void *b)
{
	msleep(20);
	return 0;
}

int context_compare_quiet(const void *a, const void *b)
{
	return 0;
}

int context_attacks_set_up(void)
{
	context_set_up_hooks();
	context_set_up_kernel();
	context_set_up_memory();
#ifdef CONFIG_X86_64
	context_set_up_x86();
#endif
	return context_set_up_data();
}

void context_attack_begin(const char *name)
{
	attack = name;
	/* Twice, which the scheduler never leaves so. */
	preempt_disable();
	preempt_disable();
	depth = preempt_count();
	started = ktime_get();
	switches = current->nvcsw + current->nivcsw;
}

/*
 * The scheduler complains, and sets the count right: what was taken is given back here. It may be
 * that the time is over before it has complained to the end, and that nobody else runs meanwhile.
 */
void context_attack_end(void)
{
	unsigned long times = current->nvcsw + current->nivcsw - switches;
	s64 took = ktime_ms_delta(ktime_get(), started);
	bool has_slept = times || preempt_count() != depth;

	preempt_count_set(depth);
	local_irq_enable();
	preempt_enable();
	preempt_enable();
	pr_emerg("attack %s: %s, %lu switches, %lld ms\n", attack,
		 has_slept ? "slept" : "did not sleep", times, took);
}
