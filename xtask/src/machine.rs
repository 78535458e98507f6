// SPDX-License-Identifier: GPL-2.0

//! Machines: a kernel that boots, its console watched line by line, never outliving this program.

mod accel;
mod console;
mod qemu;
mod qmp;
mod uml;
mod whereabouts;

use crate::{
    kernel::{Flavour, Kernel},
    toolbox::Toolbox,
};
use anyhow::{anyhow, bail, Context, Result};
use console::Console;
use qmp::Qmp;
use rustix::process::{self, Pid, Signal};
use std::{
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use whereabouts::whereabouts;

/// What the console shows once a panic's notifiers have run, whichever of it the kernel prints first: the kernel's offset
/// is told by a notifier of its own, which comes after those with a priority. The last is the crash kernel's first line.
pub const AFTER_NOTIFIERS: &str =
    r"\] (---\[ end Kernel panic|Rebooting in |Kernel Offset: |Linux version )";

/// A network card.
#[derive(Clone, Copy)]
pub struct Nic {
    /// QEMU's name for the model.
    pub model: &'static str,
    /// Where the guest's frames go, each as one datagram.
    pub frames_to: SocketAddr,
}

/// A machine about to start.
pub struct Boot<'a> {
    pub kernel: &'a Kernel,
    pub initramfs: &'a Path,
    /// What the kernel is told beyond what every machine here is.
    pub cmdline: &'a str,
    pub nics: &'a [Nic],
    pub cpus: u32,
    pub memory_mib: u32,
    /// Where the sound of the machine's speaker is kept, as a WAV file that is complete once the machine is off.
    pub sound: Option<&'a Path>,
    /// Where the console's whole output is kept.
    pub log: &'a Path,
    /// How long the machine may live in all.
    pub limit: Duration,
}

impl Boot<'_> {
    pub fn start(&self, toolbox: &Toolbox) -> Result<Machine> {
        let accel = match self.kernel.flavour {
            Flavour::Uml => return self.spawn(uml::command(self)?, None),
            Flavour::Lean | Flavour::Debug => accel::best(self.kernel, toolbox)?,
        };
        self.start_with(toolbox, accel)
    }

    /// The same for an x86-64 machine whose time is the number of its instructions, in nanoseconds.
    pub fn start_counted(&self, toolbox: &Toolbox) -> Result<Machine> {
        self.start_with(toolbox, accel::Accel::Counted)
    }

    fn start_with(&self, toolbox: &Toolbox, accel: accel::Accel) -> Result<Machine> {
        let (command, control) = qemu::command(self, toolbox, accel)?;
        self.spawn(command, Some(control))
    }

    fn spawn(&self, mut command: Command, control: Option<Qmp>) -> Result<Machine> {
        die_with_this_thread(&mut command);
        // A group of its own: what the machine starts goes with it.
        command.process_group(0).stdout(Stdio::piped());
        command.stderr(Stdio::from(std::fs::File::create(self.stderr())?));
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        // Ours would keep the other end of the control channel open.
        drop(command);
        let serial = child.stdout.take().context("the console has no pipe")?;
        let mut machine = Machine {
            vmlinux: self.kernel.kdir.join("vmlinux"),
            cpus: self.cpus,
            child,
            console: Console::watch(serial, self.log)?,
            control,
            deadline: Instant::now() + self.limit,
        };
        if let Some(control) = &mut machine.control {
            if let Err(error) = control.greet() {
                let why = std::fs::read_to_string(self.stderr()).unwrap_or_default();
                return Err(error.context(format!("the machine does not start: {}", why.trim())));
            }
        }
        Ok(machine)
    }

    fn stderr(&self) -> std::path::PathBuf {
        self.log.with_extension("stderr")
    }
}

/// A running machine. Dropping it switches it off.
pub struct Machine {
    vmlinux: PathBuf,
    cpus: u32,
    child: Child,
    console: Console,
    control: Option<Qmp>,
    deadline: Instant,
}

impl Machine {
    /// Waits for the next console line that `pattern` matches and returns it, within the machine's limit. Lines before
    /// it are passed over for good.
    pub fn expect(&mut self, pattern: &str) -> Result<String> {
        let found = self.console.expect(pattern, self.deadline);
        self.with_whereabouts(found)
    }

    /// Waits until the machine has switched itself off.
    pub fn wait_off(&mut self) -> Result<()> {
        let closed = self.console.wait_closed(self.deadline);
        self.with_whereabouts(closed)?;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > self.deadline {
                bail!("the console is closed but the machine still runs");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Everything that the console has shown until now.
    pub fn lines(&self) -> Vec<String> {
        self.console.lines()
    }

    /// The last lines of the console, for a person who asks why.
    pub fn tail(&self) -> String {
        self.console.tail()
    }

    /// Plugs or unplugs the cable of the `index`th network card.
    pub fn set_link(&mut self, index: usize, up: bool) -> Result<()> {
        self.control()?.set_link(&format!("n{index}"), up)
    }

    /// Raises a non-maskable interrupt on every CPU.
    pub fn inject_nmi(&mut self) -> Result<()> {
        self.control()?.inject_nmi()
    }

    /// Adds to an error of a machine that has hung where its CPUs are.
    fn with_whereabouts<T>(&mut self, result: Result<T>) -> Result<T> {
        let (Err(error), Some(control)) = (&result, &mut self.control) else {
            return result;
        };
        if Instant::now() < self.deadline {
            return result;
        }
        match whereabouts(&self.vmlinux, control, self.cpus) {
            Ok(told) => Err(anyhow!("{error:#}\n{told}")),
            Err(_) => result,
        }
    }

    fn control(&mut self) -> Result<&mut Qmp> {
        self.control
            .as_mut()
            .context("a User-Mode Linux machine has no control channel")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        kill_group(&mut self.child);
    }
}

/// Ends a program that leads a process group of its own, and all that it started.
pub fn kill_group(child: &mut Child) {
    // Fails when nothing is left of it, which is what is wanted.
    let _ = process::kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.wait();
}

/// Has the kernel kill the program when the thread that started it is gone, however that came about.
pub fn die_with_this_thread(command: &mut Command) {
    // SAFETY: the closure makes one system call and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            process::set_parent_process_death_signal(Some(Signal::KILL))?;
            Ok(())
        })
    };
}
