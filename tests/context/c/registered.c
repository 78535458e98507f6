// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel enters in a context that must not sleep, in pairs: one sleeps,
 * one does not. And what it enters in a thread, which may.
 */

#include <linux/clocksource.h>
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kdebug.h>
#include <linux/kmsg_dump.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/stop_machine.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static unsigned long count;

/* What must not be waited for in NMI context. */
static DEFINE_SPINLOCK(lock);

static void wait_for_lock(void)
{
	spin_lock(&lock);
	count++;
	spin_unlock(&lock);
}

/* A void function returns nothing. */
#define BOTH(wait, how, type, parameters, ...)		\
	static type sleeps_##how parameters		\
	{						\
		wait;					\
		return __VA_ARGS__;			\
	}						\
	static type fine_##how parameters		\
	{						\
		WRITE_ONCE(count, count + 1);		\
		return __VA_ARGS__;			\
	}

#define PAIR(...) BOTH(msleep(1), __VA_ARGS__)
#define NMI_PAIR(...) BOTH(wait_for_lock(), __VA_ARGS__)

PAIR(irq, irqreturn_t, (int irq, void *data), IRQ_HANDLED)
PAIR(irq_with_thread, irqreturn_t, (int irq, void *data), IRQ_WAKE_THREAD)
PAIR(irq_devm, irqreturn_t, (int irq, void *data), IRQ_HANDLED)
PAIR(irq_pci, irqreturn_t, (int irq, void *data), IRQ_HANDLED)
PAIR(irq_passed_on, irqreturn_t, (int irq, void *data), IRQ_HANDLED)
PAIR(timer, void, (struct timer_list *timer))
PAIR(timer_static, void, (struct timer_list *timer))
PAIR(hrtimer, enum hrtimer_restart, (struct hrtimer *timer), HRTIMER_NORESTART)
PAIR(tasklet, void, (struct tasklet_struct *tasklet))
PAIR(tasklet_static, void, (struct tasklet_struct *tasklet))
PAIR(rcu, void, (struct rcu_head *head))
PAIR(srcu, void, (struct rcu_head *head))
PAIR(hrtimer_update, enum hrtimer_restart, (struct hrtimer *timer), HRTIMER_NORESTART)
PAIR(irq_work, void, (struct irq_work *work))
PAIR(napi, int, (struct napi_struct *napi, int budget), 0)
PAIR(packet, int, (struct sk_buff *skb, struct net_device *net, struct packet_type *type,
		   struct net_device *origin), 0)
PAIR(rx_handler, rx_handler_result_t, (struct sk_buff **skb), RX_HANDLER_PASS)
PAIR(console, void, (struct console *console, const char *text, unsigned int length))
PAIR(smp, void, (void *data))
PAIR(each_cpu, void, (void *data))
PAIR(stop_machine, int, (void *data), 0)
PAIR(notifier, int, (struct notifier_block *block, unsigned long action, void *data), NOTIFY_OK)

NMI_PAIR(die, int, (struct notifier_block *block, unsigned long action, void *data), NOTIFY_OK)
NMI_PAIR(panic, int, (struct notifier_block *block, unsigned long action, void *data), NOTIFY_OK)
NMI_PAIR(kmsg_dump, void, (struct kmsg_dumper *dumper, struct kmsg_dump_detail *detail))
NMI_PAIR(clocksource, u64, (struct clocksource *clocksource), 0)

/* What runs in a thread. */
static irqreturn_t thread_irq(int irq, void *data)
{
	msleep(1);
	return IRQ_HANDLED;
}

static void thread_work(struct work_struct *work)
{
	msleep(1);
}

static DECLARE_WORK(work, thread_work);

DEFINE_STATIC_SRCU(srcu);

static struct {
	struct timer_list timer;
	struct hrtimer hrtimer;
	struct tasklet_struct tasklet;
	struct rcu_head head;
	struct napi_struct napi;
} made[2];

static noinline int pass_on(irq_handler_t handler, void *data)
{
	return request_irq(4, handler, IRQF_SHARED, "passed on", data);
}

