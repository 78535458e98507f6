// SPDX-License-Identifier: GPL-2.0

//! The kernel's own chains.
//!
//! Each is a module with the same things in it: what its handlers are told, mostly an `Event`, a
//! `register()`, and a `Registration`.
//! Which ones there are is on the [front page](crate#the-chains-of-the-kernel).
//!
//! # Adding one
//!
//! A chain that is not here yet is one file, in this crate or in a driver of yours:
//!
//! 1. Read where the kernel calls it: which kind is it, in which context is it called, what are
//!    `action` and `data`, and for how long are they valid? What becomes of the answer, and who
//!    else listens?
//! 2. Bind its register and unregister functions, and the types of its data: a line for each in
//!    `src/bindings/bindgen_parameters`, and the header in `src/bindings/bindings_helper.h`. What
//!    is inline or a macro in C gets a function in `src/bindings/helpers.c`. What
//!    `kernel::bindings` has (look into `rust/bindings/bindings_generated.rs` where your kernel was
//!    built) is used from there, and needs no line.
//! 3. Write the event, a view of `action` and `data` that borrows for as long as the call lasts. A
//!    number that you do not know becomes `Other`, a pointer may be null.
//! 4. Implement [`KernelChain`] for a type that is the chain's name. That is where the `unsafe` is.
//!    `event()` is `#[inline]`: it is part of the callback.
//! 5. Handlers are those of the chain's kind, and answer an [`Outcome`]. If the kernel wants
//!    another answer, or if one that stops the chain would leave the kernel with dangling pointers,
//!    the chain is a kind of its own, with a `Handler` of its own: see [`oom`] and
//!    [`module`](mod@module).
//! 6. Add `Registration` and `register()`, which name what a handler must be, and say what the
//!    caller may rely on.
//! 7. Add the module below, with `#[cfg(CONFIG_...)]` if not all kernels have the chain, and a line
//!    to both tables of the front page, that of the chains and that for who comes from C. In this
//!    crate, add it to "What is supported" in `README.md`, too.
//! 8. Give the module an example, which is a test: it runs in KUnit. One that cannot says why in
//!    its first line, as in [`panic`](mod@panic).
//! 9. Have the kernel call it: in a KUnit test in `tests/kunit`, or in a machine of its own, with a
//!    module in `tests/vm/modules`, a script in `tests/vm` and a scenario in
//!    `xtask/machines/src/test/vm`.
//!
//! [`reboot`] is a file to start from.

use core::marker::PhantomData;

use kernel::{
    bindings::notifier_block,
    error::to_result,
    prelude::*,
    task::might_sleep, //
};

use crate::{
    block::Class,
    chain::Notify,
    context::Sleepable,
    Accepts,
    ChainRef,
    Outcome,
    Priority,
    Registration, //
};

pub mod die;
#[cfg(CONFIG_MODULES)]
pub mod module;
#[cfg(CONFIG_NET)]
pub mod netdevice;
pub mod oom;
pub mod panic;
pub mod reboot;
pub mod restart;
pub mod signal;
pub mod task_exit;

