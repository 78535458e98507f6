// SPDX-License-Identifier: GPL-2.0
/* What was written to the stack is changed by a way that is hard to see. */

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "attacks.h"
#include "attacks_list.h"

struct settings {
	unsigned int pause;
	unsigned int others;
	void (*run)(void);
	struct settings *next;
	unsigned int *other;
	struct list_head node;
};

static depot_stack_handle_t handle;
static unsigned int *saved;
static struct settings *saved_settings;
static void (**saved_hook)(void);

static noinline void use(struct settings *settings)
{
	if (settings->pause)
		msleep(settings->pause);
}

static noinline void write_both(unsigned int *to, unsigned int *from)
{
	*to = context_pause;
	if (*from)
		msleep(*from);
}

/* Both arguments are the same number. */
void attack_same_argument(unsigned long n)
{
	unsigned int pause = 0;

	write_both(&pause, &pause);
}

static noinline void write_part(struct settings *whole, unsigned int *part)
{
	*part = context_pause;
	if (whole->pause)
		msleep(whole->pause);
}

/* One argument is a part of the other. */
void attack_part_of_argument(unsigned long n)
{
	struct settings settings = { .pause = 0 };

	write_part(&settings, &settings.pause);
}

static noinline void call_other(struct settings *to, struct settings *from)
{
	to->run = context_hook;
	from->run();
}

/* Both arguments are the same struct, with a function in it. */
void attack_same_hook(unsigned long n)
{
	struct settings settings = { .run = context_rest };

	call_other(&settings, &settings);
}

static noinline void write_next(struct settings *a, struct settings *b)
{
	*a->other = context_pause;
	if (b->pause)
		msleep(b->pause);
}

/* One argument holds a pointer to the other. */
void attack_nested_pointer(unsigned long n)
{
	struct settings b = { .pause = 0 };
	struct settings a = { .other = &b.pause };

	write_next(&a, &b);
}

static noinline void write_next_hook(struct settings *a, struct settings *b)
{
	a->next->run = context_hook;
	b->run();
}

/* The same, with a function. */
void attack_nested_hook(unsigned long n)
{
	struct settings b = { .run = context_rest };
	struct settings a = { .next = &b };

	write_next_hook(&a, &b);
}

static noinline void write_saved(unsigned int *pause)
{
	*READ_ONCE(saved) = context_pause;
	if (*pause)
		msleep(*pause);
}

/* The address is known elsewhere, and written through in a called function. */
void attack_saved_pointer(unsigned long n)
{
	unsigned int pause = 0;

	WRITE_ONCE(saved, &pause);
	write_saved(&pause);
}

static noinline void change_saved(void)
{
	*READ_ONCE(saved) = context_pause;
}

static noinline void call_then_read(unsigned int *pause)
{
	change_saved();
	if (*pause)
		msleep(*pause);
}

/* As before, another function away. */
void attack_saved_two_calls(unsigned long n)
{
	unsigned int pause = 0;

	WRITE_ONCE(saved, &pause);
	call_then_read(&pause);
}

static noinline void call_saved_hook(void (**run)(void))
{
	*READ_ONCE(saved_hook) = context_hook;
	(*run)();
}

/* The same, with a function. */
void attack_saved_hook(unsigned long n)
{
	void (*run)(void) = context_rest;

	WRITE_ONCE(saved_hook, &run);
	call_saved_hook(&run);
}

/* What is found in a list is written to: container_of() goes before what the pointer points to. */
static noinline void write_before(struct list_head *node)
{
	list_entry(node, struct settings, node)->pause = context_pause;
}

void attack_container_of(unsigned long n)
{
	struct settings settings = { .pause = 0 };

	write_before(&settings.node);
	if (READ_ONCE(settings.pause))
		msleep(settings.pause);
}

static noinline void write_hook_before(struct list_head *node)
{
	list_entry(node, struct settings, node)->run = context_hook;
}

/* The same, with a function. */
void attack_container_hook(unsigned long n)
{
	struct settings settings = { .run = context_rest };

	write_hook_before(&settings.node);
	settings.run();
}

static LIST_HEAD(waiting);

static noinline void walk(void)
{
	struct settings *settings;

	list_for_each_entry(settings, &waiting, node)
		settings->pause = context_pause;
}

/* The same by a list of all who wait, which somebody walks. */
void attack_list_on_stack(unsigned long n)
{
	struct settings settings = { .pause = 0 };

	list_add(&settings.node, &waiting);
	walk();
	list_del(&settings.node);
	if (READ_ONCE(settings.pause))
		msleep(settings.pause);
}

struct large {
	char name[160];
	unsigned int pause;
};

/* No number of milliseconds to sleep. */
#define NEVER 0x7fffffff

static struct large filled = { .name = "large", .pause = 20 };

/* A number more than 128 bytes into an object that is filled by a copy. */
void attack_large_object(unsigned long n)
{
	struct large large;

	large.pause = NEVER;
	barrier_data(&large);
	memcpy(&large, &filled, sizeof(large));
	if (READ_ONCE(large.pause) != NEVER)
		msleep(20);
}

static noinline void fill_large(struct large *large)
{
	if (context_pause)
		large->pause = context_pause;
}

/* The same by a function. */
void attack_large_in_function(unsigned long n)
{
	struct large large;

	large.pause = NEVER;
	fill_large(&large);
	if (READ_ONCE(large.pause) != NEVER)
		msleep(20);
}

