/* SPDX-License-Identifier: GPL-2.0 */

#ifndef _CONTEXT_PROVEN_H
#define _CONTEXT_PROVEN_H

/* What may be done anywhere in C: proven/c.rs declares it for Rust. */
void context_allocate(void);
void context_call_rcu(void);
void context_count_on_cpu(void);
void context_count_over_cpus(void);
void context_count_under_spin_lock(void);
void context_drop_packet(void);
void context_dump_stack(void);
void context_kfree_rcu(void);
void context_queue_irq_work(void);
void context_random(void);
void context_read_log(void);
void context_schedule_tasklet(void);
void context_schedule_work(void);
void context_send(void);
void context_start_hrtimer(void);
void context_start_timer(void);
void context_try_down(void);
void context_wake_up(void);
void context_wake_up_process(void);
void context_write_seqcount(void);

#endif /* _CONTEXT_PROVEN_H */
