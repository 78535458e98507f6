// SPDX-License-Identifier: GPL-2.0

//! A machine that will crash, the wire from it, and the receiver at the other end.

use crate::{
    initramfs::{self, Initramfs},
    kernel::{Flavour, Kernel},
    machine::{Boot, Machine, Nic, AFTER_NOTIFIERS},
    receiver::Receiver,
    relay::{Relay, Traffic},
    toolbox::Toolbox,
    window::{missing, window},
};
use anyhow::Result;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;

/// The port that the guest broadcasts to.
pub const PORT: u16 = 6666;

/// How long the receiver has to write down what the wire has brought.
pub const HEARING: Duration = Duration::from_secs(5);

/// What a crash kernel has to itself.
const CRASH_KERNEL_MIB: u32 = 256;

pub struct Setting<'a> {
    pub kernel: &'a Kernel,
    /// The modules that the guest is given.
    pub modules: &'a [&'a Path],
    /// And the programs, beside busybox.
    pub programs: &'a [PathBuf],
    /// The script's file in `tests/vm`.
    pub script: &'a str,
    pub nic: &'static str,
    pub cmdline: &'a str,
    pub limit: Duration,
    /// The console's log.
    pub log: &'a Path,
    pub pcap: Option<&'a Path>,
    /// Whether the guest is given what it takes to load a crash kernel, and the memory for it.
    pub kdump: bool,
}

pub struct Stage {
    pub machine: Machine,
    receiver: Receiver,
    relay: Relay,
    _folder: TempDir,
}

/// What became of the records that the broadcast had to carry.
pub struct Heard {
    pub total: usize,
    pub missing: Vec<String>,
}

impl Stage {
    /// Boots the machine; `panic-listen` (at `listen`) writes its reports to `terminal` too.
    pub fn open(
        setting: &Setting<'_>,
        toolbox: &Toolbox,
        listen: &Path,
        terminal: Stdio,
    ) -> Result<Stage> {
        let folder = tempfile::tempdir()?;
        let initramfs = folder.path().join("initramfs");
        let mut packed =
            Initramfs::new(toolbox)?.scenario(&fs::read(initramfs::guest(setting.script))?)?;
        for module in setting.modules {
            packed = packed.module(module)?;
        }
        for program in setting.programs {
            packed = packed.program(program)?;
        }
        let mut memory_mib = match setting.kernel.flavour {
            Flavour::Debug => 1024,
            Flavour::Uml | Flavour::Lean => 256,
        };
        let mut cmdline = setting.cmdline.to_owned();
        if setting.kdump {
            packed = packed
                .linked_program(toolbox, "/usr/sbin/kexec")?
                .kernel(&setting.kernel.image)?;
            memory_mib += CRASH_KERNEL_MIB;
            cmdline += &format!(" crashkernel={CRASH_KERNEL_MIB}M");
        }
        packed.write(&initramfs)?;
        let receiver = Receiver::start(listen, &folder.path().join("reports"), terminal)?;
        let relay = Relay::start(PORT, receiver.address(), setting.pcap)?;
        let machine = Boot {
            kernel: setting.kernel,
            initramfs: &initramfs,
            // A panicked machine stays up, so that what it has sent is not lost with it. A variable that the kernel
            // does not know becomes one of the script's.
            // The kernel's own tests have their place in suite kunit.
            cmdline: &format!("panic=0 kunit.autorun=0 port={PORT} {cmdline}"),
            nics: &[Nic {
                model: setting.nic,
                frames_to: relay.address(),
            }],
            cpus: 2,
            memory_mib,
            sound: None,
            log: setting.log,
            limit: setting.limit,
        }
        .start(toolbox)?;
        Ok(Stage {
            machine,
            receiver,
            relay,
            _folder: folder,
        })
    }

    /// Waits for the crash, and compares what the console shows with what the receiver has heard.
    pub fn crash(&mut self, records: usize) -> Result<Heard> {
        self.machine.expect("Kernel panic - not syncing")?;
        self.machine.expect(AFTER_NOTIFIERS)?;
        self.heard(records, HEARING)
    }

    /// Compares what the console shows of a crash with what the receiver hears of it within that time.
    pub fn heard(&mut self, records: usize, within: Duration) -> Result<Heard> {
        let console = self.machine.lines();
        let window = window(&console, records)?;
        let report = self
            .receiver
            .wait_for(|report| missing(&window, report).is_empty(), within)?;
        let missing = missing(&window, &report)
            .into_iter()
            .map(str::to_owned)
            .collect();
        Ok(Heard {
            total: records,
            missing,
        })
    }

    /// What the receiver has saved until now.
    pub fn report(&mut self) -> Result<String> {
        self.receiver.report()
    }

    /// Switches the machine off and tells what it has sent.
    pub fn close(self) -> Result<Traffic> {
        drop(self.machine);
        let traffic = self.relay.finish()?;
        self.receiver.finish()?;
        Ok(traffic)
    }
}
