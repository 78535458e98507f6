// SPDX-License-Identifier: GPL-2.0

//! Sleeps in an interrupt handler.
//!
//! Refused: fsleep
//!
//! Not under PREEMPT_RT.

use kernel::{
    device::Bound,
    irq::{
        self,
        IrqReturn, //
    },
    platform,
    prelude::*,
    time::{
        delay::fsleep,
        Delta, //
    },
};

struct Handler;

impl irq::Handler for Handler {
    #[cfg(kernel_has_interrupt)]
    fn handle(&self) -> IrqReturn {
        handle()
    }

    #[cfg(not(kernel_has_interrupt))]
    fn handle(&self, _: &kernel::device::Device<Bound>) -> IrqReturn {
        handle()
    }
}

fn handle() -> IrqReturn {
    fsleep(Delta::from_millis(1));
    IrqReturn::Handled
}

/// Registers it, and takes it back. Nothing calls it: its name for the linker keeps it there.
#[no_mangle]
extern "Rust" fn context_register_interrupt(device: &platform::Device<Bound>) -> i32 {
    let (flags, name) = (irq::Flags::SHARED, c"context");
    // It is safe in 7.2.
    #[allow(unused_unsafe)]
    // SAFETY: The registration is dropped here.
    let registration = unsafe { device.request_irq_by_index(flags, 0, name, Ok(Handler)) };
    match KBox::pin_init(registration, GFP_KERNEL) {
        Ok(_registration) => 0,
        Err(error) => error.to_errno(),
    }
}
