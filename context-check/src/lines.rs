// SPDX-License-Identifier: GPL-2.0

//! Which line of the source an instruction is of, if the module still knows.

use crate::{check::Answer, module::Module, names::readable};
use addr2line::{
    gimli::{Dwarf, EndianSlice, Error, LittleEndian, Reader},
    Context, Frame,
};
use serde::Serialize;

/// Where an instruction is in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The innermost line that is the driver's own. If none is: the innermost line.
    #[serde(flatten)]
    pub line: Option<Line>,
    /// Whether that line is the driver's own.
    #[serde(skip)]
    pub is_own: bool,
    /// The innermost line, if it is another one: in a function of a library that was inlined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<Line>,
    /// From the function itself to the innermost function that was inlined, if there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inlined: Vec<Inlined>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub file: String,
    pub line: u32,
}

/// A function of the source, and the line in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inlined {
    pub function: String,
    #[serde(flatten)]
    pub line: Line,
}

/// Adds to each step of a finding where it is in the source.
pub fn add(module: &Module, answer: &mut Answer) {
    let section = |name: &str| {
        let bytes = module.debug.get(name).map(Vec::as_slice);
        EndianSlice::new(bytes.unwrap_or_default(), LittleEndian)
    };
    // Without debug information, or with some that cannot be read, there are no lines.
    let dwarf = Dwarf::load(|id| Ok::<_, Error>(section(id.name())));
    let Ok(context) = dwarf.and_then(Context::from_dwarf) else {
        return;
    };
    let findings = answer.findings.iter_mut();
    for call in findings.flat_map(|finding| &mut finding.path) {
        // A jump may go to where there is no code at all.
        if module.image.is_code(call.site) {
            call.source = source(frames(&context, call.site));
        }
    }
}

/// The functions of the source that an instruction is of, the innermost one first.
fn frames<R: Reader>(context: &Context<R>, site: u64) -> Vec<Inlined> {
    let mut found = Vec::new();
    let Ok(mut frames) = context.find_frames(site).skip_all_loads() else {
        return found;
    };
    while let Ok(Some(frame)) = frames.next() {
        found.extend(inlined(&frame));
    }
    found
}

fn inlined<R: Reader>(frame: &Frame<'_, R>) -> Option<Inlined> {
    let location = frame.location.as_ref()?;
    let name = frame
        .function
        .as_ref()
        .and_then(|name| name.raw_name().ok());
    Some(Inlined {
        function: readable(&name.unwrap_or_default()).into_owned(),
        line: Line {
            file: location.file?.replace("/./", "/"),
            line: location.line?,
        },
    })
}

fn source(frames: Vec<Inlined>) -> Source {
    let own = frames.iter().find(|frame| !is_library(frame));
    let innermost = frames.first();
    let line = own.or(innermost).map(|frame| frame.line.clone());
    let library = innermost.map(|frame| frame.line.clone());
    Source {
        is_own: own.is_some(),
        library: library.filter(|library| Some(library) != line.as_ref()),
        line,
        inlined: match frames.len() {
            0 | 1 => Vec::new(),
            _ => frames.into_iter().rev().collect(),
        },
    }
}

/// The crates that a driver's author has not written.
const CRATES: [&str; 9] = [
    "alloc",
    "bindings",
    "compiler_builtins",
    "core",
    "ffi",
    "kernel",
    "notifier_chain",
    "pin_init",
    "static_assertions",
];

/// Folders of Rust's library and of the kernel.
const FOLDERS: [&str; 11] = [
    "/library/alloc/",
    "/library/core/",
    "/rust/kernel/",
    "/rust/helpers/",
    "/rust/pin-init/",
    "/include/asm/",
    "/include/asm-generic/",
    "/include/linux/",
    "/include/net/",
    "/include/uapi/",
    "/include/vdso/",
];

/// Whether it is of Rust's library, the kernel, or this library.
fn is_library(frame: &Inlined) -> bool {
    let name = frame.function.trim_start_matches('<');
    let of_crate = name.split_once("::").map(|(first, _)| first);
    of_crate.is_some_and(|name| CRATES.contains(&name))
        || FOLDERS.iter().any(|part| frame.line.file.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: &str, file: &str, line: u32) -> Inlined {
        Inlined {
            function: function.to_owned(),
            line: Line {
                file: file.to_owned(),
                line,
            },
        }
    }

    #[test]
    fn the_innermost_line_of_the_drivers_own() {
        let frames = vec![
            frame("core::ptr::read", "/r/library/core/src/ptr/mod.rs", 1),
            frame("<driver::Bell>::ring", "/d/bell.rs", 2),
            frame("kernel::sync::with::<driver::Bell>", "/k/a.rs", 3),
            frame("<driver::Bell as kernel::Handler>::call", "/d/main.rs", 4),
        ];
        let source = source(frames);
        assert!(source.is_own);
        assert_eq!(source.line.unwrap().file, "/d/bell.rs");
        assert_eq!(source.library.unwrap().line, 1);
        let outermost = source.inlined.first().unwrap();
        assert_eq!(outermost.line.file, "/d/main.rs");
    }

    #[test]
    fn no_line_of_the_drivers_own() {
        let source = source(vec![frame("spin_lock", "/k/include/linux/spinlock.h", 1)]);
        assert!(!source.is_own);
        assert_eq!(source.line.unwrap().line, 1);
        assert_eq!((source.library, source.inlined), (None, Vec::new()));
    }
}
