// SPDX-License-Identifier: GPL-2.0

//! Atomic chains: called anywhere, their handlers must not sleep.
//!
//! The caller walks the chain under RCU, in a task, in an interrupt or in NMI context.
//! Registering takes a spin lock, unregistering waits for an RCU grace period.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::{atomic::{Atomic, Relaxed}, rcu}};
//! # use notifier_chain::{atomic, context::Sleepable, new_atomic_chain, *};
//! enum Overheated {}
//!
//! impl Topic for Overheated {
//!     type Data<'a> = i32;
//! }
//!
//! struct Fan {
//!     rpm: Atomic<i32>,
//! }
//!
//! impl Handler<atomic::Chain<Overheated>> for Fan {
//!     fn notify(&self, (_, celsius): (usize, &i32), _: &rcu::Guard) -> NotifyReturn {
//!         self.rpm.store(celsius * 50, Relaxed);
//!         NotifyReturn::OK
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
//! let fan = Registration::new(&*chain, Priority::DEFAULT, Fan { rpm: Atomic::new(0) }, cx);
//! let fan = KBox::pin_init(fan, GFP_KERNEL)?;
//! assert_eq!(chain.call(0, &90), NotifyReturn::OK);
//! assert_eq!(fan.handler().rpm.load(Relaxed), 4500);
//! # Ok::<(), Error>(())
//! ```

use core::ptr::NonNull;

use kernel::{
    bindings::{
        self,
        atomic_notifier_head,
        notifier_block, //
    },
    prelude::*,
    sync::{
        rcu,
        LockClassKey, //
    },
};

use crate::{
    context::{
        AtomicSafe,
        Fits,
        Kind,
        NmiSafe, //
    },
    head::{
        Backend,
        Head, //
    },
    registration::{
        atomic_callback,
        nmi_callback, //
    },
    NotifyReturn,
    Topic, //
};

/// An atomic chain of a driver's own: made by [`new_atomic_chain!`](crate::new_atomic_chain).
pub type Chain<T> = Head<T, Atomic>;

/// The kind of atomic chains: `struct atomic_notifier_head`.
///
/// Their handlers and events are [`AtomicSafe`]. A handler is given the proof that it is an RCU
/// reader.
pub enum Atomic {}

/// Makes the proof that the caller is an RCU reader.
///
/// # Safety
///
/// The caller must be one for `'cx`.
#[inline]
unsafe fn rcu_reader<'cx>() -> &'cx rcu::Guard {
    // SAFETY: It has no size, hence nothing is read. By the safety requirements, what it proves is
    // so. It cannot be dropped by reference.
    unsafe { NonNull::<rcu::Guard>::dangling().as_ref() }
}

static_assertions::const_assert_eq!(size_of::<rcu::Guard>(), 0);

// SAFETY: The proof is the one that the requirements name. `atomic_callback()` is the callback of
// any `C` and `T`.
unsafe impl Kind for Atomic {
    type Context<'cx> = &'cx rcu::Guard;

    const MAY_SLEEP: bool = false;

    #[inline]
    unsafe fn context<'cx>() -> &'cx rcu::Guard {
        // SAFETY: By the safety requirements, the caller is an RCU reader.
        unsafe { rcu_reader() }
    }

    fn callback<C: crate::Chain<Kind = Self>, T: crate::Handler<C>>(
    ) -> unsafe extern "C" fn(*mut notifier_block, c_ulong, *mut c_void) -> c_int {
        atomic_callback::<C, T>
    }
}

impl<T: ?Sized + AtomicSafe> Fits<Atomic> for T {}

// Its handlers may own what spins.
impl !NmiSafe for Atomic {}

// SAFETY: `atomic_notifier_call_chain()` calls blocks under `rcu_read_lock()`, and the unregister
// function waits for a grace period. RCU readers must not sleep: a rule of the kernel that safe
// Rust can break, see `context`. Both functions take the head's spin lock.
unsafe impl Backend for Atomic {
    type Head = atomic_notifier_head;

    #[inline]
    unsafe fn first(head: *mut atomic_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }

    #[inline]
    unsafe fn register(head: *mut atomic_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe { bindings::atomic_notifier_chain_register(head, block) }
    }

    #[inline]
    unsafe fn unregister(head: *mut atomic_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe { bindings::atomic_notifier_chain_unregister(head, block) }
    }
}

/// The kind of those atomic chains of the kernel that are called in NMI context, or with the other
/// CPUs stopped. Their handlers are [`NmiSafe`], too.
pub enum Nmi {}

// SAFETY: The proof is the one that the requirements name. `nmi_callback()` is the callback of any
// `C` and `T`.
unsafe impl Kind for Nmi {
    type Context<'cx> = &'cx rcu::Guard;

    const MAY_SLEEP: bool = false;

    #[inline]
    unsafe fn context<'cx>() -> &'cx rcu::Guard {
        // SAFETY: By the safety requirements, the caller is an RCU reader.
        unsafe { rcu_reader() }
    }

    fn callback<C: crate::Chain<Kind = Self>, T: crate::Handler<C>>(
    ) -> unsafe extern "C" fn(*mut notifier_block, c_ulong, *mut c_void) -> c_int {
        nmi_callback::<C, T>
    }
}

impl<T: ?Sized + NmiSafe> Fits<Nmi> for T {}

/// Creates an [`atomic::Chain`](crate::atomic::Chain) initialiser with the given name and a
/// newly-created lock class.
///
/// It uses the name if one is given, otherwise it generates one based on the file name and line
/// number.
#[macro_export]
macro_rules! new_atomic_chain {
    ($($name:literal)?) => {
        $crate::atomic::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<T: Topic> Chain<T> {
    /// Creates an empty chain: `ATOMIC_INIT_NOTIFIER_HEAD()`.
    ///
    /// See [`new_atomic_chain!`](crate::new_atomic_chain).
    pub fn new(name: &'static CStr, key: Pin<&'static LockClassKey>) -> impl PinInit<Self> {
        let init = move |head: *mut atomic_notifier_head| {
            // SAFETY: `head` is valid for writes. The name and the key are static.
            unsafe {
                bindings::__spin_lock_init(&raw mut (*head).lock, name.as_char_ptr(), key.as_ptr());
                (&raw mut (*head).head).write(core::ptr::null_mut());
            }
            Ok::<(), core::convert::Infallible>(())
        };
        // SAFETY: It initialises all fields of the head, or fails.
        unsafe { Self::new_with(init) }
    }

    /// Calls all handlers until one stops the walk: `atomic_notifier_call_chain()`.
    ///
    /// May be called in any context; in NMI context only if no handler waits for a lock.
    #[inline]
    pub fn call<'a>(&self, action: usize, data: &'a T::Data<'a>) -> NotifyReturn {
        let data = core::ptr::from_ref(data).cast_mut().cast();
        // SAFETY: By the type invariants, the head is initialised and wants just that.
        NotifyReturn::from_raw(unsafe {
            bindings::atomic_notifier_call_chain(self.as_ptr(), action, data)
        })
    }
}
