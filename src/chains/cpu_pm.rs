// SPDX-License-Identifier: GPL-2.0

//! The CPU PM chain: a CPU, or a power domain of CPUs, is about to lose its power, or has it again.
//!
//! A raw chain. The CPU that loses its power calls it with interrupts off, even in its idle task.
//! So a handler must not wait, not even for a spin lock, which may sleep on a kernel for real time
//! (`CONFIG_PREEMPT_RT`). The kernel holds a raw spin lock while it tells
//! [`Action::CpuEnter`] and [`Action::ClusterEnter`], and other CPUs that go to idle wait for it. A
//! handler must be quick.
//!
//! The kernel has this chain on Arm, too, but this module is missing there: some idle states call
//! the chain where RCU does not notice, so that unregistering could not wait for the callback.
//!
//! It is up to the drivers of the platform which idle states call the chain. They tell of a CPU
//! only. The kernel itself calls the chain on the last CPU that is online when it suspends to
//! memory, hibernates, or starts a kernel by kexec that comes back. It tells
//! [`Action::ClusterEnter`] and [`Action::ClusterExit`] then, too.
//!
//! An error as answer refuses [`Action::CpuEnter`] and [`Action::ClusterEnter`]: the CPU keeps its
//! power, or the suspend is aborted. The handlers that were called before are then told
//! [`Action::CpuEnterFailed`] or [`Action::ClusterEnterFailed`]. The handler that has refused is
//! not. The kernel ignores an error to any other action, but it does not call the handlers behind.
//!
//! A handler should not refuse a [`Action::ClusterEnter`] in a suspend: the kernel does not tell
//! [`Action::CpuExit`] then, and drivers wait for it.
//!
//! C header: [`include/linux/cpu_pm.h`](srctree/include/linux/cpu_pm.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::{atomic::{Atomic, Relaxed}, rcu}};
//! # use notifier_chain::{chains::cpu_pm::{self, Action}, context::Sleepable, *};
//! struct Count(Atomic<u32>);
//!
//! impl Handler<cpu_pm::Chain> for Count {
//!     fn notify(&self, event: cpu_pm::Event, _: &rcu::Guard) -> Result {
//!         if event.action() == Action::CpuExit {
//!             self.0.fetch_add(1, Relaxed);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let count = Count(Atomic::new(0));
//! let count = Registration::new(cpu_pm::Chain, Priority::DEFAULT, count, cx);
//! let _count = KBox::pin_init(count, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        notifier_block,
        synchronize_rcu, //
    },
    error::to_result,
    prelude::*, //
};

use crate::{
    atomic::Nmi,
    bindings,
    NotifyReturn, //
};

kernel_enum! {
    /// What happens to the power: `enum cpu_pm_event`.
    pub enum Action {
        /// This CPU is about to lose its power: `CPU_PM_ENTER`.
        CpuEnter = bindings::cpu_pm_event_CPU_PM_ENTER,
        /// This CPU does not lose its power: `CPU_PM_ENTER_FAILED`.
        CpuEnterFailed = bindings::cpu_pm_event_CPU_PM_ENTER_FAILED,
        /// This CPU has power again, or did not lose it after all: `CPU_PM_EXIT`.
        CpuExit = bindings::cpu_pm_event_CPU_PM_EXIT,
        /// A power domain of CPUs is about to lose its power: `CPU_CLUSTER_PM_ENTER`.
        ClusterEnter = bindings::cpu_pm_event_CPU_CLUSTER_PM_ENTER,
        /// The power domain does not lose its power: `CPU_CLUSTER_PM_ENTER_FAILED`.
        ClusterEnterFailed = bindings::cpu_pm_event_CPU_CLUSTER_PM_ENTER_FAILED,
        /// The power domain has power again, or did not lose it after all: `CPU_CLUSTER_PM_EXIT`.
        ClusterExit = bindings::cpu_pm_event_CPU_CLUSTER_PM_EXIT,
    }
}

/// A CPU, or a power domain of CPUs, loses its power or gets it back.
#[derive(Clone, Copy, Debug)]
pub struct Event(Action);

impl Event {
    /// Returns what happens.
    #[inline]
    pub fn action(&self) -> Action {
        self.0
    }
}

/// The CPU PM chain: `cpu_pm_register_notifier()`.
pub struct Chain;

// SAFETY: A raw chain in a static, which is called under `rcu_read_lock()`, or with its raw spin
// lock held and interrupts off, which RCU waits for as well. Both functions take that lock. So
// `unregister()` waits for the calls of the second kind by it, and for those of the first by
// `synchronize_rcu()`. `data` is not used.
unsafe impl crate::Chain for Chain {
    type Kind = Nmi;
    type Event<'a> = Event;
    type Answer = Result;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: It demands what is demanded here.
        to_result(unsafe { bindings::cpu_pm_register_notifier(block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: `cpu_pm_unregister_notifier()` demands what is demanded here, and has no other
        // error than that the block is not registered. It waits for RCU readers on some kernels
        // only. The caller may sleep and is no RCU reader.
        unsafe {
            bindings::cpu_pm_unregister_notifier(block);
            synchronize_rcu();
        }
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        _data: *mut c_void,
        handler: impl FnOnce(Event) -> Result,
    ) -> c_int {
        NotifyReturn::from(handler(Event(Action::from_raw(action)))).into_raw()
    }
}
