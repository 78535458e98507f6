// SPDX-License-Identifier: GPL-2.0
/* The kernel is given a function, or something that holds one, and calls it. */

#include <linux/bsearch.h>
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/fdtable.h>
#include <linux/idr.h>
#include <linux/kobject.h>
#include <linux/list_sort.h>
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/sort.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "attacks.h"
#include "attacks_list.h"

struct comparison {
	const char *name;
	cmp_func_t compare;
};

static int compare_nodes(void *priv, const struct list_head *a, const struct list_head *b)
{
	context_nap();
	return 0;
}

static void swap_napping(void *a, void *b, int size)
{
	context_nap();
}

static void on_cpu(void *info)
{
	context_nap();
}

static int for_each_id(int id, void *p, void *data)
{
	context_nap();
	return 0;
}

static int for_each_file(const void *p, struct file *file, unsigned int fd)
{
	context_nap();
	return 1;
}

static int for_each_device(struct device *device, void *data)
{
	context_nap();
	return 1;
}

static int on_wake_up(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	context_nap();
	return 0;
}

static int on_event(struct notifier_block *block, unsigned long event, void *data)
{
	context_nap();
	return NOTIFY_OK;
}

static void release(struct kobject *kobject)
{
	context_nap();
}

static void work(struct work_struct *work)
{
	context_nap();
}

static void *allocate(gfp_t flags, void *data)
{
	return data;
}

static void give_back(void *element, void *data)
{
	context_nap();
}

/* All are variable: whoever changes them may be anywhere. */
list_cmp_func_t context_compare_nodes = compare_nodes;
void (*context_swap)(void *a, void *b, int size) = swap_napping;
smp_call_func_t context_on_cpu = on_cpu;
int (*context_for_each_id)(int id, void *p, void *data) = for_each_id;
int (*context_for_each_file)(const void *p, struct file *file, unsigned int fd) = for_each_file;
device_iter_t context_for_each_device = for_each_device;
work_func_t context_work = work;

static const struct comparison first = { "first", context_compare_napping };
static const struct comparison second = { "second", context_compare_quiet };
static struct comparison variable = { "variable", context_compare_napping };
static struct comparison *behind = &variable;
static DEFINE_PER_CPU(cmp_func_t, compare_on_cpu) = context_compare_napping;

static LIST_HEAD(list);
static struct list_head nodes[2];
static DEFINE_IDR(ids);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct wait_queue_entry entry;
static RAW_NOTIFIER_HEAD(raw_chain);
static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static struct notifier_block raw_block = { .notifier_call = on_event };
static struct notifier_block atomic_block = { .notifier_call = on_event };
static const struct kobj_type type = { .release = release };
static struct kobject object;
static mempool_t *pool;

static void sort_by(cmp_func_t compare)
{
	sort(context_numbers, ARRAY_SIZE(context_numbers), sizeof(long), compare, NULL);
}

/* A function for sort() from a struct. */
void attack_sort_struct(unsigned long n)
{
	sort_by(READ_ONCE(variable.compare));
}

/* From a struct behind a pointer. */
void attack_sort_behind_pointer(unsigned long n)
{
	sort_by(READ_ONCE(behind)->compare);
}

/* From a variable of this CPU. */
void attack_sort_per_cpu(unsigned long n)
{
	sort_by(this_cpu_read(compare_on_cpu));
}

/* One of two constants: where both ways meet nothing is known of it. */
void attack_sort_either(unsigned long n)
{
	cmp_func_t compare;

	if (n & 1)
		compare = READ_ONCE(first.compare);
	else
		compare = READ_ONCE(second.compare);
	OPTIMIZER_HIDE_VAR(compare);
	sort_by(compare);
}

/* A constant that is put together of two halves. */
void attack_sort_halves(unsigned long n)
{
	const u32 *half = (const u32 *)&first.compare;
	unsigned long low = READ_ONCE(half[0]), high = READ_ONCE(half[1]);

	OPTIMIZER_HIDE_VAR(high);
	sort_by((cmp_func_t)(low | high << 32));
}

