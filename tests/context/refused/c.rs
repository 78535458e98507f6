// SPDX-License-Identifier: GPL-2.0

//! What is in `c/refused.c`, and what the kernel has.

// None has anything to keep to but that one may sleep.
unsafe extern "C" {
    pub(super) safe fn context_cancel_delayed_work();
    pub(super) safe fn context_cond_resched();
    pub(super) safe fn context_configure_clock();
    pub(super) safe fn context_count_under_mutex();
    pub(super) safe fn context_count_under_spin_lock();
    pub(super) safe fn context_down();
    pub(super) safe fn context_flush_work();
    pub(super) safe fn context_settle();
    pub(super) safe fn context_stop_thread();
    pub(super) safe fn context_synchronize_srcu();
    pub(super) safe fn context_third(step: u32);
    pub(super) safe fn context_unregister();
    pub(super) safe fn context_wait_event();
    pub(super) safe fn context_wake_up();
    pub(super) safe fn rtnl_lock();
    pub(super) safe fn rtnl_unlock();
    pub(super) safe fn synchronize_rcu();
}
