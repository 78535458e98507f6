// SPDX-License-Identifier: GPL-2.0
/* What neither sleeps nor waits long in C, each in another way. */

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kmsg_dump.h>
#include <linux/netpoll.h>
#include <linux/percpu.h>
#include <linux/percpu_counter.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "proven.h"

struct entry {
	struct rcu_head rcu;
	unsigned long value;
};

static void report(struct work_struct *work)
{
	pr_info("work\n");
}

static void on_irq_work(struct irq_work *work)
{
	pr_info("interrupt\n");
}

static void in_tasklet(struct tasklet_struct *tasklet)
{
	pr_info("tasklet\n");
}

static void on_timer(struct timer_list *timer)
{
	pr_info("timer\n");
}

static enum hrtimer_restart on_hrtimer(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static DECLARE_WORK(work, report);
static DEFINE_IRQ_WORK(irq_work, on_irq_work);
static DECLARE_TASKLET(tasklet, in_tasklet);
static DEFINE_TIMER(timer, on_timer);
static struct hrtimer hrtimer = { .function = on_hrtimer };
static DEFINE_SPINLOCK(lock);
static DEFINE_SEMAPHORE(semaphore, 1);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_PER_CPU(unsigned long, on_cpu);
static struct percpu_counter over_cpus;
static seqcount_t sequence = SEQCNT_ZERO(sequence);
static struct task_struct *thread;
static struct netpoll netpoll;
static struct sk_buff *packet;
static struct entry *first, *second;
static char text[256];
static unsigned long count;

static void free_entry(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct entry, rcu));
}

void context_allocate(void)
{
	kfree(kmalloc(count + 16, GFP_ATOMIC));
}

void context_call_rcu(void)
{
	call_rcu(&first->rcu, free_entry);
}

void context_count_on_cpu(void)
{
	this_cpu_inc(on_cpu);
}

void context_count_over_cpus(void)
{
	percpu_counter_add(&over_cpus, 3);
}

void context_count_under_spin_lock(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	count++;
	spin_unlock_irqrestore(&lock, flags);
}

void context_drop_packet(void)
{
	struct sk_buff *skb = alloc_skb(64, GFP_ATOMIC);

	if (skb)
		dev_kfree_skb_any(skb);
}

void context_dump_stack(void)
{
	dump_stack();
}

void context_kfree_rcu(void)
{
	kfree_rcu(second, rcu);
}

void context_queue_irq_work(void)
{
	irq_work_queue(&irq_work);
}

void context_random(void)
{
	get_random_bytes(text, 8);
}

void context_read_log(void)
{
	struct kmsg_dump_iter iter;
	size_t len;

	kmsg_dump_rewind(&iter);
	kmsg_dump_get_buffer(&iter, false, text, sizeof(text), &len);
}

void context_schedule_tasklet(void)
{
	tasklet_schedule(&tasklet);
}

void context_schedule_work(void)
{
	schedule_work(&work);
}

void context_send(void)
{
	netpoll_send_skb(&netpoll, packet);
}

void context_start_hrtimer(void)
{
	hrtimer_start(&hrtimer, ms_to_ktime(5), HRTIMER_MODE_REL);
}

void context_start_timer(void)
{
	mod_timer(&timer, jiffies + HZ);
}

void context_try_down(void)
{
	if (!down_trylock(&semaphore))
		up(&semaphore);
}

void context_wake_up(void)
{
	wake_up_all(&queue);
}

void context_wake_up_process(void)
{
	wake_up_process(thread);
}

void context_write_seqcount(void)
{
	unsigned long flags;

	local_irq_save(flags);
	write_seqcount_begin(&sequence);
	count += 4;
	write_seqcount_end(&sequence);
	local_irq_restore(flags);
}
