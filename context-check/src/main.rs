// SPDX-License-Identifier: GPL-2.0

//! `context-check`: proves that a module's atomic handlers do not sleep.

use anyhow::{Context, Result};
use clap::Parser;
use context_check::{
    allow::{self, Allowed},
    check::{Answer, Checker},
    lines,
    module::Module,
    report::{self, Verdict},
    tree::Tree,
};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Prove from its object code that a module's atomic handlers do not sleep, and that those which
/// run in NMI context or in a panic do not wait or allocate either.
///
/// Ends with 0 if that is proven, 1 if a handler is refused, 2 if one could not be proven, and 3
/// if something could not be read.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Modules that use notifier-chain. Without one, only the kernel is read.
    #[arg(value_name = "MODULE.ko")]
    modules: Vec<PathBuf>,

    /// The build tree of the kernel that they are for, or its headers.
    #[arg(long, value_name = "KDIR")]
    kernel: PathBuf,

    /// The kernel's code, if it is not where it is looked for: a vmlinux or a vmlinuz.
    #[arg(long, value_name = "FILE")]
    vmlinux: Option<PathBuf>,

    /// What is allowed all the same: lines of HANDLER -> FUNCTION: REASON.
    #[arg(long, value_name = "FILE")]
    allow: Vec<PathBuf>,

    /// Print each name of the built-in rules, and the functions of the kernel that it is about.
    #[arg(long, conflicts_with_all = ["modules", "json", "allow"])]
    rules: bool,

    /// Print a JSON object for each module.
    #[arg(long)]
    json: bool,
}

const BAD_INPUT: u8 = 3;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return match error.use_stderr() {
                true => ExitCode::from(BAD_INPUT),
                false => ExitCode::SUCCESS,
            };
        }
    };
    match run(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("context-check: {error:#}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn run(arguments: &Arguments) -> Result<u8> {
    if arguments.rules {
        let uses = Tree::uses_of_rules(&arguments.kernel, arguments.vmlinux.as_deref())?;
        print(&uses)?;
        return Ok(0);
    }
    let mut allowed = Vec::new();
    for file in &arguments.allow {
        allowed.extend(allow::read(file)?);
    }
    let tree = Tree::open(&arguments.kernel, arguments.vmlinux.as_deref())?;
    if !tree.kernel.has_might_sleep {
        eprintln!(
            "note: this kernel has no might_sleep() (CONFIG_DEBUG_ATOMIC_SLEEP): what is found with \
             one that has it is stricter"
        );
    }

    let mut worst = Verdict::Proven;
    let mut is_bad = false;
    let mut used = BTreeSet::new();
    for path in &arguments.modules {
        match check(path, &tree, &allowed) {
            Ok(answer) => {
                let name = path.display().to_string();
                print(&if arguments.json {
                    format!("{}\n", report::json(&name, &answer))
                } else {
                    report::text(&name, &answer)
                })?;
                worst = worst.max(Verdict::of(&answer));
                used.extend(answer.used);
            }
            Err(error) => {
                eprintln!("{}: {error:#}", path.display());
                is_bad = true;
            }
        }
    }
    for entry in allowed.iter().filter(|entry| !used.contains(&entry.place)) {
        eprintln!(
            "warning: {}: nothing needs `{} -> {}`",
            entry.place, entry.handler, entry.function
        );
    }
    Ok(if is_bad { BAD_INPUT } else { worst as u8 })
}

/// Prints it. The program that reads the output may close it early.
fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to the standard output"),
    }
}

fn check(path: &Path, tree: &Tree, allowed: &[Allowed]) -> Result<Answer> {
    let data = fs::read(path).context("cannot be read")?;
    let module = Module::read(&data)?;
    tree.fits(&module)?;
    let mut answer = Checker::new(&module, &tree.kernel, &tree.rules).check(allowed);
    lines::add(&module, &mut answer);
    Ok(answer)
}
