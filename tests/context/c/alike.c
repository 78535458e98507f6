// SPDX-License-Identifier: GPL-2.0
/* What looks like an attack and sleeps in no way. */

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#endif

#include "alike.h"

struct request {
	unsigned long number;
	void (*run)(void);
	struct list_head node;
};

static void *sink;
static unsigned long *where;
static unsigned int count;

static unsigned int limit __ro_after_init = 3;
module_param_named(context_limit, limit, uint, 0444);

#define QUIET(n) static noinline void quiet##n(void) { WRITE_ONCE(sink, (void *)(n)); }

QUIET(0UL)
QUIET(1UL)
QUIET(2UL)

static const struct {
	const char *name;
	void (*run)(void);
} commands[] = { { "first", quiet0UL }, { "second", quiet1UL } };

static const struct request template = { .number = 7, .run = quiet2UL };

static noinline void write_both(unsigned long *to, unsigned long *from)
{
	*to = 4;
	WRITE_ONCE(count, *from);
}

/* Two arguments that are the same: nothing depends on it. */
void context_alike_aliased(u32 n)
{
	unsigned long number = n;

	write_both(&number, &number);
}

static noinline void write_before(struct list_head *node)
{
	list_entry(node, struct request, node)->number = 5;
}

/* The flags lie beside the object that is written to. */
void context_alike_container(u32 n)
{
	struct request request = { .number = n };

	write_before(&request.node);
	kfree(kmalloc(16 + (READ_ONCE(request.number) & 15), GFP_ATOMIC));
}

/* The processor is asked what it can do, by alternatives. */
void context_alike_cpu_has(u32 n)
{
#ifdef CONFIG_X86_64
	if (cpu_feature_enabled(X86_FEATURE_FSRM))
		WRITE_ONCE(count, n);
#endif
}

/* What a fault leads to is harmless. */
void context_alike_fault(u32 n)
{
	unsigned long value;

	pagefault_disable();
	__get_kernel_nofault(&value, where, unsigned long, fault);
	WRITE_ONCE(sink, (void *)value);
	pagefault_enable();
	return;
fault:
	pagefault_enable();
	WRITE_ONCE(sink, NULL);
}

/* Flags to which others are added, none of which sleeps. */
void context_alike_flags(u32 n)
{
	gfp_t flags = GFP_ATOMIC;

	if (n & 1)
		flags |= __GFP_ZERO;
	if (n & 2)
		flags |= __GFP_NOWARN;
	kfree(kmalloc(64, flags));
}

/* The same as a function of the kernel. */
void context_alike_nofault(u32 n)
{
	unsigned long value;

	if (!copy_from_kernel_nofault(&value, where, sizeof(value)))
		WRITE_ONCE(sink, (void *)value);
}

/* A number that is constant after the start, and decides nothing of weight. */
void context_alike_ro(u32 n)
{
	if (count < limit)
		count++;
}

/* A table of structs. */
void context_alike_structs(u32 n)
{
	commands[n % 2].run();
}

/* A copy of a constant struct, with a function. */
void context_alike_template(u32 n)
{
	struct request request = template;

	request.number = n;
	request.run();
	WRITE_ONCE(sink, NULL);
}
