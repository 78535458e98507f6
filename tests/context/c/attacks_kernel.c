// SPDX-License-Identifier: GPL-2.0
/* Functions of the kernel that sleep, each by another way. */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/percpu-rwsem.h>
#include <linux/rcuwait.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/swait.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#include <linux/ww_mutex.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "attacks.h"
#include "attacks_list.h"

static DEFINE_RT_MUTEX(rt);
static DECLARE_RWSEM(rwsem);
DEFINE_STATIC_PERCPU_RWSEM(percpu_rwsem);
static DEFINE_SEMAPHORE(semaphore, 0);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_SWAIT_QUEUE_HEAD(swait);
static DECLARE_COMPLETION(completion);
static DEFINE_WW_CLASS(class);
static struct ww_mutex ww;
static struct socket *socket;
static unsigned long bits = 1, word = 1;
static void *sink;

/* Somebody else has the locks for a while. */
static void hold(struct work_struct *work)
{
	rt_mutex_lock(&rt);
	down_write(&rwsem);
	percpu_down_read(&percpu_rwsem);
	ww_mutex_lock(&ww, NULL);
	msleep(40);
	ww_mutex_unlock(&ww);
	percpu_up_read(&percpu_rwsem);
	up_write(&rwsem);
	rt_mutex_unlock(&rt);
}

static DECLARE_WORK(holder, hold);

/* To be called before each attack on a lock, and not by the handler. */
void context_hold_locks(void)
{
	flush_work(&holder);
	schedule_work(&holder);
	msleep(10);
}

/* A mutex with priority inheritance, which has its own way into the scheduler. */
void attack_rt_mutex(unsigned long n)
{
	rt_mutex_lock(&rt);
	rt_mutex_unlock(&rt);
}

/* The same, which a signal ends. */
void attack_rt_mutex_interruptible(unsigned long n)
{
	if (!rt_mutex_lock_interruptible(&rt))
		rt_mutex_unlock(&rt);
}

/* The same, which a fatal signal ends. */
void attack_rt_mutex_killable(unsigned long n)
{
	if (!rt_mutex_lock_killable(&rt))
		rt_mutex_unlock(&rt);
}

/* A reader of a read-write semaphore. */
void attack_down_read(unsigned long n)
{
	down_read(&rwsem);
	up_read(&rwsem);
}

/* The writer of one for each CPU. */
void attack_percpu_down_write(unsigned long n)
{
	percpu_down_write(&percpu_rwsem);
	percpu_up_write(&percpu_rwsem);
}

/* A wound-wait mutex. */
void attack_ww_mutex(unsigned long n)
{
	if (!ww_mutex_lock(&ww, NULL))
		ww_mutex_unlock(&ww);
}

/* A semaphore. */
void attack_down_timeout(unsigned long n)
{
	if (!down_timeout(&semaphore, 2))
		up(&semaphore);
}

/* A bit that nobody clears. */
void attack_wait_on_bit(unsigned long n)
{
	wait_on_bit_timeout(&bits, 0, TASK_UNINTERRUPTIBLE, 2);
}

/* A variable that nobody changes. */
void attack_wait_var_event(unsigned long n)
{
	wait_var_event_timeout(&word, !READ_ONCE(word), 2);
}

/* A condition with a lock of its own. */
void attack_wait_event(unsigned long n)
{
	wait_event_timeout(queue, try_wait_for_completion(&completion), 2);
}

/* A simple wait queue. */
void attack_swait(unsigned long n)
{
	swait_event_timeout_exclusive(swait, !READ_ONCE(word), 2);
}

/* A completion that does not come. */
void attack_completion(unsigned long n)
{
	wait_for_completion_io_timeout(&completion, 2);
}

/* The input and output of the task are waited for. */
void attack_io_schedule(unsigned long n)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	io_schedule_timeout(2);
}

/* By the high-resolution timers. */
void attack_usleep(unsigned long n)
{
	usleep_range(2000, 3000);
}

/* Others may run. */
void attack_sched_yield(unsigned long n)
{
	yield();
}

/* A grace period that is made to be short. */
void attack_synchronize_expedited(unsigned long n)
{
	synchronize_rcu_expedited();
}

/* A socket's methods take its lock, and are called by pointers. */
void attack_kernel_bind(unsigned long n)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	kernel_bind(socket, (struct sockaddr_unsized *)&address, sizeof(address));
}

/* The same, to close it. */
void attack_sock_shutdown(unsigned long n)
{
	kernel_sock_shutdown(socket, SHUT_RDWR);
}

/* To wait for a packet that does not come. */
void attack_recvmsg(unsigned long n)
{
	struct msghdr message = { };
	char bytes[16];
	struct kvec vector = { .iov_base = bytes, .iov_len = sizeof(bytes) };

	kernel_recvmsg(socket, &message, &vector, 1, sizeof(bytes), 0);
}

/* It comes back if it is this CPU that panics already. */
void attack_nmi_panic(unsigned long n)
{
	if (!panic_try_start())
		return;
	nmi_panic(NULL, "again");
	msleep(20);
	panic_reset();
}

/* A page that is not there has to be fetched: read without a check of the address. */
void attack_get_user_nocheck(unsigned long n)
{
	u32 value;

	if (__get_user(value, (u32 __user *)4096))
		msleep(20);
}

/* The same, written. */
void attack_put_user_nocheck(unsigned long n)
{
	if (__put_user(1, (u32 __user *)4096))
		msleep(20);
}

/* Read in the handler itself, with no call; only a fault leads to the label. */
void attack_unsafe_get_user(unsigned long n)
{
	u32 __user *from = (u32 __user *)4096;
	u32 value;

	if (!user_read_access_begin(from, sizeof(*from)))
		return;
	unsafe_get_user(value, from, fault);
	user_read_access_end();
	WRITE_ONCE(sink, (void *)(unsigned long)value);
	return;
fault:
	user_read_access_end();
	msleep(20);
}

/* The same, written. */
void attack_unsafe_put_user(unsigned long n)
{
	u32 __user *to = (u32 __user *)4096;

	if (!user_write_access_begin(to, sizeof(*to)))
		return;
	unsafe_put_user(1, to, fault);
	user_write_access_end();
	return;
fault:
	user_write_access_end();
	msleep(20);
}

/* Copied in the handler itself, by one instruction if the processor can. */
void attack_raw_copy_from_user(unsigned long n)
{
	char bytes[16];

	if (raw_copy_from_user(bytes, (void __user *)4096, sizeof(bytes)))
		msleep(20);
}

/* Written to the kernel's own memory, which is not there. */
void attack_put_kernel_nofault(unsigned long n)
{
	unsigned long value = n;

	__put_kernel_nofault((unsigned long *)-4096UL, &value, unsigned long, fault);
	return;
fault:
	msleep(20);
}

/* A word that reaches into a page that is not there. */
void attack_user_string(unsigned long n)
{
	char bytes[16];

	if (strncpy_from_user(bytes, (char __user *)4096, sizeof(bytes)) < 0)
		msleep(20);
}

/* Memory that is mapped: the flags are the function's own. */
void attack_vmap(unsigned long n)
{
	vfree(vmalloc(PAGE_SIZE));
}

void context_set_up_kernel(void)
{
	ww_mutex_init(&ww, &class);
	if (sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP, &socket))
		pr_warn("no socket\n");
	else
		socket->sk->sk_rcvtimeo = 2;
}
