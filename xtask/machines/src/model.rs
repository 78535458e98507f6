// SPDX-License-Identifier: GPL-2.0

//! The kinds of machine that scenarios run on. A scenario is written once; a line here, named in the scenario, has it run
//! on another kind.

use crate::{
    arch::Arch,
    kernel::{Flavour, Kind},
};

/// A kind of machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    pub kernel: Flavour,
    pub card: Option<Card>,
    /// What QEMU is told beyond the rest, as for another device. QEMU does not save all of them, so such a machine always
    /// boots.
    pub options: &'static [&'static str],
    pub cpus: u32,
    pub memory_mib: u32,
}

/// A network card, by QEMU's name for its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Card(pub &'static str);

pub const VIRTIO: Card = Card("virtio-net-pci");
pub const E1000: Card = Card("e1000");

pub const DEBIAN: Model = Model {
    kernel: Flavour::DEBIAN,
    memory_mib: 512,
    ..LEAN
};
pub const DEBIAN_GENERIC: Model = Model {
    kernel: Flavour::DEBIAN_GENERIC,
    ..DEBIAN
};
pub const DEBIAN_RT: Model = Model {
    kernel: Flavour::DEBIAN_RT,
    ..DEBIAN
};
pub const DEBIAN_72: Model = Model {
    kernel: Flavour::DEBIAN_72,
    ..DEBIAN
};
pub const DEBIAN_FORKY: Model = Model {
    kernel: Flavour::DEBIAN_FORKY,
    ..DEBIAN
};

/// The options for a PCI device that a driver can be tried on.
pub const TESTDEV: &[&str] = &["-device", "pci-testdev"];

pub const LEAN: Model = Model {
    kernel: Flavour::LEAN,
    card: Some(VIRTIO),
    options: &[],
    cpus: 2,
    memory_mib: 256,
};
pub const LEAN_E1000: Model = Model {
    card: Some(E1000),
    ..LEAN
};
pub const LEAN_ALONE: Model = Model { card: None, ..LEAN };

pub const DEBUG: Model = Model {
    kernel: Flavour::DEBUG,
    memory_mib: 1024,
    ..LEAN
};
pub const DEBUG_E1000: Model = Model {
    card: Some(E1000),
    ..DEBUG
};
pub const DEBUG_ALONE: Model = Model {
    card: None,
    ..DEBUG
};

/// What has an arm64 kernel use pseudo-NMIs, if it can.
pub const PSEUDO_NMI: &str = "irqchip.gicv3_pseudo_nmi=1";

pub const UML: Model = Model {
    kernel: Flavour::UML,
    card: None,
    options: &[],
    cpus: 2,
    memory_mib: 512,
};

impl Card {
    /// The device for QEMU, without what it would load at boot.
    pub fn device(self) -> String {
        let mut device = format!("{},romfile=", self.0);
        if self == VIRTIO {
            // One that was written down does not tell that it has moved, for it has not.
            device += ",guest_announce=off";
        }
        device
    }

    /// Its name without what is the same for all.
    pub fn short(self) -> &'static str {
        self.0.trim_end_matches("-pci")
    }
}

impl Model {
    /// One for that kernel, with a network card that the broadcaster can use if there is one.
    pub fn of(kernel: Flavour) -> Model {
        let model = match kernel.kind {
            Kind::Debian => DEBIAN,
            Kind::DebianGeneric => DEBIAN_GENERIC,
            Kind::DebianRt => DEBIAN_RT,
            Kind::Debian72 => DEBIAN_72,
            Kind::DebianForky => DEBIAN_FORKY,
            Kind::Uml => UML,
            Kind::Lean => LEAN,
            Kind::Debug => DEBUG,
        };
        model.on(kernel.arch)
    }

    /// One for that kernel, without a network card.
    pub fn alone(kernel: Flavour) -> Model {
        Model {
            card: None,
            ..Model::of(kernel)
        }
    }

    /// The same for that architecture.
    pub const fn on(self, arch: Arch) -> Model {
        Model {
            kernel: self.kernel.on(arch),
            ..self
        }
    }

    pub const fn with_cpus(self, cpus: u32) -> Model {
        Model { cpus, ..self }
    }

    pub const fn with_more_memory(self, mib: u32) -> Model {
        Model {
            memory_mib: self.memory_mib + mib,
            ..self
        }
    }

    /// The kernel and the card, as the names of tests have them.
    pub fn name(&self) -> String {
        let kernel = self.kernel.name();
        self.card.map_or_else(
            || kernel.to_owned(),
            |card| format!("{kernel}/{}", card.short()),
        )
    }
}
