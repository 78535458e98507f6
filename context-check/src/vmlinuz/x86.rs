// SPDX-License-Identifier: GPL-2.0

//! The memory of a kernel for x86-64: what is packed is an ELF file that still has its sections.

use super::{unpack::DAMAGED, Part};
use crate::image::Kind;
use anyhow::{ensure, Context, Result};
use object::{
    elf, read::elf::ElfFile64, Architecture, Endianness, Object, ObjectSection, ObjectSegment,
    SegmentFlags,
};
use std::ops::Range;

pub fn parts(bytes: &[u8]) -> Result<Vec<Part>> {
    let file = ElfFile64::<Endianness>::parse(bytes).context(
        "what is packed cannot be read as a 64-bit ELF file; is it a kernel for 32 bits?",
    )?;
    ensure!(
        file.architecture() == Architecture::X86_64,
        "what is packed is for another architecture ({:?}) than x86-64",
        file.architecture()
    );
    let mut parts = sections(&file);
    if parts.is_empty() {
        parts = segments(&file);
    }
    ensure!(!parts.is_empty(), "what is packed has nothing to be loaded");
    let is_whole = |part: &Part| part.range.end <= bytes.len();
    ensure!(
        parts.iter().all(is_whole),
        "what is packed ends before its last section; {DAMAGED}"
    );
    parts.sort_by_key(|part| part.address);
    Ok(parts)
}

fn sections(file: &ElfFile64<Endianness>) -> Vec<Part> {
    let mut parts = Vec::new();
    for section in file.sections() {
        let range = section.file_range().and_then(range);
        let (Some(kind), Some(range), Ok(name)) =
            (Kind::of_section(&section), range, section.name())
        else {
            continue;
        };
        parts.push(Part {
            name: name.to_owned(),
            address: section.address(),
            range,
            kind,
        });
    }
    parts
}

/// As far as is known if there are no sections.
fn segments(file: &ElfFile64<Endianness>) -> Vec<Part> {
    let part = |segment: object::read::elf::ElfSegment64<'_, '_, Endianness>| {
        let SegmentFlags::Elf { p_flags } = segment.flags() else {
            return None;
        };
        let kind = if p_flags & elf::PF_W != 0 {
            Kind::Variable
        } else if p_flags & elf::PF_X != 0 {
            Kind::Code
        } else {
            Kind::Constant
        };
        Some(Part {
            name: String::new(),
            address: segment.address(),
            range: range(segment.file_range())?,
            kind,
        })
    };
    file.segments().filter_map(part).collect()
}

/// Where something is in the file: offset and length.
fn range((start, len): (u64, u64)) -> Option<Range<usize>> {
    let end = usize::try_from(start.checked_add(len)?).ok()?;
    Some(usize::try_from(start).ok()?..end)
}
