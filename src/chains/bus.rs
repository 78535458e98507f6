// SPDX-License-Identifier: GPL-2.0

//! The chain of a bus: its devices come, go, and get and lose drivers.
//!
//! A blocking chain. Each bus has one. The kernel ignores the answer of a handler, but one that
//! stops the walk keeps the handlers behind it from being called.
//!
//! The kernel calls [`Action::BindDriver`], [`Action::BoundDriver`], [`Action::DriverNotBound`],
//! [`Action::UnbindDriver`] and [`Action::UnboundDriver`] with the lock of the device held. A
//! handler must not take that lock, and must not bind or unbind the device, add or remove it. It
//! must not do so with other devices of the same bus either, as this calls the chain, whose
//! semaphore is held.
//!
//! A handler does not hear of devices that were there before it was registered.
//!
//! C header: [`include/linux/device/bus.h`](srctree/include/linux/device/bus.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::bus, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<bus::Chain> for Log {
//!     fn notify(&self, event: bus::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         pr_info!("{:?}: {:?}\n", event.device().name(), event.action());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(bus::Chain::PLATFORM, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        bus_type,
        notifier_block, //
    },
    device::Device,
    error::to_result,
    prelude::*, //
};

use crate::{
    blocking::Blocking,
    NotifyReturn, //
};

kernel_enum! {
    /// What happens to a device: `enum bus_notifier_event`.
    pub enum Action {
        /// The device is added to the bus. No driver has been tried yet.
        AddDevice = bindings::bus_notifier_event_BUS_NOTIFY_ADD_DEVICE,
        /// The device is about to be removed from the bus. Its driver may still be bound.
        DelDevice = bindings::bus_notifier_event_BUS_NOTIFY_DEL_DEVICE,
        /// The device is removed from the bus.
        RemovedDevice = bindings::bus_notifier_event_BUS_NOTIFY_REMOVED_DEVICE,
        /// A driver is about to be bound to the device.
        BindDriver = bindings::bus_notifier_event_BUS_NOTIFY_BIND_DRIVER,
        /// A driver is bound to the device.
        BoundDriver = bindings::bus_notifier_event_BUS_NOTIFY_BOUND_DRIVER,
        /// The driver is about to be unbound from the device.
        UnbindDriver = bindings::bus_notifier_event_BUS_NOTIFY_UNBIND_DRIVER,
        /// The driver is unbound from the device.
        UnboundDriver = bindings::bus_notifier_event_BUS_NOTIFY_UNBOUND_DRIVER,
        /// A driver could not be bound to the device, or wants to be tried again later.
        DriverNotBound = bindings::bus_notifier_event_BUS_NOTIFY_DRIVER_NOT_BOUND,
    }
}

/// Something happens to a device of the bus.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    action: Action,
    device: &'a Device,
}

impl<'a> Event<'a> {
    /// Returns what happens.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the device.
    #[inline]
    pub fn device(&self) -> &'a Device {
        self.device
    }
}

/// The chain of a bus: `bus_register_notifier()`.
///
/// Registering fails with `EINVAL` if the kernel has not registered the bus.
///
/// # Invariants
///
/// If the bus is registered, it is not unregistered as long as this exists.
#[derive(Clone, Copy)]
pub struct Chain(*const bus_type);

impl Chain {
    /// The platform bus: `platform_bus_type`.
    // INVARIANT: The kernel never unregisters it.
    pub const PLATFORM: Self = Self(&raw const bindings::platform_bus_type);

    /// The PCI bus: `pci_bus_type`.
    // INVARIANT: The kernel never unregisters it.
    #[cfg(CONFIG_PCI)]
    pub const PCI: Self = Self(&raw const bindings::pci_bus_type);

    /// Returns the chain of that bus.
    ///
    /// # Safety
    ///
    /// The bus must be registered, and stay so as long as the returned value or a copy of it
    /// exists.
    #[inline]
    pub const unsafe fn from_raw(bus: *const bus_type) -> Self {
        // INVARIANT: By the safety requirements.
        Self(bus)
    }
}

// SAFETY: The pointer is only given to the two functions below, which any task may call.
unsafe impl Send for Chain {}

// SAFETY: As for `Send`.
unsafe impl Sync for Chain {}

// SAFETY: A blocking chain, that of a bus that stays. The kernel passes a device, and holds a
// reference to it.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: It compares the pointer to the buses with those that are registered, and demands
        // of `block` what is demanded here.
        to_result(unsafe { bindings::bus_register_notifier(self.0, block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: As for `register()`. The bus was registered then, and by the type invariants
        // still is, hence there is no other error than that the block is not registered.
        unsafe { bindings::bus_unregister_notifier(self.0, block) };
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        handler(Event {
            action: Action::from_raw(action),
            // SAFETY: By the safety requirements, `data` is a device with a reference to it.
            device: unsafe { Device::from_raw(data.cast()) },
        })
        .into_raw()
    }
}
