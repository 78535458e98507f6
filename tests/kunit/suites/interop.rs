// SPDX-License-Identifier: GPL-2.0

//! Chains that Rust and C share.

use core::{
    marker::PhantomData,
    ptr::NonNull, //
};

use kernel::{
    bindings::MAX_ERRNO,
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
    NotifyReturn,
    Priority,
    Topic, //
};

use crate::{
    chain::to_errno,
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::{
        DOWN,
        UP, //
    },
    kind::{
        CKind,
        Handler,
        Headed, //
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
        pub(super) fn notifier_chain_kunit_listener_answer(listener: *mut Listener, answer: c_int);
        pub(super) fn notifier_chain_kunit_listener_action(
            listener: *const Listener,
            nth: c_uint,
        ) -> c_ulong;
        pub(super) fn notifier_chain_kunit_listener_number(
            listener: *const Listener,
            nth: c_uint,
        ) -> u32;
        pub(super) safe fn notifier_chain_kunit_head_new(kind: CKind) -> *mut c_void;
        pub(super) fn notifier_chain_kunit_head_free(kind: CKind, head: *mut c_void);
        pub(super) fn notifier_chain_kunit_tell(
            kind: CKind,
            head: *mut c_void,
            action: c_ulong,
            number: u32,
        ) -> c_int;
    }
}

/// What is told: a number.
enum Number {}

impl Topic for Number {
    type Data<'a> = u32;
}

/// An action and its number.
type Heard = (usize, u32);

/// A notifier in C on a chain in Rust.
///
/// # Invariants
///
/// `listener` is valid, and on `chain`.
struct Listener<K: Headed> {
    listener: NonNull<c::Listener>,
    chain: Arc<K::Chain<Number>>,
}

impl<K: Headed> Listener<K> {
    fn register(chain: Arc<K::Chain<Number>>, priority: i32, answer: i32) -> Result<Self> {
        let listener = c::notifier_chain_kunit_listener_new(priority, answer);
        let listener = NonNull::new(listener).ok_or(ENOMEM)?;

        // SAFETY: The listener is new, and keeps to the rules. The head is one of that kind, on
        // which `u32` is told, and stays until `drop()`.
        let registered = unsafe {
            let head = K::head(&chain);
            c::notifier_chain_kunit_listener_register(listener.as_ptr(), K::C, head)
        };
        if let Err(error) = to_result(registered) {
            // SAFETY: It is on no chain.
            unsafe { c::notifier_chain_kunit_listener_free(listener.as_ptr()) };
            return Err(error);
        }

        // INVARIANT: It has just been put there.
        Ok(Self { listener, chain })
    }

    /// Sets what it answers from now on.
    fn answer(&mut self, answer: i32) {
        // SAFETY: The listener is valid by the type invariants. Only this task calls the chain.
        unsafe { c::notifier_chain_kunit_listener_answer(self.listener.as_ptr(), answer) };
    }

    /// Returns what the nth callback was told, or zeroes if there were fewer.
    fn heard(&self, nth: u32) -> Heard {
        // SAFETY: The listener is valid by the type invariants.
        unsafe {
            (
                c::notifier_chain_kunit_listener_action(self.listener.as_ptr(), nth),
                c::notifier_chain_kunit_listener_number(self.listener.as_ptr(), nth),
            )
        }
    }
}

impl<K: Headed> Drop for Listener<K> {
    fn drop(&mut self) {
        // SAFETY: The listener is on this chain by the type invariants.
        unsafe {
            let head = K::head(&self.chain);
            c::notifier_chain_kunit_listener_unregister(self.listener.as_ptr(), K::C, head);
        };
        // SAFETY: It is on no chain any more.
        unsafe { c::notifier_chain_kunit_listener_free(self.listener.as_ptr()) };
    }
}

/// What a handler was told last.
struct Kept {
    action: Atomic<usize>,
    number: Atomic<u32>,
}

impl Kept {
    fn new() -> Result<Arc<Self>> {
        let nothing = Self {
            action: Atomic::new(0),
            number: Atomic::new(0),
        };
        Ok(Arc::new(nothing, GFP_KERNEL)?)
    }

