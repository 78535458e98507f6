// SPDX-License-Identifier: GPL-2.0

//! The x86-64 machine.

use super::{accel::Accel, qmp::Qmp, Boot};
use crate::toolbox::Toolbox;
use anyhow::Result;
use std::{
    net::SocketAddr,
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Command, Stdio},
};

/// The whole console from the first line, user space's too; the end of the machine when the kernel asks for one.
const CMDLINE: &str = "console=ttyS0 ignore_loglevel printk.devkmsg=on tsc=reliable no_timer_check";

/// QEMU, and the channel that will control it.
pub fn command(boot: &Boot<'_>, toolbox: &Toolbox, accel: Accel) -> Result<(Command, Qmp)> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut qemu = toolbox.command("qemu-system-x86_64");
    qemu.args([
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    match boot.sound {
        None => qemu.args(["-machine", "q35"]),
        Some(file) => qemu
            .args(["-machine", "q35,pcspk-audiodev=speaker", "-audiodev"])
            .arg(format!("wav,id=speaker,path={}", file.display())),
    };
    qemu.args(accel.arguments());
    qemu.arg("-smp").arg(boot.cpus.to_string());
    qemu.arg("-m").arg(format!("{}M", boot.memory_mib));
    qemu.arg("-kernel").arg(&boot.kernel.image);
    qemu.arg("-initrd").arg(boot.initramfs);
    qemu.arg("-append")
        .arg(format!("{CMDLINE} {}", boot.cmdline));
    // The serial port writes to standard output. Standard input is one end of a socket pair: a control channel that
    // needs neither a port nor a path, both of which another process could take.
    qemu.args([
        "-chardev",
        "file,id=console,path=/proc/self/fd/1",
        "-serial",
        "chardev:console",
    ]);
    qemu.args([
        "-chardev",
        "socket,id=control,fd=0",
        "-mon",
        "chardev=control,mode=control",
    ]);
    qemu.stdin(Stdio::from(OwnedFd::from(theirs)));
    for (index, nic) in boot.nics.iter().enumerate() {
        qemu.arg("-netdev").arg(dgram(index, nic.frames_to));
        qemu.arg("-device")
            .arg(format!("{},netdev=n{index},romfile=", nic.model));
    }
    Ok((qemu, Qmp::new(ours)?))
}

/// QEMU insists on an address of its own, though nobody sends there: any free port.
fn dgram(index: usize, to: SocketAddr) -> String {
    let (host, port) = (to.ip(), to.port());
    format!(
        "dgram,id=n{index},remote.type=inet,remote.host={host},remote.port={port},\
         local.type=inet,local.host={host},local.port=0"
    )
}
