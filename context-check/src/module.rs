// SPDX-License-Identifier: GPL-2.0

//! A module: its sections laid out, its relocations applied, and what it says of itself.

use crate::{
    arch::Arch,
    image::{Function, Image, Kind, Segment, BASE, SIZE},
    ops::Lifted,
};
use anyhow::{bail, ensure, Context, Result};
use object::{
    elf,
    read::elf::{ElfFile64, SectionHeader},
    Endianness, Object, ObjectKind, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget,
    SectionFlags, SectionIndex, SymbolKind,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap};

/// What a handler must not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Sleep.
    Atomic,
    /// Sleep, wait for a lock, or allocate.
    Nmi,
}

impl Class {
    pub const ALL: [Class; 2] = [Class::Atomic, Class::Nmi];

    /// The sections in which the library puts their entries begin so.
    fn section(self) -> &'static str {
        match self {
            Class::Atomic => ".text..notifier_chain.atomic",
            Class::Nmi => ".text..notifier_chain.nmi",
        }
    }
}

pub struct Module {
    pub image: Image<'static>,
    /// Where handlers are entered.
    pub roots: Vec<(Class, u64)>,
    pub vermagic: String,
    /// The checksums of what it takes from elsewhere, if it has any.
    pub versions: Vec<(String, u32)>,
    /// The module's own description, which holds the addresses of its first and last function.
    pub this_module: Option<(u64, u64)>,
    /// What debuggers are told, by the names of the sections.
    pub debug: HashMap<String, Vec<u8>>,
}

type Elf<'data> = ElfFile64<'data, Endianness>;

impl Module {
    /// Whether the pointers that are called there are those of handlers of the NMI class, which are
    /// judged by themselves.
    pub fn calls_handlers(&self, at: u64) -> bool {
        let segment = self.image.segment(at);
        segment.is_some_and(|segment| segment.name == CALLS_NMI)
    }

    pub fn read(data: &[u8]) -> Result<Self> {
        ensure!(
            data.starts_with(&elf::ELFMAG),
            "not an ELF file; give a module as the kernel's build makes it, not compressed"
        );
        ensure!(
            data.get(4) == Some(&elf::ELFCLASS64),
            "not a 64-bit ELF file: only x86-64 and arm64 can be read"
        );
        let file = Elf::parse(data).context("cannot be read; is it cut off?")?;
        let arch = Arch::of(file.architecture())?;
        ensure!(
            file.kind() == ObjectKind::Relocatable,
            "no kernel module, but {:?}; give the .ko",
            file.kind()
        );
        ensure!(
            file.sections().next().is_some(),
            "has no sections; is it cut off?"
        );
        // Without them nothing would seem to be called.
        for section in file.elf_section_table().iter() {
            section
                .rela(file.endian(), data)
                .ok()
                .context("relocations cannot be read; is it cut off?")?;
        }
        Linker::new(&file, arch)?.link()
    }
}

struct Linker<'file, 'data> {
    file: &'file Elf<'data>,
    arch: Arch,
    layout: HashMap<SectionIndex, u64>,
    segments: Vec<Segment<'static>>,
}