/* A constant with some of its bits turned over, and back. */
void attack_sort_xor(unsigned long n)
{
	unsigned long compare = (unsigned long)READ_ONCE(first.compare);

	compare ^= n;
	OPTIMIZER_HIDE_VAR(compare);
	sort_by((cmp_func_t)(compare ^ n));
}

/* The function that sort() swaps with. */
void attack_sort_swap(unsigned long n)
{
	context_numbers[0] = 4;
	context_numbers[1] = 3;
	sort(context_numbers, ARRAY_SIZE(context_numbers), sizeof(long), context_compare_quiet,
	     READ_ONCE(context_swap));
}

/* list_sort(). */
void attack_list_sort(unsigned long n)
{
	list_sort(NULL, &list, READ_ONCE(context_compare_nodes));
}

/* bsearch(). */
void attack_bsearch(unsigned long n)
{
	(bsearch)(&n, context_numbers, ARRAY_SIZE(context_numbers), sizeof(long),
		  READ_ONCE(context_compare));
}

/* This CPU is asked to call a function. */
void attack_smp_call(unsigned long n)
{
	smp_call_function_single(raw_smp_processor_id(), READ_ONCE(context_on_cpu), NULL, 1);
}

/* Each CPU of a mask, which is this one. */
void attack_on_each_cpu(unsigned long n)
{
	on_each_cpu_mask(cpumask_of(raw_smp_processor_id()), READ_ONCE(context_on_cpu), NULL,
			 true);
}

/* idr_for_each(). */
void attack_idr(unsigned long n)
{
	idr_for_each(&ids, READ_ONCE(context_for_each_id), NULL);
}

/* iterate_fd(). */
void attack_iterate_fd(unsigned long n)
{
	iterate_fd(current->files, 0, READ_ONCE(context_for_each_file), NULL);
}

/* bus_for_each_dev(). */
void attack_bus(unsigned long n)
{
	bus_for_each_dev(&platform_bus_type, NULL, NULL, READ_ONCE(context_for_each_device));
}

/* device_for_each_child(). */
void attack_device_children(unsigned long n)
{
	device_for_each_child(&platform_bus, NULL, READ_ONCE(context_for_each_device));
}

/* What is to run in a task, and runs here and now if this is one. */
void attack_in_process_context(unsigned long n)
{
	static struct execute_work execute;

	execute_in_process_context(READ_ONCE(context_work), &execute);
}

/* Who waits has a function of its own, which is called by whoever wakes up. */
void attack_wake_up(unsigned long n)
{
	wake_up(&queue);
}

/* A chain of another driver, with a callback that sleeps. */
void attack_raw_chain(unsigned long n)
{
	raw_notifier_call_chain(&raw_chain, n, NULL);
}

/* The same, atomic. */
void attack_atomic_chain(unsigned long n)
{
	atomic_notifier_call_chain(&atomic_chain, n, NULL);
}

/* The last reference to an object of which the type has a release(). */
void attack_kobject_put(unsigned long n)
{
	kobject_put(&object);
}

/* A pool with a function of its own. */
void attack_mempool_free(unsigned long n)
{
	mempool_free(&object, pool);
}

void context_set_up_hooks(void)
{
	list_add(&nodes[0], &list);
	list_add(&nodes[1], &list);
	if (idr_alloc(&ids, &list, 0, 0, GFP_KERNEL) < 0)
		pr_warn("no id\n");
	init_waitqueue_func_entry(&entry, on_wake_up);
	add_wait_queue(&queue, &entry);
	raw_notifier_chain_register(&raw_chain, &raw_block);
	atomic_notifier_chain_register(&atomic_chain, &atomic_block);
	kobject_init(&object, &type);
	pool = mempool_create(1, allocate, give_back, &list);
}
