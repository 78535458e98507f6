// SPDX-License-Identifier: GPL-2.0

//! Whatever befalls a kernel, and what the handlers of `exception_monitor` are told of it.

mod arch;

use super::{broadcast::SYSRQ, Expected, Run, Scenario};
use crate::{arch::Arch, model};
use anyhow::{ensure, Result};
use regex::Regex;

const LEAN: Scenario = Scenario {
    script: "events.sh",
    heard: Expected::Any,
    ..SYSRQ
};

/// The same on a distribution's kernel.
const STOCK: Scenario = Scenario {
    on: &[model::LEAN, model::DEBIAN],
    ..LEAN
};

const DEBUG: Scenario = Scenario {
    on: &[model::DEBUG],
    ..LEAN
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "event-sysrq",
        variables: "event=sysrq",
        verdict: |run| {
            run.tells(&[
                "panic: sysrq triggered crash; a kdump kernel is not loaded",
                "kmsg_dump: Panic, sysrq triggered crash",
            ])
        },
        ..STOCK
    },
    // What is compared with the samples is what they do.
    Scenario {
        name: "twins-in-c",
        script: "twins.sh",
        verdict: |run| {
            let expected = [
                "panic_alarm: frequency=7: give hertz from 20 to 20000$",
                "panic_alarm: alarm: sysrq triggered crash$",
                "exception_monitor: panic: sysrq triggered crash; a kdump kernel is not loaded$",
            ];
            for line in expected {
                run.stage.machine.expect(&format!(r"\] {line}"))?;
            }
            Ok(())
        },
        only_on: Some(Arch::X86_64),
        ..LEAN
    },
    Scenario {
        name: "event-panic-by-module",
        variables: "event=panic",
        verdict: |run| run.tells(&["panic: crash point: a module; a kdump kernel is not loaded"]),
        ..STOCK
    },
    Scenario {
        name: "event-bug",
        variables: "event=bug",
        verdict: |run| {
            run.dies(arch::of(run.arch).bug)?;
            run.ended_well()
        },
        complaint: Some("kernel BUG at"),
        ..DEBUG
    },
    // On the debug kernel, KASAN makes something else of it.
    Scenario {
        name: "event-null-dereference",
        variables: "event=null",
        verdict: |run| {
            run.dies(arch::of(run.arch).null)?;
            run.ended_well()
        },
        complaint: Some("kernel NULL pointer dereference"),
        ..STOCK
    },
    Scenario {
        name: "event-null-dereference-panics",
        variables: "event=null_panic",
        verdict: |run| {
            let died = arch::of(run.arch);
            run.dies(died.null)?;
            let panic = died.null_panic;
            run.tells(&[&format!("panic: {panic}; a kdump kernel is not loaded")])
        },
        complaint: Some("kernel NULL pointer dereference"),
        ..STOCK
    },
    Scenario {
        name: "event-int3",
        variables: "event=int3",
        verdict: |run| {
            run.dies(arch::INT3)?;
            // It comes as an NMI does.
            run.tells(&["panic: Fatal exception in interrupt; a kdump kernel is not loaded"])
        },
        complaint: Some("Oops: int3"),
        only_on: Some(Arch::X86_64),
        ..DEBUG
    },
    Scenario {
        name: "event-brk",
        variables: "event=brk",
        verdict: |run| {
            run.dies(arch::BRK)?;
            run.ended_well()
        },
        complaint: Some("Internal error: Oops - BRK"),
        only_on: Some(Arch::Arm64),
        ..STOCK
    },
    Scenario {
        name: "event-reboot",
        variables: "event=reboot",
        verdict: |run| {
            run.tells(&["reboot: Restart", "restart: Cold"])?;
            run.stage.machine.wait_off()
        },
        ..STOCK
    },
    Scenario {
        name: "event-reboot-with-command",
        variables: "event=command",
        verdict: |run| {
            run.tells(&[
                "reboot: Restart, command bootloader, please",
                "restart: Cold, command bootloader, please",
            ])?;
            run.stage.machine.wait_off()
        },
        ..STOCK
    },
    Scenario {
        name: "event-halt",
        variables: "event=halt",
        verdict: |run| {
            run.tells(&["reboot: Halt"])?;
            run.stage.machine.expect("reboot: System halted").map(drop)
        },
        ..STOCK
    },
    Scenario {
        name: "event-poweroff",
        variables: "event=poweroff",
        verdict: |run| {
            run.tells(&["reboot: PowerOff", "sys_off: power-off"])?;
            run.stage.machine.wait_off()
        },
        ..STOCK
    },
    Scenario {
        name: "event-suspend",
        on: &[model::DEBIAN],
        variables: "event=suspend",
        verdict: |run| {
            run.tells(&["pm: SuspendPrepare", "pm: PostSuspend"])?;
            run.ended_well()
        },
        // Whether the clock of QEMU's arm64 machine ends a suspend was not tried.
        only_on: Some(Arch::X86_64),
        ..LEAN
    },
    Scenario {
        name: "event-task",
        variables: "event=tasks tasks=1",
        verdict: tasks,
        ..DEBUG
    },
    Scenario {
        name: "event-out-of-memory",
        script: "oom.sh",
        verdict: out_of_memory,
        ..STOCK
    },
];

