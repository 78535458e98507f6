// SPDX-License-Identifier: GPL-2.0
/* The sample exception_monitor as one would write it in C, to compare the size. */

#include <linux/gfp.h>
#include <linux/kdebug.h>
#include <linux/kexec.h>
#include <linux/module.h>
#include <linux/oom.h>
#include <linux/panic_notifier.h>
#include <linux/ptrace.h>
#include <linux/reboot.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>
#include <trace/events/signal.h>

#undef pr_fmt
#define pr_fmt(fmt) "exception_monitor: " fmt

static bool tasks;
module_param(tasks, bool, 0444);
MODULE_PARM_DESC(tasks, "Log each task that exits and each signal that is delivered (default: no)");

static ulong reserve;
module_param(reserve, ulong, 0444);
MODULE_PARM_DESC(reserve, "Pages to keep for when memory runs out (default: 0)");

static const char *const die_kinds[] = {
	[DIE_OOPS] = "Oops",
#ifdef CONFIG_X86
	[DIE_INT3] = "Int3", [DIE_DEBUG] = "Debug", [DIE_PANIC] = "Panic",
	[DIE_NMI] = "Nmi", [DIE_DIE] = "Die", [DIE_KERNELDEBUG] = "KernelDebug",
	[DIE_TRAP] = "Trap", [DIE_GPF] = "Gpf", [DIE_CALL] = "Call",
	[DIE_PAGE_FAULT] = "PageFault", [DIE_NMIUNKNOWN] = "NmiUnknown",
#endif
};

static int on_die(struct notifier_block *nb, unsigned long kind, void *data)
{
	const struct die_args *args = data;

	if (args->regs && user_mode(args->regs))
		return NOTIFY_DONE;

	pr_emerg("die: %s: %s: error %#lx, trap %d, signal %d\n",
		 kind < ARRAY_SIZE(die_kinds) && die_kinds[kind] ? die_kinds[kind] : "Other",
		 args->str, args->err, args->trapnr, args->signr);
	if (args->regs)
		pr_emerg("die: at %#lx in kernel mode\n", instruction_pointer(args->regs));
	return NOTIFY_DONE;
}

static int on_panic(struct notifier_block *nb, unsigned long action, void *message)
{
	pr_emerg("panic: %s; a kdump kernel is %s\n", (const char *)message,
		 kexec_crash_loaded() ? "loaded" : "not loaded");
	return NOTIFY_DONE;
}

static int on_reboot(struct notifier_block *nb, unsigned long action, void *command)
{
	const char *name = action == SYS_RESTART ? "Restart" :
			   action == SYS_HALT ? "Halt" :
			   action == SYS_POWER_OFF ? "PowerOff" : "Other";

	if (command)
		pr_notice("reboot: %s, command %s\n", name, (const char *)command);
	else
		pr_notice("reboot: %s\n", name);
	return NOTIFY_DONE;
}

static int on_restart(struct notifier_block *nb, unsigned long mode, void *command)
{
	static const char *const modes[] = {
		[REBOOT_COLD] = "Cold", [REBOOT_WARM] = "Warm", [REBOOT_HARD] = "Hard",
		[REBOOT_SOFT] = "Soft", [REBOOT_GPIO] = "Gpio",
	};
	const char *name = mode < ARRAY_SIZE(modes) ? modes[mode] : "Other";

	if (command)
		pr_notice("restart: %s, command %s\n", name, (const char *)command);
	else
		pr_notice("restart: %s\n", name);
	return NOTIFY_DONE;
}

static DEFINE_MUTEX(pages_lock);
static struct page **pages;
static ulong pages_count;

static int on_oom(struct notifier_block *nb, unsigned long action, void *freed)
{
	ulong count = 0;

	/* Whoever else has it is giving them back. */
	if (!mutex_trylock(&pages_lock))
		return NOTIFY_OK;
	while (pages_count) {
		__free_page(pages[--pages_count]);
		count++;
	}
	mutex_unlock(&pages_lock);
	pr_warn("oom: %lu pages of the reserve are given back\n", count);
	*(unsigned long *)freed += count;
	return NOTIFY_OK;
}

static void on_exit(void *data, struct task_struct *task, bool group_dead)
{
	char comm[TASK_COMM_LEN];

	get_task_comm(comm, task);
	pr_info("task_exit: %s (%d/%d): status %d, signal %d%s%s\n", comm,
		task_tgid_nr(task), task_pid_nr(task), task->exit_code >> 8 & 0xff,
		task->exit_code & 0x7f, task->exit_code & 0x80 ? ", core dumped" : "",
		group_dead ? ", and its process with it" : "");
}

