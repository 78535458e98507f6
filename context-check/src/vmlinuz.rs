// SPDX-License-Identifier: GPL-2.0

//! A kernel as a distribution installs it: packed, and without an ELF symbol table.
//!
//! Its symbols are those that it keeps for itself, the ones of `/proc/kallsyms`.

mod arm64;
mod decompress;
mod kallsyms;
mod symbols;
mod unpack;
mod x86;

pub use symbols::{Symbol, Symbols};

use crate::image::{Kind, Segment};
use anyhow::{Context, Result};
use object::Architecture;
use std::{borrow::Cow, ops::Range};

/// What every version of the kernel says of itself, before its release.
const BANNER: &[u8] = b"Linux version ";

/// The longest release: that of `struct utsname`.
const RELEASE_MAX: usize = 64;

/// An unpacked kernel.
#[derive(Debug)]
pub struct Vmlinuz<'data> {
    /// What the kernel runs on: x86-64 or arm64.
    pub architecture: Architecture,
    /// As `uname -r` prints it.
    pub release: String,
    /// What `/proc/kallsyms` would have of the kernel itself, if its addresses were not moved.
    pub symbols: Symbols,
    bytes: Cow<'data, [u8]>,
    parts: Vec<Part>,
}

/// A part of the memory, and where its bytes are in what was unpacked.
#[derive(Debug)]
struct Part {
    name: String,
    address: u64,
    range: Range<usize>,
    kind: Kind,
}

impl<'data> Vmlinuz<'data> {
    /// Whether a file looks like one that [`Vmlinuz::read`] can read: for this its begin is enough.
    pub fn is_one(data: &[u8]) -> bool {
        unpack::Container::of(data).is_some()
    }

    /// Unpacks a kernel and reads its symbols.
    pub fn read(data: &'data [u8]) -> Result<Self> {
        let (bytes, architecture) = unpack::unpack(data)?;
        let (symbols, parts) = match architecture {
            Architecture::X86_64 => {
                let parts = x86::parts(&bytes)?;
                let tables = kallsyms::Tables::find(&bytes)?;
                let address = parts.iter().find_map(|part| part.address(tables.offsets));
                let address =
                    address.context("the kernel's symbols lie in no part of its memory")?;
                (tables.read(&bytes, address)?, parts)
            }
            _ => {
                let tables = kallsyms::Tables::find(&bytes)?;
                let base = arm64::base(&bytes)?;
                let symbols = tables.read(&bytes, base + tables.offsets as u64)?;
                let parts = arm64::parts(base, bytes.len(), &symbols);
                (symbols, parts)
            }
        };
        let mut this = Self {
            architecture,
            release: String::new(),
            symbols,
            bytes,
            parts,
        };
        this.release = this
            .find_release()
            .context("the kernel does not say of which release it is; is it a Linux kernel?")?;
        Ok(this)
    }

    /// The memory as it is when the kernel begins, sorted by address. What is zero then has no bytes.
    pub fn segments(&self) -> Vec<Segment<'_>> {
        let segment = |part: &Part| Segment {
            name: part.name.clone(),
            start: part.address,
            bytes: Cow::Borrowed(self.bytes.get(part.range.clone()).unwrap_or_default()),
            kind: part.kind,
        };
        self.parts.iter().map(segment).collect()
    }

    /// The bytes at that address, to the end of what they lie in.
    pub fn bytes_at(&self, address: u64) -> Option<&[u8]> {
        let after = self.parts.partition_point(|part| part.address <= address);
        let part = self.parts.get(after.checked_sub(1)?)?;
        let bytes = self.bytes.get(part.range.clone())?;
        let offset = usize::try_from(address - part.address).ok()?;
        bytes.get(offset..).filter(|bytes| !bytes.is_empty())
    }

    fn find_release(&self) -> Option<String> {
        // There is no such symbol without CONFIG_KALLSYMS_ALL.
        let banner = self.symbols.address_of("linux_banner");
        if let Some(release) = banner.and_then(|address| release(self.bytes_at(address)?)) {
            return Some(release);
        }
        release_in(&self.bytes)
    }
}

impl Part {
    /// The address of what lies there in what was unpacked.
    fn address(&self, offset: usize) -> Option<u64> {
        let is_in = self.range.contains(&offset);
        is_in.then(|| {
            self.address
                .wrapping_add((offset - self.range.start) as u64)
        })
    }
}

/// The release in a banner that is somewhere in the kernel.
pub fn release_in(mut bytes: &[u8]) -> Option<String> {
    while let Some(at) = find(bytes, BANNER) {
        bytes = bytes.get(at..)?;
        if let Some(release) = release(bytes) {
            return Some(release);
        }
        bytes = bytes.get(BANNER.len()..)?;
    }
    None
}

/// The release in the kernel's banner.
fn release(text: &[u8]) -> Option<String> {
    let text = text.strip_prefix(BANNER)?;
    let text = text.get(..text.len().min(RELEASE_MAX + 1))?;
    let end = text.iter().position(|&byte| byte == b' ')?;
    let release = std::str::from_utf8(&text[..end]).ok()?;
    let is_one = release.starts_with(|c: char| c.is_ascii_digit())
        && release.chars().all(|c| c.is_ascii_graphic());
    is_one.then(|| release.to_owned())
}

/// Where one stands in the other for the first time.
fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = from + rest.iter().position(|&byte| byte == first)?;
        if text.get(at..)?.starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The numbers at an offset, in the order of both architectures.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(field.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(field.try_into().ok()?))
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
