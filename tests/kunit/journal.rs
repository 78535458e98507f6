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

/// What most tests tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Something is about to happen.
    Up,
    /// It does not happen after all.
    Down,
}

/// Who was called with what: the `id` of a handler, and the event.
pub(crate) type Entry = (u32, Event);

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

    /// Writes down that `id` was called with `event`.
    pub(crate) fn note(&self, id: u32, event: Event) {
        // What there is no room for is missed, and fails the test.
        let _ = self.entries.lock().push_within_capacity((id, event));
    }

    /// Takes out what was written down.
    pub(crate) fn take(&self) -> Result<KVec<Entry>> {
        let capacity = self.entries.lock().capacity();
        let empty = KVec::with_capacity(capacity, GFP_KERNEL)?;
        Ok(core::mem::replace(&mut *self.entries.lock(), empty))
    }
}
