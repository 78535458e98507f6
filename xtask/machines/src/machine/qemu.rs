// SPDX-License-Identifier: GPL-2.0

//! The machine in QEMU.

use super::{accel::Accel, board::Board, qmp::Qmp, Boot};
use crate::toolbox::Toolbox;
use anyhow::{Context, Result};
use rustix::fs::{mknodat, FileType, Mode, CWD};
use std::{
    fs::{self, File},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::PathBuf,
    process::{Command, Stdio},
};

/// The network card's end of the wire, by QEMU's name for it.
pub const CARD: &str = "n0";

/// QEMU about to start.
pub struct Qemu {
    pub command: Command,
    /// The channel that will control it.
    pub control: Qmp,
    /// What the serial port reads.
    pub input: File,
}

/// With `waits`, it waits for a machine that was written down.
pub fn command(boot: &Boot<'_>, toolbox: &Toolbox, accel: Accel, waits: bool) -> Result<Qemu> {
    let (control, controlled) = UnixStream::pair()?;
    let (fifo, input) = fifo(boot)?;
    let arch = boot.model.kernel.arch;
    let board = Board::of(arch);
    let mut qemu = toolbox.command(&format!("qemu-system-{}", arch.qemu()));
    qemu.args([
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    match boot.sound {
        None => qemu.args(["-machine", board.machine]),
        Some(file) => qemu
            .arg("-machine")
            .arg(format!("{},pcspk-audiodev=speaker", board.machine))
            .arg("-audiodev")
            .arg(format!("wav,id=speaker,path={}", file.display())),
    };
    qemu.args(accel.arguments(board));
    qemu.arg("-smp").arg(boot.model.cpus.to_string());
    qemu.arg("-m").arg(format!("{}M", boot.model.memory_mib));
    qemu.arg("-kernel").arg(&boot.kernel.image);
    qemu.arg("-initrd").arg(boot.initramfs);
    qemu.arg("-append")
        .arg(format!("{} {}", board.cmdline, boot.cmdline));
    // Standard input is one end of a socket pair: a control channel that needs neither a port nor a path, both of which
    // another process could take. The serial port writes to standard output, which is a pipe: it holds 64 KiB while this
    // program has no CPU. A socket holds some hundred characters, and the guest waits 10 ms for room and goes on.
    qemu.arg("-chardev").arg(format!(
        "file,id=console,path=/proc/self/fd/1,input-path={}",
        fifo.display()
    ));
    qemu.args(["-serial", "chardev:console"]);
    qemu.args(["-chardev", "socket,id=control,fd=0"]);
    qemu.args(["-mon", "chardev=control,mode=control"]);
    qemu.stdin(Stdio::from(OwnedFd::from(controlled)));
    qemu.stdout(Stdio::piped());
    if let Some(card) = boot.model.card {
        let wire = match boot.frames_to {
            // A stream: however slowly the frames are read, none is lost.
            Some(to) => format!(
                "stream,id={CARD},server=off,addr.type=inet,addr.host={},addr.port={}",
                to.ip(),
                to.port()
            ),
            None => format!("hubport,id={CARD},hubid=0"),
        };
        qemu.args(["-netdev", &wire, "-device"]);
        qemu.arg(format!("{},netdev={CARD}", card.device()));
    }
    if let Some(disk) = boot.disk {
        qemu.arg("-drive").arg(format!(
            "file={},format=raw,if=none,id=disk",
            disk.display()
        ));
        qemu.args(["-device", "virtio-blk-pci,drive=disk"]);
    }
    qemu.args(boot.model.options);
    if waits {
        qemu.args(["-incoming", "defer"]);
    }
    Ok(Qemu {
        command: qemu,
        control: Qmp::new(control)?,
        input,
    })
}

/// A named pipe that the serial port reads, and its other end. QEMU opens it by its name.
fn fifo(boot: &Boot<'_>) -> Result<(PathBuf, File)> {
    let path = boot.log.with_extension("input");
    let cannot = || format!("cannot make {}", path.display());
    // Of a boot that is tried again.
    let _ = fs::remove_file(&path);
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).with_context(cannot)?;
    // For both, so that neither end waits for the other.
    let input = File::options()
        .read(true)
        .write(true)
        .open(&path)
        .with_context(cannot)?;
    Ok((path, input))
}
