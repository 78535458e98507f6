// SPDX-License-Identifier: GPL-2.0

//! A token speaks of the task that it was given to.

use notifier_chain::context::Sleepable;

fn send<T: Send>(_: T) {}

pub fn leak() {
    send(Sleepable::might_sleep());
}
