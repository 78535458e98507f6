// SPDX-License-Identifier: GPL-2.0

//! Which handlers are called, and what they are told.

use super::{
    load::{DEBUG, STOCK},
    Run, Scenario,
};
use anyhow::{ensure, Context, Result};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "allowlist",
        script: "allowlist.sh",
        verdict: allowlist,
        ..STOCK
    },
    Scenario {
        name: "hostile-arguments",
        script: "hostile.sh",
        verdict: hostile,
        ..DEBUG
    },
    Scenario {
        name: "modules-come-and-go",
        script: "module_events.sh",
        verdict: modules_come_and_go,
        ..STOCK
    },
];

const HANDLERS: [&str; 2] = ["first", "second"];

/// What the guest tries; which of the handlers must then hear, and what must be reported.
const ALLOWED: [(&str, &[&str], &[&str]); 11] = [
    ("absent", &HANDLERS, &[]),
    ("empty", &[], &[]),
    ("second", &["second"], &[]),
    ("unknown", &["second"], &["nosuch"]),
    ("twice", &["second"], &["nosuch"]),
    ("commas", &[], &[]),
    ("prefix", &[], &["sec"]),
    ("long", &["second"], &["a"]),
    ("too long", &[], &[]),
    ("unload", &[], &[]),
    ("sysrq", &["second"], &[]),
];

fn allowlist(run: &mut Run) -> Result<()> {
    run.crashed()?;
    let console = run.stage.machine.lines();
    let said: Vec<_> = console.split(|line| line.contains("] trying ")).collect();
    ensure!(
        said.len() == ALLOWED.len() + 1,
        "the guest does not try it all"
    );
    for ((tried, hears, unknown), said) in ALLOWED.iter().zip(&said[1..]) {
        let event = match *tried {
            "sysrq" => "sysrq triggered crash",
            _ => "rehearsal",
        };
        let is_loaded = *tried != "too long";
        let left_out = HANDLERS
            .iter()
            .filter(|name| is_loaded && !hears.contains(name))
            .map(|name| format!("panic handler {name} is left out: panic_notifiers="));
        let hears = hears
            .iter()
            .map(|name| format!("{name} hears: {event}; kdump loaded: false"));
        let unknown = unknown
            .iter()
            .map(|name| format!("panic_notifiers: no panic handler is called {name}"));
        let full = (*tried == "long").then(|| {
            "panic_notifiers: behind the first 64 names, mistakes are not reported".to_owned()
        });
        let wanted = left_out.chain(hears).chain(unknown).chain(full);
        same(said, "two_handlers", wanted.collect()).context(*tried)?;
    }
    Ok(())
}

/// What they must hear, in this order, on chains that are called as the kernel never would.
const TOLD: [&str; 42] = [
    "panic: 0 bytes: ",
    "panic: 0 bytes: ",
    r"panic: 2 bytes: \xff\x01",
    "panic: 5000 bytes: xxx",
    "panic: 7 bytes: unknown",
    "panic: 4 bytes: most",
    "panic: 6 bytes: beyond",
    "die: Other(0): 0 bytes: ; error 0, trap 0, signal 0, at None",
    "die: Other(0): 0 bytes: ; error 0, trap 0, signal 0, at None",
    r"die: Other(0): 2 bytes: \xff\x01; error 0, trap 0, signal 0, at None",
    "die: Other(0): 5000 bytes: xxx",
    "die: Other(1000): 7 bytes: unknown; error 0, trap 0, signal 0, at None",
    "die: Other(18446744073709551615): 4 bytes: most; error 0, trap 0, signal 0, at None",
    "die: Other(4294967297): 6 bytes: beyond; error 0, trap 0, signal 0, at None",
    "restart: Cold, no command",
    "restart: Cold, 0 bytes: ",
    r"restart: Cold, 2 bytes: \xff\x01",
    "restart: Cold, 5000 bytes: xxx",
    "restart: Other(1000), 7 bytes: unknown",
    "restart: Undefined, 4 bytes: most",
    "restart: Other(4294967297), 6 bytes: beyond",
    "oom: asked",
    "oom: asked",
    "oom: asked",
    "oom: asked",
    "oom: asked",
    "oom: asked",
    "oom: asked",
    "reboot: Other(0), no command",
    "reboot: Other(0), 0 bytes: ",
    r"reboot: Other(0), 2 bytes: \xff\x01",
    "reboot: Other(0), 5000 bytes: xxx",
    "reboot: Other(1000), 7 bytes: unknown",
    "reboot: Other(18446744073709551615), 4 bytes: most",
    "reboot: Other(4294967297), 6 bytes: beyond",
    "netdevice: Other(0): (unnamed net_device)",
    "netdevice: Other(0): (unnamed net_device)",
    r"netdevice: Other(0): \xff\x01",
    "netdevice: Other(0): xxxxxxxxxxxxxxx",
    "netdevice: Other(1000): unknown",
    "netdevice: Other(18446744073709551615): most",
    "netdevice: Other(4294967297): beyond",
];

