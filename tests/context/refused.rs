// SPDX-License-Identifier: GPL-2.0

//! Handlers that sleep or wait, each in another way.

mod arc_last_drop;
mod blocking_chain;
mod c;
mod c_helper;
mod cancel_work;
mod closure;
mod completion;
mod cond_resched;
mod condvar;
mod copy_from_user;
mod display;
mod drop_in_box;
mod drop_local;
mod drop_registration;
mod flush_work;
mod fsleep;
mod generic;
mod gfp_kernel_box;
mod gfp_kernel_vec;
mod gfp_passed_on;
mod high_resolution_timer;
mod interrupt;
mod iterator;
mod kernel_switch;
mod kthread_stop;
mod msleep;
mod mutex_in_c;
mod mutex_in_static;
mod nmi_gfp_atomic;
mod nmi_kfree;
mod nmi_msleep;
mod nmi_spin_lock;
mod nmi_spin_lock_in_c;
mod nmi_wake_up;
mod page;
mod raw_chain;
mod rtnl;
mod schedule_timeout;
mod semaphore;
mod spawn;
mod synchronize_rcu;
mod synchronize_srcu;
mod tail_call;
mod three_calls_away;
mod token;
mod trait_object;
mod unregister;
mod vmalloc;
mod wait_event;

use kernel::prelude::*;

use crate::subject::{
    chain,
    in_spin_lock,
    on_chain,
    on_die, //
};

/// Registers all of them. They stay: the module is there to be read, and is never loaded.
pub(crate) fn register() -> Result {
    on_chain(arc_last_drop::Handler::new()?)?;
    on_chain(blocking_chain::Handler::new()?)?;
    on_chain(c_helper::Handler)?;
    on_chain(cancel_work::Handler)?;
    on_chain(closure::Handler)?;
    on_chain(completion::Handler::new())?;
    on_chain(cond_resched::Handler)?;
    on_chain(condvar::Handler::new())?;
    on_chain(copy_from_user::Handler)?;
    on_chain(display::Handler)?;
    on_chain(drop_in_box::Handler::new()?)?;
    on_chain(drop_local::Handler)?;
    on_chain(drop_registration::Handler::new(chain()?)?)?;
    on_chain(flush_work::Handler)?;
    on_chain(fsleep::Handler)?;
    on_chain(generic::Handler)?;
    on_chain(gfp_kernel_box::Handler)?;
    on_chain(gfp_kernel_vec::Handler)?;
    on_chain(gfp_passed_on::Handler)?;
    on_chain(iterator::Handler)?;
    on_chain(kernel_switch::Handler)?;
    on_chain(kthread_stop::Handler)?;
    on_chain(msleep::Handler)?;
    on_chain(mutex_in_c::Handler)?;
    on_chain(mutex_in_static::Handler::new())?;
    on_die(nmi_gfp_atomic::Handler)?;
    on_die(nmi_kfree::Handler::new()?)?;
    on_die(nmi_msleep::Handler)?;
    on_die(nmi_spin_lock::Handler::new())?;
    on_die(nmi_spin_lock_in_c::Handler)?;
    on_die(nmi_wake_up::Handler)?;
    on_chain(page::Handler)?;
    in_spin_lock(raw_chain::Handler)?;
    on_chain(rtnl::Handler)?;
    on_chain(schedule_timeout::Handler)?;
    on_chain(semaphore::Handler)?;
    on_chain(spawn::Handler)?;
    on_chain(synchronize_rcu::Handler)?;
    on_chain(synchronize_srcu::Handler)?;
    on_chain(tail_call::Handler)?;
    on_chain(three_calls_away::Handler)?;
    on_chain(token::Handler)?;
    on_chain(trait_object::Handler::new()?)?;
    on_chain(unregister::Handler)?;
    on_chain(vmalloc::Handler)?;
    on_chain(wait_event::Handler)?;
    core::mem::forget(high_resolution_timer::Handler::new()?);
    Ok(())
}
