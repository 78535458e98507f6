// SPDX-License-Identifier: GPL-2.0

//! Files that are no modules, or none for this kernel: a clear error, and nothing else.

use super::said::{self, Checker};
use crate::{
    arch::Arch,
    modules,
    test::{limited, report::Report, Bench},
};
use anyhow::{bail, ensure, Context, Result};
use std::{fs, path::Path, time::Duration};

const COMPILE: Duration = Duration::from_secs(60);

/// Where a field of an ELF header is.
const E_MACHINE: usize = 18;
const E_SHOFF: usize = 40;

const RISC_V: [u8; 2] = [243, 0];

/// The status that says so.
const BAD_INPUT: i32 = 3;

pub fn run(bench: &Bench<'_>, checker: &Checker<'_>, report: &Report, name: &str) {
    let test = |what: &str, of: &dyn Fn(Vec<u8>) -> Result<Vec<u8>>| {
        report.test(&format!("{name}/{what}"), || {
            let module = modules::named(&checker.target.modules, "context_proven")?;
            refuses(checker, &of(fs::read(module)?)?)
        });
    };
    test("empty", &|_| Ok(Vec::new()));
    test("text", &|_| Ok(b"not a module\n".to_vec()));
    test("header-alone", &|bytes| Ok(bytes[..64].to_vec()));
    test("truncated", &|bytes| Ok(bytes[..bytes.len() / 2].to_vec()));
    test("last-byte-missing", &|bytes| {
        Ok(bytes[..bytes.len() - 1].to_vec())
    });
    test("foreign", &|mut bytes| {
        bytes[E_MACHINE..E_MACHINE + 2].copy_from_slice(&RISC_V);
        Ok(bytes)
    });
    test("sections-nowhere", &|mut bytes| {
        bytes[E_SHOFF..E_SHOFF + 8].fill(0xf7);
        Ok(bytes)
    });
    test("sections-garbled", &|mut bytes| {
        let at = u64::from_le_bytes(bytes[E_SHOFF..E_SHOFF + 8].try_into()?);
        let at = usize::try_from(at)? + 64;
        bytes[at..].fill(0xa5);
        Ok(bytes)
    });
    test("another-architecture", &|_| another(bench, checker));
    report.test(&format!("{name}/other-kernel"), || {
        // User-Mode Linux has no such module.
        let module = bench
            .targets
            .iter()
            .filter(|other| other.kernel.kdir != checker.target.kernel.kdir)
            .find_map(|other| modules::named(&other.modules, "context_proven").ok())
            .context("there is but one kernel here; ask for both")?;
        refuses(checker, &fs::read(module)?)
    });
    report.test(&format!("{name}/no-file"), || {
        is_clear(checker, Path::new("/nonexistent/x.ko"), "x.ko")
    });
    report.test(&format!("{name}/no-kernel"), || no_kernel(checker));
}

fn refuses(checker: &Checker<'_>, bytes: &[u8]) -> Result<()> {
    let place = tempfile::tempdir()?;
    let file = place.path().join("broken.ko");
    fs::write(&file, bytes)?;
    is_clear(checker, &file, "broken.ko: ")
}

/// One line says what is wrong with what.
fn is_clear(checker: &Checker<'_>, file: &Path, names: &str) -> Result<()> {
    let (output, code) = said::run(&mut checker.command(file)?)?;
    ensure!(code == BAD_INPUT, "its exit status is {code}\n{output}");
    let lines: Vec<_> = output
        .lines()
        .filter(|line| !line.starts_with("note: "))
        .collect();
    match lines[..] {
        [line] if line.contains(names) => Ok(()),
        _ => bail!("this is no clear line with `{names}` in it:\n{output}"),
    }
}

/// A true object for an architecture that can be read, but is not the kernel's.
fn another(bench: &Bench<'_>, checker: &Checker<'_>) -> Result<Vec<u8>> {
    let place = tempfile::tempdir()?;
    let (source, object) = (place.path().join("x.c"), place.path().join("x.o"));
    fs::write(&source, "int x(int y) { return y + 1; }\n")?;
    let mut clang = bench.toolbox.command("clang");
    let target = match checker.target.kernel.flavour.arch {
        Arch::X86_64 => "--target=aarch64-linux-gnu",
        Arch::Arm64 => "--target=x86_64-linux-gnu",
    };
    clang.args([target, "-c"]).arg(&source);
    limited::run(clang.arg("-o").arg(&object), COMPILE)?;
    Ok(fs::read(object)?)
}

fn no_kernel(checker: &Checker<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let module = modules::named(&checker.target.modules, "context_proven")?;
    let mut command = std::process::Command::new(checker.program()?);
    command.arg(module).arg("--kernel").arg(place.path());
    let (output, code) = said::run(&mut command)?;
    ensure!(code == BAD_INPUT, "its exit status is {code}\n{output}");
    let folder = place.path().to_string_lossy();
    ensure!(output.contains(&*folder), "{output}");
    Ok(())
}
