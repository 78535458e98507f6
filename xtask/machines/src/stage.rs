// SPDX-License-Identifier: GPL-2.0

//! A machine that will crash, the wire from it, and the receiver at the other end.

use crate::{
    initramfs::Initramfs,
    kernel::Kernel,
    machine::{Boot, Machine, Saved, AFTER_NOTIFIERS},
    model::Model,
    receiver::Receiver,
    relay::{Relay, Traffic},
    toolbox::Toolbox,
    window::{missing, window},
};
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;

/// The port that the guest broadcasts to.
pub const PORT: u16 = 6666;

/// What a crash kernel has to itself, if there is to be one.
pub fn crash_kernel_mib(kdump: bool) -> u32 {
    if kdump {
        256
    } else {
        0
    }
}

/// What a machine of a stage boots.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub model: Model,
    pub kernel: &'a Kernel,
    /// The modules that the guest is given.
    pub modules: &'a [PathBuf],
    /// And the programs, beside busybox.
    pub programs: &'a [PathBuf],
    /// What the kernel is told.
    pub parameters: &'a str,
    /// Whether the guest is given what it takes to load a crash kernel, and the memory for it.
    pub kdump: bool,
    /// Without one, it boots. One that was saved had the same setting.
    pub saved: Option<&'a Saved>,
    /// Told when something was tried again.
    pub tell: &'a dyn Fn(&str),
}

/// What it does then.
pub struct Task<'a> {
    /// The script's file in `tests/vm`, and the variables that it is given.
    pub script: &'a str,
    pub variables: &'a str,
    /// What the host does first.
    pub before: fn(&mut Machine) -> Result<()>,
    pub limit: Duration,
    /// The console's log.
    pub log: &'a Path,
    pub pcap: Option<&'a Path>,
}

pub struct Stage {
    pub machine: Machine,
    wire: Wire,
}

/// The receiver, and what brings it the machine's frames.
struct Wire {
    receiver: Receiver,
    relay: Relay,
    folder: TempDir,
}

/// What came of a machine that is off.
pub struct Ended {
    pub console: Vec<String>,
    pub traffic: Traffic,
    /// What the receiver has saved.
    pub report: String,
}

/// What became of the records that the broadcast had to carry.
pub struct Heard {
    pub total: usize,
    pub missing: Vec<String>,
}

impl Setting<'_> {
    /// Boots a machine once, for others to start from, and keeps it in `place`.
    pub fn save(
        &self,
        toolbox: &Toolbox,
        place: &Path,
        log: &Path,
        limit: Duration,
    ) -> Result<Saved> {
        let folder = tempfile::tempdir_in(place)?;
        let initramfs = self.pack(toolbox, folder.path())?;
        let cmdline = self.cmdline();
        let boot = self.boot(&initramfs, &cmdline, log, limit);
        Saved::make(&boot, folder, toolbox, self.tell)
    }

    /// The machine, asking for its task.
    fn start(&self, toolbox: &Toolbox, task: &Task<'_>, wire: &Wire) -> Result<Machine> {
        let cmdline = self.cmdline();
        let frames_to = Some(wire.relay.address());
        if let Some(saved) = self.saved {
            let boot = self.boot(Path::new(""), &cmdline, task.log, task.limit);
            return saved.resume(&Boot { frames_to, ..boot }, toolbox);
        }
        let initramfs = self.pack(toolbox, wire.folder.path())?;
        let boot = self.boot(&initramfs, &cmdline, task.log, task.limit);
        Boot { frames_to, ..boot }.start_asking(toolbox, self.tell)
    }

    fn boot<'b>(
        &'b self,
        initramfs: &'b Path,
        cmdline: &'b str,
        log: &'b Path,
        limit: Duration,
    ) -> Boot<'b> {
        Boot {
            model: self.model.with_more_memory(crash_kernel_mib(self.kdump)),
            kernel: self.kernel,
            initramfs,
            cmdline,
            frames_to: None,
            disk: None,
            sound: None,
            log,
            limit,
        }
    }

    fn cmdline(&self) -> String {
        // A panicked machine stays up unless its task says otherwise, so that what it has sent is not lost with it. The
        // kernel's own tests have their place in suite kunit.
        // IPv6 would send on its own account, where a kernel has it.
        let mut cmdline = format!("panic=0 kunit.autorun=0 ipv6.disable=1 {}", self.parameters);
        if self.kdump {
            cmdline += &format!(" crashkernel={}M", crash_kernel_mib(true));
        }
        cmdline
    }

    fn pack(&self, toolbox: &Toolbox, folder: &Path) -> Result<PathBuf> {
        let initramfs = folder.join("initramfs");
        let arch = self.model.kernel.arch;
        let mut packed = Initramfs::new(toolbox, arch)?.drivers(&self.kernel.drivers)?;
        for module in self.modules {
            packed = packed.module(module)?;
        }
        for program in self.programs {
            packed = packed.program(program)?;
        }
        if self.kdump {
            packed = packed
                .linked_program(toolbox, arch, "usr/sbin/kexec")?
                .kernel(&self.kernel.image)?;
        }
        packed.write(&initramfs)?;
        Ok(initramfs)
    }
}

