// SPDX-License-Identifier: GPL-2.0

//! What modules take of memory, beside the same in C.

mod stack;

use crate::{kernel::Kernel, modules, progress::Steps};
use anyhow::{Context, Result};
use object::{
    elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE},
    File, Object, ObjectSection, SectionFlags, SectionKind,
};
use serde_json::{json, Value};
use std::{fs, path::Path};

/// The samples, and what each is called in C. The broadcaster has no twin: what it does is netconsole's work, which does
/// it another way, see the panic path.
const TWINS: [(&str, &str); 2] = [
    ("panic_alarm", "panic_alarm_in_c"),
    ("exception_monitor", "exception_monitor_in_c"),
];

/// Where they are.
const FOLDERS: [&str; 3] = [
    "samples/exception_monitor/",
    "samples/panic_alarm/",
    "tests/bench/twins/",
];

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
            "text": self.text,
            "read_only": self.read_only,
            "data": self.data,
            "bss": self.bss,
            "stack": self.stack,
            "stack_of": self.deepest,
        })
    }
}

pub fn measure(kernel: &Kernel, steps: &mut Steps) -> Result<Vec<Size>> {
    let built = modules::build_with(kernel, &FOLDERS, STACKS, steps)?;
    let mut sizes = Vec::new();
    for (module, twin) in TWINS {
        let ours = modules::named(&built.files, module)?;
        for (language, file) in [
            ("C", modules::named(&built.files, twin)?),
            ("Rust, with the library", ours),
            (
                "Rust, its own",
                &ours.with_file_name(format!("{module}_main.o")),
            ),
        ] {
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
