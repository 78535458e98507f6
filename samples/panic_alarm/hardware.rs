// SPDX-License-Identifier: GPL-2.0

//! What a product does when its kernel is gone.

use notifier_chain::context::NmiSafe;

/// The part of a product that acts when its kernel panics: it stops the motor, or lights the LED.
///
/// All that it needs is claimed and prepared when it is made, while everything still works. What is
/// left for [`alarm()`](Self::alarm) is to write to registers.
pub(crate) trait Hardware: NmiSafe + Send + Sync + 'static {
    /// Acts, once and for good: the machine is not expected to come back.
    ///
    /// Interrupts are off and the other CPUs are stopped, with whatever locks they had. So this
    /// allocates nothing, sleeps for nothing, and waits for nobody.
    fn alarm(&self);
}