    fn get(&self) -> Heard {
        (self.action.load(Relaxed), self.number.load(Relaxed))
    }
}

/// A handler that keeps what it was told, and refuses numbers above 100.
struct Last(Arc<Kept>);

impl Handler<Number> for Last {
    fn notify(&self, action: usize, number: &u32) -> NotifyReturn {
        self.0.action.store(action, Relaxed);
        self.0.number.store(*number, Relaxed);
        if *number > 100 {
            NotifyReturn::from_error(ERANGE)
        } else {
            NotifyReturn::OK
        }
    }
}

/// Registers a [`Last`].
fn last<K: Headed>(
    chain: &Arc<K::Chain<Number>>,
    priority: i32,
) -> Result<K::Registration<Number, Last>> {
    K::register(chain.clone(), Priority::new(priority), Last(Kept::new()?))
}

/// Returns what a [`Last`] has kept.
fn kept<K: Headed>(last: &K::Registration<Number, Last>) -> Heard {
    K::handler::<Number, Last>(last).0.get()
}

const NOTIFY_DONE: i32 = kernel::bindings::NOTIFY_DONE as i32;
const NOTIFY_OK: i32 = kernel::bindings::NOTIFY_OK as i32;
const NOTIFY_BAD: i32 = kernel::bindings::NOTIFY_BAD as i32;
const NOTIFY_STOP_MASK: i32 = kernel::bindings::NOTIFY_STOP_MASK as i32;

pub(crate) fn c_hears_of_what_rust_tells<K: Headed>() -> Result {
    let chain = K::chain::<Number>()?;
    let first = Listener::<K>::register(chain.clone(), 2, NOTIFY_OK)?;
    let middle = last::<K>(&chain, 1)?;
    let end = Listener::<K>::register(chain.clone(), 0, NOTIFY_OK)?;

    let answer = K::call(&chain, 7, &41);
    ensure_eq!(
        (first.heard(0), kept::<K>(&middle), end.heard(0)),
        ((7, 41), (7, 41), (7, 41))
    );
    ensure_eq!(answer, NotifyReturn::OK);

    // The one in Rust refuses this, and the one in C behind it is not called.
    let answer = K::call(&chain, usize::MAX, &101);
    ensure_eq!(
        (first.heard(1), kept::<K>(&middle), end.heard(1)),
        ((usize::MAX, 101), (usize::MAX, 101), (0, 0))
    );
    ensure_eq!(answer.to_result(), Err(ERANGE));

    if K::call_robust(&chain, UP, DOWN, &102).is_some() {
        ensure_eq!((first.heard(2), first.heard(3)), ((UP, 102), (DOWN, 102)));
        ensure_eq!((kept::<K>(&middle), end.heard(1)), ((UP, 102), (0, 0)));
    }
    Ok(())
}

pub(crate) fn c_stops_what_rust_tells<K: Headed>() -> Result {
    let chain = K::chain::<Number>()?;
    let _bad = Listener::<K>::register(chain.clone(), 1, NOTIFY_BAD)?;
    let behind = last::<K>(&chain, 0)?;

    let answer = K::call(&chain, UP, &41);
    ensure_eq!(kept::<K>(&behind), (0, 0));
    ensure_eq!(answer, NotifyReturn::BAD);
    ensure_eq!(answer.to_result(), Err(EPERM));

    let before = last::<K>(&chain, 2)?;
    if let Some(answer) = K::call_robust(&chain, UP, DOWN, &41) {
        ensure_eq!(kept::<K>(&before), (DOWN, 41));
        ensure_eq!(answer, NotifyReturn::BAD);
    }
    Ok(())
}

