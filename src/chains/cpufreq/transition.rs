// SPDX-License-Identifier: GPL-2.0

//! The cpufreq transition chain: the frequency of CPUs changes.
//!
//! An SRCU chain. The kernel ignores the answer of a handler, but one that stops the walk keeps the
//! handlers behind it from being called.
//!
//! The kernel calls it before and after each change, in the task that makes the change. A handler
//! must not ask for another frequency of the same policy: it would wait for itself. If a change
//! fails, the kernel calls the chain as if it had succeeded, and then for a change back. The kernel
//! does not call the chain if the hardware chooses frequencies by itself.
//!
//! A governor may change frequencies without a task, which is called fast switching. No handler
//! hears of this. Registering fails with `EBUSY` while a policy uses it. While a handler is
//! registered, no policy begins to use it, which makes changes of the frequency slower.
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::cpufreq::transition::{self, Action}, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<transition::Chain> for Log {
//!     fn notify(&self, event: transition::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         if event.action() == Action::PostChange {
//!             let cpu = event.policy().cpu().as_u32();
//!             pr_info!("CPU {cpu}: {} kHz\n", event.new_frequency().as_khz());
//!         }
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(transition::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        cpufreq_freqs,
        notifier_block, //
    },
    clk::Hertz,
    prelude::*, //
};

use super::Policy;
use crate::{
    srcu::Srcu,
    NotifyReturn, //
};

kernel_enum! {
    /// When the handler is called.
    pub enum Action {
        /// The frequency is about to change: `CPUFREQ_PRECHANGE`.
        PreChange = bindings::CPUFREQ_PRECHANGE,
        /// The frequency has changed: `CPUFREQ_POSTCHANGE`.
        PostChange = bindings::CPUFREQ_POSTCHANGE,
    }
}

/// The frequency of a policy's CPUs changes.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    action: Action,
    freqs: &'a cpufreq_freqs,
    policy: &'a Policy,
}

impl<'a> Event<'a> {
    /// Returns whether the frequency is about to change or has changed.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the policy.
    #[inline]
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// Returns the frequency before the change.
    #[inline]
    pub fn old_frequency(&self) -> Hertz {
        Hertz::from_khz(self.freqs.old as c_ulong)
    }

    /// Returns the frequency after the change.
    #[inline]
    pub fn new_frequency(&self) -> Hertz {
        Hertz::from_khz(self.freqs.new as c_ulong)
    }
}

/// The transition chain: `cpufreq_register_notifier()` with `CPUFREQ_TRANSITION_NOTIFIER`.
///
/// Registering fails with `EBUSY` while a policy uses fast switching, and with `EINVAL` if cpufreq
/// is disabled, as in a guest of Xen. Dropping a registration panics if it has been disabled since,
/// as the driver of Tegra124 does if it fails: C then does not unregister.
pub struct Chain;

// SAFETY: An SRCU chain in a static. The kernel passes a `struct cpufreq_freqs` of its caller's,
// which stays as it is for the call, with a policy whose driver is running.
unsafe impl crate::Chain for Chain {
    type Kind = Srcu;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: The requirements are the same.
        unsafe { super::register(block, bindings::CPUFREQ_TRANSITION_NOTIFIER) }
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: The requirements are the same.
        unsafe { super::unregister(block, bindings::CPUFREQ_TRANSITION_NOTIFIER) }
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is a `struct cpufreq_freqs`.
        let freqs = unsafe { &*data.cast::<cpufreq_freqs>() };
        // INVARIANT: The policy lives, and has its `related_cpus`, while its driver is running.
        // SAFETY: By the safety requirements, this is a policy. `Policy` has its layout, and lets C
        // change it.
        let policy = unsafe { &*freqs.policy.cast::<Policy>() };
        let action = Action::from_raw(action);
        handler(Event {
            action,
            freqs,
            policy,
        })
        .into_raw()
    }
}
