// SPDX-License-Identifier: GPL-2.0

//! A handler on a chain, as a value.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)

use core::marker::{
    PhantomData,
    PhantomPinned, //
};

use kernel::{
    bindings::notifier_block,
    prelude::*,
    types::Opaque, //
};

use crate::{
    bindings,
    context::{
        self,
        Fits,
        Kind,
        Sleepable, //
    },
    Chain,
    Handler,
    Priority, //
};

/// A handler on a chain: registered when this is initialised, unregistered when it is dropped.
///
/// It is a `struct notifier_block` with its handler, and is pinned, so that it can be a field of a
/// driver's own struct: registering allocates nothing.
///
/// Dropping it waits for callbacks that are running, and may sleep, unless the chain is a raw one
/// in a spin lock. The handler is dropped when none of its callbacks runs any more.
///
/// # Mistakes
///
/// - Dropping a registration in a callback of its own chain. In atomic context this ends with
///   `BUG`, on a raw chain with a panic. On another chain that may sleep, the callback waits for
///   itself, and the kernel's log says so after 30 seconds. A kernel without
///   `CONFIG_PREEMPT_COUNT`, as User-Mode Linux is, does not notice it in an RCU read side, and
///   frees the handler.
/// - Leaking a registration, or keeping it in a `static`, and unloading its module. The chain then
///   calls code that is gone. Nothing can prevent this.
/// - Keeping a registration on the stack of a task that a bug kills. Its stack is freed, and the
///   chain calls what is there then. Keep it in a box or in the driver's own struct.
/// - Initialising a registration in a `MaybeUninit` or an `Opaque`: pin-init does so without
///   `unsafe`, and nothing drops it then. `docs/pin-init.md` has a patch.
/// - A handler that calls its own chain without end: the stack overflows.
///
/// # Examples
///
/// ```
/// # use kernel::{prelude::*, sync::Arc};
/// # use notifier_chain::{atomic, context::Sleepable, new_atomic_chain, *};
/// # use kernel::sync::rcu;
/// struct Overheated {
///     celsius: i32,
/// }
///
/// impl Topic for Overheated {
///     type Data<'a> = Self;
/// }
///
/// type Chain = atomic::Chain<Overheated>;
///
/// struct Fan;
///
/// impl Handler<Chain> for Fan {
///     fn notify(&self, (_, event): (usize, &Overheated), _: &rcu::Guard) -> NotifyReturn {
///         pr_info!("{} degrees\n", event.celsius);
///         NotifyReturn::OK
///     }
/// }
///
/// #[pin_data]
/// struct Driver {
///     chain: Arc<Chain>,
///     #[pin]
///     fan: Registration<Arc<Chain>, Fan>,
/// }
///
/// let driver = try_pin_init!(Driver {
///     chain: Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?,
///     fan <- Registration::new(
///         chain.clone(), Priority::DEFAULT, Fan, Sleepable::might_sleep()
///     ),
/// });
/// let driver = KBox::try_pin_init(driver, GFP_KERNEL)?;
/// assert_eq!(driver.chain.call(0, &Overheated { celsius: 90 }), NotifyReturn::OK);
/// # Ok::<(), Error>(())
/// ```
///
/// Here the chain is in an `Arc` of its own. To have it in the driver's own struct, see
/// [`impl_chain!`](crate::impl_chain).
///
/// The handler of a device driver can share the device's registers until the device is unbound. A
/// handler that borrows from the bound device itself is registered by
/// [`new_borrowed()`](Self::new_borrowed). `tests/vm/modules/bound_main.rs` is a complete PCI
/// driver with both. The PCI drivers of 7.2 have other types.
///
/// ```
/// # #[cfg(CONFIG_PCI)]
/// # mod example {
/// # use kernel::{device::Core, io::Io, pci, prelude::*, sync::rcu};
/// # use notifier_chain::{chains::panic, context::Sleepable, *};
/// struct StopMotor(pci::DevresBar<0x10>);
///
/// impl Handler<panic::Chain> for StopMotor {
///     fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
///         if let Some(registers) = self.0.try_access() {
///             registers.write8(0, 0x0);
///         }
///         NotifyReturn::DONE
///     }
/// }
///
/// #[pin_data]
/// struct Motor {
///     #[pin]
///     panic: Registration<panic::Chain, StopMotor>,
/// }
///
/// fn probe<'a, 'b>(
///     device: &'a pci::Device<Core<'b>>,
/// ) -> impl PinInit<Motor, Error> + use<'a, 'b> {
///     pin_init::pin_init_scope(move || {
///         let registers = device.iomap_region_sized::<0x10>(0, c"motor")?.into_devres()?;
///         let (chain, cx) = (panic::Chain(c"motor"), Sleepable::might_sleep());
///         let stop = Registration::new(chain, Priority::DEFAULT, StopMotor(registers), cx);
///         Ok(try_pin_init!(Motor { panic <- stop }))
///     })
/// }
/// # }
/// ```
///
/// # Invariants
///
/// - [`Chain::register()`] of `chain` has succeeded for `block`, by a pointer to the whole
///   registration, and [`Chain::unregister()`] has not been called for it.
/// - The `notifier_call` of `block` is the callback for `C` and `T`.
// `repr(C)`, since the callback finds the handler behind the block that it is given.
#[pin_data(PinnedDrop)]
#[repr(C)]
pub struct Registration<C: Chain, T: Handler<C>> {
    #[pin]
    block: Opaque<notifier_block>,
    #[pin]
    handler: T,
    chain: C,
    // Invariant in `C`: a supertype may be another chain.
    _chain: PhantomData<fn(C) -> C>,
    #[pin]
    _pin: PhantomPinned,
}

