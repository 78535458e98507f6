// SPDX-License-Identifier: GPL-2.0

//! An interrupt handler that prints.
//!
//! Not under PREEMPT_RT.

use kernel::{
    device::Bound,
    irq::{
        self,
        IrqReturn, //
    },
    platform,
    prelude::*, //
};

struct Handler;

impl irq::Handler for Handler {
    fn handle(&self) -> IrqReturn {
        pr_info!("called\n");
        IrqReturn::Handled
    }
}

/// Registers it on a device, if there is one, and takes it back.
pub(super) fn register_on(device: Option<&platform::Device<Bound>>) -> Result {
    let Some(device) = device else {
        return Ok(());
    };
    // SAFETY: The registration is dropped here.
    let registration = unsafe {
        device.request_irq_by_index(irq::Flags::SHARED, 0, c"context", Ok(Handler))
    };
    KBox::pin_init(registration, GFP_KERNEL).map(drop)
}
