// SPDX-License-Identifier: GPL-2.0

//! Handlers that neither sleep nor wait, each in another way.

mod alike_aliased;
mod alike_commands;
mod alike_container;
mod alike_cpu_has;
mod alike_fault;
mod alike_flags;
mod alike_nofault;
mod alike_ro;
mod alike_structs;
mod alike_template;
mod arc;
mod atomics;
mod c;
mod call_rcu;
mod clock;
mod closure;
mod complete;
mod condvar;
mod copy;
mod delayed_work;
mod down_trylock;
mod dump_stack;
mod formatting;
mod generic;
mod gfp_atomic_box;
mod gfp_atomic_in_c;
mod gfp_atomic_vec;
mod gfp_passed_on;
mod high_resolution_timer;
mod hrtimer;
mod interrupt;
mod irq_work;
mod jump_table;
mod kfree;
mod kfree_rcu;
mod kmsg_dump;
mod netpoll;
mod nmi_atomics;
mod nmi_irq_work;
mod nmi_kmsg_dump;
mod nmi_printk;
mod nmi_try_lock;
mod own_chain;
mod per_cpu;
mod percpu_counter;
mod printk;
mod random;
mod raw_chain;
mod rcu_reader;
mod rust_panic;
mod schedule_work;
mod seqcount;
mod skb;
mod spin_lock;
#[cfg(kernel_has_spin_lock_irq)]
mod spin_lock_irq;
mod spin_lock_irqsave;
mod spin_try_lock;
mod tasklet;
mod timer;
mod trait_object;
mod try_lock;
mod udelay;
mod wake_up;
mod wake_up_process;
mod warn_on;
mod work;

use kernel::prelude::*;

use crate::subject::{
    chain,
    in_spin_lock,
    on_chain,
    on_die, //
};

/// Registers all of them. They stay: the module is there to be read, and is never loaded.
pub(crate) fn register() -> Result {
    on_chain(alike_aliased::Handler)?;
    #[cfg(CONFIG_X86_64)]
    on_chain(alike_commands::Handler)?;
    on_chain(alike_container::Handler)?;
    on_chain(alike_cpu_has::Handler)?;
    on_chain(alike_fault::Handler)?;
    on_chain(alike_flags::Handler)?;
    on_chain(alike_nofault::Handler)?;
    on_chain(alike_ro::Handler)?;
    on_chain(alike_structs::Handler)?;
    on_chain(alike_template::Handler)?;
    on_chain(arc::Handler::new()?)?;
    on_chain(atomics::Handler::new())?;
    on_chain(call_rcu::Handler)?;
    on_chain(clock::Handler)?;
    on_chain(closure::Handler)?;
    on_chain(complete::Handler::new())?;
    on_chain(condvar::Handler::new())?;
    on_chain(copy::Handler::new())?;
    on_chain(delayed_work::Handler::new()?)?;
    on_chain(down_trylock::Handler)?;
    on_chain(dump_stack::Handler)?;
    on_chain(formatting::Handler)?;
    on_chain(generic::Handler)?;
    on_chain(gfp_atomic_box::Handler)?;
    on_chain(gfp_atomic_in_c::Handler)?;
    on_chain(gfp_atomic_vec::Handler)?;
    on_chain(gfp_passed_on::Handler)?;
    on_chain(hrtimer::Handler)?;
    on_chain(irq_work::Handler)?;
    on_chain(jump_table::Handler)?;
    on_chain(kfree::Handler::new()?)?;
    on_chain(kfree_rcu::Handler)?;
    on_chain(kmsg_dump::Handler)?;
    on_chain(netpoll::Handler)?;
    on_die(nmi_atomics::Handler)?;
    on_die(nmi_irq_work::Handler)?;
    on_die(nmi_kmsg_dump::Handler)?;
    on_die(nmi_printk::Handler)?;
    on_die(nmi_try_lock::Handler::new())?;
    on_chain(own_chain::Handler::new(chain()?))?;
    on_chain(per_cpu::Handler)?;
    on_chain(percpu_counter::Handler)?;
    on_chain(printk::Handler)?;
    on_chain(random::Handler)?;
    in_spin_lock(raw_chain::Handler)?;
    on_chain(rcu_reader::Handler)?;
    on_chain(rust_panic::Handler)?;
    on_chain(schedule_work::Handler)?;
    on_chain(seqcount::Handler)?;
    on_chain(skb::Handler)?;
    on_chain(spin_lock::Handler::new())?;
    #[cfg(kernel_has_spin_lock_irq)]
    on_chain(spin_lock_irq::Handler::new())?;
    on_chain(spin_lock_irqsave::Handler)?;
    on_chain(spin_try_lock::Handler::new())?;
    on_chain(tasklet::Handler)?;
    on_chain(timer::Handler)?;
    on_chain(trait_object::Handler::new()?)?;
    on_chain(try_lock::Handler::new())?;
    on_chain(udelay::Handler)?;
    on_chain(wake_up::Handler)?;
    on_chain(wake_up_process::Handler)?;
    on_chain(warn_on::Handler)?;
    on_chain(work::Handler::new()?)?;
    core::mem::forget(high_resolution_timer::Handler::new()?);
    Ok(())
}