static void on_signal(void *data, int number, struct kernel_siginfo *info,
		      struct k_sigaction *action)
{
	__sighandler_t handler = action->sa.sa_handler;
	int code = SI_USER, error = 0;

	if (info == SEND_SIG_PRIV) {
		code = SI_KERNEL;
	} else if (info != SEND_SIG_NOINFO) {
		code = info->si_code;
		error = info->si_errno;
	}
	pr_info("signal: %d to %d: %s, code %d, error %d\n", number, task_pid_nr(current),
		handler == SIG_DFL ? "Default" : handler == SIG_IGN ? "Ignore" : "Handler",
		code, error);
}

static struct notifier_block die_nb = { .notifier_call = on_die, .priority = INT_MAX };
static struct notifier_block panic_nb = { .notifier_call = on_panic, .priority = INT_MAX };
static struct notifier_block reboot_nb = { .notifier_call = on_reboot, .priority = INT_MAX };
static struct notifier_block restart_nb = { .notifier_call = on_restart, .priority = 255 };
static struct notifier_block oom_nb = { .notifier_call = on_oom };

static struct tracepoint *exits, *signals;

static void find(struct tracepoint *tracepoint, void *unused)
{
	if (!strcmp(tracepoint->name, "sched_process_exit"))
		exits = tracepoint;
	if (!strcmp(tracepoint->name, "signal_deliver"))
		signals = tracepoint;
}

static int attach(void)
{
	int err;

	check_trace_callback_type_sched_process_exit(on_exit);
	check_trace_callback_type_signal_deliver(on_signal);
	/* Without them, there are no functions for them either. */
	if (IS_ENABLED(CONFIG_TRACEPOINTS))
		for_each_kernel_tracepoint(find, NULL);
	if (!IS_ENABLED(CONFIG_TRACEPOINTS) || !exits || !signals) {
		pr_err("this kernel has no such tracepoints\n");
		return -EOPNOTSUPP;
	}
	err = tracepoint_probe_register(exits, on_exit, NULL);
	if (err)
		return err;
	err = tracepoint_probe_register(signals, on_signal, NULL);
	if (err)
		tracepoint_probe_unregister(exits, on_exit, NULL);
	return err;
}

static void release(void)
{
	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		return;

	tracepoint_probe_unregister(signals, on_signal, NULL);
	tracepoint_probe_unregister(exits, on_exit, NULL);
	tracepoint_synchronize_unregister();
}

static void give_back(void)
{
	while (pages_count)
		__free_page(pages[--pages_count]);
	kvfree(pages);
}

static int keep(void)
{
	pages = kvcalloc(reserve, sizeof(*pages), GFP_KERNEL);
	if (reserve && !pages)
		return -ENOMEM;

	while (pages_count < reserve) {
		pages[pages_count] = alloc_page(GFP_KERNEL);
		if (!pages[pages_count])
			return -ENOMEM;
		pages_count++;
	}
	return 0;
}

static int __init exception_monitor_init(void)
{
	int err;

	err = keep();
	if (err)
		goto out_pages;
	err = register_die_notifier(&die_nb);
	if (err)
		goto out_pages;
	err = register_oom_notifier(&oom_nb);
	if (err)
		goto out_die;
	err = atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	if (err)
		goto out_oom;
	err = register_reboot_notifier(&reboot_nb);
	if (err)
		goto out_panic;
	err = register_restart_handler(&restart_nb);
	if (err)
		goto out_reboot;
	if (tasks) {
		err = attach();
		if (err)
			goto out_restart;
	}
	return 0;

out_restart:
	unregister_restart_handler(&restart_nb);
out_reboot:
	unregister_reboot_notifier(&reboot_nb);
out_panic:
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
out_oom:
	unregister_oom_notifier(&oom_nb);
out_die:
	unregister_die_notifier(&die_nb);
out_pages:
	give_back();
	return err;
}
module_init(exception_monitor_init);

static void __exit exception_monitor_exit(void)
{
	if (tasks)
		release();
	unregister_restart_handler(&restart_nb);
	unregister_reboot_notifier(&reboot_nb);
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	unregister_oom_notifier(&oom_nb);
	unregister_die_notifier(&die_nb);
	give_back();
}
module_exit(exception_monitor_exit);

MODULE_DESCRIPTION("Logs whatever befalls a kernel");
MODULE_LICENSE("GPL");
