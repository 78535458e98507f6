// SPDX-License-Identifier: GPL-2.0

//! The memory chain: memory is taken into use or out of use while the kernel runs.
//!
//! A blocking chain. The kernel does so in whole blocks, as in `/sys/devices/system/memory`: when a
//! user writes to such a file, when a memory module is plugged into the machine, or when a driver
//! such as that of a balloon adds memory.
//!
//! # What an answer does
//!
//! An error as answer to [`Action::GoingOnline`] or [`Action::GoingOffline`] refuses it: the write
//! to sysfs fails with that error. The handlers behind are not called with it. All handlers,
//! also those, are then called with [`Action::CancelOnline`] or [`Action::CancelOffline`]. The
//! kernel itself may fail after [`Action::GoingOffline`], as when a page cannot be moved, and calls
//! all handlers in the same way. A handler may hear of a cancel without having heard of the
//! beginning, also when another subsystem has refused before this chain was called. The kernel
//! ignores an error to any other action, but it does not call the handlers behind.
//!
//! # Locks
//!
//! The lock of memory hot-plug is held for writing, and that of CPU hot-plug for reading. A handler
//! must not call what takes one of them, such as `get_online_mems()` or `cpus_read_lock()`, nor
//! wait for code that does. It may allocate with `GFP_KERNEL`.
//!
//! Pages may be allocated from the range before [`Action::Online`] is told, and again before
//! [`Action::CancelOffline`] is. What must be ready before the first allocation belongs in
//! [`Action::GoingOnline`].
//!
//! C header: [`include/linux/memory.h`](srctree/include/linux/memory.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::memory, context::Sleepable, *};
//! struct Guard;
//!
//! impl Handler<memory::Chain> for Guard {
//!     fn notify(&self, event: memory::Event, _: Sleepable<'_>) -> Result {
//!         match event.action() {
//!             memory::Action::GoingOffline if event.pages().contains(&0x100000) => Err(EBUSY),
//!             _ => Ok(()),
//!         }
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let guard = Registration::new(memory::Chain, Priority::DEFAULT, Guard, cx);
//! let _guard = KBox::pin_init(guard, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use core::ops::Range;

use kernel::{
    io::PhysAddr,
    page::PAGE_SIZE,
    prelude::*, //
};

use crate::{
    bindings,
    blocking::Blocking,
    register_by,
    NotifyReturn, //
};

kernel_enum! {
    /// What happens to the memory: `enum memory_block_state`.
    pub enum Action {
        /// It is about to be taken into use: `MEM_GOING_ONLINE`.
        GoingOnline = bindings::memory_block_state_MEM_GOING_ONLINE,
        /// It is in use: `MEM_ONLINE`.
        Online = bindings::memory_block_state_MEM_ONLINE,
        /// It is not taken into use after all: `MEM_CANCEL_ONLINE`.
        CancelOnline = bindings::memory_block_state_MEM_CANCEL_ONLINE,
        /// It is about to be taken out of use, and is still in use: `MEM_GOING_OFFLINE`.
        GoingOffline = bindings::memory_block_state_MEM_GOING_OFFLINE,
        /// It is out of use: `MEM_OFFLINE`.
        Offline = bindings::memory_block_state_MEM_OFFLINE,
        /// It stays in use after all: `MEM_CANCEL_OFFLINE`.
        CancelOffline = bindings::memory_block_state_MEM_CANCEL_OFFLINE,
    }
}

/// Memory is taken into use or out of use.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    action: Action,
    start: c_ulong,
    end: c_ulong,
}

impl Event {
    /// Returns what happens.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the pages, by their page frame numbers.
    ///
    /// They are less than a block if the kernel keeps its records of the pages in the block itself,
    /// as with `memory_hotplug.memmap_on_memory`: such a range begins behind the records.
    #[inline]
    pub fn pages(&self) -> Range<c_ulong> {
        self.start..self.end
    }

    /// Returns the physical addresses of the [pages](Self::pages).
    #[inline]
    pub fn bytes(&self) -> Range<PhysAddr> {
        let address = |page: c_ulong| page as PhysAddr * PAGE_SIZE as PhysAddr;
        address(self.start)..address(self.end)
    }
}

/// The memory chain: `register_memory_notifier()`.
pub struct Chain;

// SAFETY: A blocking chain in a static. `online_pages()` and `offline_pages()` alone call it, with
// an `enum memory_block_state` and their own `struct memory_notify`, which nobody changes
// meanwhile.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event;
    type Answer = Result;

    register_by!(
        bindings::register_memory_notifier,
        bindings::unregister_memory_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event) -> Result,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is a `struct memory_notify`, which does not
        // change for the call.
        let memory = unsafe { &*data.cast::<bindings::memory_notify>() };
        NotifyReturn::from(handler(Event {
            action: Action::from_raw(action),
            start: memory.start_pfn,
            end: memory.start_pfn + memory.nr_pages,
        }))
        .into_raw()
    }
}
