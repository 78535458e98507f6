// SPDX-License-Identifier: GPL-2.0

//! Code and data at their addresses, as they lie in memory when they run.
//!
//! A kernel is linked already. A module is laid out by [`crate::module`] as the kernel's loader
//! would: what it takes from elsewhere gets an address of its own, too, at which there is nothing.

use crate::{arch::Arch, ops::Register};
use object::{elf, ObjectSection, SectionFlags, SectionKind};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// What may be done with a part of the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Code,
    /// Data that never changes, or not after the module has been loaded.
    Constant,
    Variable,
}

impl Kind {
    /// What may be done with a section of a linked kernel; nothing with one that is not loaded.
    pub fn of_section<'data>(section: &impl ObjectSection<'data>) -> Option<Self> {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            return None;
        };
        let has = |flag: u32| sh_flags & u64::from(flag) != 0;
        let name = section.name().unwrap_or_default();
        if !has(elf::SHF_ALLOC)
            || section.kind() == SectionKind::UninitializedData
            || section.address() == 0
        {
            return None;
        }
        // With instructions, but not code: .data has the flag by mistake.
        Some(if has(elf::SHF_EXECINSTR) && name != ".data" {
            Kind::Code
        } else if name.starts_with(".rodata") || !has(elf::SHF_WRITE) {
            Kind::Constant
        } else {
            Kind::Variable
        })
    }
}

pub struct Segment<'data> {
    pub name: String,
    pub start: u64,
    pub bytes: Cow<'data, [u8]>,
    pub kind: Kind,
}

