// SPDX-License-Identifier: GPL-2.0

//! The kernel's own panic chain, called without a panic.
//!
//! What is on the chain already must not hear of it. Hence [`Walk`] registers its handlers before
//! everybody else, and the last of them stops the chain.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
};
use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    TryLock, //
};

mod c {
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) fn notifier_chain_kunit_panic(message: *const c_char) -> c_int;
        pub(super) safe fn notifier_chain_kunit_to_errno(answer: c_int) -> c_int;
        pub(super) safe fn notifier_chain_kunit_from_errno(errno: c_int) -> c_int;
    }
}

/// A handler that notes that it was called, and answers what it is told to.
pub(crate) struct Recorder {
    id: u32,
    answer: NotifyReturn,
    walk: Arc<Walk>,
}

impl Handler<panic::Chain> for Recorder {
    fn notify(&self, event: panic::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
        if event.message().to_bytes() == MESSAGE.to_bytes() {
            self.walk.note(self.id);
        }
        self.answer
    }
}

/// What [`Walk::call`] panics with.
const MESSAGE: &CStr = c"not a panic, a test";

/// Which handlers a walk of the chain called, in their order.
pub(crate) struct Walk {
    called: TryLock<KVec<u32>>,
}

impl Walk {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let called = KVec::with_capacity(64, GFP_KERNEL)?;
        Ok(Arc::new(
            Self {
                called: TryLock::new(called),
            },
            GFP_KERNEL,
        )?)
    }

    fn note(&self, id: u32) {
        if let Some(mut called) = self.called.try_lock() {
            // Allocates nothing. What there is no room for is missed, and fails the test.
            let _ = called.push_within_capacity(id);
        }
    }

    /// Registers a handler that notes `id` and answers `answer`.
    pub(crate) fn register(
        self: &Arc<Self>,
        priority: Priority,
        id: u32,
        answer: NotifyReturn,
    ) -> Result<Pin<KBox<Registration<panic::Chain, Recorder>>>> {
        let walk = self.clone();
        let recorder = Recorder { id, answer, walk };
        KBox::pin_init(
            Registration::new(
                panic::Chain(c"test"),
                priority,
                recorder,
                Sleepable::might_sleep(),
            ),
            GFP_KERNEL,
        )
    }

    /// Registers the handler that keeps the rest of the chain from being called: behind all that a
    /// test has registered with [`Priority::FIRST`], and before all that the kernel has.
    pub(crate) fn stop(
        self: &Arc<Self>,
    ) -> Result<Pin<KBox<Registration<panic::Chain, Recorder>>>> {
        self.register(Priority::FIRST, STOPPED, NotifyReturn::STOP)
    }

    /// Calls the chain, and returns its answer.
    pub(crate) fn call(&self) -> i32 {
        if let Some(mut called) = self.called.try_lock() {
            called.clear();
        }
        // SAFETY: The message is a static string.
        unsafe { c::notifier_chain_kunit_panic(MESSAGE.as_char_ptr()) }
    }

    /// Returns whether just these handlers were called, in this order.
    pub(crate) fn called(&self, ids: &[u32]) -> bool {
        self.called
            .try_lock()
            .is_some_and(|called| &called[..] == ids)
    }
}

/// The handler that [`Walk::stop()`] registers.
pub(crate) const STOPPED: u32 = u32::MAX;

/// `notifier_to_errno()`.
pub(crate) fn to_errno(answer: i32) -> i32 {
    c::notifier_chain_kunit_to_errno(answer)
}

/// `notifier_from_errno()`.
pub(crate) fn from_errno(errno: i32) -> i32 {
    c::notifier_chain_kunit_from_errno(errno)
}
