// SPDX-License-Identifier: GPL-2.0

//! Raw chains: called with the chain's own lock held, a mutex or a spin lock.
//!
//! A raw chain has no lock in C. Here it has one, which calling it, registering and unregistering
//! take. In a [`Mutex`](kernel::sync::Mutex) its handlers may sleep. In a
//! [`SpinLock`](kernel::sync::SpinLock) they must not, and neither calling nor unregistering
//! sleeps.
//!
//! A chain that is called in an interrupt must be in a [`SpinLockIrq`](kernel::sync::SpinLockIrq),
//! which kernels have from 7.3 on: an interrupt would wait for ever for a `SpinLock` that its CPU
//! holds. With `CONFIG_PREEMPT_RT` a `SpinLock` sleeps: such a chain can neither be called nor
//! unregistered from where sleeping is forbidden.
//!
//! C code and other modules cannot use such a chain.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::{lock::spinlock::SpinLockBackend, rcu}};
//! # use notifier_chain::{context::Sleepable, new_raw_chain, raw, *};
//! enum Plugged {}
//!
//! impl Topic for Plugged {
//!     type Data<'a> = u32;
//! }
//!
//! type Chain = raw::Chain<Plugged, SpinLockBackend>;
//!
//! struct Odd;
//!
//! impl Handler<Chain> for Odd {
//!     fn notify(&self, (_, port): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
//!         if port % 2 == 1 {
//!             NotifyReturn::STOP
//!         } else {
//!             NotifyReturn::DONE
//!         }
//!     }
//! }
//!
//! let chain: Pin<KBox<Chain>> = KBox::pin_init(new_raw_chain!(), GFP_KERNEL)?;
//! let odd = Registration::new(&*chain, Priority::DEFAULT, Odd, Sleepable::might_sleep());
//! let _odd = KBox::pin_init(odd, GFP_KERNEL)?;
//! assert!(chain.call(0, &3).is_stop());
//! # Ok::<(), Error>(())
//! ```

use core::marker::PhantomData;

use kernel::{
    bindings::{
        self,
        notifier_block,
        raw_notifier_head, //
    },
    error::to_result,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        lock::{
            mutex::MutexBackend,
            spinlock::SpinLockBackend,
            Backend,
            Lock, //
        },
        rcu,
        LockClassKey, //
    },
    types::Opaque, //
};

use crate::{
    atomic,
    blocking::Blocking,
    compat,
    context::{
        self,
        Kind, //
    },
    NotifyReturn,
    Topic, //
};

/// A raw chain of a driver's own, in a lock with the backend `B`: made by
/// [`new_raw_chain!`](crate::new_raw_chain).
///
/// # Panics
///
/// A handler that calls its own chain, or drops a registration on it, would wait for ever for the
/// lock that its caller holds. It panics instead. One that registers on it gets `EDEADLK`.
///
/// # Invariants
///
/// - `user` is the task that holds the lock to use the head, as a number, or 0.
/// - Every block on the chain understands the events of `T`: an `action` and, as `data`, a pointer
///   to a `T::Data`. Every call of the chain passes such an event.
#[pin_data]
pub struct Chain<T: Topic, B: Backend> {
    user: Atomic<usize>,
    #[pin]
    head: Lock<Head, B>,
    _topic: PhantomData<fn(T) -> T>,
}

/// A `struct raw_notifier_head`.
struct Head(Opaque<raw_notifier_head>);

// SAFETY: The blocks on it may be called by any task.
unsafe impl Send for Head {}

/// Creates a [`raw::Chain`](crate::raw::Chain) initialiser with the given name and a newly-created
/// lock class.
///
/// It uses the name if one is given, otherwise it generates one based on the file name and line
/// number.
#[macro_export]
macro_rules! new_raw_chain {
    ($($name:literal)?) => {
        $crate::raw::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<T: Topic, B: Backend> Chain<T, B> {
    /// Creates an empty chain: `RAW_INIT_NOTIFIER_HEAD()`.
    ///
    /// See [`new_raw_chain!`](crate::new_raw_chain).
    pub fn new(name: &'static CStr, key: Pin<&'static LockClassKey>) -> impl PinInit<Self> {
        // INVARIANT: The chain is empty, and the lock is free.
        pin_init!(Self {
            user: Atomic::new(0),
            head <- Lock::new(
                Head(Opaque::new(raw_notifier_head { head: core::ptr::null_mut() })),
                name,
                key,
            ),
            _topic: PhantomData,
        })
    }

    /// Returns whether no block is registered. It takes the lock; in a callback it answers `false`.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.with_head(|head| {
            // SAFETY: The head is initialised, and the lock is held.
            unsafe { (*head).head }.is_null()
        })
        .unwrap_or(false)
    }

    /// Uses the head with the lock held.
    ///
    /// # Errors
    ///
    /// `EDEADLK` in a callback of the chain, which is called with the lock held.
    #[inline]
    fn with_head<R>(&self, r#use: impl FnOnce(*mut raw_notifier_head) -> R) -> Result<R> {
        if self.is_used_by_this_task() {
            return Err(compat::deadlock());
        }
        let head = self.head.lock();
        // INVARIANT: This task uses the head, from here to below.
        self.user.store(this_task(), Relaxed);
        let result = r#use(head.0.get());
        // INVARIANT: The lock is still held, and the head is not used any more.
        self.user.store(0, Relaxed);
        Ok(result)
    }

    /// Returns whether this task uses the head: this is a callback of the chain.
    // Only this task stores its own number, so that no order is needed.
    #[inline]
    fn is_used_by_this_task(&self) -> bool {
        self.user.load(Relaxed) == this_task()
    }

    /// Registers a block.
    ///
    /// # Errors
    ///
    /// `EDEADLK` in a callback of the chain.
    ///
    /// # Safety
    ///
    /// As for [`Chain::register()`](crate::Chain::register).
    unsafe fn link(&self, block: *mut notifier_block) -> Result {
        let answer = self.with_head(|head| {
            // INVARIANT: By the safety requirements, the block understands the events of `T`.
            // SAFETY: The head is initialised, and the lock is held. By the safety requirements,
            // the block is initialised, not registered, and stays in its place.
            unsafe { bindings::raw_notifier_chain_register(head, block) }
        })?;
        to_result(answer)
    }

    /// Unregisters a block.
    ///
    /// # Panics
    ///
    /// In a callback of the chain.
    ///
    /// # Safety
    ///
    /// As for [`Chain::unregister()`](crate::Chain::unregister).
    unsafe fn unlink(&self, block: *mut notifier_block) {
        let is_unlinked = self.with_head(|head| {
            // SAFETY: The head is initialised. The lock is held, and this is no callback, hence no
            // callback runs. By the safety requirements, the block is on this chain, and there is
            // no error.
            unsafe { bindings::raw_notifier_chain_unregister(head, block) };
        });
        if is_unlinked.is_err() {
            panic!("a handler drops a registration on its own raw chain");
        }
    }
}

