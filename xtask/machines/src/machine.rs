// SPDX-License-Identifier: GPL-2.0

//! Machines: a kernel that boots, its console watched line by line, never outliving this program.

mod accel;
mod board;
mod console;
mod qemu;
mod qmp;
mod saved;
mod uml;
mod whereabouts;

pub use saved::Saved;

use crate::{
    kernel::{Kernel, Kind},
    model::Model,
    pace,
    toolbox::Toolbox,
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use board::Board;
use console::Console;
use qmp::Qmp;
use rustix::process::{self, Pid, Signal};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{Read, Write},
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

/// What `tests/vm/init` says when it waits for the line with its task.
const ASKS: &str = r"\] ready for a task$";

/// How long an emulator that does not start may take to end.
const ENDING: Duration = Duration::from_secs(1);

/// The kernel's line before it runs anything of ours.
const OURS: &str = "Run /init as init process";

/// A machine about to start.
#[derive(Clone, Copy)]
pub struct Boot<'a> {
    pub model: Model,
    pub kernel: &'a Kernel,
    pub initramfs: &'a Path,
    /// The image of the machine's disk, if it has one.
    pub disk: Option<&'a Path>,
    /// What the kernel is told beyond what every machine here is.
    pub cmdline: &'a str,
    /// Who listens for the connection over which the frames of the network card come. Without, they go nowhere.
    pub frames_to: Option<SocketAddr>,
    /// Where the sound of the machine's speaker is kept, as a WAV file that is complete once the machine is off.
    pub sound: Option<&'a Path>,
    /// Where the console's whole output is kept.
    pub log: &'a Path,
    /// How long the machine may live in all.
    pub limit: Duration,
}

impl Boot<'_> {
    pub fn start(&self, toolbox: &Toolbox) -> Result<Machine> {
        match self.model.kernel.kind {
            Kind::Uml => self.start_uml(),
            _ => self.start_qemu(toolbox, accel::best(self.kernel, toolbox)?, None),
        }
    }

    /// The same for an x86-64 machine whose time is the number of its instructions, in nanoseconds.
    pub fn start_counted(&self, toolbox: &Toolbox) -> Result<Machine> {
        self.start_qemu(toolbox, accel::Accel::Counted, None)
    }

    /// Starts a machine and waits until it asks for its task. One that hangs before it has run anything of ours, as an
    /// emulated one does once in a great while, is started once more, which `tell` is told.
    pub fn start_asking(&self, toolbox: &Toolbox, tell: &dyn Fn(&str)) -> Result<Machine> {
        let mut machine = self.start(toolbox)?;
        let Err(error) = machine.expect(ASKS) else {
            return Ok(machine);
        };
        let ran = machine.lines().iter().any(|line| line.contains(OURS));
        if ran || machine.has_ended() {
            return Err(error);
        }
        tell(&format!("the machine hung in its boot: {error:#}"));
        drop(machine);
        let mut machine = self.start(toolbox)?;
        machine.expect(ASKS)?;
        Ok(machine)
    }

    fn start_uml(&self) -> Result<Machine> {
        let mut command = uml::command(self)?;
        command.stdout(Stdio::piped());
        let mut child = self.spawn(command)?;
        let serial = child.stdout.take().context("the console has no pipe")?;
        self.machine(child, serial, None, &[])
    }

    fn start_qemu(
        &self,
        toolbox: &Toolbox,
        accel: accel::Accel,
        saved: Option<&Saved>,
    ) -> Result<Machine> {
        let qemu::Qemu {
            command,
            mut control,
            input,
        } = qemu::command(self, toolbox, accel, saved.is_some())?;
        let mut child = self.spawn(command)?;
        let serial = child.stdout.take().context("the console has no pipe")?;
        let mut started = control.greet();
        if let Some(saved) = saved {
            // What its console is sent earlier is lost.
            started = started.and_then(|()| control.resume(saved.state()));
        }
        let before = saved.map_or(&[][..], Saved::console);
        let mut machine = self.machine(child, serial, Some((control, input)), before)?;
        if let Err(error) = started {
            // If it ends by itself, it says why.
            let until = Instant::now() + pace::limit(ENDING);
            while !machine.has_ended() && Instant::now() < until {
                thread::sleep(Duration::from_millis(5));
            }
            return Err(error.context(format!("the machine does not start: {}", machine.said())));
        }
        Ok(machine)
    }

    fn spawn(&self, mut command: Command) -> Result<Child> {
        die_with_this_thread(&mut command);
        // A group of its own: what the machine starts goes with it.
        command
            .process_group(0)
            .stderr(Stdio::from(File::create(self.stderr())?));
        command
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))
    }

    fn machine(
        &self,
        child: Child,
        serial: impl Read + Send + 'static,
        control: Option<(Qmp, File)>,
        before: &[String],
    ) -> Result<Machine> {
        let (control, input) = control.unzip();
        Ok(Machine {
            vmlinux: self.kernel.kdir.join("vmlinux"),
            board: Board::of(self.model.kernel.arch),
            cpus: self.model.cpus,
            child,
            console: Console::watch(serial, self.log, before)?,
            control,
            input,
            stderr: self.stderr(),
            deadline: Instant::now() + self.limit,
        })
    }

    fn stderr(&self) -> PathBuf {
        self.log.with_extension("stderr")
    }
}

