// SPDX-License-Identifier: GPL-2.0

//! A lock that nobody waits for.

use core::{
    cell::UnsafeCell,
    ops::{
        Deref,
        DerefMut, //
    },
};

use kernel::{
    sync::atomic::{
        Acquire,
        AtomicFlag,
        Release, //
    },
    types::NotThreadSafe, //
};

/// A lock that can only be tried.
///
/// This is what a handler owns that runs when a machine dies and yet needs a state that it changes:
/// if the code that crashed had the lock, it has it for ever, and [`try_lock`](Self::try_lock) says
/// so at once. Hence a `TryLock` is [`NmiSafe`], which no other lock is.
///
/// [`NmiSafe`]: crate::context::NmiSafe
///
/// # Invariants
///
/// At most one [`TryLockGuard`] exists, and while one does, `held` is set and it alone may touch
/// `data`.
pub struct TryLock<T: ?Sized> {
    held: AtomicFlag,
    data: UnsafeCell<T>,
}

// SAFETY: One guard at a time reaches the data, so that sharing the lock does no more than to send
// the data from one thread to the next.
unsafe impl<T: ?Sized + Send> Sync for TryLock<T> {}

impl<T> TryLock<T> {
    /// Creates a lock that nobody holds.
    #[inline]
    pub const fn new(data: T) -> Self {
        Self {
            held: AtomicFlag::new(false),
            data: UnsafeCell::new(data),
        }
    }
}

impl<T: ?Sized> TryLock<T> {
    /// Takes the lock, or returns [`None`] at once if somebody has it.
    #[inline]
    pub fn try_lock(&self) -> Option<TryLockGuard<'_, T>> {
        if self.held.xchg(true, Acquire) {
            return None;
        }

        // INVARIANT: `held` was clear and is set now, so that this guard is the only one.
        Some(TryLockGuard {
            lock: self,
            _not_send: NotThreadSafe,
        })
    }
}

/// The right to use what a [`TryLock`] protects, until it is dropped.
///
/// # Invariants
///
/// It is the only guard of `lock`, whose `held` is set.
#[must_use = "the lock is free again as soon as the guard is dropped"]
pub struct TryLockGuard<'a, T: ?Sized> {
    lock: &'a TryLock<T>,
    _not_send: NotThreadSafe,
}

// SAFETY: A shared guard gives out a `&T` and nothing else.
unsafe impl<T: ?Sized + Sync> Sync for TryLockGuard<'_, T> {}

impl<T: ?Sized> Deref for TryLockGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: By the type invariants, nobody else can reach the data.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for TryLockGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: By the type invariants, nobody else can reach the data.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized> Drop for TryLockGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // INVARIANT: The only guard goes.
        self.lock.held.store(false, Release);
    }
}
