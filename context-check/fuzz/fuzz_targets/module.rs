// SPDX-License-Identifier: GPL-2.0

//! A file that claims to be a module: whatever is in it, an answer or an error comes, and soon.

#![no_main]

use context_check::{
    arch::Arch,
    check::{Checker, Kind},
    kernel::{Facts, Kernel, Verdict, Why},
    lines,
    module::Module,
    report::{self, Verdict as Answer},
    rules::Rules,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in(|_| false).unwrap());

/// A kernel with three functions.
static KERNEL: LazyLock<Kernel> = LazyLock::new(|| {
    let facts = |bad, flags| {
        let verdict = Verdict { bad, flags };
        Facts {
            atomic: verdict.clone(),
            nmi: verdict,
            hooks: 0,
            objects: 0,
            runs: Vec::new(),
        }
    };
    let sleeps = Some((Why::Sleeps, vec!["msleep".to_owned()]));
    Kernel {
        arch: Arch::X86_64,
        vermagic: "7.3.4 SMP preempt mod_unload ".to_owned(),
        bit: 1 << 10,
        has_might_sleep: false,
        functions: [
            ("msleep", facts(sleeps, 0)),
            ("_printk", facts(None, 0)),
            ("__kmalloc_noprof", facts(None, 2)),
        ]
        .map(|(name, facts)| (name.to_owned(), facts))
        .into(),
        data: ["jiffies".to_owned()].into(),
        endings: ["panic".to_owned()].into(),
        tables: [].into(),
    }
});

fuzz_target!(|file: &[u8]| {
    let Ok(module) = Module::read(file) else {
        return;
    };
    let mut answer = Checker::new(&module, &KERNEL, &RULES).check(&[]);
    lines::add(&module, &mut answer);
    assert_eq!(answer.handlers.len(), module.roots.len());
    let is_proven = Answer::of(&answer) == Answer::Proven;
    assert_eq!(is_proven, answer.findings.is_empty());
    assert!(answer
        .findings
        .iter()
        .all(|finding| matches!(finding.kind, Kind::Refused | Kind::Unproven)));
    assert!(!report::text("module.ko", &answer).is_empty());
    assert!(report::json("module.ko", &answer).is_object());
});
