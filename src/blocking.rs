// SPDX-License-Identifier: GPL-2.0

//! Blocking chains: called in a task, their handlers may sleep.
//!
//! The caller walks the chain with a reader-writer semaphore held for reading; registering and
//! unregistering take it for writing. A handler must neither register on its own chain nor call
//! it.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! Handlers may refuse, and those before them are told that the event is cancelled:
//!
//! ```
//! # use kernel::{prelude::*, sync::Mutex, new_mutex};
//! # use notifier_chain::{blocking, context::Sleepable, new_blocking_chain, *};
//! enum Docking {}
//!
//! impl Topic for Docking {
//!     type Data<'a> = u32;
//! }
//!
//! const PREPARE: usize = 1;
//! const CANCEL: usize = 2;
//!
//! #[pin_data]
//! struct Journal {
//!     #[pin]
//!     actions: Mutex<KVec<usize>>,
//! }
//!
//! impl Handler<blocking::Chain<Docking>> for Journal {
//!     fn notify(&self, (action, _port): (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
//!         self.actions.lock().push(action, GFP_KERNEL).map_err(Error::from).into()
//!     }
//! }
//!
//! struct Busy;
//!
//! impl Handler<blocking::Chain<Docking>> for Busy {
//!     fn notify(&self, _: (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
//!         NotifyReturn::from_error(EBUSY)
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let chain = KBox::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
//! let journal = pin_init!(Journal { actions <- new_mutex!(KVec::new()) });
//! let journal = Registration::new(&*chain, Priority::FIRST, journal, cx);
//! let journal = KBox::pin_init(journal, GFP_KERNEL)?;
//! let _busy = KBox::pin_init(
//!     Registration::new(&*chain, Priority::DEFAULT, Busy, cx),
//!     GFP_KERNEL,
//! )?;
//!
//! assert_eq!(chain.call_robust(PREPARE, CANCEL, &3, cx).to_result(), Err(EBUSY));
//! assert_eq!(journal.handler().actions.lock()[..], [PREPARE, CANCEL]);
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        blocking_notifier_head,
        notifier_block, //
    },
    prelude::*,
    sync::LockClassKey, //
};

use crate::{
    context::{
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

/// A blocking chain of a driver's own: made by [`new_blocking_chain!`](crate::new_blocking_chain).
pub type Chain<T> = Head<T, Blocking>;

/// The kind of blocking chains: `struct blocking_notifier_head`.
///
/// A handler is given the proof that it may sleep.
pub enum Blocking {}

// SAFETY: The proof is a lint. `process_callback()` is the callback of any `C` and `T`.
unsafe impl Kind for Blocking {
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

impl<T: ?Sized> Fits<Blocking> for T {}

// Calling a chain waits for its semaphore.
impl !NmiSafe for Blocking {}

// SAFETY: Blocks are called with the head's semaphore held for reading, and registered and
// unregistered with it held for writing. (In `SYSTEM_BOOTING` these take no semaphore, but then
// only one task runs.)
unsafe impl Backend for Blocking {
    type Head = blocking_notifier_head;

    #[inline]
    unsafe fn first(head: *mut blocking_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }

    #[inline]
    unsafe fn register(head: *mut blocking_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe { bindings::blocking_notifier_chain_register(head, block) }
    }

    #[inline]
    unsafe fn unregister(head: *mut blocking_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements.
        unsafe { bindings::blocking_notifier_chain_unregister(head, block) }
    }
}

/// Creates a [`blocking::Chain`](crate::blocking::Chain) initialiser with the given name and a
/// newly-created lock class.
///
/// It uses the name if one is given, otherwise it generates one based on the file name and line
/// number.
#[macro_export]
macro_rules! new_blocking_chain {
    ($($name:literal)?) => {
        $crate::blocking::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<T: Topic> Chain<T> {
    /// Creates an empty chain: `BLOCKING_INIT_NOTIFIER_HEAD()`.
    ///
    /// See [`new_blocking_chain!`](crate::new_blocking_chain).
    pub fn new(name: &'static CStr, key: Pin<&'static LockClassKey>) -> impl PinInit<Self> {
        let init = move |head: *mut blocking_notifier_head| {
            // SAFETY: `head` is valid for writes. The name and the key are static.
            unsafe {
                bindings::__init_rwsem(&raw mut (*head).rwsem, name.as_char_ptr(), key.as_ptr());
                (&raw mut (*head).head).write(core::ptr::null_mut());
            }
            Ok::<(), core::convert::Infallible>(())
        };
        // SAFETY: It initialises all fields of the head, or fails.
        unsafe { Self::new_with(init) }
    }

    /// Calls all handlers until one stops the walk: `blocking_notifier_call_chain()`.
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
            bindings::blocking_notifier_call_chain(self.as_ptr(), action, data)
        })
    }

    /// Calls all handlers with `up`. If one stops the walk, calls those before it with `down`:
    /// `blocking_notifier_call_chain_robust()`.
    ///
    /// What they answer to `down` is ignored, except that one may stop that walk, too.
    #[inline]
    pub fn call_robust<'a>(
        &self,
        up: usize,
        down: usize,
        data: &'a T::Data<'a>,
        _cx: Sleepable<'_>,
    ) -> NotifyReturn {
        let data = core::ptr::from_ref(data).cast_mut().cast();
        // SAFETY: By the type invariants, the head is initialised and wants just that.
        NotifyReturn::from_raw(unsafe {
            bindings::blocking_notifier_call_chain_robust(self.as_ptr(), up, down, data)
        })
    }
}
