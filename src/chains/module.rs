// SPDX-License-Identifier: GPL-2.0

//! The module chain: a module is loaded or unloaded.
//!
//! A blocking chain. A handler can refuse a module that is [coming](State::Coming): it is not
//! loaded, the system call fails with the handler's error, and those who have heard of it are told
//! that it is going. Nobody can refuse what else is told here, nor stop the chain, by which the
//! kernel itself forgets what points into a module: somebody behind who did not hear that it goes
//! would be left with dangling pointers.
//!
//! A module that registers when it is initialised hears next that it is itself [live](State::Live).
//! It does not hear that it comes, which has been told before, nor that it goes: its registration
//! is dropped before that is told. Both are done without the chain's lock, and wait for the
//! callbacks that still run.
//!
//! A handler runs with that lock held for reading. It must not load or unload a module, nor wait
//! for anybody who does, or who registers here. The tests of a KUnit module are run by a handler of
//! KUnit's on this chain: one that registers here waits for ever.
//!
//! C headers: [`include/linux/module.h`](srctree/include/linux/module.h),
//! [`kernel/module/main.c`](srctree/kernel/module/main.c)
//!
//! # Examples
//!
//! ```no_run
//! # // `no_run`: examples run in a callback of this very chain, and would wait for it for ever.
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     blocking,
//!     chains::module::{
//!         self,
//!         State, //
//!     },
//!     context::Sleepable,
//!     Priority, //
//! };
//!
//! struct Guard;
//!
//! impl module::Handler for Guard {
//!     fn notify(&self, event: &module::Event<'_>, _cx: blocking::Context<'_>) -> Result {
//!         match event.state() {
//!             State::Coming if event.name() == c"floppy" => Err(EPERM),
//!             state => {
//!                 pr_info!("{}: {:?}\n", event.name(), state);
//!                 Ok(())
//!             }
//!         }
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let _guard = KBox::pin_init(module::register(cx, Priority::DEFAULT, Guard), GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use core::ptr::NonNull;

use kernel::{
    bindings::{
        self,
        notifier_block, //
    },
    prelude::*, //
};

use crate::{
    block::Class,
    blocking,
    chain::Notify,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::{
        Detached,
        Sleepable, //
    },
    Outcome,
    Priority, //
};

/// What becomes of a module: `enum module_state`.
///
/// # Examples
///
/// ```
/// use notifier_chain::chains::module::State;
///
/// /// Whether code of the module may run.
/// fn may_run(state: State) -> bool {
///     !matches!(state, State::Other(_))
/// }
///
/// assert!(may_run(State::Going));
/// assert!(!may_run(State::Other(3)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It is about to be initialised, and can still be refused: `MODULE_STATE_COMING`.
    Coming,
    /// It is initialised: `MODULE_STATE_LIVE`.
    Live,
    /// It is about to be freed: `MODULE_STATE_GOING`. It has cleaned up after itself, or has failed
    /// to initialise, or was refused.
    Going,
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

/// A module comes or goes.
///
/// # Examples
///
/// ```
/// use notifier_chain::chains::module::{
///     Event,
///     State, //
/// };
///
/// /// Whether it is the driver's own helper that has come up.
/// fn is_helper(event: &Event<'_>) -> bool {
///     event.state() == State::Live && event.name() == c"helper"
/// }
///
/// let asked: fn(&Event<'_>) -> bool = is_helper;
/// assert_eq!(core::mem::size_of_val(&asked), core::mem::size_of::<usize>());
/// ```
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

/// A handler on the module chain.
///
/// It is shared by all tasks that call the chain at the same time, hence [`Sync`], and dropped by
/// whoever drops the registration, hence [`Send`].
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     chains::module::{
///         self,
///         State, //
///     },
/// };
///
/// /// Keeps modules of a vendor away.
/// struct Without(&'static [u8]);
///
/// impl module::Handler for Without {
///     fn notify(&self, event: &module::Event<'_>, _cx: blocking::Context<'_>) -> Result {
///         let is_theirs = event.name().to_bytes().starts_with(self.0);
///         match event.state() {
///             State::Coming if is_theirs => Err(EPERM),
///             _ => Ok(()),
///         }
///     }
/// }
///
/// let without = Without(b"acme_");
/// assert!(c"acme_lan".to_bytes().starts_with(without.0));
/// ```
pub trait Handler: Detached + Send + Sync + 'static {
    /// Takes note of `event`. May sleep; the module does not get any further meanwhile.
    ///
    /// # Errors
    ///
    /// An error refuses a module that is [coming](State::Coming). It is ignored in every other
    /// state. `EEXIST` would tell user space that the module is there already.
    fn notify(&self, event: &Event<'_>, cx: blocking::Context<'_>) -> Result;
}

/// A handler's time on the module chain.
///
/// # Examples
///
/// It is as large as what it holds:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     chains::module, //
/// };
///
/// struct Quiet;
///
/// impl module::Handler for Quiet {
///     fn notify(&self, _event: &module::Event<'_>, _cx: blocking::Context<'_>) -> Result {
///         Ok(())
///     }
/// }
///
/// let block = core::mem::size_of::<kernel::bindings::notifier_block>();
/// assert_eq!(core::mem::size_of::<module::Registration<Quiet>>(), block);
/// ```
pub type Registration<T> = crate::Registration<Global<Module>, T>;

/// Registers `handler` on the module chain: `register_module_notifier()`. May sleep.
///
/// # Errors
///
/// Those of `handler`.
///
/// # Examples
///
/// ```no_run
/// # // `no_run`: examples run in a callback of this very chain, and would wait for it for ever.
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     chains::module, //
/// };
///
/// struct Quiet;
///
/// impl module::Handler for Quiet {
///     fn notify(&self, _event: &module::Event<'_>, _cx: blocking::Context<'_>) -> Result {
///         Ok(())
///     }
/// }
/// # use notifier_chain::{context::Sleepable, Priority};
///
/// let cx = Sleepable::might_sleep();
/// let quiet = KBox::pin_init(module::register(cx, Priority::LAST, Quiet), GFP_KERNEL)?;
/// drop(quiet);
/// # Ok::<(), Error>(())
/// ```
pub fn register<T, E>(
    cx: Sleepable<'_>,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: Handler,
    Error: From<E>,
{
    chains::register::<Module, _, _>(cx, priority, handler)
}

/// The chain itself, which is private to the kernel. It is a kind of its own: its handlers can
/// refuse, and not stop it.
///
/// # Examples
///
/// ```
/// use notifier_chain::chains::{
///     module::Module,
///     KernelChain, //
/// };
///
/// // SAFETY: Nothing is there to tell of.
/// let event = unsafe { Module::event(0, core::ptr::null_mut()) };
/// assert!(event.is_none());
/// ```
pub enum Module {}

// SAFETY: A blocking chain, which the kernel calls only with a state, and with the module that is
// in it, which stays there until the call is over.
unsafe impl KernelChain for Module {
    type Kind = Self;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::register_module_notifier;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::unregister_module_notifier;

    #[inline]
    unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        let module = NonNull::new(data.cast::<bindings::module>())?.as_ptr();
        Some(Event {
            state: match bindings::module_state::try_from(action) {
                Ok(bindings::module_state_MODULE_STATE_COMING) => State::Coming,
                Ok(bindings::module_state_MODULE_STATE_LIVE) => State::Live,
                Ok(bindings::module_state_MODULE_STATE_GOING) => State::Going,
                _ => State::Other(action),
            },
            // SAFETY: By the safety requirements, `data` is a module. Its name stays as it is, and
            // is null-terminated: modpost refuses one that is too long, and the kernel has compared
            // it with those of the other modules before it calls the chain.
            name: unsafe { CStr::from_char_ptr((&raw const (*module).name).cast()) },
        })
    }
}

// SAFETY: The chain calls its handlers where they may sleep. All that it demands besides are
// supertraits of `Handler`.
unsafe impl<T: Handler> Notify<Event<'_>, Module> for T {
    const CLASS: Class = Class::Process;

    #[inline]
    fn notify_in_callback(&self, event: &Event<'_>) -> Outcome {
        let result = self.notify(event, Sleepable::in_callback());
        match event.state {
            State::Coming => result.into(),
            _ => Outcome::Ok,
        }
    }
}
