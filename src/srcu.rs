// SPDX-License-Identifier: GPL-2.0

//! SRCU chains: called in a task, their handlers may sleep. Calling is cheap.
//!
//! The caller walks the chain as a reader of SRCU, and waits for no lock. Registering takes a
//! mutex. Unregistering also waits for all readers, which may take long. Use one for a chain that
//! is called often and changes seldom.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{context::Sleepable, new_srcu_chain, srcu, *};
//! enum Frame {}
//!
//! impl Topic for Frame {
//!     type Data<'a> = &'a [u8];
//! }
//!
//! struct Print;
//!
//! impl Handler<srcu::Chain<Frame>> for Print {
//!     fn notify(&self, (line, pixels): (usize, &&[u8]), _: Sleepable<'_>) -> NotifyReturn {
//!         pr_info!("{line}: {pixels:?}\n");
//!         NotifyReturn::OK
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let chain = KBox::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
//! let print = Registration::new(&*chain, Priority::DEFAULT, Print, cx);
//! let _print = KBox::pin_init(print, GFP_KERNEL)?;
//! let pixels: &[u8] = &[0, 255];
//! assert_eq!(chain.call(7, &pixels, cx), NotifyReturn::OK);
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        notifier_block,
        srcu_notifier_head, //
    },
    error::to_result,
    prelude::*,
    sync::LockClassKey, //
};

use crate::{
    context::{
        self,
        AtomicSafe,
        Fits,
        Kind,
        NmiSafe,
        Sleepable, //
    },
    head::{
        Backend,
        Head, //
    },
    registration::process_callback,
    NotifyReturn,
    Topic, //
};

/// An SRCU chain of a driver's own: made by [`new_srcu_chain!`](crate::new_srcu_chain).
pub type Chain<T> = Head<T, Srcu>;

/// The kind of SRCU chains: `struct srcu_notifier_head`.
///
/// A handler is given the proof that it may sleep.
pub enum Srcu {}

// SAFETY: The proof is a lint. `process_callback()` is the callback of any `C` and `T`.
unsafe impl Kind for Srcu {
    type Context<'cx> = Sleepable<'cx>;

    const MAY_SLEEP: bool = true;

    #[inline]
    unsafe fn context<'cx>() -> Sleepable<'cx> {
        Sleepable::in_callback()
    }

    fn callback<C: crate::Chain<Kind = Self>, T: crate::Handler<C>>(
    ) -> unsafe extern "C" fn(*mut notifier_block, c_ulong, *mut c_void) -> c_int {
        process_callback::<C, T>
    }
}

impl<T: ?Sized> Fits<Srcu> for T {}

// Dropping a chain waits for its readers.
impl !AtomicSafe for Srcu {}
impl !NmiSafe for Srcu {}

// SAFETY: Blocks are called by SRCU readers, and the unregister function waits for all of them.
// Both functions take the head's mutex.
unsafe impl Backend for Srcu {
    type Head = srcu_notifier_head;

    #[inline]
    unsafe fn first(head: *mut srcu_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }

    #[inline]
    unsafe fn register(head: *mut srcu_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe { bindings::srcu_notifier_chain_register(head, block) }
    }

    #[inline]
    unsafe fn unregister(head: *mut srcu_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe { bindings::srcu_notifier_chain_unregister(head, block) }
    }

    unsafe fn clean_up(head: *mut srcu_notifier_head) {
        context::might_sleep();

        // A task that died in a callback stays a reader for ever. `cleanup_srcu_struct()` would
        // return early then, and the memory would be freed under that reader: wait for it.
        // `kernel::sync::Srcu` asks first whether there are readers, and warns: in 7.2, modules
        // cannot ask.
        //
        // SAFETY: By the safety requirements, the head is initialised, and not used any more.
        unsafe {
            let srcu = &raw mut (*head).srcu;
            bindings::synchronize_srcu(srcu);
            bindings::cleanup_srcu_struct(srcu);
        }
    }
}

/// Creates an [`srcu::Chain`](crate::srcu::Chain) initialiser with the given name and
/// newly-created lock classes.
///
/// It uses the name if one is given, otherwise it generates one based on the file name and line
/// number.
#[macro_export]
macro_rules! new_srcu_chain {
    ($($name:literal)?) => {
        $crate::srcu::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<T: Topic> Chain<T> {
    /// Creates an empty chain: `srcu_init_notifier_head()`.
    ///
    /// See [`new_srcu_chain!`](crate::new_srcu_chain).
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory for its counters.
    pub fn new(
        name: &'static CStr,
        mutex_key: Pin<&'static LockClassKey>,
        srcu_key: Pin<&'static LockClassKey>,
    ) -> impl PinInit<Self, Error> {
        let init = move |head: *mut srcu_notifier_head| {
            // SAFETY: `head` is valid for writes. The name and the keys are static.
            unsafe {
                bindings::__mutex_init(
                    &raw mut (*head).mutex,
                    name.as_char_ptr(),
                    mutex_key.as_ptr(),
                );
                (&raw mut (*head).head).write(core::ptr::null_mut());
                to_result(crate::bindings::notifier_chain_init_srcu(
                    &raw mut (*head).srcu,
                    name.as_char_ptr(),
                    srcu_key.as_ptr(),
                ))
            }
        };
        // SAFETY: It initialises all fields of the head, or fails.
        unsafe { Self::new_with(init) }
    }

    /// Calls all handlers until one stops the walk: `srcu_notifier_call_chain()`.
    #[inline]
    pub fn call<'a>(
        &self,
        action: usize,
        data: &'a T::Data<'a>,
        _cx: Sleepable<'_>,
    ) -> NotifyReturn {
        let data = core::ptr::from_ref(data).cast_mut().cast();
        // SAFETY: By the type invariants, the head is initialised and wants just that.
        NotifyReturn::from_raw(unsafe {
            bindings::srcu_notifier_call_chain(self.as_ptr(), action, data)
        })
    }
}
