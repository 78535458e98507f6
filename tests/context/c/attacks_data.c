// SPDX-License-Identifier: GPL-2.0
/* What is in the object code is not what is there when the code runs. */

#include <linux/cache.h>
#include <linux/delay.h>
#include <linux/jump_label.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/vmalloc.h>

#include "attacks.h"
#include "attacks_list.h"

struct routine {
	unsigned long number;
	void (*run)(void);
};

#ifdef CONFIG_X86_64
#define CONTEXT_MEMCPY __memcpy
#else
#define CONTEXT_MEMCPY memcpy
#endif

static void *place;

/* Each of them is another function: equal ones would be one. */
#define NAPPING(n)						\
	static noinline void nap##n(void) { msleep(20 + (n)); }
#define RESTING(n)						\
	static noinline void rest##n(void) { WRITE_ONCE(place, (void *)(n)); }

NAPPING(0UL)
NAPPING(1UL)
NAPPING(2UL)
RESTING(0UL)
RESTING(1UL)
RESTING(2UL)

static void (*relro_hook)(void) __section(".data.rel.ro.context") = context_rest;
static void (*rodata_hook)(void) __section(".rodata.context") = context_rest;
static void (*ro_table[2])(void) __ro_after_init = { context_rest, rest0UL };
static struct routine *ro_object __ro_after_init;
static struct routine ro_routine __ro_after_init = { .run = context_rest };
static struct routine *ro_pointer __ro_after_init = &ro_routine;
static bool ro_bool __ro_after_init;
static unsigned int relro_pause __section(".data.rel.ro.pause");
static unsigned long ro_wide __ro_after_init;
module_param_named(wide, ro_wide, ulong, 0444);

static const unsigned int const_pause[PAGE_SIZE / sizeof(int)] __aligned(PAGE_SIZE);

static DEFINE_STATIC_KEY_TRUE(closed_key);
static DEFINE_STATIC_KEY_FALSE(open_key);

static void nothing(void)
{
	WRITE_ONCE(place, NULL);
}

DEFINE_STATIC_CALL(context_updated, nothing);
DEFINE_STATIC_CALL_NULL(context_null, nothing);
static int returns_number(void)
{
	msleep(20);
	return 1;
}
DEFINE_STATIC_CALL_RET0(context_ret0, returns_number);

/* A hook in a section that is constant by its name alone. */
void attack_relro_hook(unsigned long n)
{
	READ_ONCE(relro_hook)();
}

/* As before, in .rodata.context, which may be written. */
void attack_rodata_hook(unsigned long n)
{
	READ_ONCE(rodata_hook)();
}

/* A number in such a section. */
void attack_relro_number(unsigned long n)
{
	unsigned int pause = READ_ONCE(relro_pause);

	if (pause)
		msleep(pause);
}

/* A table of functions of which one is replaced at the start. */
void attack_ro_table(unsigned long n)
{
	ro_table[n % 2]();
}

/* A pointer that is null in the object code, and is set at the start. */
void attack_ro_pointer(unsigned long n)
{
	if (!ro_object)
		return;
	msleep(20);
}

/* A function in a struct. */
void attack_ro_struct(unsigned long n)
{
	ro_routine.run();
}

/* A function in a struct, behind a pointer: both change. */
void attack_ro_behind_pointer(unsigned long n)
{
	READ_ONCE(ro_pointer)->run();
}

/* A flag of one byte. */
void attack_ro_bool(unsigned long n)
{
	if (ro_bool)
		msleep(20);
}

/* A parameter of 64 bits: its upper half. */
void attack_ro_upper_half(unsigned long n)
{
	if (((const u32 *)&ro_wide)[1])
		msleep(20);
}

static noinline void static_local(unsigned int change)
{
	static unsigned int pause __ro_after_init;

	if (change) {
		pause = change;
		return;
	}
	if (pause)
		msleep(pause);
}

/* A static variable of a function that another call of it has changed. */
void attack_ro_static_local(unsigned long n)
{
	static_local(0);
}

/* A constant that is written through another mapping of its page. */
void attack_const_by_alias(unsigned long n)
{
	unsigned int pause = READ_ONCE(const_pause[0]);

	if (pause)
		msleep(pause);
}

/* Elsewhere, compilers find weak symbols by a table that the module loader does not know. */
#ifdef CONFIG_X86_64
extern char context_absent[] __weak;

/* The address of a weak symbol that nobody has is null only once the module is linked. */
void attack_weak_address(unsigned long n)
{
	char *absent = context_absent;

	OPTIMIZER_HIDE_VAR(absent);
	if (!absent)
		msleep(20);
}

extern void context_absent_function(void) __weak;

/* The same for a function, which is called if it is there. */
void attack_weak_function(unsigned long n)
{
	if (context_absent_function)
		context_absent_function();
	else
		msleep(20);
}

#else
void attack_weak_address(unsigned long n)
{
	msleep(20);
}

void attack_weak_function(unsigned long n)
{
	msleep(20);
}
#endif

/* The address of a function of the kernel, of which the linker knows nothing yet. */
void attack_address_bits(unsigned long n)
{
	unsigned long address = (unsigned long)_printk;

	OPTIMIZER_HIDE_VAR(address);
	if ((address & 0xfff0) != 0x8000)
		msleep(20);
}