/// A chain that the kernel owns: there is one, and it has functions of its own to register on it.
///
/// # Safety
///
/// Implementers must ensure that
///
/// - from the call of [`REGISTER`](Self::REGISTER) until that has failed or
///   [`UNREGISTER`](Self::UNREGISTER) has returned, the chain calls the block only with an `action`
///   and `data` that fulfil the safety requirements of [`event()`](Self::event), and calls or
///   touches it at no other time,
/// - it is of that [`Kind`](Self::Kind): it calls its blocks where a handler of the kind may be
///   called. What a raw chain calls may do whatever a task may: such a chain must call its blocks
///   where one may sleep.
///
/// # Examples
///
/// The chain of a bus, here of the platform bus, which this crate does not have. A driver binds it
/// by itself:
///
/// ```
/// use kernel::{
///     bindings,
///     device::Device,
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     blocking::{
///         self,
///         Blocking, //
///     },
///     chains::{
///         self,
///         KernelChain, //
///     },
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// /// A device has come or gone.
/// struct Event<'a> {
///     came: bool,
///     device: &'a Device,
/// }
///
/// enum PlatformBus {}
///
/// /// # Safety
/// ///
/// /// `block` must be valid, and stay so until it is unregistered.
/// unsafe extern "C" fn register(block: *mut bindings::notifier_block) -> c_int {
///     // SAFETY: The platform bus is always there. The block is valid by the safety requirements.
///     unsafe { bindings::bus_register_notifier(&raw const bindings::platform_bus_type, block) }
/// }
///
/// /// # Safety
/// ///
/// /// `block` must have been registered.
/// unsafe extern "C" fn unregister(block: *mut bindings::notifier_block) -> c_int {
///     // SAFETY: As above.
///     unsafe { bindings::bus_unregister_notifier(&raw const bindings::platform_bus_type, block) }
/// }
///
/// // SAFETY: A blocking chain, which `bus_notify()` alone calls, with a device that stays until it
/// // returns.
/// unsafe impl KernelChain for PlatformBus {
///     type Kind = Blocking;
///     type Event<'a> = Event<'a>;
///
///     const REGISTER: unsafe extern "C" fn(*mut bindings::notifier_block) -> c_int = register;
///     const UNREGISTER: unsafe extern "C" fn(*mut bindings::notifier_block) -> c_int = unregister;
///
///     #[inline]
///     unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
///         let came = match u32::try_from(action) {
///             Ok(bindings::bus_notifier_event_BUS_NOTIFY_ADD_DEVICE) => true,
///             Ok(bindings::bus_notifier_event_BUS_NOTIFY_REMOVED_DEVICE) => false,
///             // Its handlers are told of nothing else.
///             _ => return None,
///         };
///         // SAFETY: By the safety requirements, `data` is a device, which stays for the callback.
///         let device = unsafe { Device::from_raw(data.cast()) };
///         Some(Event { came, device })
///     }
/// }
///
/// struct Fans(Atomic<i32>);
///
/// impl blocking::Handler<Event<'_>> for Fans {
///     fn notify(&self, event: &Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
///         if event.device.name().to_bytes().starts_with(b"fan") {
///             self.0.fetch_add(if event.came { 1 } else { -1 }, Relaxed);
///         }
///         Outcome::Done
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let fans = Fans(Atomic::new(0));
/// let fans = chains::register::<PlatformBus, _, _>(cx, Priority::DEFAULT, fans);
/// let fans = KBox::pin_init(fans, GFP_KERNEL)?;
///
/// let info = bindings::platform_device_info { name: c"fan".as_char_ptr(), ..Default::default() };
/// // SAFETY: The description is complete, and its name a string that stays.
/// let fan = unsafe { bindings::platform_device_register_full(&info) };
/// let fan = kernel::error::from_err_ptr(fan)?;
/// assert_eq!(fans.handler().0.load(Relaxed), 1);
///
/// // SAFETY: It is registered, and not used any more.
/// unsafe { bindings::platform_device_unregister(fan) };
/// assert_eq!(fans.handler().0.load(Relaxed), 0);
/// # Ok::<(), Error>(())
/// ```
pub unsafe trait KernelChain: 'static {
    /// The kind of the chain, such as [`Atomic`](crate::atomic::Atomic): it says what a handler
    /// must be.
    type Kind;

    /// What its handlers are told.
    type Event<'a>;

    /// The C function that registers a block. It fails only if the block is then not registered.
    const REGISTER: unsafe extern "C" fn(block: *mut notifier_block) -> c_int;

    /// The C function that unregisters a block, and returns when none of its callbacks can run any
    /// more. It may sleep, and fails only if the block is not registered.
    const UNREGISTER: unsafe extern "C" fn(block: *mut notifier_block) -> c_int;

    /// Returns the event that `action` and `data` stand for, or [`None`] if they stand for nothing
    /// that a handler can be told.
    ///
    /// # Safety
    ///
    /// `action` and `data` must be what this chain passes to its notifiers, all must hold that
    /// holds when it calls them, and what is returned must not outlive that.
    unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Self::Event<'a>>;

    /// Whether a handler has a name, by which the user can leave it out.
    #[doc(hidden)]
    const NAMED: bool = false;
}

/// A way to hold on to a chain of the kernel, which never goes.
///
/// # Examples
///
/// It stands where a registration on a driver's own chain has an `Arc` or a reference:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     chains::{
///         reboot::{
///             self,
///             Reboot, //
///         },
///         Global, //
///     },
///     context::Sleepable,
///     Outcome,
///     Priority,
///     Registration, //
/// };
///
/// struct Motor;
///
/// impl blocking::Handler<reboot::Event<'_>> for Motor {
///     fn notify(&self, _event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// // In short, a `reboot::Registration<Motor>`.
/// #[pin_data]
/// struct Driver {
///     #[pin]
///     motor: Registration<Global<Reboot>, Motor>,
/// }
///
/// let motor = reboot::register(Sleepable::might_sleep(), Priority::DEFAULT, Motor);
/// let driver = KBox::pin_init(try_pin_init!(Driver { motor <- motor }), GFP_KERNEL);
/// assert!(driver.is_ok());
///
/// // It takes no room: there is but one such chain.
/// assert_eq!(size_of::<Global<Reboot>>(), 0);
/// ```
pub struct Global<C>(PhantomData<fn() -> C>);

impl<C: KernelChain> Global<C> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

// SAFETY: There is but one chain `C`, and the kernel has it in a static.
unsafe impl<C: KernelChain> ChainRef for Global<C> {
    type Chain = Self;

    #[inline]
    fn get(&self) -> &Self {
        self
    }
}

