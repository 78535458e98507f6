// SPDX-License-Identifier: GPL-2.0

//! The table of symbols that the kernel keeps for itself, as `scripts/kallsyms.c` writes it and
//! `kernel/kallsyms.c` reads it. Since 6.4 its pieces lie in this order, each at a multiple of four:
//!
//! | what | of it |
//! | --- | --- |
//! | `kallsyms_num_syms` | a number of four bytes |
//! | `kallsyms_names` | for each symbol the length (ULEB128) and as many tokens of one byte |
//! | `kallsyms_markers` | of each 256th symbol, where it is in the names: four bytes |
//! | `kallsyms_token_table` | 256 strings |
//! | `kallsyms_token_index` | where each of them begins: two bytes |
//! | `kallsyms_offsets` | for each symbol how far it is from this field: four bytes |
//!
//! In older kernels the offsets are from `kallsyms_relative_base`, of eight bytes, behind them. No
//! symbol leads to any of this in a kernel without symbols, so it is found by what it looks like.

use super::{u16_at, u32_at, Symbols};
use anyhow::{ensure, Context, Result};
use std::ops::Range;

/// A byte of a name stands for one of so many strings.
const TOKENS: usize = 256;

/// A marker for so many symbols.
const MARKED: usize = 256;

/// The longest name, with its type: KSYM_NAME_LEN.
const NAME_MAX: usize = 512;

/// The longest name as it is stored, with its length.
const STORED_MAX: usize = 2 + 0x3fff;

/// No kernel's names are so long together, nor has it so many symbols.
const NAMES_MAX: usize = 64 << 20;
const SYMBOLS_MAX: usize = 1 << 22;

/// So many places that look like a table of tokens are looked at.
const TRIES: usize = 64;

const NONE: &str = "the kernel has no table of its symbols that can be read: it was built without \
                    CONFIG_KALLSYMS, or is older than 6.4; give its build tree, or its vmlinux with symbols";

/// Where the pieces are.
#[derive(Debug, PartialEq, Eq)]
pub struct Tables {
    count: usize,
    names: Range<usize>,
    tokens: Vec<Range<usize>>,
    /// Where the offsets begin: their address has to be known.
    pub offsets: usize,
}

impl Tables {
    pub fn find(bytes: &[u8]) -> Result<Self> {
        let mut tries = 0;
        let mut at = 0;
        // The first token begins at 0, the second one behind it.
        while let Some(first) = bytes.get(at..at + 4) {
            if first[..2] == [0, 0] && first[2..] != [0, 0] {
                if let Some(tokens) = tokens(bytes, at) {
                    if let Some(tables) = Self::around(bytes, at, tokens) {
                        return Ok(tables);
                    }
                    tries += 1;
                    ensure!(tries < TRIES, NONE);
                }
            }
            at += 4;
        }
        Err(anyhow::Error::msg(NONE))
    }

    /// The rest, from where the table of tokens and its index are.
    fn around(bytes: &[u8], index: usize, tokens: Vec<Range<usize>>) -> Option<Self> {
        let markers_end = tokens.first()?.start;
        // They grow, and the first one is 0.
        let mut markers_start = markers_end;
        let mut next = u32::MAX;
        while next > 0 {
            markers_start = markers_start.checked_sub(4)?;
            let marker = u32_at(bytes, markers_start)?;
            if marker >= next {
                return None;
            }
            next = marker;
        }
        let markers = (markers_end - markers_start) / 4;
        let last = u32_at(bytes, markers_end - 4)? as usize;
        let offsets = index + 2 * TOKENS;

        // How many symbols there are stands before the names, whose length is only about known.
        let mut at = markers_start.checked_sub(last)?.checked_sub(4)?;
        at -= at % 4;
        let lowest = at.saturating_sub(MARKED * STORED_MAX);
        loop {
            let count = u32_at(bytes, at)? as usize;
            if count <= SYMBOLS_MAX && count.div_ceil(MARKED) == markers {
                let names = at + 4..markers_start;
                if are_names(bytes, &names, count) {
                    return Some(Self {
                        count,
                        names,
                        tokens,
                        offsets,
                    });
                }
            }
            at = at.checked_sub(4).filter(|&at| at >= lowest)?;
        }
    }

    /// Decodes all symbols, if the offsets lie at that address.
    pub fn read(&self, bytes: &[u8], address: u64) -> Result<Symbols> {
        let addresses = self.addresses(bytes, address)?;
        let mut symbols = Symbols::with_capacity(self.count);
        let mut rest = self.names.start;
        let mut name = String::with_capacity(NAME_MAX);
        for (number, address) in addresses.enumerate() {
            let bad = || format!("symbol {number} of the kernel's {} is bad", self.count);
            let stored = stored(bytes, rest).with_context(bad)?;
            rest = stored.end;
            name.clear();
            for &token in bytes.get(stored).with_context(bad)? {
                let token = self.tokens.get(usize::from(token)).with_context(bad)?;
                let token = bytes.get(token.clone()).with_context(bad)?;
                name.push_str(std::str::from_utf8(token).with_context(bad)?);
                ensure!(name.len() <= NAME_MAX, bad());
            }
            let kind = *name.as_bytes().first().with_context(bad)?;
            ensure!(kind.is_ascii_alphabetic(), bad());
            symbols
                .push(address, kind, &name[1..])
                .filter(|()| symbols.name_bytes() <= NAMES_MAX)
                .context("the names of the kernel's symbols are longer than any kernel's")?;
        }
        Ok(symbols)
    }