const KERNEL: &str = "die: at 0x[0-9a-f]{16} in kernel mode";

/// A process exits, and another one dies of a signal.
fn tasks(run: &mut Run) -> Result<()> {
    let machine = &mut run.stage.machine;
    machine.expect(r"task_exit: sh \((\d+)/(\d+)\): Exited\(7\), and its process with it$")?;
    // The kernel delivers what kills at once as SIGKILL.
    machine.expect(r"signal: 9 to \d+: Default, code 0, error 0$")?;
    machine.expect(r"task_exit: sh .*: Killed \{ signal: 15, core_dumped: false \}, and")?;
    run.ended_well()
}

/// Memory runs out twice: a process dies of it, and one does not.
fn out_of_memory(run: &mut Run) -> Result<()> {
    run.stage.machine.expect("Out of memory: Killed process")?;
    run.stage.machine.expect("without a reserve: 137")?;
    run.tells(&["oom: 16384 pages of the reserve are given back"])?;
    run.stage.machine.expect("with a reserve: 0")?;
    run.ended_well()?;
    let killed = run.stage.machine.lines();
    let killed = killed
        .iter()
        .filter(|line| line.contains("Killed process"))
        .count();
    ensure!(killed == 1, "{killed} processes were killed");
    Ok(())
}

impl Run {
    /// The kernel dies where it is, and the monitor's handler on the die chain is told each of these. Then the log is
    /// dumped.
    fn dies(&mut self, events: &[&str]) -> Result<()> {
        for event in events {
            self.tells(&[&format!("die: {event}"), KERNEL])?;
        }
        self.tells(&["kmsg_dump: Oops"])
    }

    /// These are the next lines of the monitor's handlers: nothing more, and nothing less.
    fn tells(&mut self, expected: &[&str]) -> Result<()> {
        const ANY: &str =
            r"\] exception_monitor: (die|kmsg_dump|oom|panic|pm|reboot|restart|sys_off): ";
        for pattern in expected {
            let machine = &mut self.stage.machine;
            let line_of_it = Regex::new(&format!(r"\] exception_monitor: {pattern}$"))?;
            let mut line = machine.expect(ANY)?;
            if !line_of_it.is_match(&line) {
                // Whoever takes the console over in the middle of a line begins it again.
                let again = machine.expect(ANY);
                line = again
                    .ok()
                    .filter(|again| again.starts_with(&line))
                    .unwrap_or(line);
            }
            ensure!(
                line_of_it.is_match(&line),
                "the monitor tells {line:?} instead of {pattern:?}"
            );
        }
        Ok(())
    }
}
