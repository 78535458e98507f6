// SPDX-License-Identifier: GPL-2.0

//! What is compared, one group a file.

use kernel::prelude::*;

mod call;
mod check;
mod copy;
mod handler;
mod register;
mod task;
mod together;

/// Runs those that are about one CPU, or if there are more, the one that is about two: a grace
/// period of two CPUs, one of which is always busy, takes too long for all else.
pub(crate) fn run() -> Result {
    if together::is_possible() {
        return together::run();
    }
    check::run()?;
    copy::run()?;
    call::run()?;
    handler::run()?;
    register::run()?;
    task::run()
}