#define REGISTER(prefix, index)							\
	static DEFINE_TIMER(prefix##timer_object, prefix##timer_static);	\
	static DECLARE_TASKLET(prefix##tasklet_object, prefix##tasklet_static);	\
	static DEFINE_IRQ_WORK(prefix##irq_work_object, prefix##irq_work);	\
	static struct notifier_block prefix##block = {				\
		.notifier_call = prefix##notifier,				\
	};									\
	static struct notifier_block prefix##die_block = {			\
		.notifier_call = prefix##die,					\
	};									\
	static struct notifier_block prefix##panic_block = {			\
		.notifier_call = prefix##panic,					\
	};									\
	static struct packet_type prefix##packet_type = {			\
		.type = htons(ETH_P_ALL),					\
		.func = prefix##packet,						\
	};									\
	static struct kmsg_dumper prefix##dumper = {				\
		.dump = prefix##kmsg_dump,					\
	};									\
	static struct clocksource prefix##clocksource_object = {		\
		.read = prefix##clocksource,					\
	};									\
	static struct console prefix##console_object = {			\
		.write = prefix##console,					\
	};									\
	static int prefix##register(struct pci_dev *device, struct net_device *net) \
	{									\
		int error;							\
										\
		error = request_irq(1, prefix##irq, IRQF_SHARED, "a", &made[index]); \
		if (error)							\
			return error;						\
		error = request_threaded_irq(2, prefix##irq_with_thread, thread_irq, \
					     IRQF_SHARED, "b", &made[index]);	\
		if (error)							\
			return error;						\
		error = devm_request_irq(&device->dev, 3, prefix##irq_devm,	\
					 IRQF_SHARED, "c", &made[index]);	\
		if (error)							\
			return error;						\
		error = pci_request_irq(device, 0, prefix##irq_pci, NULL,	\
					&made[index], "d");			\
		if (error)							\
			return error;						\
		error = pass_on(prefix##irq_passed_on, &made[index]);		\
		if (error)							\
			return error;						\
		timer_setup(&made[index].timer, prefix##timer, 0);		\
		mod_timer(&prefix##timer_object, jiffies + HZ);		\
		hrtimer_setup(&made[index].hrtimer, prefix##hrtimer,		\
			      CLOCK_MONOTONIC, HRTIMER_MODE_REL);		\
		hrtimer_update_function(&made[index].hrtimer,			\
					prefix##hrtimer_update);		\
		tasklet_setup(&made[index].tasklet, prefix##tasklet);		\
		tasklet_schedule(&prefix##tasklet_object);			\
		call_rcu(&made[index].head, prefix##rcu);			\
		call_srcu(&srcu, &made[index].head, prefix##srcu);		\
		irq_work_queue(&prefix##irq_work_object);			\
		netif_napi_add(net, &made[index].napi, prefix##napi);		\
		smp_call_function_single(0, prefix##smp, NULL, 1);		\
		on_each_cpu(prefix##each_cpu, NULL, 1);				\
		stop_machine(prefix##stop_machine, NULL, NULL);			\
		schedule_work(&work);						\
		dev_add_pack(&prefix##packet_type);				\
		error = netdev_rx_handler_register(net, prefix##rx_handler, NULL); \
		if (error)							\
			return error;						\
		register_console(&prefix##console_object);			\
		error = clocksource_register_hz(&prefix##clocksource_object, HZ); \
		if (error)							\
			return error;						\
		error = kmsg_dump_register(&prefix##dumper);			\
		if (error)							\
			return error;						\
		error = atomic_notifier_chain_register(&panic_notifier_list,	\
						       &prefix##panic_block);	\
		if (error)							\
			return error;						\
		error = atomic_notifier_chain_register(&chain, &prefix##block);	\
		return error ?: register_die_notifier(&prefix##die_block);	\
	}

static ATOMIC_NOTIFIER_HEAD(chain);

REGISTER(sleeps_, 0)
REGISTER(fine_, 1)

int context_register(struct pci_dev *device, struct net_device *net);

/* For the object code alone: this is never loaded. */
int context_register(struct pci_dev *device, struct net_device *net)
{
	return sleeps_register(device, net) ?: fine_register(device, net);
}

MODULE_DESCRIPTION("What drivers register with the kernel");
MODULE_LICENSE("GPL");