impl<C: Chain, T: Handler<C>> Registration<C, T> {
    /// Registers `handler` on `chain`. One that borrows from a bound device takes
    /// [`new_borrowed()`](Self::new_borrowed).
    ///
    /// # Errors
    ///
    /// Those of `handler` and of the chain, see [`Chain::register()`].
    pub fn new<'cx, I, E>(
        chain: C,
        priority: Priority,
        handler: I,
        cx: Sleepable<'cx>,
    ) -> impl PinInit<Self, Error> + use<'cx, C, T, I, E>
    where
        T: Fits<C::Kind> + 'static,
        for<'a> C::Event<'a>: Fits<C::Kind>,
        I: PinInit<T, E>,
        Error: From<E>,
    {
        // SAFETY: By `T: 'static`, what the handler borrows stays valid.
        unsafe { Self::new_borrowed(chain, priority, handler, cx) }
    }

    /// Registers a handler that may borrow, as from a bound device.
    ///
    /// # Errors
    ///
    /// As for [`new()`](Self::new).
    ///
    /// # Safety
    ///
    /// What the handler borrows must stay valid while the block is registered. Hence, unless the
    /// handler is `'static`, the registration must be dropped, and not
    /// [forgotten](core::mem::forget). A field of the `Data` of a bus's driver is dropped by the
    /// driver core, before the device is gone.
    pub unsafe fn new_borrowed<'cx, I, E>(
        chain: C,
        priority: Priority,
        handler: I,
        cx: Sleepable<'cx>,
    ) -> impl PinInit<Self, Error> + use<'cx, C, T, I, E>
    where
        T: Fits<C::Kind>,
        for<'a> C::Event<'a>: Fits<C::Kind>,
        I: PinInit<T, E>,
        Error: From<E>,
    {
        try_pin_init!(&this in Self {
            block: Opaque::new(notifier_block {
                notifier_call: Some(C::Kind::callback::<C, T>()),
                next: core::ptr::null_mut(),
                priority: priority.get(),
            }),
            handler <- handler,
            chain,
            _chain: PhantomData,
            _pin: PhantomPinned,
            _: {
                // Moves the token into the initialiser, so that it cannot leave the task.
                let _cx: Sleepable<'cx> = cx;
                context::might_sleep();
                // INVARIANT: It succeeds, or the initialiser fails. All fields are initialised, so
                // that the first callback may come right away.
                // SAFETY: The block is initialised and not registered. It is pinned: it stays valid
                // and in its place until the destructor of `Self` unregisters it, for ever if that
                // is leaked. Its callback is the one for what `C` passes.
                unsafe { chain.register(this.as_ptr().cast()) }?;
            },
        })
    }

    /// Returns the handler.
    #[inline]
    pub fn handler(&self) -> &T {
        &self.handler
    }

    /// Returns the chain.
    #[inline]
    pub fn chain(&self) -> &C {
        &self.chain
    }
}

