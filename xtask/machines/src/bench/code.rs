// SPDX-License-Identifier: GPL-2.0

//! What callbacks are made of, in a module's object code.

use anyhow::{ensure, Context, Result};
use iced_x86::{Decoder, DecoderOptions, FlowControl, Formatter, GasFormatter};
use object::{File, Object, ObjectSection, ObjectSymbol, RelocationTarget, Section, Symbol};
use serde_json::{json, Value};
use std::{fs, path::Path};

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

impl Callback {
    pub fn json(&self) -> Value {
        json!({
            "chain": self.chain,
            "handler": self.handler,
            "c_instructions": self.c.len(),
            "rust_instructions": self.rust.len(),
        })
    }
}

/// Reads the callbacks of a module.
pub fn callbacks(module: &Path) -> Result<Vec<Callback>> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let file = File::parse(&*bytes).with_context(|| format!("{}", module.display()))?;
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
                c: instructions(&file, |name| name == twin)?,
                rust: instructions(&file, |name| {
                    let name = format!("{:#}", rustc_demangle::demangle(name));
                    name.starts_with("notifier_chain::registration::")
                        && name.contains("_callback::<")
                        && name.ends_with(&ends)
                })?,
            })
        })
        .collect()
}

/// The instructions of a function from its beginning to where it returns, branches not taken, and
/// without those of the functions that it calls.
fn instructions(file: &File<'_>, is_it: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let symbol = file
        .symbols()
        .find(|symbol| symbol.is_definition() && symbol.name().is_ok_and(&is_it))
        .context("the module lacks a callback that is to be counted")?;
    let index = symbol.section_index().context("a function in no section")?;
    let section = file.section_by_index(index)?;
    let address = symbol.address() - section.address();
    let code = code(&section, &symbol)?;
    let mut formatter = GasFormatter::new();
    let mut instructions = Vec::new();
    for instruction in &mut Decoder::with_ip(64, code, address, DecoderOptions::NONE) {
        let mut text = String::new();
        formatter.format(&instruction, &mut text);
        let flow = instruction.flow_control();
        if matches!(flow, FlowControl::Call | FlowControl::UnconditionalBranch) {
            let to = target(file, &section, instruction.ip()..instruction.next_ip());
            ensure!(
                to.is_some() || flow == FlowControl::Call,
                "a callback with a jump to {text}"
            );
            let word = text.split(' ').next().unwrap_or_default();
            text = format!("{word} {}", to.as_deref().unwrap_or("a function beside it"));
        }
        instructions.push(text);
        match flow {
            // By a thunk, or from a function that is called last.
            FlowControl::Return | FlowControl::UnconditionalBranch => return Ok(instructions),
            FlowControl::Next | FlowControl::ConditionalBranch | FlowControl::Call => {}
            _ => break,
        }
    }
    let name = symbol.name().unwrap_or_default();
    anyhow::bail!(
        "`{name}` does more than can be counted: {}",
        instructions.join("; ")
    )
}

/// What an instruction at that place calls.
fn target(file: &File<'_>, section: &Section<'_, '_>, at: std::ops::Range<u64>) -> Option<String> {
    let (_, relocation) = section
        .relocations()
        .find(|(offset, _)| at.contains(offset))?;
    let RelocationTarget::Symbol(index) = relocation.target() else {
        return None;
    };
    let symbol = file.symbol_by_index(index).ok()?;
    let name = format!("{:#}", rustc_demangle::demangle(symbol.name().ok()?));
    Some(name)
}

fn code<'a>(section: &Section<'a, '_>, symbol: &Symbol<'a, '_>) -> Result<&'a [u8]> {
    let start = usize::try_from(symbol.address() - section.address())?;
    let end = start + usize::try_from(symbol.size())?;
    let data = section.data()?;
    ensure!(start < end, "a function of no size");
    data.get(start..end)
        .context("a function that is longer than its section")
}