impl<T: Topic, B: Backend> Chain<T, B>
where
    Self: crate::Chain,
{
    /// Calls all handlers until one stops the walk: `raw_notifier_call_chain()`.
    ///
    /// May sleep if the lock is a mutex.
    #[inline]
    pub fn call<'a>(&self, action: usize, data: &'a T::Data<'a>) -> NotifyReturn {
        let data = core::ptr::from_ref(data).cast_mut().cast();
        self.walk(|head| {
            // SAFETY: The head is initialised and wants just that. The lock is held.
            unsafe { bindings::raw_notifier_call_chain(head, action, data) }
        })
    }

    /// Calls all handlers with `up`. If one stops the walk, calls those before it with `down`:
    /// `raw_notifier_call_chain_robust()`.
    ///
    /// What they answer to `down` is ignored, except that one may stop that walk, too. May sleep if
    /// the lock is a mutex.
    #[inline]
    pub fn call_robust<'a>(&self, up: usize, down: usize, data: &'a T::Data<'a>) -> NotifyReturn {
        let data = core::ptr::from_ref(data).cast_mut().cast();
        self.walk(|head| {
            // SAFETY: The head is initialised and wants just that. The lock is held.
            unsafe { bindings::raw_notifier_call_chain_robust(head, up, down, data) }
        })
    }

    /// Calls the chain.
    ///
    /// # Panics
    ///
    /// In a callback of the chain.
    #[inline]
    fn walk(&self, call: impl FnOnce(*mut raw_notifier_head) -> c_int) -> NotifyReturn {
        let may_sleep = <<Self as crate::Chain>::Kind as Kind>::MAY_SLEEP;
        if may_sleep {
            // The handlers are told that they may.
            context::might_sleep();
        }
        let _reader = (!may_sleep).then(rcu::read_lock);
        let Ok(answer) = self.with_head(call) else {
            panic!("a handler calls its own raw chain");
        };
        NotifyReturn::from_raw(answer)
    }
}

/// Returns a number that no other task has at the same time.
#[inline]
fn this_task() -> usize {
    kernel::current!().as_ptr() as usize
}

/// Implements a chain for a lock.
macro_rules! in_lock {
    ($backend:ty, $kind:ty) => {
        // SAFETY: The lock is held when a block is called, registered and unregistered; in a
        // callback `unregister()` panics. What is in a lock does not move. By the type invariants,
        // blocks are passed an event of `T`. `walk()`, which alone calls them, is an RCU reader if
        // the lock is a spin lock. Tasks take turns at the lock.
        unsafe impl<T: Topic> crate::Chain for Chain<T, $backend> {
            type Kind = $kind;
            type Event<'a> = (usize, &'a T::Data<'a>);
            type Answer = NotifyReturn;

            const UNREGISTER_WAITS: bool = false;

            unsafe fn register(&self, block: *mut notifier_block) -> Result {
                // SAFETY: The requirements are the same.
                unsafe { self.link(block) }
            }

            unsafe fn unregister(&self, block: *mut notifier_block) {
                if <$kind>::MAY_SLEEP {
                    context::might_sleep();
                }
                // SAFETY: The requirements are the same.
                unsafe { self.unlink(block) }
            }

            #[inline]
            unsafe fn notify(
                action: c_ulong,
                data: *mut c_void,
                handler: impl FnOnce(Self::Event<'_>) -> NotifyReturn,
            ) -> c_int {
                // SAFETY: By the type invariants and the safety requirements, this is a `T::Data`
                // for the time of this callback.
                handler((action, unsafe { &*data.cast() })).into_raw()
            }
        }
    };
}

in_lock!(MutexBackend, Blocking);
in_lock!(SpinLockBackend, atomic::Atomic);
#[cfg(kernel_has_spin_lock_irq)]
in_lock!(
    kernel::sync::lock::spinlock::SpinLockIrqBackend,
    atomic::Atomic
);
