// SPDX-License-Identifier: GPL-2.0
/* Names that sound harmless. */

#include <linux/delay.h>
#include <linux/static_call.h>

#include "attacks.h"
#include "attacks_list.h"

void kasan_context(void);
void lockdep_context(void);
void stack_trace_context(void);
void context_alias(void);

noinline void kasan_context(void)
{
	msleep(20);
}

noinline void lockdep_context(void)
{
	msleep(20);
}

noinline void stack_trace_context(void)
{
	msleep(20);
}

/* A function that is called like a sanitizer's. */
void attack_name_of_kasan(unsigned long n)
{
	kasan_context();
}

/* Like one of lockdep's. */
void attack_name_of_lockdep(unsigned long n)
{
	lockdep_context();
}

/* Like one that looks at the stack. */
void attack_name_of_stack_trace(unsigned long n)
{
	stack_trace_context();
}

static void sleeps_under_two_names(void)
{
	msleep(20);
}

void context_alias(void) __alias(sleeps_under_two_names);

/* A second name for what sleeps. */
void attack_alias(unsigned long n)
{
	context_alias();
}

/* Another module's static calls, with the names of a tracer's and of preemption's. */
#ifdef CONFIG_HAVE_STATIC_CALL
DECLARE_STATIC_CALL(tp_func_context, context_rest);
DECLARE_STATIC_CALL(preempt_schedule_context, context_rest);

void attack_static_call_of_tracer(unsigned long n)
{
	static_call(tp_func_context)();
}

void attack_static_call_of_preemption(unsigned long n)
{
	static_call(preempt_schedule_context)();
}
#else
void attack_static_call_of_tracer(unsigned long n)
{
	msleep(20);
}

void attack_static_call_of_preemption(unsigned long n)
{
	msleep(20);
}
#endif

struct table {
	unsigned long destructor, size, alignment;
	void (*method)(void *object);
};

struct object {
	const struct table *table;
};

static void method(void *object)
{
	msleep(20);
}

static struct table table = { .method = method };
static struct object object = { .table = &table };
static struct object *current_object = &object;

/* C code under a name that the Rust compiler could have made: its table is not a trait's. */
void context_mangled(struct object *object) asm("_RNvC15context_attacks7mangled");

noinline void context_mangled(struct object *object)
{
	object->table->method(object);
}

void attack_name_of_rust(unsigned long n)
{
	context_mangled(READ_ONCE(current_object));
}
