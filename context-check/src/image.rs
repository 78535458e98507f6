// SPDX-License-Identifier: GPL-2.0

//! Code and data at their addresses, as they lie in memory when they run.
//!
//! A kernel is linked already. A module is laid out by [`crate::module`] as the kernel's loader
//! would: what it takes from elsewhere gets an address of its own, too, at which there is nothing.

use std::{borrow::Cow, collections::HashMap};

/// What may be done with a part of the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Code,
    /// Data that never changes, or not after the module has been loaded.
    Constant,
    Variable,
}

pub struct Segment<'data> {
    pub name: String,
    pub start: u64,
    pub bytes: Cow<'data, [u8]>,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub start: u64,
    pub end: u64,
    pub name: Option<String>,
}

/// Where the addresses begin of what a module takes from elsewhere, and how far they are apart.
/// Within reach of signed 32-bit offsets, as the kernel's own addresses are.
const OUTSIDE: u64 = 0xffff_ffff_e5a0_0000;
const OUTSIDE_STEP: u64 = 1 << 16;
const OUTSIDE_MAX: usize = 2048;

#[derive(Default)]
pub struct Image<'data> {
    segments: Vec<Segment<'data>>,
    functions: Vec<Function>,
    outside: Vec<String>,
    /// Which fields hold an address, and which: sorted by the field.
    pub relocated: Vec<(u64, u64)>,
    /// Where an address points to: sorted. What begins here ends where the next one begins.
    pub referenced: Vec<u64>,
    /// Data symbols with a size: start, end.
    pub objects: Vec<(u64, u64)>,
    /// Where the code jumps to once the kernel has patched a jump over a no-op.
    pub jump_labels: HashMap<u64, Vec<u64>>,
    /// Other instructions that the kernel may patch in: where, from where, and how many bytes.
    pub alternatives: HashMap<u64, Vec<(u64, u8)>>,
}

impl<'data> Image<'data> {
    pub fn new(mut segments: Vec<Segment<'data>>, mut functions: Vec<Function>) -> Self {
        segments.sort_by_key(|segment| segment.start);
        // Of several names for one place, the first that was given stays.
        functions.sort_by_key(|function| function.start);
        functions.dedup_by_key(|function| function.start);
        let mut this = Self {
            segments,
            functions,
            ..Self::default()
        };
        this.end_functions();
        this
    }

    /// The same, with other functions.
    pub fn with_functions(self, functions: Vec<Function>) -> Self {
        Self::new(self.segments, functions)
    }

    /// A function ends before the next one begins, and with its section.
    fn end_functions(&mut self) {
        for i in 0..self.functions.len() {
            let start = self.functions[i].start;
            let next = self
                .functions
                .get(i + 1)
                .map_or(u64::MAX, |next| next.start);
            let room = self
                .segment(start)
                .map_or(start, |segment| segment.start + segment.bytes.len() as u64);
            let end = &mut self.functions[i].end;
            if *end <= start {
                *end = u64::MAX;
            }
            *end = (*end).min(next).min(room);
        }
    }

    /// The address that stands for a symbol that is defined elsewhere.
    pub fn add_outside(&mut self, name: &str) -> Option<u64> {
        if self.outside.len() == OUTSIDE_MAX {
            return None;
        }
        self.outside.push(name.to_owned());
        Some(OUTSIDE + (self.outside.len() as u64 - 1) * OUTSIDE_STEP + OUTSIDE_STEP / 2)
    }

    /// Takes over what is defined elsewhere.
    pub fn take_outside(&mut self, other: Image) {
        self.outside = other.outside;
    }

    /// What is defined elsewhere and stands at that address, and how far into it that is.
    pub fn outside(&self, address: u64) -> Option<(&str, i64)> {
        let distance = address.checked_sub(OUTSIDE)?;
        let name = self
            .outside
            .get(usize::try_from(distance / OUTSIDE_STEP).ok()?)?;
        Some((
            name,
            (distance % OUTSIDE_STEP) as i64 - OUTSIDE_STEP as i64 / 2,
        ))
    }

    /// All that is defined elsewhere.
    pub fn all_outside(&self) -> impl Iterator<Item = (&str, u64)> {
        let address = |i| OUTSIDE + i as u64 * OUTSIDE_STEP + OUTSIDE_STEP / 2;
        let names = self.outside.iter().enumerate();
        names.map(move |(i, name)| (name.as_str(), address(i)))
    }

