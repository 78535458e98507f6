// SPDX-License-Identifier: GPL-2.0

//! A token that says that one may sleep is made by asking whether one may.

use kernel::types::NotThreadSafe;
use notifier_chain::context::Sleepable;

pub fn forge() -> Sleepable<'static> {
    Sleepable(core::marker::PhantomData, NotThreadSafe)
}
