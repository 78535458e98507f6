// SPDX-License-Identifier: GPL-2.0

//! What modules take of memory, beside the same in C.

mod stack;

use super::code::Architecture;
use crate::{kernel::Kernel, modules, progress::Steps};
use anyhow::{Context, Result};
use object::{
    elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE},
    File, Object, ObjectSection, SectionFlags, SectionKind,
};
use serde_json::{json, Value};
use std::{fs, path::Path};

/// The samples, and what each is called in C. The alarm is for a PC's speaker, and only built for PCs. The broadcaster
/// has no twin: what it does is netconsole's work, which does it another way, see the panic path.
const TWINS: [(&str, &str); 2] = [
    ("panic_alarm", "panic_alarm_in_c"),
    ("exception_monitor", "exception_monitor_in_c"),
];

/// Where they are, as far as a kernel can have them.
const FOLDERS: [&str; 2] = ["samples/", "tests/bench/twins/"];

const LANGUAGES: [&str; 3] = ["C", "Rust, with the library", "Rust, its own"];

/// Has both compilers write down how large stack frames are.
const STACKS: (&str, &[&str]) = (
    "-stacks",
    &[
        "KCFLAGS=-fstack-size-section",
        "KRUSTFLAGS=-Zemit-stack-sizes",
    ],
);

/// What tells the loader and the unwinder about a module, and is no part of what it does.
const ABOUT: [&str; 5] = [
    ".gnu.linkonce.this_module",
    ".modinfo",
    ".note",
    ".orc_",
    "__versions",
];

pub struct Size {
    pub module: &'static str,
    pub language: &'static str,
    pub architecture: &'static str,
    /// Bytes that can be run; that can only be read; that can be written; and those that are zero at first.
    pub text: u64,
    pub read_only: u64,
    pub data: u64,
    pub bss: u64,
    /// Bytes of the largest stack frame, and the function that has it.
    pub stack: u64,
    pub deepest: String,
}

impl Size {
    pub fn json(&self) -> Value {
        json!({
            "module": self.module,
            "language": self.language,
            "architecture": self.architecture,
            "text": self.text,
            "read_only": self.read_only,
            "data": self.data,
            "bss": self.bss,
            "stack": self.stack,
            "stack_of": self.deepest,
        })
    }
}

/// The sizes for each kernel, those of the same module beside each other.
pub fn measure(kernels: &[&Kernel], steps: &mut Steps) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for kernel in kernels {
        sizes.extend(of_kernel(kernel, steps)?);
    }
    sizes.sort_by_key(|size| {
        let module = TWINS.iter().position(|(name, _)| *name == size.module);
        let language = LANGUAGES.iter().position(|name| *name == size.language);
        (module, language)
    });
    Ok(sizes)
}

fn of_kernel(kernel: &Kernel, steps: &mut Steps) -> Result<Vec<Size>> {
    let built = modules::build_with(kernel, &FOLDERS, STACKS, steps)?;
    let mut sizes = Vec::new();
    for (module, twin) in TWINS {
        let is_built = |name| modules::named(&built.files, name).is_ok();
        if !is_built(module) && !is_built(twin) {
            continue;
        }
        let ours = modules::named(&built.files, module)?;
        let files = [
            modules::named(&built.files, twin)?,
            ours,
            &ours.with_file_name(format!("{module}_main.o")),
        ];
        for (language, file) in LANGUAGES.into_iter().zip(files) {
            let size = read(module, language, file);
            sizes.push(size.with_context(|| format!("{}", file.display()))?);
        }
    }
    Ok(sizes)
}

fn read(module: &'static str, language: &'static str, file: &Path) -> Result<Size> {
    let bytes = fs::read(file)?;
    let file = File::parse(&*bytes)?;
    let mut size = Size {
        module,
        language,
        architecture: Architecture::of(&file)?.name,
        text: 0,
        read_only: 0,
        data: 0,
        bss: 0,
        stack: 0,
        deepest: String::new(),
    };
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            continue;
        };
        let has = |flag: u32| sh_flags & u64::from(flag) != 0;
        let name = section.name()?;
        if !has(SHF_ALLOC) || ABOUT.iter().any(|about| name.starts_with(about)) {
            continue;
        }
        let part = if has(SHF_EXECINSTR) {
            &mut size.text
        } else if section.kind() == SectionKind::UninitializedData {
            &mut size.bss
        } else if has(SHF_WRITE) {
            &mut size.data
        } else {
            &mut size.read_only
        };
        *part += section.size();
    }
    (size.stack, size.deepest) = stack::largest_frame(&file)?;
    Ok(size)
}
