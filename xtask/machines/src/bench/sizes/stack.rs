// SPDX-License-Identifier: GPL-2.0

//! How much stack functions take, as their compilers have written it down.

use anyhow::{ensure, Context, Result};
use object::{
    File, Object, ObjectSection, ObjectSymbol, Relocation, RelocationTarget, SectionIndex,
    SymbolKind,
};

/// The section in which a compiler writes, for each function, its address and how much stack it takes, as ULEB128.
const SIZES: &str = ".stack_sizes";

/// Bytes of the largest frame, and the name of its function.
pub fn largest_frame(file: &File<'_>) -> Result<(u64, String)> {
    let mut frames = Vec::new();
    for section in file.sections().filter(|one| one.name() == Ok(SIZES)) {
        let data = section.data()?;
        // The addresses are left to the linker.
        for (at, relocation) in section.relocations() {
            let size = data.get(usize::try_from(at)? + size_of::<u64>()..);
            let size = size.and_then(uleb128).context("a stack frame of no size")?;
            frames.push((size, function(file, &relocation)?));
        }
    }
    ensure!(
        !frames.is_empty(),
        "no compiler has written down its stack frames"
    );
    frames.into_iter().max().context("no stack frame")
}

fn uleb128(bytes: &[u8]) -> Option<u64> {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let digits = bytes[..length].iter().rev();
    digits
        .map(|byte| u64::from(byte & 0x7f))
        .try_fold(0u64, |value, digit| {
            value.checked_mul(0x80)?.checked_add(digit)
        })
}

/// The function that a relocation means: by its name, or by where it is in its section.
fn function(file: &File<'_>, relocation: &Relocation) -> Result<String> {
    let RelocationTarget::Symbol(index) = relocation.target() else {
        anyhow::bail!("a stack frame of nothing");
    };
    let symbol = file.symbol_by_index(index)?;
    let name = if symbol.kind() == SymbolKind::Section {
        let section = symbol.section_index().context("a stack frame nowhere")?;
        let address = symbol.address().wrapping_add_signed(relocation.addend());
        name_at(file, section, address).unwrap_or_default()
    } else {
        symbol.name()?.to_owned()
    };
    Ok(format!("{:#}", rustc_demangle::demangle(&name)))
}

fn name_at(file: &File<'_>, section: SectionIndex, address: u64) -> Option<String> {
    let symbol = file.symbols().find(|symbol| {
        symbol.section_index() == Some(section)
            && symbol.address() == address
            && symbol.kind() == SymbolKind::Text
    })?;
    symbol.name().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_seven_bits_a_byte() {
        assert_eq!(uleb128(&[0x18, 0xff]), Some(24));
        assert_eq!(uleb128(&[0x88, 0x01]), Some(136));
        assert_eq!(uleb128(&[0x80]), None);
        assert_eq!(uleb128(&[]), None);
    }
}
