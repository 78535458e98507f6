// SPDX-License-Identifier: GPL-2.0

//! The PM chain: the machine is about to sleep, or has come back.
//!
//! A blocking chain. Sleeping is to suspend, to hibernate, or to restore the image of a hibernated
//! system. Each has two actions: one before, one after. The kernel freezes the processes after
//! the first, and thaws them before the second. So at both, user space runs, all devices work, and
//! a handler can do what a driver's own `suspend()` cannot, such as loading firmware.
//!
//! A handler can refuse what is being [prepared](Action::is_prepare): the kernel gives up, and the
//! write to `/sys/power/state` fails with the handler's error. The handlers that were asked before
//! are called with the action that comes after. The one that refused is not. An error at any other
//! action refuses nothing, and keeps the handlers behind from being called.
//!
//! After a restore that succeeds, the system in the image goes on. Its handlers are called with
//! [`Action::PostHibernation`].
//!
//! A handler runs with `system_transition_mutex` and the chain's semaphore held. It must not
//! suspend or reboot the machine, register on this chain, or wait for code that does so.
//!
//! If memory is lacking when a program opens `/dev/snapshot` to restore, no action comes after
//! [`Action::RestorePrepare`].
//!
//! Runtime power management does not call this chain, nor does the suspend of a guest of Xen, nor a
//! kexec that comes back.
//!
//! C header: [`include/linux/suspend.h`](srctree/include/linux/suspend.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::atomic::{Atomic, Relaxed}};
//! # use notifier_chain::{chains::pm::{self, Action}, context::Sleepable, *};
//! /// Burns a disc, during which the machine must not sleep.
//! struct Burner {
//!     is_burning: Atomic<i32>,
//! }
//!
//! impl Handler<pm::Chain> for Burner {
//!     fn notify(&self, event: pm::Event, _: Sleepable<'_>) -> Result {
//!         match event.action() {
//!             Action::SuspendPrepare if self.is_burning.load(Relaxed) != 0 => Err(EBUSY),
//!             _ => Ok(()),
//!         }
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let burner = Burner { is_burning: Atomic::new(0) };
//! let burner = Registration::new(pm::Chain, Priority::DEFAULT, burner, cx);
//! let _burner = KBox::pin_init(burner, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::prelude::*;

use crate::{
    bindings,
    blocking::Blocking,
    register_by,
    NotifyReturn, //
};

kernel_enum! {
    /// What the machine is about to do, or has done.
    pub enum Action {
        /// It is about to hibernate, or to run a function with all devices frozen:
        /// `PM_HIBERNATION_PREPARE`.
        HibernationPrepare = bindings::PM_HIBERNATION_PREPARE,
        /// It has hibernated and is restored, or has not hibernated, or has run that function:
        /// `PM_POST_HIBERNATION`.
        PostHibernation = bindings::PM_POST_HIBERNATION,
        /// It is about to be suspended: `PM_SUSPEND_PREPARE`.
        SuspendPrepare = bindings::PM_SUSPEND_PREPARE,
        /// It is resumed, or has not been suspended: `PM_POST_SUSPEND`.
        PostSuspend = bindings::PM_POST_SUSPEND,
        /// It is about to be replaced by the system in an image: `PM_RESTORE_PREPARE`.
        RestorePrepare = bindings::PM_RESTORE_PREPARE,
        /// It has not been replaced: `PM_POST_RESTORE`.
        PostRestore = bindings::PM_POST_RESTORE,
    }
}

impl Action {
    /// Returns whether this is one that a handler can refuse.
    #[inline]
    pub fn is_prepare(self) -> bool {
        matches!(
            self,
            Self::HibernationPrepare | Self::SuspendPrepare | Self::RestorePrepare
        )
    }
}

/// The machine is about to sleep, or has come back.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    action: Action,
}

impl Event {
    /// Returns what the machine is about to do, or has done.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }
}

/// The PM chain: `register_pm_notifier()`.
pub struct Chain;

// SAFETY: A blocking chain in a static. The kernel passes an action and no data.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event;
    type Answer = Result;

    register_by!(
        bindings::register_pm_notifier,
        bindings::unregister_pm_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        _data: *mut c_void,
        handler: impl FnOnce(Event) -> Result,
    ) -> c_int {
        let action = Action::from_raw(action);
        NotifyReturn::from(handler(Event { action })).into_raw()
    }
}
