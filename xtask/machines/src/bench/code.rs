// SPDX-License-Identifier: GPL-2.0

//! What callbacks are made of, in a module's object code.

mod architecture;
mod arm64;
mod walk;
mod x86_64;

pub use architecture::Architecture;

use anyhow::{Context, Result};
use object::File;
use serde_json::{json, Value};
use std::{fs, path::Path};
use walk::instructions;

/// The module that has them, where it is.
pub const MODULE: &str = "notifier_chain_counted";
pub const FOLDERS: [&str; 1] = ["tests/bench/counted/"];

/// A driver's own chains: what this page calls them, and how the name of their type ends.
const OWN: [(&str, &str); 5] = [
    ("atomic", "atomic::Atomic>"),
    ("blocking", "blocking::Blocking>"),
    ("srcu", "srcu::Srcu>"),
    ("raw, in a mutex", "mutex::MutexBackend>"),
    ("raw, in a spin lock", "spinlock::SpinLockBackend>"),
];

/// Their handlers: the name in Rust, and that of the twin.
const ON_ALL_OWN: [(&str, &str); 4] = [
    ("Idle", "idle"),
    ("Acting", "acting"),
    ("Typed", "typed"),
    ("Stateful", "stateful"),
];

/// The others: the chain, the end of the name of its type, and as above.
const OTHERS: [(&str, &str, &str, &str); 17] = [
    ("atomic", "atomic::Atomic>", "First", "first"),
    ("blocking", "blocking::Blocking>", "Refusing", "refusing"),
    ("panic", "panic::Chain", "Unheeding", "unheeding"),
    ("panic", "panic::Chain", "Reading", "panic_reading"),
    ("die", "die::Chain", "Unheeding", "unheeding"),
    ("die", "die::Chain", "Counting", "die_counting"),
    ("restart", "restart::Chain", "Unheeding", "unheeding"),
    ("restart", "restart::Chain", "Heeding", "restart_heeding"),
    ("reboot", "reboot::Chain", "Unheeding", "unheeding"),
    ("reboot", "reboot::Chain", "Heeding", "reboot_heeding"),
    ("oom", "oom::Chain", "Unheeding", "oom_unheeding"),
    ("netdevice", "netdevice::Chain", "Unheeding", "unheeding"),
    (
        "netdevice",
        "netdevice::Chain",
        "Heeding",
        "netdevice_heeding",
    ),
    ("module", "module::Chain", "Unheeding", "module_unheeding"),
    ("module", "module::Chain", "Heeding", "module_heeding"),
    (
        "task_exit",
        "task_exit::Chain",
        "Heeding",
        "task_exit_heeding",
    ),
    ("signal", "signal::Chain", "Heeding", "signal_heeding"),
];

/// The same callback in both languages, as instructions.
pub struct Callback {
    pub chain: &'static str,
    pub handler: &'static str,
    pub c: Vec<String>,
    pub rust: Vec<String>,
}

/// All callbacks of a module.
pub struct Counted {
    pub architecture: &'static Architecture,
    /// In the same order for each module.
    pub callbacks: Vec<Callback>,
}

impl Counted {
    pub fn json(&self) -> impl Iterator<Item = Value> + '_ {
        self.callbacks.iter().map(|callback| {
            json!({
                "architecture": self.architecture.name,
                "chain": callback.chain,
                "handler": callback.handler,
                "c_instructions": callback.c.len(),
                "rust_instructions": callback.rust.len(),
            })
        })
    }
}

/// Reads the callbacks of a module.
pub fn count(module: &Path) -> Result<Counted> {
    let read = || -> Result<Counted> {
        let bytes = fs::read(module)?;
        let file = File::parse(&*bytes)?;
        Ok(Counted {
            architecture: Architecture::of(&file)?,
            callbacks: callbacks(&file)?,
        })
    };
    read().with_context(|| format!("{}", module.display()))
}

fn callbacks(file: &File<'_>) -> Result<Vec<Callback>> {
    let own = OWN
        .into_iter()
        .flat_map(|(chain, ends)| ON_ALL_OWN.map(|(handler, twin)| (chain, ends, handler, twin)));
    own.chain(OTHERS)
        .map(|(chain, ends, handler, twin)| {
            let twin = format!("counted_{twin}");
            let ends = format!("{ends}, {MODULE}_main::{handler}>");
            Ok(Callback {
                chain,
                handler,
                c: instructions(file, |name| name == twin)?,
                rust: instructions(file, |name| {
                    let name = format!("{:#}", rustc_demangle::demangle(name));
                    name.starts_with("notifier_chain::registration::")
                        && name.contains("_callback::<")
                        && name.ends_with(&ends)
                })?,
            })
        })
        .collect()
}
