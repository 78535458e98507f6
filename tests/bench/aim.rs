// SPDX-License-Identifier: GPL-2.0

//! Which callbacks the notifiers on a chain have.
//!
//! A call of a chain jumps to the callback of each notifier from one and the same instruction. The
//! CPU guesses where to, by where it went before. A wrong guess costs as much as a whole handler,
//! so that a chain with one handler and a chain with many differ more than two twins do: a run is
//! about the one or about the other.

use kernel::{
    bindings::{
        notifier_block,
        notifier_fn_t, //
    },
    prelude::*, //
};

use crate::{
    handlers::{
        Copied,
        COPIES, //
    },
    kind::Kind,
};

mod c {
    use super::{
        notifier_block,
        notifier_fn_t,
        COPIES, //
    };
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) static notifier_chain_bench_copies: [notifier_fn_t; COPIES];

        pub(super) fn notifier_chain_bench_aim(
            first: *mut notifier_block,
            callbacks: *const notifier_fn_t,
            count: c_uint,
        );
    }
}

/// What the CPU knows of the next callback.
#[derive(Clone, Copy)]
pub(crate) enum Aim {
    /// All notifiers have the same callback, in each round another one: at some addresses a
    /// function is faster than at others.
    Predicted,
    /// Each notifier has one of many, and another one for each call.
    Unpredicted,
}

impl Aim {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Predicted => "predicted",
            Self::Unpredicted => "unpredicted",
        }
    }
}

/// The callbacks of [`Copied`] on chains of one kind, or those of its twin.
pub(crate) struct Callbacks {
    copies: [notifier_fn_t; COPIES],
}

impl Callbacks {
    /// Returns those of C.
    pub(crate) fn of_c() -> Self {
        Self {
            // SAFETY: It never changes.
            copies: unsafe { c::notifier_chain_bench_copies },
        }
    }

    /// Returns those of this crate.
    pub(crate) fn of_rust<K: Kind>() -> Result<Self> {
        let mut copies = [None; COPIES];
        macro_rules! collect {
            ($($more:literal)*) => {
                $(copies[$more] = callback::<K, $more>()?;)*
            };
        }
        collect!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        Ok(Self { copies })
    }

    /// Returns one of them.
    pub(crate) fn any(&self) -> notifier_fn_t {
        self.copies[0]
    }

    /// Gives these to the notifiers on a chain.
    ///
    /// # Safety
    ///
    /// `first` must be null or the first notifier on a chain of the same kind and language, whose
    /// notifiers have one of these callbacks already. No other code may use the chain meanwhile.
    pub(crate) unsafe fn aim(&self, first: *mut notifier_block, aim: Aim, round: u32) {
        let candidates = match aim {
            Aim::Predicted => {
                let nth = round as usize % COPIES;
                &self.copies[nth..=nth]
            }
            Aim::Unpredicted => &self.copies,
        };
        // SAFETY: By the safety requirements. All copies are made of the same parts in the same
        // places, and differ in a number that they add.
        unsafe { c::notifier_chain_bench_aim(first, candidates.as_ptr(), candidates.len() as u32) };
    }
}

/// Returns the callback of `Copied<MORE>`.
fn callback<K: Kind, const MORE: u32>() -> Result<notifier_fn_t> {
    let registration = K::register(K::chain()?, Copied::<MORE>::new())?;
    let block = (&raw const *registration).cast::<notifier_block>();
    // SAFETY: A registration begins with its block.
    Ok(unsafe { (*block).notifier_call })
}
