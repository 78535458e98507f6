/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CONTEXT_REFUSED_H
#define _CONTEXT_REFUSED_H

#include <linux/types.h>

/* What sleeps or waits in C, each in another way: refused/c.rs declares it for Rust. */
void context_cancel_delayed_work(void);
void context_cond_resched(void);
void context_configure_clock(void);
void context_count_under_mutex(void);
void context_count_under_spin_lock(void);
void context_down(void);
void context_flush_work(void);
void context_settle(void);
void context_stop_thread(void);
void context_synchronize_srcu(void);
void context_third(u32 step);
void context_unregister(void);
void context_wait_event(void);
void context_wake_up(void);

#endif /* _CONTEXT_REFUSED_H */