// SAFETY: By the safety requirements of `KernelChain`, the chain calls a block only while it is
// registered, and where a handler of its kind may be called, which `T` is by `Notify`.
unsafe impl<C: KernelChain, T> Accepts<T> for Global<C>
where
    T: for<'a> Notify<C::Event<'a>, C::Kind>,
{
    type Kind = C::Kind;

    const CLASS: Class = <T as Notify<C::Event<'static>, C::Kind>>::CLASS;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the safety requirements, the block is valid, and stays so.
        to_result(unsafe { C::REGISTER(block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // Said even if there is nothing to wait for: a kernel with `CONFIG_DEBUG_ATOMIC_SLEEP`
        // reports a callback that gets here.
        might_sleep();
        // SAFETY: By the safety requirements, the block is valid. One that was left out is not on
        // the chain, which is all that the function complains of.
        unsafe { C::UNREGISTER(block) };
    }

    #[inline]
    unsafe fn notify(handler: &T, action: c_ulong, data: *mut c_void) -> Outcome {
        // SAFETY: By the safety requirements, these are what the chain passes. The event goes at
        // the end of this callback.
        let event = unsafe { C::event(action, data) };
        event.map_or(Outcome::Done, |event| handler.notify_in_callback(&event))
    }
}

/// Registers `handler` on the chain `C`. May sleep.
///
/// The chains of this crate have a `register()` of their own, which says what it demands; this one
/// is for a [`KernelChain`] of a driver's.
///
/// # Errors
///
/// Those of `handler`, and those of [`KernelChain::REGISTER`].
///
/// # Examples
///
/// A chain that tells of modules with tracepoints. `register()` of a driver's own says what may be
/// registered, as those of this crate do:
///
/// ```
/// use kernel::{
///     bindings,
///     prelude::*, //
/// };
/// use notifier_chain::{
///     blocking::{
///         self,
///         Blocking, //
///     },
///     chains::{
///         self,
///         Global,
///         KernelChain, //
///     },
///     context::Sleepable,
///     Outcome,
///     Priority,
///     Registration, //
/// };
///
/// #[derive(Debug, PartialEq)]
/// enum Event {
///     Coming,
///     Going,
/// }
///
/// enum TracepointModules {}
///
/// // SAFETY: A blocking chain. Who registers or unregisters calls the block, too, and has done so
/// // when it is back. `event()` looks at the action alone.
/// unsafe impl KernelChain for TracepointModules {
///     type Kind = Blocking;
///     type Event<'a> = Event;
///
///     const REGISTER: unsafe extern "C" fn(*mut bindings::notifier_block) -> c_int =
///         bindings::register_tracepoint_module_notifier;
///     const UNREGISTER: unsafe extern "C" fn(*mut bindings::notifier_block) -> c_int =
///         bindings::unregister_tracepoint_module_notifier;
///
///     #[inline]
///     unsafe fn event<'a>(action: c_ulong, _data: *mut c_void) -> Option<Self::Event<'a>> {
///         match u32::try_from(action) {
///             Ok(bindings::module_state_MODULE_STATE_COMING) => Some(Event::Coming),
///             Ok(bindings::module_state_MODULE_STATE_GOING) => Some(Event::Going),
///             _ => None,
///         }
///     }
/// }
///
/// fn register<T: blocking::Handler<Event>>(
///     cx: Sleepable<'_>,
///     handler: T,
/// ) -> impl PinInit<Registration<Global<TracepointModules>, T>, Error> {
///     chains::register(cx, Priority::DEFAULT, handler)
/// }
///
/// struct Log;
///
/// impl blocking::Handler<Event> for Log {
///     fn notify(&self, event: &Event, _cx: blocking::Context<'_>) -> Outcome {
///         pr_info!("a module with tracepoints: {event:?}\n");
///         Outcome::Done
///     }
/// }
///
/// let log = KBox::pin_init(register(Sleepable::might_sleep(), Log), GFP_KERNEL);
/// assert!(log.is_ok());
/// ```
pub fn register<C, T, E>(
    _cx: Sleepable<'_>,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<Global<C>, T>, Error>
where
    C: KernelChain,
    T: for<'a> Notify<C::Event<'a>, C::Kind>,
    Error: From<E>,
{
    const {
        assert!(
            !C::NAMED,
            "a handler of this chain has a name: use the chain's own `register()`"
        )
    };

    Registration::on(Global::new(), priority, handler)
}

/// Returns a string of C, or [`None`] if the pointer is null.
///
/// # Safety
///
/// `string` must be null, or point to a null-terminated string that stays as it is for `'a`.
unsafe fn string<'a>(string: *const c_char) -> Option<&'a CStr> {
    if string.is_null() {
        return None;
    }
    // SAFETY: By the safety requirements, and it is not null.
    Some(unsafe { CStr::from_char_ptr(string) })
}
