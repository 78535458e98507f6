// SPDX-License-Identifier: GPL-2.0

//! The kinds of machine that scenarios run on. A scenario is written once; a line here, named in the scenario, has it run
//! on another kind.

use crate::kernel::Flavour;

/// A kind of machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    pub kernel: Flavour,
    pub arch: Arch,
    pub card: Option<Card>,
    /// Whether it has QEMU's `pci-testdev`. QEMU does not save what that device holds, so such a machine always boots.
    pub testdev: bool,
    pub cpus: u32,
    pub memory_mib: u32,
}

/// What emulates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arch {
    X86_64,
    /// User-Mode Linux, which runs on the host's CPU as a program.
    Um,
}

/// A network card, by QEMU's name for its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Card(pub &'static str);

pub const VIRTIO: Card = Card("virtio-net-pci");
pub const E1000: Card = Card("e1000");

pub const DEBIAN: Model = Model {
    kernel: Flavour::Debian,
    memory_mib: 512,
    ..LEAN
};
pub const DEBIAN_AMD64: Model = Model {
    kernel: Flavour::DebianAmd64,
    ..DEBIAN
};
pub const DEBIAN_RT: Model = Model {
    kernel: Flavour::DebianRt,
    ..DEBIAN
};
pub const DEBIAN_72: Model = Model {
    kernel: Flavour::Debian72,
    ..DEBIAN
};
pub const DEBIAN_FORKY: Model = Model {
    kernel: Flavour::DebianForky,
    ..DEBIAN
};

pub const LEAN: Model = Model {
    kernel: Flavour::Lean,
    arch: Arch::X86_64,
    card: Some(VIRTIO),
    testdev: false,
    cpus: 2,
    memory_mib: 256,
};
pub const LEAN_E1000: Model = Model {
    card: Some(E1000),
    ..LEAN
};
pub const LEAN_ALONE: Model = Model { card: None, ..LEAN };

pub const DEBUG: Model = Model {
    kernel: Flavour::Debug,
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

pub const UML: Model = Model {
    kernel: Flavour::Uml,
    arch: Arch::Um,
    card: None,
    testdev: false,
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
        match kernel {
            Flavour::Debian => DEBIAN,
            Flavour::DebianAmd64 => DEBIAN_AMD64,
            Flavour::DebianRt => DEBIAN_RT,
            Flavour::Debian72 => DEBIAN_72,
            Flavour::DebianForky => DEBIAN_FORKY,
            Flavour::Uml => UML,
            Flavour::Lean => LEAN,
            Flavour::Debug => DEBUG,
        }
    }

    /// One for that kernel, without a network card.
    pub fn alone(kernel: Flavour) -> Model {
        Model {
            card: None,
            ..Model::of(kernel)
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