    fn addresses<'a>(
        &self,
        bytes: &'a [u8],
        address: u64,
    ) -> Result<Box<dyn Iterator<Item = u64> + 'a>> {
        let len = 4 * self.count;
        let fields = bytes
            .get(self.offsets..)
            .and_then(|rest| rest.get(..len))
            .with_context(|| format!("the offsets of {} symbols are not all there", self.count))?;
        let fields = || fields.as_chunks::<4>().0.iter();
        // Aliases are at one address, and so not in order if the offsets are from the fields.
        if fields().is_sorted_by_key(|&field| u32::from_le_bytes(field)) {
            let at = (self.offsets + len).next_multiple_of(8);
            let base = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
            let base = base.map(|&base| u64::from_le_bytes(base));
            let is_one = |base: &u64| base >> 63 == 1 && base.is_multiple_of(4096);
            if let Some(base) = base.filter(is_one) {
                let from_base =
                    move |field: &[u8; 4]| base.wrapping_add(u32::from_le_bytes(*field).into());
                ensure!(fields().map(from_base).is_sorted(), NONE);
                return Ok(Box::new(fields().map(from_base)));
            }
        }
        let from_field = move |(number, field): (usize, &[u8; 4])| {
            let place = address.wrapping_add(4 * number as u64);
            place.wrapping_add_signed(i32::from_le_bytes(*field).into())
        };
        ensure!(
            fields().enumerate().map(from_field).is_sorted(),
            "the kernel's symbols are not in the order of their addresses: \
             their table is of a kind that is not known; give the kernel's build tree"
        );
        Ok(Box::new(fields().enumerate().map(from_field)))
    }
}

/// The strings of a table whose index is there, if it is one.
fn tokens(bytes: &[u8], index: usize) -> Option<Vec<Range<usize>>> {
    let mut starts = [0_usize; TOKENS];
    for (i, start) in starts.iter_mut().enumerate() {
        *start = u16_at(bytes, index + 2 * i)?.into();
    }
    if !starts.is_sorted_by(|a, b| a < b) {
        return None;
    }
    // The index begins at the next multiple of four behind the last string, which has to be found.
    let [.., last] = starts;
    let mut table = index.checked_sub(last + 1)?;
    table -= table % 4;
    let lowest = table.saturating_sub(NAME_MAX + 4);
    loop {
        if let Some(tokens) = tokens_at(bytes, table, &starts, index) {
            return Some(tokens);
        }
        table = table.checked_sub(4).filter(|&table| table >= lowest)?;
    }
}

fn tokens_at(
    bytes: &[u8],
    table: usize,
    starts: &[usize; TOKENS],
    index: usize,
) -> Option<Vec<Range<usize>>> {
    let last = bytes.get(table + starts[TOKENS - 1]..index)?;
    let end = starts[TOKENS - 1] + last.iter().position(|&byte| byte == 0)?;
    let padding = bytes.get(table + end + 1..index)?;
    if padding.len() >= 4 || padding.iter().any(|&byte| byte != 0) {
        return None;
    }
    let ends = starts[1..].iter().map(|&next| next - 1).chain([end]);
    let mut tokens = Vec::with_capacity(TOKENS);
    for (&start, end) in starts.iter().zip(ends) {
        let token = table + start..table + end;
        let text = bytes.get(token.clone())?;
        if !text.iter().all(u8::is_ascii_graphic) || bytes.get(token.end) != Some(&0) {
            return None;
        }
        tokens.push(token);
    }
    // Each letter that a type is written with is a token, or in one.
    tokens
        .iter()
        .any(|token| !token.is_empty())
        .then_some(tokens)
}

/// Where the tokens are of the name that begins there.
fn stored(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let low = usize::from(*bytes.get(at)?);
    let (start, len) = if low & 0x80 == 0 {
        (at + 1, low)
    } else {
        let high = usize::from(*bytes.get(at + 1)?);
        (at + 2, low & 0x7f | high << 7)
    };
    (len > 0).then_some(start..start + len)
}

/// Whether so many names are there, as the markers behind them say.
fn are_names(bytes: &[u8], names: &Range<usize>, count: usize) -> bool {
    let mut at = names.start;
    for number in 0..count {
        if number % MARKED == 0 {
            let marker = u32_at(bytes, names.end + number / MARKED * 4);
            if marker.map(|marker| marker as usize) != Some(at - names.start) {
                return false;
            }
        }
        match stored(bytes, at) {
            Some(stored) if stored.end <= names.end => at = stored.end,
            _ => return false,
        }
    }
    names.end - at < 4
}