impl Stage {
    /// Starts the machine and gives it its task; `panic-listen` (at `listen`) writes its reports to `terminal` too.
    pub fn open(
        setting: &Setting<'_>,
        task: &Task<'_>,
        toolbox: &Toolbox,
        listen: &Path,
        terminal: Stdio,
    ) -> Result<Stage> {
        let wire = Wire::open(listen, terminal, task.pcap)?;
        let mut machine = setting.start(toolbox, task, &wire)?;
        (task.before)(&mut machine)?;
        let Task {
            script, variables, ..
        } = task;
        machine.give_task(&format!("script={script} port={PORT} {variables}"))?;
        Ok(Stage { machine, wire })
    }

    /// Starts a machine that is given no task.
    pub fn boot(boot: &Boot<'_>, toolbox: &Toolbox, listen: &Path) -> Result<Stage> {
        let wire = Wire::open(listen, Stdio::null(), None)?;
        let frames_to = Some(wire.relay.address());
        let machine = Boot { frames_to, ..*boot }.start(toolbox)?;
        Ok(Stage { machine, wire })
    }

    /// Waits until the machine has crashed by SysRq and the panic's notifiers have run.
    pub fn crash(&mut self) -> Result<()> {
        self.machine.expect("Kernel panic - not syncing: sysrq")?;
        self.machine.expect(AFTER_NOTIFIERS)?;
        Ok(())
    }

    /// Switches the machine off, and gives all that came of it: nothing is on its way any more.
    pub fn close(mut self) -> Result<Ended> {
        self.machine.flush();
        let console = self.machine.lines();
        drop(self.machine);
        Ok(Ended {
            console,
            traffic: self.wire.relay.finish()?,
            report: self.wire.receiver.finish()?,
        })
    }
}

impl Wire {
    fn open(listen: &Path, terminal: Stdio, pcap: Option<&Path>) -> Result<Wire> {
        let folder = tempfile::tempdir()?;
        let receiver = Receiver::start(listen, &folder.path().join("reports"), terminal)?;
        Ok(Wire {
            relay: Relay::start(PORT, Some(receiver.address()), pcap)?,
            receiver,
            folder,
        })
    }
}

impl Ended {
    /// Compares what the console shows of the crash with what the receiver has heard of it.
    pub fn heard(&self, records: usize) -> Result<Heard> {
        let window = window(&self.console, records)?;
        let missing = missing(&window, &self.report);
        Ok(Heard {
            total: window.len(),
            missing: missing.into_iter().map(str::to_owned).collect(),
        })
    }
}