impl<'file, 'data> Linker<'file, 'data> {
    /// Gives each section that is loaded an address.
    fn new(file: &'file Elf<'data>, arch: Arch) -> Result<Self> {
        let mut this = Self {
            file,
            arch,
            layout: HashMap::new(),
            segments: Vec::new(),
        };
        let mut next = BASE;
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags } = section.flags() else {
                continue;
            };
            if sh_flags & u64::from(elf::SHF_ALLOC) == 0 {
                continue;
            }
            let name = section.name().context("a section without a name")?;
            let bytes = match section.kind() {
                object::SectionKind::UninitializedData => Cow::Owned(Vec::new()),
                _ => Cow::Owned(
                    section
                        .data()
                        .with_context(|| format!("section {name} cannot be read; is it cut off?"))?
                        .to_vec(),
                ),
            };
            let kind = if sh_flags & u64::from(elf::SHF_EXECINSTR) != 0 {
                Kind::Code
            } else if sh_flags & u64::from(elf::SHF_WRITE) == 0
                && !name.starts_with(".data..ro_after_init")
            {
                Kind::Constant
            } else {
                Kind::Variable
            };
            this.layout.insert(section.index(), next);
            this.segments.push(Segment {
                name: name.to_owned(),
                start: next,
                bytes,
                kind,
            });
            next = section
                .size()
                .checked_add(next)
                .map(|end| (end | 0xfff).wrapping_add(0x1001))
                .filter(|&end| end < BASE + SIZE && end > next)
                .with_context(|| format!("section {name} is larger than any module"))?;
        }
        Ok(this)
    }

    fn link(mut self) -> Result<Module> {
        let mut image = Image::new(self.arch, Vec::new(), Vec::new());
        let (symbols, objects, this_module) = self.symbols(&mut image)?;
        let Relocated {
            fields: mut relocated,
            mut pages,
        } = self.relocate(&symbols)?;
        pages.sort_unstable();
        relocated.sort_unstable();
        let mut referenced: Vec<u64> = relocated.iter().map(|&(_, target)| target).collect();
        referenced.extend(objects.iter().map(|&(start, _)| start));
        referenced.sort_unstable();
        referenced.dedup();

        let arch = self.arch;
        let mut functions = self.functions();
        let named = Named::new(&functions);
        // Without symbols there is still what is pointed to, and where sections begin.
        for segment in self.segments.iter().filter(|s| s.kind == Kind::Code) {
            let has_names = named
                .next(segment.start)
                .is_some_and(|next| next < segment.end());
            // Beside a name, only handlers: elsewhere it is a label that is pointed to.
            if segment.bytes.is_empty() || (has_names && class_of(&segment.name).is_none()) {
                continue;
            }
            let from = referenced.partition_point(|&at| at < segment.start);
            let to = referenced.partition_point(|&at| at < segment.end());
            let pointed = referenced[from..to].iter().copied();
            let begins = std::iter::once(segment.start).chain(pointed);
            let is_new =
                |&at: &u64| !named.has(at) && !is_padding(arch, segment, at, named.next(at + 1));
            functions.extend(begins.filter(is_new).map(|start| Function {
                start,
                end: 0,
                name: None,
            }));
        }
        let debug = self.debug(&symbols);
        let vermagic = self.vermagic();
        let versions = self.versions();
        let mut linked = Image::new(self.arch, self.segments, functions);
        linked.take_outside(image);
        linked.relocated = relocated;
        linked.referenced = referenced;
        linked.pages = pages;
        linked.objects = objects;
        for name in ["__jump_table", ".altinstructions", "__ex_table"] {
            let ranges: Vec<(u64, u64)> = linked
                .segments()
                .iter()
                .filter(|segment| segment.name == name)
                .map(|segment| (segment.start, segment.end()))
                .collect();
            for (start, end) in ranges {
                match name {
                    "__jump_table" => linked.read_jump_labels(start, end),
                    "__ex_table" => linked.read_faults(start, end),
                    _ => linked.read_alternatives(start, end),
                }
            }
        }
        let roots = roots(&linked);
        Ok(Module {
            image: linked,
            roots,
            vermagic,
            versions,
            this_module,
            debug,
        })
    }

    /// Gives each symbol its address.
    #[allow(clippy::type_complexity)]
    fn symbols(
        &self,
        image: &mut Image,
    ) -> Result<(HashMap<usize, u64>, Vec<(u64, u64)>, Option<(u64, u64)>)> {
        let mut symbols = HashMap::new();
        let mut objects = Vec::new();
        let mut this_module = None;
        for symbol in self.file.symbols() {
            let name = symbol.name().unwrap_or_default();
            let address = if symbol.is_undefined() {
                image
                    .add_outside(name)
                    .context("takes more from the kernel than any module does")?
            } else if let Some(&start) = symbol.section_index().and_then(|i| self.layout.get(&i)) {
                let address = start.wrapping_add(symbol.address());
                if symbol.kind() == SymbolKind::Data && symbol.size() > 0 && symbol.size() < SIZE {
                    let range = (address, address.wrapping_add(symbol.size()));
                    objects.push(range);
                    if name == "__this_module" {
                        this_module = Some(range);
                    }
                }
                address
            } else {
                symbol.address()
            };
            symbols.insert(symbol.index().0, address);
        }
        objects.sort_unstable();
        let by_section = self
            .segments
            .iter()
            .find(|segment| segment.name == ".gnu.linkonce.this_module")
            .map(|segment| (segment.start, segment.end()));
        Ok((symbols, objects, this_module.or(by_section)))
    }

    /// Applies the relocations. Returns which fields hold which addresses.
    fn relocate(&mut self, symbols: &HashMap<usize, u64>) -> Result<Relocated> {
        let mut relocated = Relocated::default();
        for section in self.file.sections() {
            let Some(&start) = self.layout.get(&section.index()) else {
                continue;
            };
            let by_start = |segment: &Segment| segment.start;
            if let Ok(segment) = self.segments.binary_search_by_key(&start, by_start) {
                let segment = &mut self.segments[segment];
                let is_code = segment.kind == Kind::Code;
                let bytes = segment.bytes.to_mut();
                let of_section = apply(self.arch, &section, bytes, start, symbols, is_code)
                    .with_context(|| format!("section {}", segment.name))?;
                relocated.fields.extend(of_section.fields);
                relocated.pages.extend(of_section.pages);
            }
        }
        Ok(relocated)
    }

    /// The debug information, as far as there is any that can be read.
    fn debug(&self, symbols: &HashMap<usize, u64>) -> HashMap<String, Vec<u8>> {
        let mut debug = HashMap::new();
        for section in self.file.sections() {
            let (Ok(name), Ok(data)) = (section.name(), section.data()) else {
                continue;
            };
            if !name.starts_with(".debug_") {
                continue;
            }
            let mut bytes = data.to_vec();
            if apply(self.arch, &section, &mut bytes, 0, symbols, false).is_ok() {
                debug.insert(name.to_owned(), bytes);
            }
        }
        debug
    }

    fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for symbol in self.file.symbols() {
            let start = symbol.section_index().and_then(|i| self.layout.get(&i));
            let (Some(&start), SymbolKind::Text) = (start, symbol.kind()) else {
                continue;
            };
            let Ok(name) = symbol.name() else { continue };
            if name.starts_with("__pfx_") || name.starts_with("__cfi_") {
                continue;
            }
            let start = start.wrapping_add(symbol.address());
            functions.push(Function {
                start,
                end: start.saturating_add(symbol.size()),
                name: Some(name.to_owned()),
            });
        }
        functions
    }

    fn modinfo(&self, key: &str) -> Option<String> {
        let section = self.file.section_by_name(".modinfo")?;
        let data = section.data().ok()?;
        data.split(|&byte| byte == 0)
            .filter_map(|entry| std::str::from_utf8(entry).ok())
            .find_map(|entry| entry.strip_prefix(key)?.strip_prefix('='))
            .map(str::to_owned)
    }

    fn vermagic(&self) -> String {
        self.modinfo("vermagic").unwrap_or_default()
    }

    /// `__versions`: a checksum in 8 bytes, and a name in 56.
    fn versions(&self) -> Vec<(String, u32)> {
        let data = self
            .file
            .section_by_name("__versions")
            .and_then(|section| section.data().ok())
            .unwrap_or_default();
        data.chunks_exact(64)
            .filter_map(|entry| {
                let crc = u32::from_le_bytes(entry[..4].try_into().ok()?);
                let name = entry[8..].split(|&byte| byte == 0).next()?;
                Some((String::from_utf8(name.to_vec()).ok()?, crc))
            })
            .collect()
    }
}

