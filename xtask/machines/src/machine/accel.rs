// SPDX-License-Identifier: GPL-2.0

//! Whether QEMU may use the CPU itself.

use super::{board::Board, Boot};
use crate::{
    arch::Arch, initramfs::Initramfs, kernel::Kernel, model::Model, pace, toolbox::Toolbox,
};
use anyhow::Result;
use std::{
    fs,
    sync::{Mutex, PoisonError},
    time::Duration,
};

#[derive(Clone, Copy)]
pub enum Accel {
    Kvm,
    Emulation,
    /// Emulation in which an instruction takes a nanosecond of the guest's time, however long the host is at it.
    Counted,
}

impl Accel {
    pub fn arguments(self, board: &Board) -> Vec<&'static str> {
        match self {
            Accel::Kvm => vec!["-accel", "kvm", "-cpu", "host"],
            Accel::Emulation => vec!["-accel", "tcg", "-cpu", board.cpu],
            Accel::Counted => vec!["-accel", "tcg", "-cpu", board.cpu, "-icount", "shift=0"],
        }
    }
}

/// KVM where it works, for a kernel of this machine's architecture.
///
/// The node alone says little: on some machines it opens and the guest then hangs for ever, so KVM
/// has to boot a kernel once before it is trusted.
pub fn best(kernel: &Kernel, toolbox: &Toolbox) -> Result<Accel> {
    if kernel.flavour.arch != Arch::HOST {
        return Ok(Accel::Emulation);
    }
    static BEST: Mutex<Option<Accel>> = Mutex::new(None);
    let mut best = BEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(accel) = *best {
        return Ok(accel);
    }
    let kvm = offered() && boots(kernel, toolbox).is_ok();
    let accel = if kvm { Accel::Kvm } else { Accel::Emulation };
    *best = Some(accel);
    Ok(accel)
}

fn offered() -> bool {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flagged = cpu
        .split_whitespace()
        .any(|word| word == "vmx" || word == "svm");
    // arm64 has no flag for it.
    (flagged || Arch::HOST == Arch::Arm64)
        && fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/kvm")
            .is_ok()
}

fn boots(kernel: &Kernel, toolbox: &Toolbox) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let initramfs = folder.path().join("initramfs");
    Initramfs::new(toolbox, Arch::HOST)?
        .scenario(b"")?
        .write(&initramfs)?;
    let mut machine = Boot {
        model: Model::alone(kernel.flavour).with_more_memory(256),
        kernel,
        initramfs: &initramfs,
        cmdline: "",
        frames_to: None,
        disk: None,
        sound: None,
        log: &folder.path().join("console"),
        limit: pace::limit(Duration::from_secs(5)),
    }
    .start_qemu(toolbox, Accel::Kvm, None)?;
    machine.expect("scenario ended: 0")?;
    machine.wait_off()
}
