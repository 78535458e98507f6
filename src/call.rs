// SPDX-License-Identifier: GPL-2.0

//! How a driver's own chain passes its event along.

use core::{
    cell::Cell,
    mem::MaybeUninit,
    ptr, //
};

use kernel::prelude::*;

use crate::{
    Priority,
    Verdict, //
};

/// A call of a driver's own chain: what its notifiers are given as `data`, or null if nobody asks
/// who stops it.
///
/// The event is `action`: its address, which an `unsigned long` has room for. So it costs a notifier
/// what it costs in C, and a call that can be taken back has two actions, as in C. An event whose
/// type has no size needs more than an address: its reference is kept by whoever calls, and `action`
/// is the address of that.
pub(crate) struct Call {
    stopped: Cell<bool>,
    has_down: bool,
    // There if `stopped` is set.
    stopped_by: Cell<MaybeUninit<c_int>>,
    // The action that takes the event back, there if `has_down` is set.
    down: MaybeUninit<c_ulong>,
}

impl Call {
    /// Tells `event` to a chain: `walk` is the call of its C function, which is given the `action`
    /// and the `data`.
    #[inline]
    pub(crate) fn tell<E: ?Sized>(
        event: &E,
        walk: impl FnOnce(c_ulong, *mut c_void) -> c_int,
    ) -> Verdict {
        Self::with(None, |data| walk(action(&event), data))
    }

    /// Tells `up` to a chain, and `down` to those who have heard of it if somebody refuses: `walk`
    /// is given both actions.
    #[inline]
    pub(crate) fn tell_robust<E: ?Sized>(
        up: &E,
        down: &E,
        walk: impl FnOnce(c_ulong, c_ulong, *mut c_void) -> c_int,
    ) -> Verdict {
        let (up, down) = (action(&up), action(&down));
        Self::with(Some(down), |data| walk(up, down, data))
    }

    #[inline]
    fn with(down: Option<c_ulong>, walk: impl FnOnce(*mut c_void) -> c_int) -> Verdict {
        let mut call = Self {
            stopped: Cell::new(false),
            has_down: down.is_some(),
            stopped_by: Cell::new(MaybeUninit::uninit()),
            down: down.map_or(MaybeUninit::uninit(), MaybeUninit::new),
        };
        let answer = walk((&raw mut call).cast());

        let stopped_by = call.stopped.get().then(|| {
            // SAFETY: Whoever sets `stopped` sets this, too.
            Priority::new(unsafe { call.stopped_by.get().assume_init() })
        });
        Verdict::new(answer, stopped_by)
    }

    /// Notes who stopped the chain. The one who is asked to take it back is not noted. Where both
    /// are the same event nobody is, for nobody could tell then which of the two he was asked.
    ///
    /// # Safety
    ///
    /// `data` must be null or point to a [`Call`] that is under way.
    #[cold]
    pub(crate) unsafe fn note_stop(priority: c_int, action: c_ulong, data: *mut c_void) {
        // SAFETY: By the safety requirements. All that is changed while it is under way is in cells,
        // by the one who walks the chain.
        let Some(call) = (unsafe { data.cast::<Self>().as_ref() }) else {
            return;
        };
        // SAFETY: Where there is a `down`, it is initialised.
        if !call.has_down || unsafe { call.down.assume_init() } != action {
            call.stopped.set(true);
            call.stopped_by.set(MaybeUninit::new(priority));
        }
    }
}

/// Whether a reference to an `E` is its address and nothing else.
const fn is_address<E: ?Sized>() -> bool {
    size_of::<&E>() == size_of::<c_ulong>()
}

/// Returns the `action` that stands for an event, as long as the reference to it is there.
#[inline]
fn action<E: ?Sized>(event: &&E) -> c_ulong {
    if const { is_address::<E>() } {
        ptr::from_ref(*event).expose_provenance()
    } else {
        ptr::from_ref(event).expose_provenance()
    }
}

/// Returns the event that `action` stands for.
///
/// # Safety
///
/// `action` must stand for an event of type `E`, for as long as the result is used: it must be the
/// address of one, or if `E` has no size, the address of a reference to one. Whoever made it must
/// have exposed its provenance, as C does with every address.
#[inline]
pub(crate) unsafe fn event<'a, E: ?Sized>(action: c_ulong) -> &'a E {
    let event = ptr::with_exposed_provenance::<c_void>(action);
    let event = if const { is_address::<E>() } {
        (&raw const event).cast::<&E>()
    } else {
        event.cast::<&E>()
    };
    // SAFETY: By the safety requirements, this is where the reference to an event is: the second is
    // just that, and the first is a local variable whose value is a reference's, for such a
    // reference is an address.
    unsafe { *event }
}
