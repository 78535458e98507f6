// SPDX-License-Identifier: GPL-2.0
/*
 * The chains task_exit and signal, which probes on tracepoints call. In C,
 * since the compiler checks a probe against its tracepoint only here.
 */

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>
#include <trace/events/signal.h>

#include "bindings_helper.h"

/* The name of the driver, which this is linked into. */
#undef pr_fmt
#define pr_fmt(fmt) "%s: " fmt, module_name(THIS_MODULE)

/* A chain, and the tracepoint whose probe calls it while somebody is on it. */
struct source {
	struct atomic_notifier_head chain;
	struct mutex lock;		/* Held while the chain is changed. */
	const char *name;
	void *probe;
	struct tracepoint *tracepoint;	/* NULL until it is found. */
};

#define SOURCE(source, tracepoint_name, function) {	\
	.chain = ATOMIC_NOTIFIER_INIT(source.chain),	\
	.lock = __MUTEX_INITIALIZER(source.lock),	\
	.name = tracepoint_name,			\
	.probe = function,				\
}

static void on_task_exit(void *chain, struct task_struct *task, bool group_dead)
{
	struct notifier_chain_task_exit exit = {
		.pid = task_pid_nr(task),
		.tgid = task_tgid_nr(task),
		.exit_code = task->exit_code,
		.group_dead = group_dead,
	};

	get_task_comm(exit.comm, task);
	atomic_notifier_call_chain(chain, 0, &exit);
}

static void on_signal(void *chain, int number, struct kernel_siginfo *info,
		      struct k_sigaction *action)
{
	struct notifier_chain_signal signal = {
		.pid = task_pid_nr(current),
		.number = number,
		.handler = (unsigned long)action->sa.sa_handler,
	};

	/* Two numbers stand for signals that have no more to tell. */
	if (info == SEND_SIG_NOINFO) {
		signal.code = SI_USER;
	} else if (info == SEND_SIG_PRIV) {
		signal.code = SI_KERNEL;
	} else {
		signal.code = info->si_code;
		signal.error = info->si_errno;
	}
	atomic_notifier_call_chain(chain, 0, &signal);
}

static struct source task_exit = SOURCE(task_exit, "sched_process_exit", on_task_exit);
static struct source signal = SOURCE(signal, "signal_deliver", on_signal);

static void find(struct tracepoint *tracepoint, void *data)
{
	struct source *source = data;

	if (!strcmp(tracepoint->name, source->name))
		source->tracepoint = tracepoint;
}

static struct tracepoint *tracepoint_of(struct source *source)
{
	/* Without them, there are no functions for them either. */
	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		return NULL;

	if (!source->tracepoint)
		for_each_kernel_tracepoint(find, source);
	return source->tracepoint;
}

static int attach(struct source *source)
{
	struct tracepoint *tracepoint = tracepoint_of(source);

	if (!tracepoint) {
		pr_err("this kernel has no tracepoint %s\n", source->name);
		return -EOPNOTSUPP;
	}
	return tracepoint_probe_register(tracepoint, source->probe, &source->chain);
}

static void release(struct source *source)
{
	struct tracepoint *tracepoint = tracepoint_of(source);

	if (!tracepoint)
		return;

	tracepoint_probe_unregister(tracepoint, source->probe, &source->chain);
	/* The probe may still be running, and this module may be about to go. */
	tracepoint_synchronize_unregister();
}

static int add(struct source *source, struct notifier_block *block)
{
	bool is_first;
	int error;

	guard(mutex)(&source->lock);

	is_first = !rcu_access_pointer(source->chain.head);
	error = atomic_notifier_chain_register(&source->chain, block);
	if (error || !is_first)
		return error;

	error = attach(source);
	if (error)
		atomic_notifier_chain_unregister(&source->chain, block);
	return error;
}

static int remove(struct source *source, struct notifier_block *block)
{
	int error;

	guard(mutex)(&source->lock);

	error = atomic_notifier_chain_unregister(&source->chain, block);
	if (!error && !rcu_access_pointer(source->chain.head))
		release(source);
	return error;
}

int notifier_chain_register_task_exit(struct notifier_block *block)
{
	check_trace_callback_type_sched_process_exit(on_task_exit);
	return add(&task_exit, block);
}

int notifier_chain_unregister_task_exit(struct notifier_block *block)
{
	return remove(&task_exit, block);
}

int notifier_chain_register_signal(struct notifier_block *block)
{
	check_trace_callback_type_signal_deliver(on_signal);
	return add(&signal, block);
}

int notifier_chain_unregister_signal(struct notifier_block *block)
{
	return remove(&signal, block);
}