#[pinned_drop]
impl<C: Chain, T: Handler<C>> PinnedDrop for Registration<C, T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: Nothing is moved out of the pinned value.
        let this = unsafe { self.get_unchecked_mut() };

        let unregister_this = unregister::<C, T>;
        let this = core::ptr::from_mut(this).cast();
        if !C::UNREGISTER_WAITS {
            // SAFETY: `this` is the registration that is being dropped.
            return unsafe { unregister_this(this) };
        }
        // In a callback under RCU, unregistering would free the handler while it runs.
        context::might_sleep();
        // SAFETY: The function is called once, with the registration that is being dropped. In an
        // RCU read side, `might_sleep()` has not returned. Without `CONFIG_PREEMPT_COUNT` it does
        // not notice one: see the documentation of the type.
        unsafe {
            if C::Kind::MAY_SLEEP {
                // In a callback that may sleep, unregistering waits for itself.
                bindings::notifier_chain_watch(Some(unregister_this), this);
            } else {
                unregister_this(this);
            }
        }
    }
}

/// Unregisters the block of the registration at `this`.
///
/// # Safety
///
/// - `this` must be a live registration that is being dropped.
/// - If [`Chain::UNREGISTER_WAITS`], the caller must not be in an RCU read side.
unsafe extern "C" fn unregister<C: Chain, T: Handler<C>>(this: *mut c_void) {
    let this = this.cast::<Registration<C, T>>();
    // SAFETY: By the safety requirements, `this` is live, and this is no RCU read side. By the type
    // invariants, the block is registered on the chain.
    unsafe { (*this).chain.unregister(this.cast()) }
}

// SAFETY: The chain may call a handler on any CPU, and does so by reference: `Handler` is `Sync`. A
// registration may be dropped by another task than the one that made it.
unsafe impl<C: Chain + Send, T: Handler<C> + Send> Send for Registration<C, T> {}

// SAFETY: A `&Registration` gives out a `&T` and a `&C` and nothing else. A `T` is `Sync`.
unsafe impl<C: Chain + Sync, T: Handler<C>> Sync for Registration<C, T> {}

/// The `notifier_fn_t` of a handler that may sleep.
///
/// # Safety
///
/// As for [`notify()`].
pub(crate) unsafe extern "C" fn process_callback<C: Chain, T: Handler<C>>(
    block: *mut notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: The safety requirements are the same.
    unsafe { notify::<C, T>(block, action, data) }
}

/// The `notifier_fn_t` of a handler that must not sleep.
///
/// # Safety
///
/// As for [`notify()`].
// It has a section to itself, and so has the next one: `context-check` begins there. Two dots,
// since the linker script of modules puts what matches `.text.[0-9a-zA-Z_]*` into `.text`.
#[link_section = ".text..notifier_chain.atomic"]
pub(crate) unsafe extern "C" fn atomic_callback<C: Chain, T: Handler<C>>(
    block: *mut notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: The safety requirements are the same.
    unsafe { notify::<C, T>(block, action, data) }
}

/// The `notifier_fn_t` of a handler that must not wait, not even for a spin lock.
///
/// # Safety
///
/// As for [`notify()`].
#[link_section = ".text..notifier_chain.nmi"]
pub(crate) unsafe extern "C" fn nmi_callback<C: Chain, T: Handler<C>>(
    block: *mut notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: The safety requirements are the same.
    unsafe { notify::<C, T>(block, action, data) }
}

/// Calls the handler of `block`.
///
/// # Safety
///
/// - `block` must be that of a live `Registration<C, T>`, and must have been derived from a pointer
///   to all of it.
/// - `C` must be calling the block, with this `action` and `data`.
#[inline(always)]
unsafe fn notify<C: Chain, T: Handler<C>>(
    block: *mut notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: By the safety requirements, and since the block is the first field. The initialiser
    // and the destructor may have a `&mut` at the same time: to a type that is not `Unpin`, hence
    // it may be aliased. Both change nothing while callbacks run.
    let handler = unsafe { &(*block.cast::<Registration<C, T>>()).handler };

    // SAFETY: By the safety requirements, `C` passed `action` and `data`, and this is a callback of
    // its kind.
    unsafe {
        C::notify(action, data, |event| {
            handler.notify(event, C::Kind::context())
        })
    }
}
