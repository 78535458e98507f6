// SPDX-License-Identifier: GPL-2.0

//! Drops a registration that it finds in a static: that waits for a grace period.
//!
//! Refused: atomic_notifier_chain_unregister

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome,
    Priority,
    Registration, //
};

/// The address of a registration in a box, or 0.
static KEPT: Atomic<usize> = Atomic::new(0);

type Kept = Registration<Arc<atomic::Chain<u32>>, Other>;

struct Other;

impl atomic::Handler<u32> for Other {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        pr_info!("the other hears {event}\n");
        Outcome::Ok
    }
}

pub(super) struct Handler;

impl Handler {
    pub(super) fn new(chain: Arc<atomic::Chain<u32>>) -> Result<Self> {
        let other = atomic::register(chain, Priority::DEFAULT, Other);
        let other = KBox::pin_init(other, GFP_KERNEL)?;
        // SAFETY: What is in the box stays where it is, until the box goes.
        let other = unsafe { Pin::into_inner_unchecked(other) };
        KEPT.store(KBox::into_raw(other) as usize, Relaxed);
        Ok(Self)
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let address = KEPT.xchg(0, Relaxed);
        if address != 0 {
            // SAFETY: A box of this type was put there, and is there no more.
            drop(unsafe { KBox::from_raw(address as *mut Kept) });
        }
        Outcome::Ok
    }
}
