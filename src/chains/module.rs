// SPDX-License-Identifier: GPL-2.0

//! The module chain: a module is loaded or unloaded.
//!
//! A blocking chain. A handler can refuse a module that is [coming](State::Coming): the module is
//! not loaded, the system call fails with the handler's error, and the handlers before it are told
//! that the module is going. A handler can refuse no other event, and cannot stop the walk: the
//! kernel uses this chain itself to forget pointers into a module that goes.
//!
//! A module that registers when it is initialised hears that it is itself [live](State::Live).
//! It does not hear that it comes, nor that it goes: its registration is dropped before.
//! Registering and dropping the registration wait for callbacks that run.
//!
//! A handler runs with the chain's semaphore held for reading. It must not load or unload a module,
//! nor wait for code that does so or that registers here. KUnit runs the tests of a module in a
//! handler on this chain: a test that registers here waits for ever.
//!
//! C headers: [`include/linux/module.h`](srctree/include/linux/module.h),
//! [`kernel/module/main.c`](srctree/kernel/module/main.c)
//!
//! # Examples
//!
//! ```no_run
//! # // `no_run`: examples run in a callback of this very chain, and would wait for it for ever.
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::module::{self, State}, context::Sleepable, *};
//! struct Guard;
//!
//! impl Handler<module::Chain> for Guard {
//!     fn notify(&self, event: module::Event<'_>, _: Sleepable<'_>) -> Result {
//!         match event.state() {
//!             State::Coming if event.name() == c"floppy" => Err(EPERM),
//!             state => {
//!                 pr_info!("{}: {state:?}\n", event.name());
//!                 Ok(())
//!             }
//!         }
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let guard = Registration::new(module::Chain, Priority::DEFAULT, Guard, cx);
//! let _guard = KBox::pin_init(guard, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings,
    prelude::*, //
};

use crate::{
    blocking::Blocking,
    register_by,
    NotifyReturn, //
};

kernel_enum! {
    /// What becomes of a module: `enum module_state`.
    pub enum State {
        /// It is about to be initialised, and can still be refused: `MODULE_STATE_COMING`.
        Coming = bindings::module_state_MODULE_STATE_COMING,
        /// It is initialised: `MODULE_STATE_LIVE`.
        Live = bindings::module_state_MODULE_STATE_LIVE,
        /// It is about to be freed: `MODULE_STATE_GOING`. It has cleaned up after itself, or has
        /// failed to initialise, or was refused.
        Going = bindings::module_state_MODULE_STATE_GOING,
    }
}

/// A module comes or goes.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    state: State,
    name: &'a CStr,
}

impl<'a> Event<'a> {
    /// Returns what becomes of the module.
    #[inline]
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns the name of the module, as in `/proc/modules`.
    ///
    /// It may not be valid UTF-8.
    #[inline]
    pub fn name(&self) -> &'a CStr {
        self.name
    }
}

/// The module chain: `register_module_notifier()`.
///
/// A handler's error refuses a module that is [coming](State::Coming). It is ignored in every other
/// state. `EEXIST` would tell user space that the module is there already.
pub struct Chain;

// SAFETY: A blocking chain in a static. The kernel passes an `enum module_state`, and the module
// that is in it, which stays there until the call is over.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = Result;

    register_by!(
        bindings::register_module_notifier,
        bindings::unregister_module_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> Result,
    ) -> c_int {
        let module = data.cast::<bindings::module>();
        let state = State::from_raw(action);
        // SAFETY: By the safety requirements, `data` is a module. Its name stays as it is, and is
        // null-terminated: modpost refuses one that is too long, and the kernel has compared it
        // with those of the other modules before it calls the chain.
        let name = unsafe { CStr::from_char_ptr((&raw const (*module).name).cast()) };
        let answer = handler(Event { state, name });
        match state {
            State::Coming => NotifyReturn::from(answer),
            _ => NotifyReturn::OK,
        }
        .into_raw()
    }
}
