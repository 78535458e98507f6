// SPDX-License-Identifier: GPL-2.0
/*
 * The twins in C of a module that hears of exits and signals: with a notifier
 * chain behind one probe, as the library has it, and with a probe for each
 * handler. And how both tracepoints are passed.
 */

#include <linux/notifier.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>
#include <trace/events/signal.h>

#include "../../../src/bindings/bindings_helper.h"
#include "clock.h"
#include "task.h"

/* What a handler has: the one process that it looks out for. */
struct handler {
	struct notifier_block block;
	pid_t pid;
};

static struct handler handlers[MOST_HANDLERS];
static ATOMIC_NOTIFIER_HEAD(chain);

static int handle_exit(struct notifier_block *block, unsigned long action, void *data)
{
	const struct handler *handler = container_of(block, struct handler, block);
	const struct notifier_chain_task_exit *exit = data;

	return exit->pid == handler->pid ? NOTIFY_STOP : NOTIFY_DONE;
}

static int handle_signal(struct notifier_block *block, unsigned long action, void *data)
{
	const struct handler *handler = container_of(block, struct handler, block);
	const struct notifier_chain_signal *signal = data;

	return signal->pid == handler->pid ? NOTIFY_STOP : NOTIFY_DONE;
}

static void fill_exit(struct notifier_chain_task_exit *exit, struct task_struct *task,
		      bool group_dead)
{
	exit->pid = task_pid_nr(task);
	exit->tgid = task_tgid_nr(task);
	exit->exit_code = task->exit_code;
	exit->group_dead = group_dead;
	get_task_comm(exit->comm, task);
}

static void fill_signal(struct notifier_chain_signal *signal, int number,
			struct kernel_siginfo *info, struct k_sigaction *action)
{
	signal->pid = task_pid_nr(current);
	signal->number = number;
	signal->handler = (unsigned long)action->sa.sa_handler;
	if (info == SEND_SIG_NOINFO) {
		signal->code = SI_USER;
	} else if (info == SEND_SIG_PRIV) {
		signal->code = SI_KERNEL;
	} else {
		signal->code = info->si_code;
		signal->error = info->si_errno;
	}
}

static void chain_on_exit(void *unused, struct task_struct *task, bool group_dead)
{
	struct notifier_chain_task_exit exit = {};

	fill_exit(&exit, task, group_dead);
	atomic_notifier_call_chain(&chain, 0, &exit);
}

static void chain_on_signal(void *unused, int number, struct kernel_siginfo *info,
			    struct k_sigaction *action)
{
	struct notifier_chain_signal signal = {};

	fill_signal(&signal, number, info, action);
	atomic_notifier_call_chain(&chain, 0, &signal);
}

/* The handler is inlined. What it is told is nevertheless written down, all of it. */
static void probe_on_exit(void *data, struct task_struct *task, bool group_dead)
{
	struct notifier_chain_task_exit exit = {};

	fill_exit(&exit, task, group_dead);
	handle_exit(&((struct handler *)data)->block, 0, &exit);
	barrier_data(&exit);
}

static void probe_on_signal(void *data, int number, struct kernel_siginfo *info,
			    struct k_sigaction *action)
{
	struct notifier_chain_signal signal = {};

	fill_signal(&signal, number, info, action);
	handle_signal(&((struct handler *)data)->block, 0, &signal);
	barrier_data(&signal);
}

static struct source {
	const char *name;
	void *chain;
	void *probe;
	notifier_fn_t handle;
	struct tracepoint *tracepoint;	/* NULL until it is found. */
} sources[] = {
	[NOTIFIER_CHAIN_BENCH_EXIT] = {
		.name = "sched_process_exit",
		.chain = chain_on_exit,
		.probe = probe_on_exit,
		.handle = handle_exit,
	},
	[NOTIFIER_CHAIN_BENCH_SIGNAL] = {
		.name = "signal_deliver",
		.chain = chain_on_signal,
		.probe = probe_on_signal,
		.handle = handle_signal,
	},
};

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

static void release_chain(struct source *source, struct tracepoint *tracepoint,
			  unsigned int count)
{
	tracepoint_probe_unregister(tracepoint, source->chain, NULL);
	while (count--)
		atomic_notifier_chain_unregister(&chain, &handlers[count].block);
}

static int attach_chain(struct source *source, struct tracepoint *tracepoint, unsigned int count)
{
	unsigned int i;
	int error;

	for (i = 0; i < count; i++) {
		handlers[i].block.notifier_call = source->handle;
		atomic_notifier_chain_register(&chain, &handlers[i].block);
	}
	error = tracepoint_probe_register(tracepoint, source->chain, NULL);
	if (error)
		release_chain(source, tracepoint, count);
	return error;
}

static void release_probes(struct source *source, struct tracepoint *tracepoint,
			   unsigned int count)
{
	while (count--)
		tracepoint_probe_unregister(tracepoint, source->probe, &handlers[count]);
}

static int attach_probes(struct source *source, struct tracepoint *tracepoint, unsigned int count)
{
	unsigned int i;
	int error;

	for (i = 0; i < count; i++) {
		error = tracepoint_probe_register(tracepoint, source->probe, &handlers[i]);
		if (error) {
			release_probes(source, tracepoint, i);
			return error;
		}
	}
	return 0;
}

int notifier_chain_bench_task_attach(enum notifier_chain_bench_source source,
				     enum notifier_chain_bench_twin twin, unsigned int count)
{
	struct tracepoint *tracepoint = tracepoint_of(&sources[source]);

	if (!tracepoint)
		return -EOPNOTSUPP;
	if (!count)
		return 0;
	if (twin == NOTIFIER_CHAIN_BENCH_CHAIN)
		return attach_chain(&sources[source], tracepoint, count);
	return attach_probes(&sources[source], tracepoint, count);
}

void notifier_chain_bench_task_release(enum notifier_chain_bench_source source,
				       enum notifier_chain_bench_twin twin, unsigned int count)
{
	struct tracepoint *tracepoint = tracepoint_of(&sources[source]);

	if (!tracepoint || !count)
		return;
	if (twin == NOTIFIER_CHAIN_BENCH_CHAIN)
		release_chain(&sources[source], tracepoint, count);
	else
		release_probes(&sources[source], tracepoint, count);
	tracepoint_synchronize_unregister();
}

/*
 * As __do_trace_sched_process_exit() does it, which is exported to nobody, on
 * a kernel without static calls. But SRCU is entered once for all events: on
 * User-Mode Linux, where that makes system calls of the host, nothing else
 * would be seen.
 */
u64 notifier_chain_bench_task_pass(enum notifier_chain_bench_source source, unsigned int events)
{
	struct tracepoint *tracepoint = tracepoint_of(&sources[source]);
	int (*exit)(void *, struct task_struct *, bool);
	int (*signal)(void *, int, struct kernel_siginfo *, struct k_sigaction *);
	struct kernel_siginfo info = { .si_signo = SIGUSR1 };
	struct k_sigaction action = {};
	u64 start;

	if (!tracepoint)
		return 0;
	exit = tracepoint->iterator;
	signal = tracepoint->iterator;

	guard(srcu_fast_notrace)(&tracepoint_srcu);
	start = notifier_chain_bench_ticks();
	for (; events; events--) {
		if (!static_key_enabled(&tracepoint->key))
			continue;
		if (source == NOTIFIER_CHAIN_BENCH_EXIT)
			exit(NULL, current, true);
		else
			signal(NULL, SIGUSR1, &info, &action);
	}
	return notifier_chain_bench_ticks() - start;
}
