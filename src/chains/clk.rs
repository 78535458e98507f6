// SPDX-License-Identifier: GPL-2.0

//! The chain of a clock: its rate changes.
//!
//! An SRCU chain. Each [`Clk`] has one of its own. The kernel calls the chains of all `Clk`s of a
//! clock, before and after the rate of that clock or of a clock above it changes.
//!
//! An error as answer to [`Action::PreRateChange`] refuses the new rate. `clk_set_rate()` then
//! fails with `EBUSY`, whatever the error is. It first tells all handlers
//! [`Action::AbortRateChange`], those that were not told of the change before, too. If the change
//! comes from `clk_set_parent()`, the kernel does not tell them, and the function returns the
//! number that a chain answers in place of an errno, which is positive. The kernel ignores an error
//! to any other action, but it does not call the handlers behind.
//!
//! The kernel calls this chain with the prepare lock held, the mutex of all clocks. A handler must
//! not call what takes it, such as [`Clk::prepare()`], [`Clk::rate()`] and [`Clk::set_rate()`]: the
//! kernel lets this very task in, in the middle of the change. It must not wait for another task
//! that does so. It may call [`Clk::enable()`] and [`Clk::disable()`]. Registering and dropping the
//! registration take the lock, too.
//!
//! C header: [`include/linux/clk.h`](srctree/include/linux/clk.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{clk::Clk, device::Device, prelude::*};
//! # use notifier_chain::{chains::clk::{self, Action}, context::Sleepable, *};
//! struct Uart;
//!
//! impl Handler<clk::Chain> for Uart {
//!     fn notify(&self, event: clk::Event, _: Sleepable<'_>) -> Result {
//!         match event.action() {
//!             Action::PreRateChange if event.new_rate().as_hz() < 1_843_200 => Err(EINVAL),
//!             _ => Ok(()),
//!         }
//!     }
//! }
//!
//! fn probe(device: &Device) -> Result<Pin<KBox<Registration<clk::Chain, Uart>>>> {
//!     let chain = clk::Chain::new(Clk::get(device, Some(c"uartclk"))?);
//!     let cx = Sleepable::might_sleep();
//!     KBox::pin_init(Registration::new(chain, Priority::DEFAULT, Uart, cx), GFP_KERNEL)
//! }
//! ```

use core::mem::ManuallyDrop;

use kernel::{
    bindings::{
        self,
        notifier_block, //
    },
    clk::{
        Clk,
        Hertz, //
    },
    error::to_result,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

use crate::{
    bindings::{
        NOTIFIER_CHAIN_ABORT_RATE_CHANGE,
        NOTIFIER_CHAIN_POST_RATE_CHANGE,
        NOTIFIER_CHAIN_PRE_RATE_CHANGE, //
    },
    srcu::Srcu,
    NotifyReturn, //
};

kernel_enum! {
    /// What happens to the rate.
    pub enum Action {
        /// It is about to change: `PRE_RATE_CHANGE`.
        PreRateChange = NOTIFIER_CHAIN_PRE_RATE_CHANGE,
        /// It has changed: `POST_RATE_CHANGE`.
        PostRateChange = NOTIFIER_CHAIN_POST_RATE_CHANGE,
        /// It does not change, since a handler has refused or the hardware has failed:
        /// `ABORT_RATE_CHANGE`.
        AbortRateChange = NOTIFIER_CHAIN_ABORT_RATE_CHANGE,
    }
}

/// The rate of a clock changes.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    action: Action,
    old_rate: Hertz,
    new_rate: Hertz,
}

impl Event {
    /// Returns what happens.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the rate before the change.
    #[inline]
    pub fn old_rate(&self) -> Hertz {
        self.old_rate
    }

    /// Returns the rate after the change. Before the change, it is what the kernel expects: the
    /// hardware may set another one.
    #[inline]
    pub fn new_rate(&self) -> Hertz {
        self.new_rate
    }
}

/// The chain of a clock: `clk_notifier_register()`.
///
/// It holds the clock, so that a registration cannot outlive it. Registering fails with `ENOMEM`
/// if there is no memory for the chain, and with `EINVAL` on a null clock. It ends with `BUG` if
/// there is no memory for the SRCU structure of the chain.
///
/// # Invariants
///
/// `blocks` is how many blocks are registered on `clk`. Until it is 0, `clk` is not released.
pub struct Chain {
    clk: ManuallyDrop<Clk>,
    blocks: Atomic<usize>,
}

impl Chain {
    /// Takes the clock.
    #[inline]
    pub const fn new(clk: Clk) -> Self {
        // INVARIANT: None is registered yet: the chain is that of this very `struct clk`.
        Self {
            clk: ManuallyDrop::new(clk),
            blocks: Atomic::new(0),
        }
    }

    /// Returns the clock.
    #[inline]
    pub fn clk(&self) -> &Clk {
        &self.clk
    }
}

impl Drop for Chain {
    /// Releases the clock. If a registration that borrows this chain was leaked, the clock is, too:
    /// the kernel would look for it.
    fn drop(&mut self) {
        if self.blocks.load(Relaxed) == 0 {
            // SAFETY: It is not used any more.
            unsafe { ManuallyDrop::drop(&mut self.clk) };
        }
    }
}

// SAFETY: Each `struct clk` has an SRCU chain, which is made when the first block is registered,
// and freed when the last one is unregistered. All of this, and each call of the chain, is done
// with the prepare lock held, a mutex. Unregistering waits for SRCU readers. The `Clk` keeps its
// `struct clk`, the same one, when it is moved. By the type invariants, that stays for a leaked
// block, and nothing else of the chain is in `self`. The kernel passes a `struct clk_notifier_data`
// of its caller's.
unsafe impl crate::Chain for Chain {
    type Kind = Srcu;
    type Event<'a> = Event;
    type Answer = Result;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the type invariants, this is a clock, or null, which the function refuses. It
        // demands of `block` what is demanded here.
        to_result(unsafe { bindings::clk_notifier_register(self.clk.as_raw(), block) })?;
        self.blocks.fetch_add(1, Relaxed);
        Ok(())
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: As for `register()`. It has no other error than that the block is not registered.
        unsafe { bindings::clk_notifier_unregister(self.clk.as_raw(), block) };
        self.blocks.fetch_sub(1, Relaxed);
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event) -> Result,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is a `struct clk_notifier_data`.
        let data = unsafe { &*data.cast::<bindings::clk_notifier_data>() };
        NotifyReturn::from(handler(Event {
            action: Action::from_raw(action),
            old_rate: Hertz(data.old_rate),
            new_rate: Hertz(data.new_rate),
        }))
        .into_raw()
    }
}