pub(crate) fn every_number_that_c_answers_is_the_errno_of_c<K: Headed>() -> Result {
    // All that stand for an errno. Those below stand for none.
    let highest = NOTIFY_OK + MAX_ERRNO as i32;
    let below = [i32::MIN, i32::MIN + 1, -highest, -5, -1];

    let chain = K::chain::<Number>()?;
    let mut listener = Listener::<K>::register(chain.clone(), 0, NOTIFY_DONE)?;
    for number in Iterator::chain(0..=highest, below) {
        // As it is, and as one that stops.
        for number in [number, number | NOTIFY_STOP_MASK] {
            listener.answer(number);
            let answer = K::call(&chain, UP, &41);

            ensure_eq!(answer.into_raw(), number);
            ensure_eq!(answer.is_stop(), number & NOTIFY_STOP_MASK != 0);
            let errno = answer.to_result().err().map_or(0, Error::to_errno);
            ensure_eq!(errno, to_errno(number));
        }
    }

    // An error that lets the walk go on, as C has it: those behind it are called.
    let behind = last::<K>(&chain, -1)?;
    listener.answer(5);
    ensure_eq!(K::call(&chain, UP, &41), NotifyReturn::OK);
    ensure_eq!(kept::<K>(&behind), (UP, 41));
    drop(behind);
    let answer = K::call(&chain, UP, &41);
    ensure!(!answer.is_stop());
    ensure_eq!(answer.to_result(), Err(Error::from_errno(-4)));
    Ok(())
}

pub(crate) fn rust_hears_of_what_c_tells<K: Headed>() -> Result {
    let chain = K::chain::<Number>()?;
    let handler = last::<K>(&chain, 9)?;

    let tell = |action, number| {
        // SAFETY: The head is one of that kind, on which `u32` is told, and the call keeps to the
        // rules.
        unsafe { c::notifier_chain_kunit_tell(K::C, K::head(&chain), action, number) }
    };

    ensure_eq!(tell(7, 100), NOTIFY_OK);
    ensure_eq!(kept::<K>(&handler), (7, 100));

    ensure_eq!(to_errno(tell(usize::MAX, 101)), ERANGE.to_errno());
    ensure_eq!(kept::<K>(&handler), (usize::MAX, 101));
    Ok(())
}

/// A chain of C's own, on which `u32` is told.
///
/// # Invariants
///
/// The pointer is that of a head of `K`'s kind.
struct Head<K: Headed>(NonNull<c_void>, PhantomData<K>);

impl<K: Headed> Head<K> {
    fn new() -> Result<Self> {
        // INVARIANT: C says so if it is not.
        let head = c::notifier_chain_kunit_head_new(K::C);
        Ok(Self(NonNull::new(head).ok_or(ENOMEM)?, PhantomData))
    }

    /// Calls the chain, and returns its answer.
    fn tell(&self, number: u32) -> i32 {
        // SAFETY: The head is one of that kind by the type invariants.
        unsafe { c::notifier_chain_kunit_tell(K::C, self.0.as_ptr(), UP, number) }
    }
}

impl<K: Headed> Drop for Head<K> {
    fn drop(&mut self) {
        // SAFETY: The head is one of that kind by the type invariants.
        unsafe { c::notifier_chain_kunit_head_free(K::C, self.0.as_ptr()) };
    }
}

pub(crate) fn rust_is_on_a_chain_of_c<K: Headed>() -> Result {
    let event = Kept::new()?;
    let head = Head::<K>::new()?;
    // SAFETY: The head stays until after the last use of this, and only `tell()` calls it.
    let chain = unsafe { K::from_raw::<Number>(head.0.as_ptr()) };

    let answers = K::while_registered(chain, Last(event.clone()), || {
        (head.tell(41), head.tell(101), K::call(chain, DOWN, &9))
    });
    let (ok, refused, ours) = answers?;
    ensure_eq!(ok, NOTIFY_OK);
    ensure_eq!(to_errno(refused), ERANGE.to_errno());
    ensure_eq!(ours, NotifyReturn::OK);
    ensure_eq!(event.get(), (DOWN, 9));

    // Nobody is there any more.
    ensure!(K::is_empty(chain));
    ensure_eq!(head.tell(7), NOTIFY_DONE);
    ensure_eq!(event.get(), (DOWN, 9));
    Ok(())
}
