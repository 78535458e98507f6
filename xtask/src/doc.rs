// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask doc`: the documentation of the library, with that of the kernel crate beside it, to
//! which it links.

use crate::{
    arch::Arch,
    cache::Cache,
    kernel::{Flavour, Kernel, Kind},
    modules,
    progress::Steps,
    project,
    run_folder::RunFolder,
    rustc::Rustc,
    setup::{self, KernelArgs},
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The crates of the kernel that the library's signatures speak of.
const CRATES: [&str; 2] = ["pin_init", "kernel"];

/// Where the documentation of the standard library is, of which `core` is a part.
const CORE: &str = "--extern-html-root-url=core=https://doc.rust-lang.org/stable/";

#[derive(clap::Args)]
pub struct Args {
    /// Open the front page in a browser
    #[arg(long)]
    open: bool,
    /// The kernel whose chains it has
    #[arg(
        long = "kernel",
        value_name = "KERNEL",
        default_value = "debug",
        conflicts_with = "kdir"
    )]
    kind: Kind,
    #[command(flatten)]
    kernel: KernelArgs,
}

pub fn run(args: &Args) -> Result<()> {
    ensure!(
        matches!(args.kind, Kind::Uml | Kind::Lean | Kind::Debug),
        "--kernel: only a kernel that is built here has what the documentation is made of: debug or lean"
    );
    let cache = Cache::open()?;
    let run = RunFolder::new("doc")?;
    let flavours = [Flavour::new(args.kind, Arch::HOST)?];
    let mut steps = Steps::new(&run, setup::steps(&flavours) + 2);
    let (toolbox, kernels) = setup::ready(&cache, &flavours, &args.kernel, &mut steps)?;
    let kernel = kernels.first().context("no kernel")?;
    let built = modules::build(kernel, &["samples/"], &mut steps)?;
    let mut step = steps.begin("documentation")?;
    let run = |command: &mut Command| step.run(command, None);
    let page = build(
        &toolbox,
        kernel,
        &built.files,
        &project().join("target/doc"),
        run,
    )?;
    step.done();
    println!("{}", page.display());
    if args.open {
        open(&page)?;
    }
    Ok(())
}

/// Builds the documentation into `out` and gives the path of its front page. Warnings are errors.
pub fn build(
    toolbox: &Toolbox,
    kernel: &Kernel,
    modules: &[PathBuf],
    out: &Path,
    mut run: impl FnMut(&mut Command) -> Result<()>,
) -> Result<PathBuf> {
    let source = kernel
        .source
        .canonicalize()
        .with_context(|| format!("cannot find {}", kernel.source.display()))?;
    let mark = out.join("made-for");
    let made_for = metadata(kernel)?;
    // A page of something that is gone would stay.
    remove(&out.join("notifier_chain"))?;
    if !fs::read_to_string(&mark).is_ok_and(|mark| mark == made_for) {
        for name in CRATES {
            remove(&out.join(name))?;
            let rustc = Rustc::of(&kernel.kdir.join(format!("rust/{name}.o")))?;
            let mut rustdoc = rustc.rustdoc(toolbox, out)?;
            // What there is to say about it is for its own authors.
            run(rustdoc.arg("--cap-lints=allow"))?;
            link_sources(&out.join(name), &source)?;
        }
        fs::write(&mark, made_for).with_context(|| format!("cannot write {}", mark.display()))?;
    }
    let mut rustdoc = Rustc::of_library(modules)?.rustdoc(toolbox, out)?;
    run(rustdoc.args(["-Dwarnings", "--generate-link-to-definition", CORE]))?;
    let library = out.join("notifier_chain");
    let missing = link_sources(&library, &source)?;
    ensure!(
        missing.is_empty(),
        "the documentation links to files that this kernel ({}) does not have:\n    {}",
        source.display(),
        missing.join("\n    ")
    );
    Ok(library.join("index.html"))
}

/// Which build of the kernel crate it is.
fn metadata(kernel: &Kernel) -> Result<String> {
    let path = kernel.kdir.join("rust/libkernel.rmeta");
    let changed = fs::metadata(&path)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(format!("{} {changed:?}", path.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// Makes links to files of the kernel's source, `srctree/...`, lead there, as the kernel's
/// `make rustdoc` does. Gives those that lead nowhere.
fn link_sources(folder: &Path, source: &Path) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            missing.extend(link_sources(&path, source)?);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            let page = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let (page, absent) = linked(&page, source);
            missing.extend(absent);
            fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(missing)
}

/// The page with its links to the kernel's source, and the files that are not there.
fn linked(page: &str, source: &Path) -> (String, Vec<String>) {
    let mut parts = page.split("<a href=\"srctree/");
    let mut page = parts.next().unwrap_or_default().to_owned();
    let mut missing = Vec::new();
    for part in parts {
        let (link, rest) = part.split_at(part.find(['"', '#']).unwrap_or(part.len()));
        let file = source.join(link);
        if !file.exists() {
            missing.push(link.to_owned());
        }
        page += &format!("<a href=\"{}{rest}", file.display());
    }
    (page, missing)
}

/// Shows a page to the user, in the browser that `cargo doc --open` would take.
fn open(page: &Path) -> Result<()> {
    let browser = env::var_os("BROWSER").unwrap_or("xdg-open".into());
    let shown = browser.to_string_lossy();
    let status = Command::new(&browser)
        .arg(page)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run {shown}; name a browser with BROWSER="))?;
    ensure!(status.success(), "{shown} failed: {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_kernels_source() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("kernel")).unwrap();
        fs::write(folder.path().join("kernel/panic.c"), "").unwrap();
        let page = r#"<a href="srctree/kernel/panic.c">a</a> <a href="srctree/gone.h">b</a>"#;
        let (page, missing) = linked(page, folder.path());
        let there = folder.path().join("kernel/panic.c");
        assert!(page.starts_with(&format!(r#"<a href="{}">a</a>"#, there.display())));
        assert_eq!(missing, ["gone.h"]);
    }
}
