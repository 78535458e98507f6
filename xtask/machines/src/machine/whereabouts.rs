// SPDX-License-Identifier: GPL-2.0

//! Where the CPUs of a machine are that does not go on.

use super::{board::Board, qmp::Qmp};
use anyhow::{Context, Result};
use object::{File, Object, ObjectSymbol, SymbolKind};
use regex::Regex;
use std::{fs, path::Path};

/// How much of a stack is searched for callers.
const WORDS: u64 = 300;

/// How many of them are told.
const CALLERS: usize = 20;

/// A stack for interrupts is told by the last word of its page: where the stack ends that it interrupted.
const PAGE: u64 = 4096;

/// The functions of a kernel that lies where it was linked: addresses, sizes, names.
struct Functions(Vec<(u64, u64, String)>);

/// Tells in which function each CPU is, and of which functions there are return addresses on its stacks: those of its
/// callers, and some that have returned.
pub fn whereabouts(vmlinux: &Path, board: &Board, control: &mut Qmp, cpus: u32) -> Result<String> {
    let functions = Functions::of(vmlinux)?;
    let cpus = (0..cpus).map(|cpu| {
        let registers = control.human(cpu, "info registers")?;
        let at = register(&registers, board.program_counter)?;
        let end = register(&registers, board.stack_pointer)?;
        let mut stack = words(control, cpu, end)?;
        let last = (end | (PAGE - 1)) - 7;
        if let Some(&interrupted) = words(control, cpu, last)?.first() {
            stack.extend(words(control, cpu, interrupted)?);
        }
        let mut callers: Vec<_> = stack
            .iter()
            .filter_map(|word| functions.around(*word).filter(|(_, offset)| *offset > 0))
            .map(|(name, _)| name)
            .collect();
        callers.dedup();
        callers.truncate(CALLERS);
        let at = functions
            .around(at)
            .map_or_else(|| format!("{at:#x}"), |(name, _)| name.to_owned());
        Ok(format!(
            "CPU {cpu} is in {at}, after {}",
            callers.join(", ")
        ))
    });
    Ok(cpus.collect::<Result<Vec<_>>>()?.join("\n"))
}

impl Functions {
    fn of(vmlinux: &Path) -> Result<Functions> {
        let file =
            fs::read(vmlinux).with_context(|| format!("cannot read {}", vmlinux.display()))?;
        let mut functions: Vec<_> = File::parse(&*file)?
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text)
            .filter_map(|symbol| {
                let name = symbol.name().ok()?.to_owned();
                Some((symbol.address(), symbol.size(), name))
            })
            .collect();
        functions.sort();
        Ok(Functions(functions))
    }

    /// The function in which an address is, and how far.
    fn around(&self, address: u64) -> Option<(&str, u64)> {
        let next = self.0.partition_point(|(start, ..)| *start <= address);
        let (start, size, name) = self.0.get(next.checked_sub(1)?)?;
        let offset = address - start;
        (offset < *size).then_some((name, offset))
    }
}

fn register(registers: &str, name: &str) -> Result<u64> {
    let found = Regex::new(&format!(r"\b{name} *= *([0-9a-f]+)"))?;
    let found = found
        .captures(registers)
        .with_context(|| format!("no {name}"))?;
    Ok(u64::from_str_radix(&found[1], 16)?)
}

/// The words from an address on, none where there is no memory.
fn words(control: &mut Qmp, cpu: u32, from: u64) -> Result<Vec<u64>> {
    let memory = control.human(cpu, &format!("x /{WORDS}gx {from:#x}"))?;
    let words = Regex::new(" 0x([0-9a-f]{16})")?;
    words
        .captures_iter(&memory)
        .map(|word| Ok(u64::from_str_radix(&word[1], 16)?))
        .collect()
}
