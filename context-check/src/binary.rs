// SPDX-License-Identifier: GPL-2.0

//! A kernel's code and symbols, as they are read from its file: a `vmlinux` or a `vmlinuz`.

use crate::{
    arch::Arch,
    image::{Kind, Segment},
    vmlinuz::{self, Vmlinuz},
};
use anyhow::{bail, ensure, Context, Result};
use object::{
    elf, read::elf::ElfFile64, read::ReadCache, Endianness, Object, ObjectKind, ObjectSection,
    ObjectSymbol, SectionKind, SymbolKind,
};
use sha2::{Digest, Sha256};
use std::{
    borrow::Cow,
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::SystemTime,
};

pub struct Binary<'data> {
    pub arch: Arch,
    /// As `uname -r` prints it, if the file says so.
    pub release: Option<String>,
    pub segments: Vec<Segment<'data>>,
    pub symbols: Vec<Symbol<'data>>,
}

pub struct Symbol<'data> {
    pub address: u64,
    /// 0 where that is not known.
    pub size: u64,
    pub kind: SymbolKind,
    pub name: &'data str,
}

/// An open file with a kernel.
pub struct File {
    path: PathBuf,
    /// How large it was when it was opened, and of when.
    opened: Option<(u64, SystemTime)>,
    content: Content,
}

enum Content {
    /// Of which only parts are read: with debug information it may be larger than the memory.
    Elf(ReadCache<fs::File>),
    Packed(Vec<u8>),
}

impl File {
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        ensure!(!path.is_dir(), "{shown} is a folder; {GIVE}");
        let mut file = fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
        let mut magic = Vec::new();
        let read = file
            .by_ref()
            .take(elf::ELFMAG.len() as u64)
            .read_to_end(&mut magic);
        read.with_context(|| format!("cannot read {shown}"))?;
        let content = if magic == elf::ELFMAG {
            Content::Elf(ReadCache::new(file))
        } else {
            let data = fs::read(path).with_context(|| format!("cannot read {shown}"))?;
            ensure!(
                Vmlinuz::is_one(&data),
                "{shown} is no kernel of x86-64 or arm64, neither a vmlinux nor a vmlinuz; {GIVE}"
            );
            Content::Packed(data)
        };
        Ok(Self {
            path: path.to_owned(),
            opened: state(path),
            content,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What tells this kernel apart from all others.
    pub fn id(&self) -> Option<Vec<u8>> {
        match &self.content {
            Content::Packed(data) => Some(Sha256::digest(data).to_vec()),
            Content::Elf(data) => {
                let file = ElfFile64::<Endianness, _>::parse(data).ok()?;
                // One that has been stripped has the same.
                let mut id = file.build_id().ok()??.to_vec();
                id.extend(self.opened?.0.to_le_bytes());
                Some(id)
            }
        }
    }

    /// Whether the file has the same size and time as when it was opened.
    pub fn is_as_opened(&self) -> bool {
        self.opened.is_some() && self.opened == state(&self.path)
    }

    /// Reads it, and gives what it has to `take`.
    pub fn read<T>(&self, take: impl FnOnce(Binary) -> Result<T>) -> Result<T> {
        let result = match &self.content {
            Content::Elf(data) => elf(data).and_then(take),
            Content::Packed(data) => Vmlinuz::read(data).and_then(|kernel| take(packed(&kernel)?)),
        };
        result.with_context(|| format!("{}", self.path.display()))
    }
}

/// What is asked for in the place of a file that is no kernel.
const GIVE: &str =
    "give the vmlinux that the kernel's build has made, or its /boot/vmlinuz-RELEASE";

fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Whether the file is a `vmlinux` that has code: that of a distribution's headers has none.
pub fn has_code(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    let data = ReadCache::new(file);
    let Ok(file) = ElfFile64::<Endianness, _>::parse(&data) else {
        return false;
    };
    let text = file.section_by_name(".text");
    text.is_some_and(|text| text.kind() == SectionKind::Text && text.size() > 0)
}

fn elf(data: &ReadCache<fs::File>) -> Result<Binary<'_>> {
    let file =
        ElfFile64::<Endianness, _>::parse(data).context("cannot be read as a 64-bit ELF file")?;
    let arch = Arch::of(file.architecture())?;
    ensure!(
        file.kind() != ObjectKind::Relocatable,
        "this is a module or another object file, and no kernel; {GIVE}"
    );
    let mut segments = Vec::new();
    for section in file.sections() {
        let Some(kind) = Kind::of_section(&section) else {
            continue;
        };
        let name = section.name().unwrap_or_default();
        let bytes = section
            .data()
            .with_context(|| format!("section {name} cannot be read"))?;
        segments.push(Segment {
            name: name.to_owned(),
            start: section.address(),
            bytes: Cow::Borrowed(bytes),
            kind,
        });
    }
    let symbols: Vec<Symbol> = file
        .symbols()
        .filter_map(|symbol| {
            Some(Symbol {
                address: symbol.address(),
                size: symbol.size(),
                kind: symbol.kind(),
                name: symbol.name().ok()?,
            })
        })
        .collect();
    ensure!(
        !symbols.is_empty(),
        "has no symbols; give the tree in which the kernel was built"
    );
    let constants = segments.iter().find(|segment| segment.name == ".rodata");
    let release = constants.and_then(|segment| vmlinuz::release_in(&segment.bytes));
    Ok(Binary {
        arch,
        release,
        segments,
        symbols,
    })
}

fn packed<'data>(kernel: &'data Vmlinuz) -> Result<Binary<'data>> {
    if !kernel.symbols.have_data() {
        bail!(
            "the kernel has no symbols of its data (CONFIG_KALLSYMS_ALL), without which its code \
             cannot be read; install its debug information, as the package linux-image-…-dbg"
        );
    }
    let symbols = kernel.symbols.iter().map(|symbol| Symbol {
        address: symbol.address,
        size: 0,
        kind: match symbol.kind {
            b't' | b'T' | b'w' | b'W' => SymbolKind::Text,
            _ => SymbolKind::Data,
        },
        name: symbol.name,
    });
    Ok(Binary {
        arch: Arch::of(kernel.architecture)?,
        release: Some(kernel.release.clone()),
        segments: kernel.segments(),
        symbols: symbols.collect(),
    })
}
