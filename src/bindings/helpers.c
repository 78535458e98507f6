// SPDX-License-Identifier: GPL-2.0
/*
 * What Rust cannot reach by itself: inline functions, macros, and fields of
 * structures that bindgen cannot see into.
 */

#include <linux/crash_core.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "bindings_helper.h"

/* The name of the driver, which this is linked into. */
#undef pr_fmt
#define pr_fmt(fmt) "%s: " fmt, module_name(THIS_MODULE)

unsigned long notifier_chain_instruction_pointer(struct pt_regs *regs)
{
	return instruction_pointer(regs);
}

/* It is a macro, except in kernels before 7.3 that have no lockdep. */
int notifier_chain_init_srcu(struct srcu_struct *srcu, const char *name,
			     struct lock_class_key *key)
{
#ifdef init_srcu_struct
	return __init_srcu_struct(srcu, name, key);
#else
	return init_srcu_struct(srcu);
#endif
}

bool notifier_chain_kdump_loaded(void)
{
	return kexec_crash_loaded();
}

/* What the kernel calls for a block that hears when the log is dumped. */
struct dumper {
	struct kmsg_dumper dumper;
	struct notifier_block *block;
};

/*
 * context-check knows by the section that a function calls handlers of the NMI
 * class. It does not read User-Mode Linux, where Clang takes a function in such a
 * section to be near, while modules may lie above 2 GiB.
 */
#ifdef CONFIG_UML
#define CALLS_NMI
#else
#define CALLS_NMI __section(".text..notifier_chain.calls_nmi")
#endif

static void CALLS_NMI
call_dumper(struct kmsg_dumper *kmsg_dumper, struct kmsg_dump_detail *detail)
{
	struct dumper *dumper = container_of(kmsg_dumper, struct dumper, dumper);

	dumper->block->notifier_call(dumper->block, detail->reason, (void *)detail->description);
}

/*
 * The block is on no list: its dumper is. So the pointer to the next block is
 * free, and has the dumper.
 */
int notifier_chain_register_kmsg_dump(enum kmsg_dump_reason max_reason,
				      struct notifier_block *block)
{
	struct dumper *dumper = kzalloc(sizeof(*dumper), GFP_KERNEL);
	int error;

	if (!dumper)
		return -ENOMEM;

	dumper->dumper.dump = call_dumper;
	dumper->dumper.max_reason = max_reason;
	dumper->block = block;
	error = kmsg_dump_register(&dumper->dumper);
	if (error) {
		kfree(dumper);
		return error;
	}

	RCU_INIT_POINTER(block->next, (void *)dumper);
	return 0;
}

void notifier_chain_unregister_kmsg_dump(struct notifier_block *block)
{
	struct dumper *dumper = (void *)rcu_access_pointer(block->next);

	/* Waits for RCU readers. */
	kmsg_dump_unregister(&dumper->dumper);
	kfree(dumper);
}

/*
 * Stops where the code must not sleep. Going on would free what an RCU reader,
 * such as an atomic notifier, still uses. noinline, since context-check finds
 * its calls by this name.
 */
noinline void notifier_chain_might_sleep(void)
{
	if (rcu_preempt_depth() || preempt_count() || irqs_disabled()) {
		pr_emerg("this must not sleep: a notifier registers, drops a registration, or makes a Sleepable\n");
		BUG();
	}
	might_sleep();
}

static int call_sys_off(struct sys_off_data *data)
{
	struct notifier_block *block = data->cb_data;

	return block->notifier_call(block, data->mode, (void *)data->cmd);
}

/*
 * The block is on no list: its handler is. So the pointer to the next block is
 * free, and has the handler.
 */
int notifier_chain_register_sys_off(enum sys_off_mode mode, struct notifier_block *block)
{
	struct sys_off_handler *handler;

	/* Its handler is a static one, and two callers could both get it. */
	if (block->priority == SYS_OFF_PRIO_PLATFORM)
		return -EINVAL;

	handler = register_sys_off_handler(mode, block->priority, call_sys_off, block);
	if (IS_ERR(handler))
		return PTR_ERR(handler);

	RCU_INIT_POINTER(block->next, (void *)handler);
	return 0;
}

void notifier_chain_unregister_sys_off(struct notifier_block *block)
{
	unregister_sys_off_handler((void *)rcu_access_pointer(block->next));
}

bool notifier_chain_user_mode(struct pt_regs *regs)
{
	return user_mode(regs);
}

/*
 * What reports an unregistering that takes long. It is not on the stack of the
 * task, which a bug in a notifier may kill.
 */
struct watch {
	struct timer_list timer;
	struct task_struct *task;
};

#define WATCH_SECONDS 30

static void report_stall(struct timer_list *timer)
{
	struct watch *watch = timer_container_of(watch, timer, timer);

	pr_err("dropping a registration has taken %d s: a notifier that drops its own waits for itself\n",
	       WATCH_SECONDS);
	sched_show_task(watch->task);
}

static struct watch *watch_current(void)
{
	struct watch *watch = kmalloc(sizeof(*watch), GFP_NOWAIT | __GFP_NOWARN);

	if (!watch)
		return NULL;
	/* Neither is ever put if the task dies meanwhile. */
	watch->task = get_task_struct(current);
	__module_get(THIS_MODULE);
	timer_setup(&watch->timer, report_stall, 0);
	mod_timer(&watch->timer, jiffies + WATCH_SECONDS * HZ);
	return watch;
}

/* Unregisters, and reports it if that takes long. */
void notifier_chain_watch(void (*unregister)(void *), void *registration)
{
	struct watch *watch = watch_current();

	unregister(registration);
	if (!watch)
		return;
	timer_delete_sync(&watch->timer);
	module_put(THIS_MODULE);
	put_task_struct(watch->task);
	kfree(watch);
}
