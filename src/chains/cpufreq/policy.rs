// SPDX-License-Identifier: GPL-2.0

//! The cpufreq policy chain: policies come and go.
//!
//! A blocking chain. The kernel ignores the answer of a handler, but one that stops the walk keeps
//! the handlers behind it from being called.
//!
//! The kernel calls it with [`Action::Create`] with the policy's semaphore held for writing. Then
//! the policy has no frequency and no governor yet. A handler must not ask cpufreq about this
//! policy, as `cpufreq_get()` does: it would wait for itself. The kernel calls it with
//! [`Action::Remove`] when nobody uses the policy any more and the driver has let go of it.
//!
//! A handler does not hear of policies that were there before it was registered.
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::cpufreq::policy, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<policy::Chain> for Log {
//!     fn notify(&self, event: policy::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         let policy = event.policy();
//!         pr_info!("{:?}: CPU {}\n", event.action(), policy.cpu().as_u32());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(policy::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        notifier_block, //
    },
    prelude::*, //
};

use super::Policy;
use crate::{
    blocking::Blocking,
    NotifyReturn, //
};

kernel_enum! {
    /// What becomes of a policy.
    pub enum Action {
        /// It is new: `CPUFREQ_CREATE_POLICY`.
        Create = bindings::CPUFREQ_CREATE_POLICY,
        /// It is about to be freed: `CPUFREQ_REMOVE_POLICY`.
        Remove = bindings::CPUFREQ_REMOVE_POLICY,
    }
}

/// A policy comes or goes.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    action: Action,
    policy: &'a Policy,
}

impl<'a> Event<'a> {
    /// Returns what becomes of the policy.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the policy.
    #[inline]
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }
}

/// The policy chain: `cpufreq_register_notifier()` with `CPUFREQ_POLICY_NOTIFIER`.
///
/// Registering fails with `EINVAL` if cpufreq is disabled, as in a guest of Xen. Dropping a
/// registration panics if it has been disabled since, as the driver of Tegra124 does if it fails: C
/// then does not unregister.
pub struct Chain;

// SAFETY: A blocking chain in a static. The kernel passes a policy that it is about to use or to
// free, with its `related_cpus`.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: The requirements are the same.
        unsafe { super::register(block, bindings::CPUFREQ_POLICY_NOTIFIER) }
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: The requirements are the same.
        unsafe { super::unregister(block, bindings::CPUFREQ_POLICY_NOTIFIER) }
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        handler(Event {
            action: Action::from_raw(action),
            // INVARIANT: The policy lives, and has its `related_cpus`, during the callback.
            // SAFETY: By the safety requirements, `data` is a policy. `Policy` has its layout, and
            // lets C change it.
            policy: unsafe { &*data.cast::<Policy>() },
        })
        .into_raw()
    }
}
