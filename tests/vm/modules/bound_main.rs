// SPDX-License-Identifier: GPL-2.0

//! A PCI driver whose handlers write to the registers of its device, QEMU's `pci-testdev`, which
//! counts the writes.

use kernel::{
    device::{
        Bound,
        Core,
        Device, //
    },
    io::Io,
    pci,
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
};
use notifier_chain::{
    chains::{
        die,
        netdevice,
        panic,
        reboot, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

type Bar<'a> = pci::Bar<'a, 0x10>;
type DevresBar = pci::DevresBar<0x10>;

const TEST: usize = 0x0;
const OFFSET: usize = 0x4;
const DATA: usize = 0x8;
const COUNT: usize = 0xc;

/// Selects a test of the device, which sets the count to 0.
fn select(bar: &Bar<'_>) {
    bar.write8(0, TEST);
}

/// Writes what the device counts, and returns how much it has counted.
fn count_one(bar: &Bar<'_>) -> Result<u32> {
    let offset = bar.read32(OFFSET) as usize;
    bar.try_write8(bar.read8(DATA), offset)?;
    Ok(bar.read32(COUNT))
}

/// A handler that borrows its device, and so has the registers while the device is bound.
#[derive(Clone)]
struct Borrows<'bound> {
    bar: Arc<DevresBar>,
    device: &'bound Device<Bound>,
}

impl Borrows<'_> {
    fn count_one(&self) -> Result<u32> {
        self.bar.access(self.device).and_then(count_one)
    }
}

impl Handler<reboot::Chain> for Borrows<'_> {
    fn notify(&self, event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        pr_info!("{event:?}: the device has counted {:?}\n", self.count_one());
        NotifyReturn::DONE
    }
}

impl Handler<netdevice::Chain> for Borrows<'_> {
    fn notify(&self, _event: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
        self.count_one().map(|_| ())
    }
}

impl Handler<die::Chain> for Borrows<'_> {
    fn notify(&self, _event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        let _ = self.count_one();
        die::Answer::NotHandled
    }
}

/// A handler that shares its device's registers until the device is unbound.
struct Owns(Arc<DevresBar>);

impl Handler<panic::Chain> for Owns {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        let counted = self.0.try_access().map(|bar| count_one(&bar));
        pr_emerg!(
            "{:?}: the device has counted {counted:?}\n",
            event.message()
        );
        NotifyReturn::DONE
    }
}

#[pin_data]
struct Data<'bound> {
    #[pin]
    reboot: Registration<reboot::Chain, Borrows<'bound>>,
    #[pin]
    netdevice: Registration<netdevice::Chain, Borrows<'bound>>,
    #[pin]
    die: Registration<die::Chain, Borrows<'bound>>,
    #[pin]
    panic: Registration<panic::Chain, Owns>,
}

struct Driver;

kernel::pci_device_table!(
    PCI_TABLE,
    <Driver as pci::Driver>::IdInfo,
    [(pci::DeviceId::from_id(pci::Vendor::REDHAT, 0x5), ())]
);

impl pci::Driver for Driver {
    type IdInfo = ();
    type Data<'bound> = Data<'bound>;

    const ID_TABLE: pci::IdTable<Self::IdInfo> = &PCI_TABLE;

    fn probe<'bound>(
        pdev: &'bound pci::Device<Core<'_>>,
        _info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            pdev.enable_device_mem()?;
            let bar = pdev.iomap_region_sized::<0x10>(0, c"bound")?;
            select(&bar);
            let bar = Arc::new(bar.into_devres()?, GFP_KERNEL)?;

            let cx = Sleepable::might_sleep();
            let panic = Owns(bar.clone());
            let panic = Registration::new(panic::Chain(c"bound"), Priority::DEFAULT, panic, cx);
            let borrows = Borrows {
                bar,
                device: pdev.as_ref(),
            };
            // SAFETY: They move into the data, which the driver core drops.
            let (reboot, netdevice, die) = unsafe {
                (
                    Registration::new_borrowed(
                        reboot::Chain,
                        Priority::DEFAULT,
                        borrows.clone(),
                        cx,
                    ),
                    Registration::new_borrowed(
                        netdevice::Chain,
                        Priority::DEFAULT,
                        borrows.clone(),
                        cx,
                    ),
                    Registration::new_borrowed(die::Chain, Priority::DEFAULT, borrows, cx),
                )
            };
            Ok(try_pin_init!(Data {
                reboot <- reboot,
                netdevice <- netdevice,
                die <- die,
                panic <- panic,
            }))
        })
    }
}

kernel::module_pci_driver! {
    type: Driver,
    name: "bound",
    authors: ["The notifier-chain developers"],
    description: "Has handlers write to the registers of a bound device",
    license: "GPL",
}
