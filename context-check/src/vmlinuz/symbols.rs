// SPDX-License-Identifier: GPL-2.0

//! Symbols with their names in one string: there are some hundred thousand of them.

/// Data that only `CONFIG_KALLSYMS_ALL` has a symbol for: not initialised, and of one file.
const DATA: u8 = b'b';

/// A symbol, as a line of `/proc/kallsyms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// Where the kernel is linked to have it: not where it is once the kernel has moved itself.
    pub address: u64,
    /// Its type as `nm` names it, such as `T`, `t` or `d`.
    pub kind: u8,
    /// Its name, which several symbols may share.
    pub name: &'a str,
}

/// All symbols, sorted by address. Those of one address are in the kernel's own order: the better
/// name stands first.
#[derive(Debug, Default)]
pub struct Symbols {
    names: String,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    address: u64,
    /// The name ends here, and begins where the one before ends.
    end: u32,
    kind: u8,
}

impl Symbols {
    pub(super) fn with_capacity(symbols: usize) -> Self {
        Self {
            names: String::new(),
            entries: Vec::with_capacity(symbols),
        }
    }

    /// Adds one. None if there are too many.
    pub(super) fn push(&mut self, address: u64, kind: u8, name: &str) -> Option<()> {
        self.names.push_str(name);
        let end = u32::try_from(self.names.len()).ok()?;
        self.entries.push(Entry { address, end, kind });
        Some(())
    }

    /// How many bytes the names have.
    pub(super) fn name_bytes(&self) -> usize {
        self.names.len()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The one with that number.
    pub fn get(&self, index: usize) -> Option<Symbol<'_>> {
        let entry = self.entries.get(index)?;
        let before = index
            .checked_sub(1)
            .and_then(|index| self.entries.get(index));
        let start = before.map_or(0, |before| before.end);
        Some(Symbol {
            address: entry.address,
            kind: entry.kind,
            name: self.names.get(start as usize..entry.end as usize)?,
        })
    }

    /// All of them, by address.
    pub fn iter(&self) -> impl Iterator<Item = Symbol<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Where the first symbol of that name is. Looks at all of them.
    pub fn address_of(&self, name: &str) -> Option<u64> {
        let found = self.iter().find(|symbol| symbol.name == name);
        found.map(|symbol| symbol.address)
    }

    /// Whether data has symbols too: whether the kernel has `CONFIG_KALLSYMS_ALL`.
    pub fn have_data(&self) -> bool {
        self.entries.iter().any(|entry| entry.kind == DATA)
    }
}