impl Segment<'_> {
    pub fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// Leaves out what would lie beyond the last address.
    fn cut_off(&mut self) {
        let room = usize::try_from(u64::MAX - self.start).unwrap_or(usize::MAX);
        match &mut self.bytes {
            Cow::Borrowed(bytes) => *bytes = &bytes[..bytes.len().min(room)],
            Cow::Owned(bytes) => bytes.truncate(room),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Function {
    pub start: u64,
    pub end: u64,
    pub name: Option<String>,
}

/// Where the addresses begin of what a module takes from elsewhere, and how far they are apart.
/// Within reach of any architecture's calls.
const OUTSIDE: u64 = BASE + SIZE;
pub const OUTSIDE_STEP: u64 = 1 << 15;
const OUTSIDE_MAX: usize = 2048;

/// How far before a datum code may point that counts its entries from one.
const BEFORE: u64 = 64;

/// Where the first section of a module goes: where the kernel, too, loads its modules.
pub const BASE: u64 = 0xffff_ffff_c000_0000;

/// No module is so large; a file that says so is not one.
pub const SIZE: u64 = 60 << 20;

/// What an instruction is beside what it says.
#[derive(Clone, Debug, Default)]
pub struct Special {
    /// Where the code goes once the kernel has patched a jump over a no-op.
    pub jumps: Vec<u64>,
    /// Other instructions that the kernel may patch in.
    pub alternatives: Vec<Other>,
    /// Where the code goes on after a fault.
    pub faults: Vec<Fault>,
    /// Other instructions end here: the code goes on there.
    pub behind: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
pub struct Other {
    pub start: u64,
    pub end: u64,
    /// What comes after them where they have been patched in.
    pub behind: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub to: u64,
    /// The registers that are not as they were.
    pub changed: [Option<Register>; 2],
    /// What was read or written is the user's.
    pub is_user: bool,
}

pub struct Image<'data> {
    pub arch: Arch,
    segments: Vec<Segment<'data>>,
    functions: Vec<Function>,
    outside: Vec<String>,
    /// Which fields hold an address, and which: sorted by the field.
    pub relocated: Vec<(u64, u64)>,
    /// Where an address points to: sorted. What begins here ends where the next one begins.
    pub referenced: Vec<u64>,
    /// What instructions point to of which each has a part of the address.
    pub pages: Vec<u64>,
    /// Data symbols with a size: start, end.
    pub objects: Vec<(u64, u64)>,
    /// What lies among the constants, and is written before any module is loaded.
    pub written: (u64, u64),
    special: FxHashMap<u64, Box<Special>>,
}

impl<'data> Image<'data> {
    pub fn new(
        arch: Arch,
        mut segments: Vec<Segment<'data>>,
        mut functions: Vec<Function>,
    ) -> Self {
        segments.iter_mut().for_each(Segment::cut_off);
        segments.sort_by_key(|segment| segment.start);
        // Of several names for one place, the first that was given stays.
        functions.sort_by_key(|function| function.start);
        functions.dedup_by_key(|function| function.start);
        let mut this = Self {
            arch,
            segments,
            functions,
            outside: Vec::new(),
            relocated: Vec::new(),
            referenced: Vec::new(),
            pages: Vec::new(),
            objects: Vec::new(),
            written: (0, 0),
            special: FxHashMap::default(),
        };
        this.end_functions();
        this
    }

    /// The same, with other functions.
    pub fn with_functions(self, functions: Vec<Function>) -> Self {
        let written = self.written;
        Self {
            written,
            ..Self::new(self.arch, self.segments, functions)
        }
    }

    /// A function ends before the next one begins, and with its section.
    fn end_functions(&mut self) {
        for i in 0..self.functions.len() {
            let start = self.functions[i].start;
            let next = self
                .functions
                .get(i + 1)
                .map_or(u64::MAX, |next| next.start);
            let room = self.segment(start).map_or(start, Segment::end);
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

    /// The index of the function that begins there.
    pub fn function_at(&self, address: u64) -> Option<usize> {
        let by_start = |function: &Function| function.start;
        self.functions.binary_search_by_key(&address, by_start).ok()
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

    /// Whether it is a static call's own jump, which the kernel changes.
    pub fn is_static_call(&self, address: u64) -> bool {
        self.segment(address)
            .is_some_and(|segment| segment.name.starts_with(".static_call.text"))
    }

    /// Whether it is an address in a module or the kernel: a number of which only the linker decides.
    pub fn is_address(&self, number: u64) -> bool {
        self.segment(number).is_some() || self.outside(number).is_some()
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

    /// A number of so many bytes.
    pub fn read(&self, address: u64, size: u8) -> Option<u64> {
        let bytes = self.bytes(address)?.get(..usize::from(size))?;
        let mut whole = [0; 8];
        whole.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(u64::from_le_bytes(whole))
    }

    pub fn read_i32(&self, address: u64) -> Option<i32> {
        Some(i32::from_le_bytes(
            self.bytes(address)?.get(..4)?.try_into().ok()?,
        ))
    }

    /// Whether what is there never changes.
    pub fn is_constant(&self, address: u64) -> bool {
        let (start, end) = self.written;
        if (start..end).contains(&address) {
            return false;
        }
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
        let room = self.segment(address).map_or(address, Segment::end);
        let end = self
            .referenced
            .get(next)
            .map_or(room, |&next| next.min(room));
        (address, end)
    }

    /// Where a table of jumps ends at the latest.
    pub fn table_end(&self, address: u64) -> u64 {
        let next = self.pages.partition_point(|&other| other <= address);
        let end = self.datum(address).1;
        self.pages.get(next).map_or(end, |&next| next.min(end))
    }

    /// The same if what is pointed to next is no beginning: code that counts from one points to
    /// before a datum.
    pub fn table_end_at_most(&self, address: u64) -> u64 {
        let end = self.table_end(address);
        let next = self.objects.partition_point(|&(start, _)| start < end);
        match self.objects.get(next) {
            Some(&(start, _)) if start - end <= BEFORE => start,
            _ => end,
        }
    }

    /// The text that begins there, up to its zero.
    pub fn text(&self, address: u64) -> Option<String> {
        let bytes = self.bytes(address)?;
        let text = bytes.split(|&byte| byte == 0).next()?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// Reads `__ksymtab`: what is exported, its name, its namespace, each an offset from its field.
    pub fn exports(&self, start: u64, end: u64) -> Vec<(String, u64)> {
        self.entries(start, end, 12)
            .filter_map(|(at, entry)| {
                let name = self.text(relative(at, entry, 4)?)?;
                Some((name, relative(at, entry, 0)?))
            })
            .collect()
    }

    pub fn special(&self, address: u64) -> Option<&Special> {
        self.special.get(&address).map(|special| &**special)
    }

    /// Reads the entries of a table, each of so many bytes.
    fn entries(&self, start: u64, end: u64, length: u64) -> impl Iterator<Item = (u64, &[u8])> {
        let many = end.saturating_sub(start) / length;
        (0..many).map_while(move |n| {
            let at = start + n * length;
            Some((at, self.bytes(at)?.get(..length as usize)?))
        })
    }

    /// Reads `__jump_table`: pairs of offsets, each from its own field, and a key.
    pub fn read_jump_labels(&mut self, start: u64, end: u64) {
        let found: Vec<_> = self
            .entries(start, end, 16)
            .filter_map(|(at, entry)| Some((relative(at, entry, 0)?, relative(at, entry, 4)?)))
            .collect();
        for (code, target) in found {
            self.special.entry(code).or_default().jumps.push(target);
        }
    }

    /// Reads `.altinstructions`: where, with what, and both lengths.
    pub fn read_alternatives(&mut self, start: u64, end: u64) {
        let arch = self.arch;
        let found: Vec<_> = self
            .entries(start, end, arch.alternative_length())
            .filter_map(|(at, entry)| {
                let entry = arch.alternative(entry)?;
                let code = at.wrapping_add_signed(entry.original.into());
                let start = (at + 4).wrapping_add_signed(entry.other.into());
                let other = Other {
                    start,
                    end: start.wrapping_add(entry.other_length.into()),
                    behind: code.wrapping_add(entry.original_length.into()),
                };
                Some((code, other))
            })
            .collect();
        for (code, other) in found {
            if other.start != other.end {
                let behind = &mut self.special.entry(other.end).or_default().behind;
                behind.push(other.behind);
            }
            self.special
                .entry(code)
                .or_default()
                .alternatives
                .push(other);
        }
    }

    /// Reads `__ex_table`: which instruction, where its fault leads, and how.
    pub fn read_faults(&mut self, start: u64, end: u64) {
        let arch = self.arch;
        let found: Vec<_> = self
            .entries(start, end, 12)
            .filter_map(|(at, entry)| {
                let how = arch.fault(u32::from_le_bytes(entry.get(8..12)?.try_into().ok()?));
                let fault = Fault {
                    to: relative(at, entry, 4)?,
                    changed: how.changed,
                    is_user: how.is_user,
                };
                Some((relative(at, entry, 0)?, fault))
            })
            .collect();
        for (code, fault) in found {
            self.special.entry(code).or_default().faults.push(fault);
        }
    }
}

/// An address that a field holds as an offset from itself.
fn relative(at: u64, entry: &[u8], field: usize) -> Option<u64> {
    let bytes = entry.get(field..field + 4)?;
    let offset = i32::from_le_bytes(bytes.try_into().ok()?);
    Some((at + field as u64).wrapping_add_signed(offset.into()))
}
