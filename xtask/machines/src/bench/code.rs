// SPDX-License-Identifier: GPL-2.0

//! What a callback is made of, in the module's object code.

use anyhow::{ensure, Context, Result};
use iced_x86::{Decoder, DecoderOptions, FlowControl, Formatter, GasFormatter};
use object::{File, Object, ObjectSection, ObjectSymbol, Symbol};
use serde_json::{json, Value};
use std::{fs, path::Path};

/// The handlers that are counted: the name in Rust, and that of the twin.
const HANDLERS: [(&str, &str); 3] = [
    ("Idle", "notifier_chain_bench_idle"),
    ("Typed", "notifier_chain_bench_typed"),
    ("Stateful", "notifier_chain_bench_stateful"),
];

/// The same callback in both languages, as instructions.
pub struct Callback {
    pub handler: &'static str,
    pub c: Vec<String>,
    pub rust: Vec<String>,
}

impl Callback {
    pub fn json(&self) -> Value {
        json!({
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
    HANDLERS
        .iter()
        .map(|&(handler, twin)| {
            // Where those of several kinds are the same, the compiler keeps one.
            let ends = format!("handlers::{handler}>");
            Ok(Callback {
                handler,
                c: instructions(&file, |name| name == twin)?,
                rust: instructions(&file, |name| {
                    let name = format!("{:#}", rustc_demangle::demangle(name));
                    name.contains("notifier_chain::block::")
                        && name.contains("_callback::<")
                        && name.contains(&ends)
                })?,
            })
        })
        .collect()
}

/// The instructions of a function from its beginning to where it returns, branches not taken.
fn instructions(file: &File<'_>, is_it: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let symbol = file
        .symbols()
        .find(|symbol| symbol.is_definition() && symbol.name().is_ok_and(&is_it))
        .context("the module lacks a callback that is to be counted")?;
    let code = code(file, &symbol)?;
    let mut formatter = GasFormatter::new();
    let mut instructions = Vec::new();
    for instruction in &mut Decoder::new(64, code, DecoderOptions::NONE) {
        let mut text = String::new();
        formatter.format(&instruction, &mut text);
        instructions.push(text);
        match instruction.flow_control() {
            FlowControl::Return => return Ok(instructions),
            FlowControl::Next | FlowControl::ConditionalBranch => {}
            _ => break,
        }
    }
    let name = symbol.name().unwrap_or_default();
    anyhow::bail!(
        "`{name}` does more than can be counted: {}",
        instructions.join("; ")
    )
}

fn code<'a>(file: &File<'a>, symbol: &Symbol<'a, '_>) -> Result<&'a [u8]> {
    let index = symbol.section_index().context("a function in no section")?;
    let section = file.section_by_index(index)?;
    let start = usize::try_from(symbol.address() - section.address())?;
    let end = start + usize::try_from(symbol.size())?;
    let data = section.data()?;
    ensure!(start < end, "a function of no size");
    data.get(start..end)
        .context("a function that is longer than its section")
}
