// SPDX-License-Identifier: GPL-2.0

//! How a driver's own chain passes its event along.

use core::{
    cell::Cell,
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
/// The event is `action`: its address, which an `unsigned long` has room for. So it costs a
/// notifier what it costs in C, and a call that can be taken back has two actions, as in C. An
/// event whose type has no size needs more than an address: its reference is kept by whoever calls,
/// and `action` is the address of that.
// The layout is C's: each module has this crate for itself, and chains are shared among modules.
#[repr(transparent)]
pub(crate) struct Call(Cell<Stop>);

/// Who stopped the chain, as far as is known.
#[derive(Clone, Copy)]
#[repr(C, u32)]
enum Stop {
    /// Nobody.
    Nobody,
    /// Nobody, and whoever is told this action is not to be noted: it takes the event back.
    NobodyBut(c_ulong),
    /// A handler of this priority.
    By(c_int),
}

impl Call {
    /// Tells `event` to a chain: `walk` is the call of its C function, which is given the `action`
    /// and the `data`.
    #[inline]
    pub(crate) fn tell<E: ?Sized>(
        event: &E,
        walk: impl FnOnce(c_ulong, *mut c_void) -> c_int,
    ) -> Verdict {
        Self::with(Stop::Nobody, |data| walk(action(&event), data))
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
        Self::with(Stop::NobodyBut(down), |data| walk(up, down, data))
    }

    #[inline]
    fn with(stop: Stop, walk: impl FnOnce(*mut c_void) -> c_int) -> Verdict {
        let call = Self(Cell::new(stop));
        let answer = walk(ptr::from_ref(&call).cast_mut().cast());
        let stopped_by = match call.0.get() {
            Stop::By(priority) => Some(Priority::new(priority)),
            Stop::Nobody | Stop::NobodyBut(_) => None,
        };
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
        // SAFETY: By the safety requirements. All that is changed while it is under way is in a
        // cell, by the one who walks the chain.
        let Some(call) = (unsafe { data.cast::<Self>().as_ref() }) else {
            return;
        };
        match call.0.get() {
            Stop::Nobody => call.0.set(Stop::By(priority)),
            Stop::NobodyBut(down) if down != action => call.0.set(Stop::By(priority)),
            // The first one stopped it. Whoever follows is on the way back.
            Stop::NobodyBut(_) | Stop::By(_) => {}
        }
    }
}

static_assertions::const_assert_eq!(size_of::<Call>(), 2 * size_of::<c_ulong>());

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
