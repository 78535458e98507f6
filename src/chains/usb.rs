// SPDX-License-Identifier: GPL-2.0

//! The USB chain: devices and buses come and go.
//!
//! A blocking chain, called in the task that finds or removes the device, which is most often the
//! work item of a hub. A root hub is a device, too. The kernel ignores the answer of a handler, but
//! one that stops the walk keeps the handlers behind it from being called.
//!
//! A handler on this chain hears of all devices. It claims none of them: a driver for a device is
//! a `kernel::usb::Driver`, which the `kernel` crate has only if `CONFIG_USB` is `y`.
//!
//! # When it is called
//!
//! - [`Event::DeviceAdd`]: the kernel has chosen a configuration of the device, and the drivers of
//!   its interfaces may have been bound. A device that is not authorised comes without a
//!   configuration.
//! - [`Event::DeviceRemove`]: if the device is unplugged, its interfaces are gone already, and
//!   nothing can be sent to it any more.
//! - [`Event::BusAdd`]: the bus has its number. Its root hub does not exist yet.
//! - [`Event::BusRemove`]: the root hub is gone, and another bus may have the number already.
//!
//! A user can unbind the device from the driver `usb` in sysfs, and bind it again. This is told as
//! a removal and an addition. The kernel repeats nothing for devices and buses that exist when a
//! handler registers.
//!
//! A driver can take a whole device for itself, and is then bound instead of the driver `usb`. If
//! it is a `generic_subclass`, its device is told as any other. If it then refuses the device with
//! `ENODEV`, [`Event::DeviceAdd`] is told twice. The device of another such driver, as that of
//! usbip, is not told.
//!
//! # Locks
//!
//! A device's own lock is held when it is told, and so is that of the hub that it is plugged into,
//! if it comes or goes there. A handler must not take them, nor call a function that does. It must
//! not unbind the device or remove its hub. A root hub is told with `usb_bus_idr_lock` held, the
//! lock of the list of buses. A bus is told with the lock of its controller's device held, if it
//! comes or goes as that is bound or unbound.
//!
//! C header: [`include/linux/usb.h`](srctree/include/linux/usb.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::usb, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<usb::Chain> for Log {
//!     fn notify(&self, event: usb::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         if let usb::Event::DeviceAdd(device) = event {
//!             dev_info!(device.as_ref(), "{:04x}:{:04x}\n", device.vendor(), device.product());
//!         }
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(usb::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

mod bus;
mod device;

use kernel::{
    bindings,
    prelude::*, //
};

use crate::{
    blocking::Blocking,
    NotifyReturn, //
};

pub use self::{
    bus::Bus,
    device::Device, //
};

/// A device or a bus comes or goes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A device is here and can be used: `USB_DEVICE_ADD`.
    DeviceAdd(&'a Device),
    /// A device goes: `USB_DEVICE_REMOVE`.
    DeviceRemove(&'a Device),
    /// A bus is registered: `USB_BUS_ADD`.
    BusAdd(&'a Bus),
    /// A bus is unregistered: `USB_BUS_REMOVE`.
    BusRemove(&'a Bus),
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

/// The USB chain: `usb_register_notify()`.
pub struct Chain;

// SAFETY: A blocking chain in a static. The USB core passes a device to `USB_DEVICE_ADD` and
// `USB_DEVICE_REMOVE`, and holds its lock. It passes a bus to `USB_BUS_ADD` and `USB_BUS_REMOVE`,
// in the probing and removing of its controller.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    // Both are inline, so that only a module that uses this chain depends on `usbcore`, where that
    // is a module.
    #[inline]
    unsafe fn register(&self, block: *mut bindings::notifier_block) -> Result {
        // SAFETY: The C function demands what is demanded here.
        unsafe { bindings::usb_register_notify(block) };
        Ok(())
    }

    #[inline]
    unsafe fn unregister(&self, block: *mut bindings::notifier_block) {
        // SAFETY: The C function demands what is demanded here.
        unsafe { bindings::usb_unregister_notify(block) };
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // INVARIANT: The USB core keeps what it passes, and holds the lock of a device, for this
        // callback.
        // SAFETY: By the safety requirements, `data` is a device. `Device` has its layout, and lets
        // C change it.
        let device = || unsafe { &*data.cast::<Device>() };
        // SAFETY: By the safety requirements, `data` is a bus. `Bus` has its layout, and lets C
        // change it.
        let bus = || unsafe { &*data.cast::<Bus>() };
        handler(match u32::try_from(action) {
            Ok(bindings::USB_DEVICE_ADD) => Event::DeviceAdd(device()),
            Ok(bindings::USB_DEVICE_REMOVE) => Event::DeviceRemove(device()),
            Ok(bindings::USB_BUS_ADD) => Event::BusAdd(bus()),
            Ok(bindings::USB_BUS_REMOVE) => Event::BusRemove(bus()),
            _ => Event::Other(action),
        })
        .into_raw()
    }
}