    pub fn segments(&self) -> &[Segment<'data>] {
        &self.segments
    }

    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    pub fn segment(&self, address: u64) -> Option<&Segment<'data>> {
        let after = self
            .segments
            .partition_point(|segment| segment.start <= address);
        let segment = &self.segments[after.checked_sub(1)?];
        (address - segment.start < segment.bytes.len() as u64).then_some(segment)
    }

    /// The function that the address lies in.
    pub fn function(&self, address: u64) -> Option<&Function> {
        let function = &self.functions[self.function_index(address)?];
        (address < function.end).then_some(function)
    }

    /// The index of the last function that begins there or before.
    pub fn function_index(&self, address: u64) -> Option<usize> {
        self.functions
            .partition_point(|function| function.start <= address)
            .checked_sub(1)
    }

    pub fn is_code(&self, address: u64) -> bool {
        self.segment(address)
            .is_some_and(|segment| segment.kind == Kind::Code)
    }

    /// Whether what is there is part of the function that jumps there: tests of what the processor
    /// can do are put aside.
    pub fn is_aside(&self, address: u64) -> bool {
        self.segment(address)
            .is_some_and(|segment| segment.name == ".altinstr_aux")
    }

    /// The bytes from there to the end of what they lie in.
    pub fn bytes(&self, address: u64) -> Option<&[u8]> {
        let segment = self.segment(address)?;
        segment
            .bytes
            .get(usize::try_from(address - segment.start).ok()?..)
    }

    pub fn read_u64(&self, address: u64) -> Option<u64> {
        Some(u64::from_le_bytes(
            self.bytes(address)?.get(..8)?.try_into().ok()?,
        ))
    }

    pub fn read_i32(&self, address: u64) -> Option<i32> {
        Some(i32::from_le_bytes(
            self.bytes(address)?.get(..4)?.try_into().ok()?,
        ))
    }

    /// Whether what is there never changes.
    pub fn is_constant(&self, address: u64) -> bool {
        self.segment(address)
            .is_some_and(|segment| segment.kind == Kind::Constant)
    }

    /// The fields with addresses that lie in that range.
    pub fn relocated_within(&self, start: u64, end: u64) -> &[(u64, u64)] {
        let from = self.relocated.partition_point(|&(field, _)| field < start);
        let to = self.relocated.partition_point(|&(field, _)| field < end);
        self.relocated.get(from..to).unwrap_or_default()
    }

    /// The data symbol that lies there: where it begins, and where it ends.
    pub fn object(&self, address: u64) -> Option<(u64, u64)> {
        let after = self.objects.partition_point(|&(start, _)| start <= address);
        let &(start, end) = self.objects.get(after.checked_sub(1)?)?;
        (address < end).then_some((start, end))
    }

    /// Where the datum ends that lies at that address: its symbol knows, or what is pointed to next.
    pub fn datum(&self, address: u64) -> (u64, u64) {
        if let Some(object) = self.object(address) {
            return object;
        }
        let next = self.referenced.partition_point(|&other| other <= address);
        let room = self.segment(address).map_or(address, |segment| {
            segment.start + segment.bytes.len() as u64
        });
        let end = self
            .referenced
            .get(next)
            .map_or(room, |&next| next.min(room));
        (address, end)
    }

    /// Reads `__jump_table`: pairs of offsets, each from its own field, and a key.
    pub fn read_jump_labels(&mut self, start: u64, end: u64) {
        let mut at = start;
        while at.checked_add(16).is_some_and(|next| next <= end) {
            if let (Some(code), Some(target)) = (self.read_i32(at), self.read_i32(at + 4)) {
                let code = at.wrapping_add_signed(code.into());
                let target = (at + 4).wrapping_add_signed(target.into());
                self.jump_labels.entry(code).or_default().push(target);
            }
            at += 16;
        }
    }

    /// Reads `.altinstructions`: where, with what, four bytes of flags, and both lengths.
    pub fn read_alternatives(&mut self, start: u64, end: u64) {
        let mut at = start;
        while at.checked_add(14).is_some_and(|next| next <= end) {
            let len = self.bytes(at).and_then(|bytes| bytes.get(13)).copied();
            if let (Some(code), Some(other), Some(len)) =
                (self.read_i32(at), self.read_i32(at + 4), len)
            {
                let code = at.wrapping_add_signed(code.into());
                let other = (at + 4).wrapping_add_signed(other.into());
                self.alternatives
                    .entry(code)
                    .or_default()
                    .push((other, len));
            }
            at += 14;
        }
    }
}
