// SPDX-License-Identifier: GPL-2.0
/* What sleeps or waits in C, each in another way. */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "refused.h"

#ifdef CONFIG_COMMON_CLK_QCOM
/* Its header is not among those that distributions install. */
struct clk_alpha_pll;
struct regmap;
void qcom_clk_alpha_pll_configure(struct clk_alpha_pll *pll, struct regmap *regmap);
#endif

static ATOMIC_NOTIFIER_HEAD(chain);
static struct notifier_block block;

static void report(struct work_struct *work)
{
	pr_info("work\n");
}

static DECLARE_WORK(work, report);
static DECLARE_DELAYED_WORK(delayed_work, report);

static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(lock);
static DEFINE_SEMAPHORE(semaphore, 1);
DEFINE_STATIC_SRCU(srcu);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct task_struct *thread;
static unsigned long count;

void context_cancel_delayed_work(void)
{
	cancel_delayed_work_sync(&delayed_work);
}

void context_cond_resched(void)
{
	cond_resched();
}

void context_configure_clock(void)
{
#ifdef CONFIG_COMMON_CLK_QCOM
	qcom_clk_alpha_pll_configure(NULL, NULL);
#endif
}

void context_count_under_mutex(void)
{
	mutex_lock(&mutex);
	count++;
	mutex_unlock(&mutex);
}

void context_count_under_spin_lock(void)
{
	spin_lock(&lock);
	count += 2;
	spin_unlock(&lock);
}

void context_down(void)
{
	down(&semaphore);
	count += 3;
	up(&semaphore);
}

void context_flush_work(void)
{
	flush_work(&work);
}

void context_settle(void)
{
	usleep_range(10, 20);
}

void context_stop_thread(void)
{
	kthread_stop(thread);
}

void context_synchronize_srcu(void)
{
	synchronize_srcu(&srcu);
}

void context_third(u32 step)
{
	msleep(step);
}

void context_unregister(void)
{
	atomic_notifier_chain_unregister(&chain, &block);
}

void context_wait_event(void)
{
	wait_event(queue, READ_ONCE(count));
}

void context_wake_up(void)
{
	wake_up(&queue);
}