/* Two names of one function of the kernel. */
void attack_two_names(unsigned long n)
{
	unsigned long one = (unsigned long)memcpy, other = (unsigned long)CONTEXT_MEMCPY;

	OPTIMIZER_HIDE_VAR(one);
	OPTIMIZER_HIDE_VAR(other);
	if (one == other)
		msleep(20);
}

/* A static call that was updated. */
void attack_static_call(unsigned long n)
{
	static_call(context_updated)();
}

/* A static call of nothing that was updated. */
void attack_static_call_null(unsigned long n)
{
	static_call_cond(context_null)();
}

/* A static call that returns 0 and was updated. */
void attack_static_call_ret0(unsigned long n)
{
	if (static_call(context_ret0)())
		WRITE_ONCE(place, NULL);
}

/* A static key that is true in the object code: a jump over what sleeps. */
void attack_static_key_true(unsigned long n)
{
	if (static_branch_unlikely(&closed_key))
		return;
	msleep(20);
}

/* A static key that is false in the object code. */
void attack_static_key_false(unsigned long n)
{
	if (static_branch_unlikely(&open_key))
		msleep(20);
}

/* Compilers address table[n + 3] as what is 24 bytes behind its beginning. */
static void (*const risen[6])(void) = {
	nap0UL, nap1UL, nap2UL, rest0UL, rest1UL, rest2UL
};

void attack_table_raised(unsigned long n)
{
	long index = (long)n - 3;

	OPTIMIZER_HIDE_VAR(index);
	if (index >= -3 && index < 3) {
		risen[index + 3]();
		WRITE_ONCE(place, NULL);
	}
}

/* One of more than 1024 entries. */
static void (*const many[1100])(void) = {
	[0 ... 1049] = context_rest,
	[1050] = context_nap,
	[1051 ... 1099] = context_rest,
};

static unsigned int which = 1049;

void attack_table_long(unsigned long n)
{
	many[(READ_ONCE(which) + n) % 1100]();
}

/* Tables of structs, the function at 8 of 16 bytes. */
static const struct routine routines[2] = { { 1, context_rest }, { 2, context_nap } };

void attack_table_of_structs(unsigned long n)
{
	routines[n % 2].run();
}

/* A table with 2 dimensions, from its second row on, and back. */
static void (*const square[2][3])(void) = {
	{ nap0UL, nap1UL, nap2UL }, { rest0UL, rest1UL, rest2UL }
};

void attack_table_of_tables(unsigned long n)
{
	long index = (long)n - 3;

	OPTIMIZER_HIDE_VAR(index);
	if (index >= -3 && index < 3) {
		(&square[1][0])[index]();
		WRITE_ONCE(place, NULL);
	}
}

/* A computed goto through a table that begins elsewhere, as far as the code says. */
static void (*const gentle[3])(void) = { rest0UL, rest1UL, rest2UL };

void attack_goto_folded(unsigned long n)
{
	static const void *const labels[3] = { &&first, &&second, &&third };

	n = 3 + n % 3;
	OPTIMIZER_HIDE_VAR(n);
	if (n < 3 || n > 5)
		return;
	goto *labels[n - 3];
first:
	msleep(21);
	return;
second:
	msleep(22);
	return;
third:
	msleep(23);
}

void attack_goto_neighbour(unsigned long n)
{
	gentle[n % 3]();
	attack_goto_folded(n);
}

static const gfp_t kinds[2] = { GFP_ATOMIC, GFP_KERNEL };

/* Flags from a table of constants. */
void attack_flags_table(unsigned long n)
{
	kfree(kmalloc(64, kinds[n % 2]));
}

/* Flags by a condition. */
void attack_flags_chosen(unsigned long n)
{
	gfp_t flags = GFP_ATOMIC;

	OPTIMIZER_HIDE_VAR(flags);
	kfree(kmalloc(64, n ? GFP_KERNEL : flags));
}

/* Flags by a computation. */
void attack_flags_computed(unsigned long n)
{
	gfp_t flags = GFP_ATOMIC | (-(gfp_t)(n & 1) & GFP_KERNEL);

	kfree(kmalloc(64, flags));
}

/* Flags by an operation on one bit. */
void attack_flags_bit(unsigned long n)
{
	unsigned long flags = GFP_ATOMIC;

	__assign_bit(___GFP_DIRECT_RECLAIM_BIT, &flags, n & 1);
	kfree(kmalloc(64, flags));
}

static const volatile gfp_t fixed_flags = GFP_KERNEL;

/* Flags that are constant, but read. */
void attack_flags_volatile(unsigned long n)
{
	kfree(kmalloc(64, fixed_flags));
}

int context_set_up_data(void)
{
	struct page *page = vmalloc_to_page(const_pause);
	unsigned int *alias;

	WRITE_ONCE(relro_hook, context_hook);
	WRITE_ONCE(rodata_hook, context_hook);
	WRITE_ONCE(relro_pause, context_pause);
	ro_table[1] = context_hook;
	ro_object = &ro_routine;
	ro_routine.run = context_hook;
	ro_bool = true;
	ro_wide = 1UL << 32;
	static_local(context_pause);
	static_call_update(context_updated, context_nap);
	static_call_update(context_null, context_nap);
	static_call_update(context_ret0, returns_number);
	static_branch_disable(&closed_key);
	static_branch_enable(&open_key);

	alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	if (!alias)
		return -ENOMEM;
	alias[0] = context_pause;
	vunmap(alias);
	return 0;
}
