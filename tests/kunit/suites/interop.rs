// SPDX-License-Identifier: GPL-2.0

//! Chains that Rust and C share.

use core::{
    marker::PhantomData,
    ptr::NonNull, //
};

use kernel::{
    error::to_result,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
};
use notifier_chain::{
    Outcome,
    Priority, //
};

use crate::{
    chain::to_errno,
    ensure::ensure_eq,
    kind::{
        CKind,
        Handler,
        Shared, //
    },
};

mod c {
    use super::CKind;
    use kernel::prelude::*;

    #[repr(C)]
    pub(super) struct Listener {
        _opaque: [u8; 0],
    }

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_kunit_listener_new(
            priority: c_int,
            answer: c_int,
        ) -> *mut Listener;
        pub(super) fn notifier_chain_kunit_listener_free(listener: *mut Listener);
        pub(super) fn notifier_chain_kunit_listener_register(
            listener: *mut Listener,
            kind: CKind,
            head: *mut c_void,
        ) -> c_int;
        pub(super) fn notifier_chain_kunit_listener_unregister(
            listener: *mut Listener,
            kind: CKind,
            head: *mut c_void,
        ) -> c_int;
        pub(super) fn notifier_chain_kunit_listener_heard(
            listener: *const Listener,
            nth: c_uint,
        ) -> u32;
        pub(super) safe fn notifier_chain_kunit_head_new(kind: CKind) -> *mut c_void;
        pub(super) fn notifier_chain_kunit_head_free(kind: CKind, head: *mut c_void);
        pub(super) fn notifier_chain_kunit_tell(
            kind: CKind,
            head: *mut c_void,
            event: u32,
        ) -> c_int;
    }
}

/// A notifier in C on a chain in Rust.
///
/// # Invariants
///
/// `listener` is valid, and on `chain`.
struct Listener<K: Shared> {
    listener: NonNull<c::Listener>,
    chain: Arc<K::Chain<u32>>,
}

impl<K: Shared> Listener<K> {
    fn register(chain: Arc<K::Chain<u32>>, priority: i32, answer: i32) -> Result<Self> {
        let listener = c::notifier_chain_kunit_listener_new(priority, answer);
        let listener = NonNull::new(listener).ok_or(ENOMEM)?;

        // SAFETY: The listener is new, and keeps to the rules. The head is one of that kind, on
        // which `u32` is told, and stays until `drop()`.
        let registered = unsafe {
            K::with_head(&chain, |head| {
                c::notifier_chain_kunit_listener_register(listener.as_ptr(), K::C, head)
            })
        };
        if let Err(error) = to_result(registered) {
            // SAFETY: It is on no chain.
            unsafe { c::notifier_chain_kunit_listener_free(listener.as_ptr()) };
            return Err(error);
        }

        // INVARIANT: It has just been put there.
        Ok(Self { listener, chain })
    }

    /// Returns the event of the nth callback, or 0 if there were fewer.
    fn heard(&self, nth: u32) -> u32 {
        // SAFETY: The listener is valid by the type invariants.
        unsafe { c::notifier_chain_kunit_listener_heard(self.listener.as_ptr(), nth) }
    }
}

impl<K: Shared> Drop for Listener<K> {
    fn drop(&mut self) {
        // SAFETY: The listener is on this chain by the type invariants.
        unsafe {
            K::with_head(&self.chain, |head| {
                c::notifier_chain_kunit_listener_unregister(self.listener.as_ptr(), K::C, head)
            })
        };
        // SAFETY: It is on no chain any more.
        unsafe { c::notifier_chain_kunit_listener_free(self.listener.as_ptr()) };
    }
}

/// A handler that keeps the last event, and refuses those above 100.
struct Last(Arc<Atomic<u32>>);

impl Handler<u32> for Last {
    fn notify(&self, event: &u32) -> Outcome {
        self.0.store(*event, Relaxed);
        if *event > 100 {
            Outcome::Refuse(ERANGE)
        } else {
            Outcome::Ok
        }
    }
}

/// Registers a [`Last`].
fn last<K: Shared>(
    chain: &Arc<K::Chain<u32>>,
    priority: i32,
) -> Result<K::Registration<u32, Last>> {
    let event = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    K::register(chain.clone(), Priority::new(priority), Last(event))
}

/// Returns what a [`Last`] has kept.
fn kept<K: Shared>(last: &K::Registration<u32, Last>) -> u32 {
    K::handler::<u32, Last>(last).0.load(Relaxed)
}

const NOTIFY_DONE: i32 = kernel::bindings::NOTIFY_DONE as i32;
const NOTIFY_OK: i32 = kernel::bindings::NOTIFY_OK as i32;
const NOTIFY_BAD: i32 = kernel::bindings::NOTIFY_BAD as i32;

