// SPDX-License-Identifier: GPL-2.0

//! How a driver's own chain passes its event along.

use core::{
    cell::Cell,
    mem::{
        offset_of,
        MaybeUninit, //
    }, //
};

use kernel::prelude::*;

use crate::{
    Priority,
    Verdict, //
};

/// What a driver's own chain passes to its notifiers as `data`.
///
/// `action` is an index into `events`: 0 for the event that is told, 1 for the one that takes it
/// back. C code that shares such a chain sees
///
/// ```c
/// struct call {
///         const struct event *events[2];
///         bool stopped;
///         int stopped_by;
/// };
/// ```
///
/// in which a notifier reads `events[action]`, and whoever calls sets `stopped` to false.
#[repr(C)]
pub(crate) struct Call<'a, E: ?Sized> {
    // The second one is there if the call has a way back.
    events: [MaybeUninit<&'a E>; 2],
    stopped: Cell<bool>,
    // There if `stopped` is set.
    stopped_by: Cell<MaybeUninit<c_int>>,
}

impl<'a, E: ?Sized> Call<'a, E> {
    /// Tells `event` to a chain: `walk` is the call of its C function, which is given the `data`.
    #[inline]
    pub(crate) fn tell(event: &'a E, walk: impl FnOnce(*mut c_void) -> c_int) -> Verdict {
        Self::with([MaybeUninit::new(event), MaybeUninit::uninit()], walk)
    }

    /// Tells `up` to a chain, and `down` to those who have heard of it if somebody refuses.
    #[inline]
    pub(crate) fn tell_robust(
        up: &'a E,
        down: &'a E,
        walk: impl FnOnce(*mut c_void) -> c_int,
    ) -> Verdict {
        Self::with([MaybeUninit::new(up), MaybeUninit::new(down)], walk)
    }

    #[inline]
    fn with(events: [MaybeUninit<&'a E>; 2], walk: impl FnOnce(*mut c_void) -> c_int) -> Verdict {
        let mut call = Self {
            events,
            stopped: Cell::new(false),
            stopped_by: Cell::new(MaybeUninit::uninit()),
        };
        let answer = walk((&raw mut call).cast());

        let stopped_by = call.stopped.get().then(|| {
            // SAFETY: Whoever sets `stopped` sets this, too.
            Priority::new(unsafe { call.stopped_by.get().assume_init() })
        });
        Verdict::new(answer, stopped_by)
    }

    /// Returns the event that is meant.
    ///
    /// # Safety
    ///
    /// `data` must point to a [`Call`] for events of type `E` that is under way as long as the
    /// result is used, and `action` must be an index of one of its events.
    #[inline]
    pub(crate) unsafe fn event(action: c_ulong, data: *mut c_void) -> &'a E {
        // SAFETY: By the safety requirements, `action` is an index into an array at the beginning
        // of what `data` points to, and there is an event.
        unsafe { *data.cast::<&'a E>().add(action) }
    }

    /// Notes who stopped the chain. The one who is asked to take it back must not be noted.
    ///
    /// # Safety
    ///
    /// As for [`event()`](Self::event).
    #[cold]
    pub(crate) unsafe fn note_stop(priority: c_int, action: c_ulong, data: *mut c_void) {
        if action == UP {
            // SAFETY: By the safety requirements, `data` points to a `Call`.
            let call = unsafe { &*data.cast::<Self>() };
            call.stopped.set(true);
            call.stopped_by.set(MaybeUninit::new(priority));
        }
    }
}

/// The `action` of the event that is told.
pub(crate) const UP: c_ulong = 0;

/// The `action` of the event that takes it back.
pub(crate) const DOWN: c_ulong = 1;

// This is what C is told, for events that have a size.
static_assertions::const_assert_eq!(offset_of!(Call<'static, u8>, events), 0);
static_assertions::const_assert_eq!(
    offset_of!(Call<'static, u8>, stopped),
    2 * size_of::<*const c_void>()
);
static_assertions::const_assert_eq!(
    offset_of!(Call<'static, u8>, stopped_by),
    2 * size_of::<*const c_void>() + size_of::<c_int>()
);
