// SPDX-License-Identifier: GPL-2.0

//! `context-check`: proves that a module's atomic handlers do not sleep.

use anyhow::{ensure, Context, Result};
use clap::Parser;
use context_check::{
    allow::{self, Allowed},
    check::{Answer, Checker},
    lines,
    module::Module,
    report::{self, Verdict},
    tree::{self, Tree},
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
    /// Modules (.ko). Without one, only the kernel is read.
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

    /// Print the built-in rules with their reasons, and below each the functions of the kernel that
    /// it is about.
    #[arg(long, conflicts_with_all = ["modules", "json", "allow", "dot"])]
    rules: bool,

    /// Print a JSON object for each module.
    #[arg(long)]
    json: bool,

    /// Write all functions that the handlers of one module come to into this file, as a graph for
    /// Graphviz: `dot -Tsvg FILE >graph.svg`. The paths of findings are in color.
    #[arg(long, value_name = "FILE")]
    dot: Option<PathBuf>,

    /// Do not say what a debug kernel would show.
    #[arg(long)]
    quiet: bool,
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
    ensure!(
        arguments.dot.is_none() || arguments.modules.len() == 1,
        "--dot writes the graph of one module; give one"
    );
    // Before the kernel is read, which takes time.
    let release = tree::release(&arguments.kernel)?;
    let is_readable = |path: &&PathBuf| match read(path)
        .and_then(|module| tree::is_of_release(&module, &arguments.kernel, &release))
    {
        Ok(()) => true,
        Err(error) => {
            eprintln!("{}: {error:#}", path.display());
            false
        }
    };
    let modules: Vec<&PathBuf> = arguments.modules.iter().filter(is_readable).collect();
    let mut is_bad = modules.len() < arguments.modules.len();
    if is_bad && modules.is_empty() {
        return Ok(BAD_INPUT);
    }
    let tree = Tree::open(&arguments.kernel, arguments.vmlinux.as_deref())?;
    if !tree.kernel.has_might_sleep && !arguments.quiet {
        eprintln!(
            "note: this kernel has no might_sleep(), so that calls that sleep may be missed\n\
             note: ask a debug kernel, too: cargo xtask shell --kernel debug --dir DRIVER make"
        );
    }

    let mut worst = Verdict::Proven;
    let mut used = BTreeSet::new();
    for path in modules {
        match check(path, &tree, &allowed) {
            Ok(answer) => {
                let name = path.display().to_string();
                print(&if arguments.json {
                    format!("{}\n", report::json(&name, &answer))
                } else {
                    report::text(&name, &answer)
                })?;
                if let Some(file) = &arguments.dot {
                    fs::write(file, report::dot(&name, &answer))
                        .with_context(|| format!("cannot write {}", file.display()))?;
                }
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
            "warning: {}: nothing needs `{} -> {}`; both names must be whole, as in the line that a report \
             gives",
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

fn read(path: &Path) -> Result<Module> {
    let data = fs::read(path).context("cannot be read")?;
    Module::read(&data)
}

fn check(path: &Path, tree: &Tree, allowed: &[Allowed]) -> Result<Answer> {
    let module = read(path)?;
    tree.fits(&module)?;
    let mut answer = Checker::new(&module, &tree.kernel, &tree.rules).check(allowed);
    lines::add(&module, &mut answer);
    Ok(answer)
}