pub(crate) fn c_hears_of_what_rust_tells<K: Shared>() -> Result {
    let chain = K::chain::<u32>()?;
    let first = Listener::<K>::register(chain.clone(), 2, NOTIFY_OK)?;
    let middle = last::<K>(&chain, 1)?;
    let end = Listener::<K>::register(chain.clone(), 0, NOTIFY_OK)?;

    let verdict = K::call(&chain, &41);
    ensure_eq!(
        (first.heard(0), kept::<K>(&middle), end.heard(0)),
        (41, 41, 41)
    );
    ensure_eq!(verdict.last(), Outcome::Ok);

    // The one in Rust refuses this, and the one in C behind it is not called.
    let verdict = K::call(&chain, &101);
    ensure_eq!(
        (first.heard(1), kept::<K>(&middle), end.heard(1)),
        (101, 101, 0)
    );
    ensure_eq!(verdict.to_result(), Err(ERANGE));
    ensure_eq!(verdict.stopped_by(), Some(Priority::new(1)));

    // A notifier in C finds both events where it was told to look.
    if K::call_robust(&chain, &102, &7).is_some() {
        ensure_eq!((first.heard(2), first.heard(3)), (102, 7));
        ensure_eq!((kept::<K>(&middle), end.heard(1)), (102, 0));
    }
    Ok(())
}

pub(crate) fn c_stops_what_rust_tells<K: Shared>() -> Result {
    let chain = K::chain::<u32>()?;
    let _bad = Listener::<K>::register(chain.clone(), 1, NOTIFY_BAD)?;
    let behind = last::<K>(&chain, 0)?;

    let verdict = K::call(&chain, &41);
    ensure_eq!(kept::<K>(&behind), 0);
    ensure_eq!(verdict.last(), Outcome::Bad);
    ensure_eq!(verdict.to_result(), Err(EPERM));
    // C leaves no trace.
    ensure_eq!(verdict.stopped_by(), None);

    // And nobody else does, who refuses only to take it back.
    let before = last::<K>(&chain, 2)?;
    if let Some(verdict) = K::call_robust(&chain, &41, &102) {
        ensure_eq!(kept::<K>(&before), 102);
        ensure_eq!(verdict.last(), Outcome::Bad);
        ensure_eq!(verdict.stopped_by(), None);
    }
    Ok(())
}

pub(crate) fn rust_hears_of_what_c_tells<K: Shared>() -> Result {
    let chain = K::chain::<u32>()?;
    let handler = last::<K>(&chain, 9)?;

    let tell = |event| {
        // SAFETY: The head is one of that kind, on which `u32` is told, and the call keeps to the
        // rules.
        unsafe {
            K::with_head(&chain, |head| {
                c::notifier_chain_kunit_tell(K::C, head, event)
            })
        }
    };

    ensure_eq!(tell(100), NOTIFY_OK);
    ensure_eq!(kept::<K>(&handler), 100);

    ensure_eq!(to_errno(tell(101)), ERANGE.to_errno());
    ensure_eq!(kept::<K>(&handler), 101);
    Ok(())
}

/// A chain of C's own, on which `u32` is told.
///
/// # Invariants
///
/// The pointer is that of a head of `K`'s kind.
struct Head<K: Shared>(NonNull<c_void>, PhantomData<K>);

impl<K: Shared> Head<K> {
    fn new() -> Result<Self> {
        // INVARIANT: C says so if it is not.
        let head = c::notifier_chain_kunit_head_new(K::C);
        Ok(Self(NonNull::new(head).ok_or(ENOMEM)?, PhantomData))
    }

    /// Calls the chain, and returns its answer.
    fn tell(&self, event: u32) -> i32 {
        // SAFETY: The head is one of that kind by the type invariants.
        unsafe { c::notifier_chain_kunit_tell(K::C, self.0.as_ptr(), event) }
    }
}

impl<K: Shared> Drop for Head<K> {
    fn drop(&mut self) {
        // SAFETY: The head is one of that kind by the type invariants.
        unsafe { c::notifier_chain_kunit_head_free(K::C, self.0.as_ptr()) };
    }
}

pub(crate) fn rust_is_on_a_chain_of_c<K: Shared>() -> Result {
    let event = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let head = Head::<K>::new()?;
    let tell = || (head.tell(41), head.tell(101));

    // SAFETY: The head stays until after that, and only `tell()` above calls it.
    let answers =
        unsafe { K::while_registered::<u32, Last, _>(head.0.as_ptr(), Last(event.clone()), tell) };
    let (ok, refused) = answers.ok_or(EOPNOTSUPP)??;
    ensure_eq!(ok, NOTIFY_OK);
    ensure_eq!(to_errno(refused), ERANGE.to_errno());
    ensure_eq!(event.load(Relaxed), 101);

    // Nobody is there any more.
    ensure_eq!(head.tell(7), NOTIFY_DONE);
    ensure_eq!(event.load(Relaxed), 101);
    Ok(())
}
