// SPDX-License-Identifier: GPL-2.0

//! From the entry of a function to where it returns.

use super::architecture::{Architecture, Flow};
use anyhow::{bail, ensure, Context, Result};
use object::{File, Object, ObjectSection, ObjectSymbol, RelocationTarget, Section, Symbol};
use std::ops::Range;

/// The instructions of a function from its beginning to where it returns, branches not taken, and
/// without those of the functions that it calls.
pub fn instructions(file: &File<'_>, is_it: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let symbol = file
        .symbols()
        .find(|symbol| symbol.is_definition() && symbol.name().is_ok_and(&is_it))
        .context("the module lacks a callback that is to be counted")?;
    let index = symbol.section_index().context("a function in no section")?;
    let section = file.section_by_index(index)?;
    let start = symbol.address() - section.address();
    let named = |at: Range<usize>| {
        target(
            file,
            &section,
            start + at.start as u64..start + at.end as u64,
        )
    };
    walk(Architecture::of(file)?, code(&section, &symbol)?, named)
        .with_context(|| format!("in `{}`", symbol.name().unwrap_or_default()))
}

/// The same for its code, and for what says which function is called by the bytes at a place in it.
fn walk(
    architecture: &Architecture,
    code: &[u8],
    named: impl Fn(Range<usize>) -> Option<String>,
) -> Result<Vec<String>> {
    let mut instructions = Vec::new();
    let mut at = 0;
    while let Some(instruction) = (architecture.decode)(code, at) {
        let next = at + instruction.length;
        let mut text = instruction.text;
        let to = match instruction.flow {
            Flow::Call | Flow::Jump(_) => named(at..next),
            _ => None,
        };
        if to.is_some() || instruction.flow == Flow::Call {
            let word = text.split(' ').next().unwrap_or_default();
            text = format!("{word} {}", to.as_deref().unwrap_or("a function beside it"));
        }
        instructions.push(text);
        at = match instruction.flow {
            Flow::Next | Flow::Conditional | Flow::Call => next,
            Flow::Return => return Ok(instructions),
            // By a thunk, or from a function that is called last.
            Flow::Jump(_) if to.is_some() => return Ok(instructions),
            // Only ahead, so that there is an end.
            Flow::Jump(place) if (next..code.len()).contains(&place) => place,
            Flow::Jump(_) | Flow::Unknown => break,
        };
    }
    bail!(
        "it does more than can be counted: {}",
        instructions.join("; ")
    )
}

/// What an instruction at that place calls.
fn target(file: &File<'_>, section: &Section<'_, '_>, at: Range<u64>) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::{super::arm64, *};

    fn walk_arm64(code: &[u32], calls: &[(usize, &str)]) -> Result<Vec<String>> {
        let code: Vec<_> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        walk(&arm64::ARCHITECTURE, &code, |at| {
            let mut calls = calls.iter();
            let (_, name) = calls.find(|(place, _)| at.contains(place))?;
            Some((*name).to_owned())
        })
    }

    #[test]
    fn a_function_is_read_up_to_its_end_and_no_branch_is_taken() {
        let read = walk_arm64(
            &[
                0xb400_0080, // cbz x0, 0x10
                0x9400_0000, // bl strlen
                0xd65f_03c0, // ret
                0xd65f_03c0,
            ],
            &[(4, "strlen")],
        );
        assert_eq!(read.unwrap(), ["cbz x0, $+0x10", "bl strlen", "ret"]);
    }

    #[test]
    fn a_function_that_is_called_last_ends_it() {
        let read = walk_arm64(&[0x1400_0000, 0xd65f_03c0], &[(0, "kfree")]);
        assert_eq!(read.unwrap(), ["b kfree"]);
    }

    #[test]
    fn a_jump_within_the_function_is_followed() {
        let read = walk_arm64(
            &[
                0x1400_0002, // b 0x8
                0xd420_0020, // brk #1
                0xd65f_03c0, // ret
            ],
            &[],
        );
        assert_eq!(read.unwrap(), ["b $+0x8", "ret"]);
    }

    #[test]
    fn what_cannot_be_counted_is_told() {
        let why = |code: &[u32]| walk_arm64(code, &[]).unwrap_err().to_string();
        let elsewhere = why(&[0x1400_0002, 0xd65f_03c0]);
        assert!(elsewhere.ends_with(": b $+0x8"), "{elsewhere}");
        let back = why(&[0x5280_0000, 0x17ff_ffff]);
        assert!(back.ends_with("; b $-0x4"), "{back}");
        let by_register = why(&[0x5280_0000, 0xd63f_0100, 0xd65f_03c0]);
        assert!(by_register.ends_with("; blr x8"), "{by_register}");
        let without_end = why(&[0x5280_0000]);
        assert!(
            without_end.contains("more than can be counted"),
            "{without_end}"
        );
    }
}