static noinline void write_seventh(int a, int b, int c, int d, int e, int f, unsigned int *seventh)
{
	WRITE_ONCE(saved, (unsigned int *)(long)(a + b + c + d + e + f));
	*seventh = context_pause;
}

/* A pointer as the seventh argument. */
void attack_seventh_argument(unsigned long n)
{
	unsigned int pause = 0;

	write_seventh(1, 2, 3, 4, 5, 6, &pause);
	if (READ_ONCE(pause))
		msleep(pause);
}

/* The kernel writes to the seventh argument. */
void attack_sscanf(unsigned long n)
{
	unsigned int a, b, c, d, e, pause = 0;

	if (sscanf("1 2 3 4 5 20", "%u %u %u %u %u %u", &a, &b, &c, &d, &e, &pause) == 6 &&
	    READ_ONCE(pause))
		msleep(pause);
}

static noinline void write_by_value(struct settings settings)
{
	*settings.other = context_pause;
}

/* A pointer in a struct that is passed by value, on the stack. */
void attack_struct_by_value(unsigned long n)
{
	unsigned int pause = 0;
	struct settings settings = { .other = &pause };

	write_by_value(settings);
	if (READ_ONCE(pause))
		msleep(pause);
}

union halves {
	unsigned int *pointer;
	unsigned int half[2];
};

/* A pointer that is taken apart into halves, and put together. */
void attack_halves(unsigned long n)
{
	unsigned int pause = 0;
	union halves from = { .pointer = &pause };
	unsigned long low = READ_ONCE(from.half[0]), high = READ_ONCE(from.half[1]);

	OPTIMIZER_HIDE_VAR(high);
	*(unsigned int *)(low | high << 32) = context_pause;
	if (READ_ONCE(pause))
		msleep(pause);
}

/* A pointer that is copied byte by byte. */
void attack_bytes(unsigned long n)
{
	unsigned int pause = 0;
	unsigned int *from = &pause;
	unsigned long to = 0;
	int i;

	barrier_data(&from);
	for (i = 7; i >= 0; i--)
		to = to << 8 | READ_ONCE(((u8 *)&from)[i]);
	*(unsigned int *)to = context_pause;
	if (READ_ONCE(pause))
		msleep(pause);
}

/* A pointer with some of its bits turned over. */
void attack_xor(unsigned long n)
{
	unsigned int pause = 0;
	unsigned long to = (unsigned long)&pause;

	OPTIMIZER_HIDE_VAR(to);
	to ^= n;
	OPTIMIZER_HIDE_VAR(to);
	to ^= n;
	*(unsigned int *)to = context_pause;
	if (READ_ONCE(pause))
		msleep(pause);
}

/* From the address of another object on the stack. */
void attack_neighbour(unsigned long n)
{
	struct {
		unsigned int pause;
		unsigned int there;
	} both = { 0, 0 };

	WRITE_ONCE(saved, &both.there);
	change_saved();
	saved[-1] = context_pause;
	if (READ_ONCE(both.pause))
		msleep(both.pause);
}

/* A function that is said to look only writes the addresses of its callers. */
void attack_stack_trace(unsigned long n)
{
	unsigned long callers[1] = { 0 };

	stack_trace_save(callers, 1, 0);
	if (READ_ONCE(callers[0]))
		msleep(20);
}

/* The same, as a text. */
void attack_stack_trace_text(unsigned long n)
{
	unsigned long callers[1];
	unsigned long text[2] = { 0, 0 };

	stack_trace_save(callers, 1, 0);
	stack_trace_snprint((char *)text, sizeof(text), callers, 1, 0);
	if (READ_ONCE(text[0]))
		msleep(20);
}

/* Another one gives out an address that was kept before. */
void attack_stack_depot(unsigned long n)
{
	unsigned long *entries = NULL;

#ifdef CONFIG_STACKDEPOT
	stack_depot_fetch(handle, &entries);
	if (READ_ONCE(entries))
#endif
		msleep(20);
}

static noinline void keep(struct settings *settings)
{
	WRITE_ONCE(saved_settings, settings);
}

/* A called function keeps the address, and the next one writes there. */
void attack_kept(unsigned long n)
{
	struct settings settings = { .pause = 0 };

	keep(&settings);
	settings.pause = 0;
	READ_ONCE(saved_settings)->pause = context_pause;
	use(&settings);
}

/* A pointer to the pointer moves between two rounds of a loop. */
void attack_loop_rounds(unsigned long n)
{
	void (*run[2])(void) = { context_rest, context_rest };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		READ_ONCE(run[i])();
		WRITE_ONCE(run[1], context_hook);
	}
}

/* The function is exchanged for the one in a variable. */
void attack_xchg(unsigned long n)
{
	void (*run)(void) = context_rest;

	xchg(&run, READ_ONCE(context_hook));
	run();
}

/* The same if it is still the one that it was. */
void attack_cmpxchg(unsigned long n)
{
	void (*run)(void) = context_rest;

	cmpxchg(&run, context_rest, READ_ONCE(context_hook));
	run();
}

/* A struct with the function is copied over it. */
void attack_memcpy(unsigned long n)
{
	struct settings from = { .run = READ_ONCE(context_hook) };
	struct settings to = { .run = context_rest };

	memcpy(&to, &from, sizeof(to));
	barrier_data(&to);
	to.run();
}

void context_set_up_memory(void)
{
#ifdef CONFIG_STACKDEPOT
	unsigned long here = _THIS_IP_;

	if (!stack_depot_init())
		handle = stack_depot_save(&here, 1, GFP_KERNEL);
#endif
}
