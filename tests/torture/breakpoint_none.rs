// SPDX-License-Identifier: GPL-2.0

//! Architectures where no handler can settle a breakpoint. arm64 tells the die chain of nothing
//! that the code goes on behind.

use notifier_chain::chains::die;

use crate::event::Event;

/// Returns whether it ran into a breakpoint.
pub(crate) fn run_into(_event: &Event) -> bool {
    false
}

/// Returns what was given to [`run_into()`], if `trap` comes from there.
pub(crate) fn event_of<'a>(_trap: &'a die::Event<'_>) -> Option<&'a Event> {
    None
}
