// SPDX-License-Identifier: GPL-2.0

//! Bytes that claim to be a function, of x86-64 or of arm64 by the first of them: both decoders, and
//! what makes something of their instructions.

#![no_main]

use context_check::{
    arch::Arch,
    flow::{Entry, Interpreter},
    image::{Function, Image, Kind, Segment, BASE},
    known::Known,
};
use libfuzzer_sys::fuzz_target;
use std::borrow::Cow;

/// A second function, and what both may read.
const DATA: u64 = BASE + 0x10_0000;

fuzz_target!(|input: &[u8]| {
    let Some((&arch, code)) = input.split_first() else {
        return;
    };
    let arch = if arch & 1 == 0 {
        Arch::X86_64
    } else {
        Arch::Arm64
    };
    let segment = |name: &str, start, kind| Segment {
        name: name.to_owned(),
        start,
        bytes: Cow::Borrowed(code),
        kind,
    };
    let segments = vec![
        segment(".text", BASE, Kind::Code),
        segment(".rodata", DATA, Kind::Constant),
    ];
    let function = |start, end| Function {
        start,
        end,
        name: None,
    };
    let (half, end) = (
        BASE + code.len() as u64 / 2 / 4 * 4,
        BASE + code.len() as u64,
    );
    let image = Image::new(
        arch,
        segments,
        vec![function(BASE, half), function(half, end)],
    );
    let mut known = Known::new(&image);
    known.find_endings(&image);
    // As a module's code, and as the kernel's.
    for (memory, entry) in [(true, Entry::unknown()), (false, Entry::passing())] {
        let interpreter = Interpreter {
            image: &image,
            known: &known,
            bit: 1 << 10,
            memory,
        };
        let flow = interpreter.run(BASE, &entry);
        assert!(flow.steps > 0 || code.is_empty());
    }
});