/// The functions that have names, by where they are.
struct Named {
    /// Where each begins, sorted, and where the last of those up to it ends.
    all: Vec<(u64, u64)>,
}

impl Named {
    fn new(functions: &[Function]) -> Self {
        let mut all: Vec<(u64, u64)> = functions.iter().map(|f| (f.start, f.end)).collect();
        all.sort_unstable();
        let mut last = 0;
        for (_, end) in &mut all {
            last = last.max(*end);
            *end = last;
        }
        Self { all }
    }

    /// Whether the address lies in one of them.
    fn has(&self, at: u64) -> bool {
        let before = self.all.partition_point(|&(start, _)| start <= at);
        before > 0 && at < self.all[before - 1].1
    }

    /// Where the first begins that does so there or later.
    fn next(&self, at: u64) -> Option<u64> {
        let before = self.all.partition_point(|&(start, _)| start < at);
        self.all.get(before).map(|&(start, _)| start)
    }
}

/// What relocations have put where.
#[derive(Default)]
struct Relocated {
    /// Which fields hold which addresses.
    fields: Vec<(u64, u64)>,
    /// The addresses of which instructions have the page.
    pages: Vec<u64>,
}

/// Applies a section's relocations to its bytes.
fn apply<'data>(
    arch: Arch,
    section: &impl ObjectSection<'data>,
    bytes: &mut [u8],
    start: u64,
    symbols: &HashMap<usize, u64>,
    is_code: bool,
) -> Result<Relocated> {
    let mut relocated = Relocated::default();
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(symbol) = relocation.target() else {
            continue;
        };
        let Some(&symbol) = symbols.get(&symbol.0) else {
            bail!("a relocation to no symbol");
        };
        let target = symbol.wrapping_add_signed(relocation.addend());
        let field = start.wrapping_add(offset);
        let from = usize::try_from(offset).ok();
        let there = from.and_then(|from| bytes.get(from..)).unwrap_or_default();
        if matches!(relocation.flags(), RelocationFlags::Elf { r_type: 0 }) {
            continue;
        }
        let Some(fixed) = arch.relocate(relocation.flags(), field, target, there) else {
            ensure!(
                !is_code,
                "a relocation of a kind that no module has ({:?})",
                relocation.flags()
            );
            continue;
        };
        let place = from
            .and_then(|from| Some(from..from.checked_add(fixed.size)?))
            .and_then(|range| bytes.get_mut(range))
            .context("a relocation outside of it")?;
        place.copy_from_slice(&fixed.value.to_le_bytes()[..fixed.size]);
        if fixed.is_address {
            relocated.fields.push((field, target));
        }
        if fixed.is_page {
            relocated.pages.push(target);
        }
    }
    Ok(relocated)
}

