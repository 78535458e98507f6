// SPDX-License-Identifier: GPL-2.0

//! What handlers write down about their being called.

use kernel::{
    new_spinlock,
    prelude::*,
    sync::{
        Arc,
        SpinLock, //
    },
};
use notifier_chain::Topic;

/// What most tests tell: an action.
pub(crate) enum Event {}

impl Topic for Event {
    type Data<'a> = ();
}

/// Something is about to happen.
pub(crate) const UP: usize = 0;

/// It does not happen after all.
pub(crate) const DOWN: usize = 1;

/// Who was called with what: the `id` of a handler, and the action.
pub(crate) type Entry = (u32, usize);

/// Which handlers were called, in their order.
#[pin_data]
pub(crate) struct Journal {
    #[pin]
    entries: SpinLock<KVec<Entry>>,
}

impl Journal {
    /// Creates one for as many calls as `capacity`, since a handler cannot make room.
    pub(crate) fn new(capacity: usize) -> Result<Arc<Self>> {
        let entries = KVec::with_capacity(capacity, GFP_KERNEL)?;
        Arc::pin_init(
            pin_init!(Self {
                entries <- new_spinlock!(entries),
            }),
            GFP_KERNEL,
        )
    }

    /// Writes down that `id` was called with `action`.
    pub(crate) fn note(&self, id: u32, action: usize) {
        // What there is no room for is missed, and fails the test.
        let _ = self.entries.lock().push_within_capacity((id, action));
    }

    /// Takes out what was written down.
    pub(crate) fn take(&self) -> Result<KVec<Entry>> {
        let capacity = self.entries.lock().capacity();
        let empty = KVec::with_capacity(capacity, GFP_KERNEL)?;
        Ok(core::mem::replace(&mut *self.entries.lock(), empty))
    }
}
