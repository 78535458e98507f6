// SPDX-License-Identifier: GPL-2.0

//! A chain that is used through the C API alone.

use core::ptr::NonNull;

use kernel::{
    error::to_result,
    prelude::*, //
};
use notifier_chain::NotifyReturn;

use crate::{
    chain::from_errno,
    journal::Entry,
    kind::CKind, //
};

mod c {
    use super::CKind;
    use kernel::prelude::*;

    #[repr(C)]
    pub(super) struct Reference {
        _opaque: [u8; 0],
    }

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_kunit_reference_new(kind: CKind) -> *mut Reference;
        pub(super) fn notifier_chain_kunit_reference_free(reference: *mut Reference);
        pub(super) fn notifier_chain_kunit_reference_register(
            reference: *mut Reference,
            id: c_uint,
            priority: c_int,
        ) -> c_int;
        pub(super) fn notifier_chain_kunit_reference_unregister(
            reference: *mut Reference,
            id: c_uint,
        ) -> c_int;
        pub(super) fn notifier_chain_kunit_reference_call(reference: *mut Reference) -> c_int;
        pub(super) fn notifier_chain_kunit_reference_call_robust(
            reference: *mut Reference,
        ) -> c_int;
        pub(super) fn notifier_chain_kunit_reference_is_empty(reference: *mut Reference) -> bool;
        pub(super) fn notifier_chain_kunit_reference_answer(
            reference: *mut Reference,
            id: c_uint,
            answer: c_int,
        );
        pub(super) fn notifier_chain_kunit_reference_heard(reference: *const Reference) -> c_uint;
        pub(super) fn notifier_chain_kunit_reference_id(
            reference: *const Reference,
            nth: c_uint,
        ) -> c_uint;
        pub(super) fn notifier_chain_kunit_reference_action(
            reference: *const Reference,
            nth: c_uint,
        ) -> c_ulong;
        pub(super) fn notifier_chain_kunit_reference_stopped(reference: *const Reference) -> bool;
    }
}

/// How many notifiers there are. Their ids are the numbers below.
pub(crate) const POOL: u32 = 32;

/// A chain and [`POOL`] notifiers, of which each may be on it.
///
/// # Invariants
///
/// The pointer is valid.
pub(crate) struct Reference(NonNull<c::Reference>);

impl Reference {
    /// Creates one whose chain is empty. All notifiers answer `NOTIFY_DONE`.
    pub(crate) fn new(kind: CKind) -> Result<Self> {
        // INVARIANT: C says so if it is not.
        NonNull::new(c::notifier_chain_kunit_reference_new(kind))
            .map(Self)
            .ok_or(ENOMEM)
    }

    fn assert_in_pool(id: u32) {
        assert!(id < POOL);
    }

    /// `*_notifier_chain_register()`. The notifier must be on no chain.
    pub(crate) fn register(&mut self, id: u32, priority: i32) -> Result {
        Self::assert_in_pool(id);
        // SAFETY: Valid by the type invariant, and `id` is one of the pool.
        to_result(unsafe {
            c::notifier_chain_kunit_reference_register(self.0.as_ptr(), id, priority)
        })
    }

    /// `*_notifier_chain_unregister()`.
    pub(crate) fn unregister(&mut self, id: u32) -> Result {
        Self::assert_in_pool(id);
        // SAFETY: As above.
        to_result(unsafe { c::notifier_chain_kunit_reference_unregister(self.0.as_ptr(), id) })
    }

    /// `*_notifier_call_chain()`. Returns its answer.
    pub(crate) fn call(&mut self) -> i32 {
        // SAFETY: As above.
        unsafe { c::notifier_chain_kunit_reference_call(self.0.as_ptr()) }
    }

    /// `*_notifier_call_chain_robust()`, for a kind that has it. Returns its answer.
    pub(crate) fn call_robust(&mut self) -> i32 {
        // SAFETY: As above.
        unsafe { c::notifier_chain_kunit_reference_call_robust(self.0.as_ptr()) }
    }

    /// Returns whether nobody is registered.
    pub(crate) fn is_empty(&self) -> bool {
        // SAFETY: As above.
        unsafe { c::notifier_chain_kunit_reference_is_empty(self.0.as_ptr()) }
    }

    /// Sets what a notifier answers from now on.
    pub(crate) fn answer(&mut self, id: u32, answer: Answer) {
        Self::assert_in_pool(id);
        // SAFETY: As above.
        unsafe { c::notifier_chain_kunit_reference_answer(self.0.as_ptr(), id, answer.theirs()) };
    }

    /// Returns who was called by the latest call, in order.
    pub(crate) fn heard(&self) -> Result<KVec<Entry>> {
        let reference = self.0.as_ptr();
        let mut heard = KVec::new();
        // SAFETY: As above.
        for nth in 0..unsafe { c::notifier_chain_kunit_reference_heard(reference) } {
            // SAFETY: As above. So many callbacks there were.
            let (id, action) = unsafe {
                (
                    c::notifier_chain_kunit_reference_id(reference, nth),
                    c::notifier_chain_kunit_reference_action(reference, nth),
                )
            };
            heard.push((id, action), GFP_KERNEL)?;
        }
        Ok(heard)
    }

    /// Returns whether a notifier stopped the latest call.
    pub(crate) fn stopped(&self) -> bool {
        // SAFETY: As above.
        unsafe { c::notifier_chain_kunit_reference_stopped(self.0.as_ptr()) }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: Valid by the type invariant. What is on the chain goes with it.
        unsafe { c::notifier_chain_kunit_reference_free(self.0.as_ptr()) };
    }
}

/// What a handler answers.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Done,
    Ok,
    Stop,
    Bad,
    Refuse(Error),
}

impl Answer {
    /// Returns what this crate makes of it.
    pub(crate) fn ours(self) -> NotifyReturn {
        match self {
            Self::Done => NotifyReturn::DONE,
            Self::Ok => NotifyReturn::OK,
            Self::Stop => NotifyReturn::STOP,
            Self::Bad => NotifyReturn::BAD,
            Self::Refuse(error) => NotifyReturn::from_error(error),
        }
    }

    /// Returns the number that C has for it, made by C.
    fn theirs(self) -> i32 {
        match self {
            Self::Done => kernel::bindings::NOTIFY_DONE as i32,
            Self::Ok => kernel::bindings::NOTIFY_OK as i32,
            Self::Stop => kernel::bindings::NOTIFY_STOP as i32,
            Self::Bad => kernel::bindings::NOTIFY_BAD as i32,
            Self::Refuse(error) => from_errno(error.to_errno()),
        }
    }
}