/// Whether there is nothing but room for a tracer until the next function begins, or the section
/// ends, and what kCFI puts before a function: the number of its type.
fn is_padding(arch: Arch, segment: &Segment, at: u64, next: Option<u64>) -> bool {
    let end = next.unwrap_or(u64::MAX).min(segment.end());
    let offset = |at: u64| usize::try_from(at - segment.start).unwrap_or(usize::MAX);
    let bytes = segment.bytes.get(offset(at)..offset(end));
    let mut bytes = bytes.unwrap_or_default();
    let mut lifted = Lifted::default();
    let mut may_be_number = next.is_some();
    while !bytes.is_empty() {
        if arch.code(bytes, at).lift(&mut lifted) && lifted.is_filler {
            bytes = &bytes[usize::from(lifted.length)..];
        } else if let (true, Some(after)) = (may_be_number, arch.after_type(bytes)) {
            bytes = after;
            may_be_number = false;
        } else {
            return false;
        }
    }
    true
}

/// Where the library calls handlers of the NMI class by their pointers.
const CALLS_NMI: &str = ".text..notifier_chain.calls_nmi";

/// Which handlers a section is for.
fn class_of(section: &str) -> Option<Class> {
    Class::ALL
        .into_iter()
        .find(|class| section.starts_with(class.section()))
}

/// The functions in the sections for handlers.
fn roots(image: &Image) -> Vec<(Class, u64)> {
    let mut roots = Vec::new();
    for segment in image.segments() {
        let Some(class) = class_of(&segment.name) else {
            continue;
        };
        let functions = image.functions();
        let from = functions.partition_point(|function| function.start < segment.start);
        let to = functions.partition_point(|function| function.start < segment.end());
        roots.extend(functions[from..to].iter().map(|f| (class, f.start)));
    }
    roots
}