fn hostile(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let mark = |mark: &str| {
        let found = console.iter().position(|line| line.ends_with(mark));
        found.with_context(|| format!("the guest does not say that {mark}"))
    };
    let told = &console[mark("it begins")?..mark("it is over")?];
    same(told, "hears_all", TOLD.map(str::to_owned).to_vec())
}

/// What the guest tries with modules, and what the three handlers must hear of it in this order.
const COME_AND_GONE: [(&str, &[&str]); 4] = [
    (
        "wanted",
        &[
            "first hears: panic_broadcaster: Coming",
            "middle hears: panic_broadcaster: Coming",
            "last hears: panic_broadcaster: Coming",
            "first hears: panic_broadcaster: Live",
            "middle hears: panic_broadcaster: Live",
            "last hears: panic_broadcaster: Live",
            "first hears: panic_broadcaster: Going",
            "middle hears: panic_broadcaster: Going",
            "last hears: panic_broadcaster: Going",
        ],
    ),
    (
        "refused",
        &[
            "first hears: two_handlers: Coming",
            "middle hears: two_handlers: Coming",
            "first hears: two_handlers: Going",
        ],
    ),
    (
        "failing",
        &[
            "first hears: panic_broadcaster: Coming",
            "middle hears: panic_broadcaster: Coming",
            "last hears: panic_broadcaster: Coming",
            "first hears: panic_broadcaster: Going",
            "middle hears: panic_broadcaster: Going",
            "last hears: panic_broadcaster: Going",
        ],
    ),
    ("unload", &[]),
];

/// The listener hears that it is live itself, and neither that it came nor that it goes.
const OF_ITSELF: [&str; 3] = [
    "first hears: module_events: Live",
    "middle hears: module_events: Live",
    "last hears: module_events: Live",
];

fn modules_come_and_go(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let said: Vec<_> = console.split(|line| line.contains("] trying ")).collect();
    ensure!(
        said.len() == COME_AND_GONE.len() + 1,
        "the guest does not try it all"
    );
    same(
        said[0],
        "module_events",
        OF_ITSELF.map(str::to_owned).to_vec(),
    )?;
    for ((tried, hears), said) in COME_AND_GONE.iter().zip(&said[1..]) {
        // Busybox's insmod tries twice, in both ways that there are, what is not let in.
        let tries = if matches!(*tried, "refused" | "failing") {
            2
        } else {
            1
        };
        let hears = hears.repeat(tries).into_iter().map(str::to_owned);
        same(said, "module_events", hears.collect()).context(*tried)?;
    }
    let errno = ".ko': Operation not permitted";
    ensure!(
        said[2].iter().any(|line| line.ends_with(errno)),
        "insmod does not say {errno:?}"
    );
    Ok(())
}

/// The guest or the module says each of these that it tries, and the module says just that of it.
pub fn says(run: &mut Run, module: &str, tries: &'static [(&str, &[&str])]) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let mut said = console.split(|line| line.contains(" trying ")).skip(1);
    for (tried, wanted) in tries {
        let said = said.next().context("the guest does not try it all")?;
        let wanted = wanted.iter().map(|&line| line.to_owned());
        same(said, module, wanted.collect()).context(*tried)?;
    }
    ensure!(said.next().is_none(), "the guest tries more");
    Ok(())
}

/// How it begins what the kernel says about a module: that it has one, that it is not signed, and that a parameter's value
/// is not taken.
const OF_KERNEL: [&str; 3] = [
    "loading out-of-tree module ",
    "module verification failed: ",
    "`",
];

/// A module says just that, line by line, however each goes on.
pub fn same(console: &[String], module: &str, wanted: Vec<String>) -> Result<()> {
    let prefix = format!("] {module}: ");
    let said: Vec<_> = console
        .iter()
        .filter_map(|line| line.split_once(&prefix))
        .map(|(_, said)| said)
        .filter(|said| !OF_KERNEL.iter().any(|begin| said.starts_with(begin)))
        .collect();
    ensure!(
        said.len() == wanted.len()
            && said
                .iter()
                .zip(&wanted)
                .all(|(said, wanted)| said.starts_with(wanted.trim_end())),
        "says {said:#?} instead of {wanted:#?}"
    );
    Ok(())
}