/// A running machine. Dropping it switches it off.
pub struct Machine {
    vmlinux: PathBuf,
    board: &'static Board,
    cpus: u32,
    child: Child,
    console: Console,
    control: Option<Qmp>,
    /// What the machine reads from its console.
    input: Option<File>,
    /// What the emulator says.
    stderr: PathBuf,
    deadline: Instant,
}

impl Machine {
    /// Waits for the next console line that `pattern` matches and returns it, within the machine's limit. Lines before
    /// it are passed over for good.
    pub fn expect(&mut self, pattern: &str) -> Result<String> {
        let found = self.console.expect(pattern, self.deadline);
        self.explained(found)
    }

    /// Gives a machine that asks for it its task: the variables of `tests/vm/init`.
    pub fn give_task(&mut self, variables: &str) -> Result<()> {
        let input = self.input.as_mut().context("this machine reads nothing")?;
        writeln!(input, "{variables}").context("the machine does not read its task")
    }

    /// Whether the machine has ended, by itself or since it failed.
    fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// What the emulator has said.
    fn said(&self) -> String {
        let said = fs::read_to_string(&self.stderr).unwrap_or_default();
        said.trim().to_owned()
    }

    /// Waits until the machine has switched itself off.
    pub fn wait_off(&mut self) -> Result<()> {
        let closed = self.console.wait_closed(self.deadline);
        self.explained(closed)?;
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

    /// Plugs or unplugs the cable of the network card.
    pub fn set_link(&mut self, up: bool) -> Result<()> {
        self.control()?.set_link(qemu::CARD, up)
    }

    /// Plugs a device in: what the option `-device` of QEMU takes.
    pub fn plug(&mut self, device: Value) -> Result<()> {
        self.control()?.device_add(device)
    }

    /// Unplugs a device, or asks the guest to let it go.
    pub fn unplug(&mut self, id: &str) -> Result<()> {
        self.control()?.device_del(id)
    }

    /// Has the emulator give away the frames that the machine has sent, if it has not ended.
    pub fn flush(&mut self) {
        if let Some(control) = &mut self.control {
            // Each answer comes after what the emulator had to do when it was asked.
            let _ = control.ask().and_then(|()| control.ask());
        }
    }

    /// Waits until no CPU has anything to do: the line that the console has shown last is printed, and its lock is free.
    pub fn wait_idle(&mut self) -> Result<()> {
        let cpus = self.cpus;
        let halted = self.board.halted;
        let halted = halted.context("QEMU does not tell whether a CPU of this machine is idle")?;
        loop {
            let control = self.control()?;
            let mut idle = 0;
            for cpu in 0..cpus {
                let registers = control.human(cpu, "info registers")?;
                idle += u32::from(registers.contains(halted));
            }
            if idle == cpus {
                return Ok(());
            }
            ensure!(
                Instant::now() < self.deadline,
                "the machine never has nothing to do"
            );
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Raises a non-maskable interrupt on every CPU.
    pub fn inject_nmi(&mut self) -> Result<()> {
        self.control()?.inject_nmi()
    }

    /// Adds to an error what the emulator says, and of a machine that has hung where its CPUs are.
    fn explained<T>(&mut self, result: Result<T>) -> Result<T> {
        let Err(error) = result else { return result };
        let error = match self.said().as_str() {
            "" => error,
            said => anyhow!("{error:#}\nthe emulator says: {said}"),
        };
        let error = match self.child.try_wait() {
            Ok(Some(status)) if !status.success() => {
                anyhow!("{error:#}\nthe emulator has ended: {status}")
            }
            _ => error,
        };
        let Some(control) = self
            .control
            .as_mut()
            .filter(|_| Instant::now() >= self.deadline)
        else {
            return Err(error);
        };
        match whereabouts(&self.vmlinux, self.board, control, self.cpus) {
            Ok(told) => Err(anyhow!("{error:#}\n{told}")),
            Err(_) => Err(error),
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
