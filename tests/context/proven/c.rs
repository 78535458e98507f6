// SPDX-License-Identifier: GPL-2.0

//! What is in `c/proven.c` and `c/alike.c`.

// None has anything to keep to.
unsafe extern "C" {
    pub(super) safe fn context_alike_aliased(n: u32);
    pub(super) safe fn context_alike_container(n: u32);
    pub(super) safe fn context_alike_cpu_has(n: u32);
    pub(super) safe fn context_alike_fault(n: u32);
    pub(super) safe fn context_alike_flags(n: u32);
    pub(super) safe fn context_alike_nofault(n: u32);
    pub(super) safe fn context_alike_ro(n: u32);
    pub(super) safe fn context_alike_structs(n: u32);
    pub(super) safe fn context_alike_template(n: u32);
    pub(super) safe fn context_allocate();
    pub(super) safe fn context_call_rcu();
    pub(super) safe fn context_count_on_cpu();
    pub(super) safe fn context_count_over_cpus();
    pub(super) safe fn context_count_under_spin_lock();
    pub(super) safe fn context_drop_packet();
    pub(super) safe fn context_dump_stack();
    pub(super) safe fn context_kfree_rcu();
    pub(super) safe fn context_queue_irq_work();
    pub(super) safe fn context_random();
    pub(super) safe fn context_read_log();
    pub(super) safe fn context_schedule_tasklet();
    pub(super) safe fn context_schedule_work();
    pub(super) safe fn context_send();
    pub(super) safe fn context_start_hrtimer();
    pub(super) safe fn context_start_timer();
    pub(super) safe fn context_try_down();
    pub(super) safe fn context_wake_up();
    pub(super) safe fn context_wake_up_process();
    pub(super) safe fn context_write_seqcount();
}
