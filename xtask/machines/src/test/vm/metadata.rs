// SPDX-License-Identifier: GPL-2.0

//! `scripts/rust-metadata` refuses whatever would give a module with other layouts, in one sentence each, and leaves
//! nothing behind.

mod planted;

use crate::{
    kernel::Flavour,
    project,
    test::{
        limited,
        pool::{Job, Needs},
        report::Report,
        Bench,
    },
};
use anyhow::{ensure, Context, Result};
use planted::{
    Content::{self, Archive, Edited, Gone, Program, Without},
    Planted, AFTER, BEFORE,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// The test of what is refused before anything is built, and the kernel that it is about.
pub const TEST: (&str, Flavour) = ("rust-metadata-refuses", Flavour::DEBIAN);

/// The test of what is refused once the metadata is made, which takes minutes. It only runs with `--kernels all`.
pub const MADE: (&str, Flavour) = ("rust-metadata-compares", Flavour::DEBIAN);

const LIMIT: Duration = Duration::from_secs(60);

/// The source is unpacked, and the metadata is made.
const MAKE: Duration = Duration::from_secs(600);

pub fn job<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Job<'a> {
    let name = format!("vm/{}", TEST.0);
    let estimate = bench.estimate(&name, Duration::from_secs(20));
    Job::new(Needs::PROGRAM, estimate, move || {
        report.test(&name, || all_refused(bench, &BEFORE, LIMIT))
    })
}

pub fn made_job<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Job<'a> {
    let name = format!("vm/{}", MADE.0);
    let estimate = bench.estimate(&name, Duration::from_secs(300));
    Job::new(Needs::BUILD, estimate, move || {
        report.test(&name, || all_refused(bench, &AFTER, MAKE))
    })
}

/// Tries each, and tells of all that are not refused as they must be.
fn all_refused(bench: &Bench<'_>, planted: &[Planted], limit: Duration) -> Result<()> {
    let wrong: Vec<_> = planted
        .iter()
        .filter_map(|planted| {
            let error = refused(bench, planted, limit).err()?;
            Some(format!("{}: {error:#}", planted.name))
        })
        .collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// What is planted is refused with one sentence, and nothing is left but a lock.
fn refused(bench: &Bench<'_>, planted: &Planted, limit: Duration) -> Result<()> {
    let place = tempfile::tempdir_in(bench.temporary)?;
    let others = tempfile::tempdir_in(bench.temporary)?;
    let release = bench.target(TEST.1)?.kernel.release()?;
    let series: Vec<_> = release.splitn(3, '.').take(2).collect();
    let series = series.join(".");
    let filled = |text: &str| text.replace("RELEASE", &release).replace("SERIES", &series);

    let mut binds = Vec::new();
    for (nth, (file, content)) in planted.changes.iter().enumerate() {
        let file = PathBuf::from(filled(file));
        let other = others.path().join(nth.to_string());
        content
            .write(bench, &file, &other, filled)
            .with_context(|| format!("cannot plant in {}", file.display()))?;
        binds.push((other, file));
    }
    let output = planted
        .output
        .replace("PLACE", &place.path().to_string_lossy());
    let mut metadata = bench.toolbox.command_in("sh", &binds);
    metadata.args(["-c", planted.call, "sh"]);
    metadata
        .arg("sh")
        .arg(project().join("scripts/rust-metadata"))
        .args(["--output", &output, &release]);
    let (said, succeeds) = limited::run_any(&mut metadata, limit)?;
    let says = filled(planted.says);
    let sentences: Vec<_> = said
        .lines()
        .filter(|line| line.starts_with("rust-metadata: ") && !is_progress(line))
        .collect();
    ensure!(
        !succeeds && sentences.len() == 1 && sentences[0].contains(&says),
        "does not say {says:?} alone:\n{said}"
    );
    let left: Vec<_> = fs::read_dir(place.path())?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<_>>()?;
    ensure!(
        left.iter().all(|name| name == "output.lock"),
        "{left:?} are left"
    );
    Ok(())
}

/// What it says while it goes on.
fn is_progress(line: &str) -> bool {
    line.contains(": unpacking /") || line.ends_with(": making the metadata: some minutes")
}

impl Content {
    /// Writes what is in `file`'s place.
    fn write(
        &self,
        bench: &Bench<'_>,
        file: &Path,
        to: &Path,
        filled: impl Fn(&str) -> String,
    ) -> Result<()> {
        let text = || {
            let file = file.strip_prefix("/")?;
            Ok::<_, anyhow::Error>(fs::read_to_string(
                bench.toolbox.path(&file.to_string_lossy()),
            )?)
        };
        match self {
            Gone => fs::write(to, "")?,
            Program(version) => {
                let program = format!(
                    "#!/bin/sh\ncase $1 in\n--version) echo '{version}' ;;\n*) echo /usr ;;\nesac\n"
                );
                fs::write(to, program)?;
                fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
            }
            Edited(after, from, new) => fs::write(
                to,
                edited(&text()?, &filled(after), &filled(from), &filled(new))?,
            )?,
            Without(word) => {
                let text = text()?;
                let line = text.lines().find(|line| line.contains(word));
                let line = line.with_context(|| format!("there is no {word:?}"))?;
                fs::write(to, text.replacen(&format!("{line}\n"), "", 1))?;
            }
            Archive(name, from, new) => {
                let name = filled(name);
                let folder = to.with_extension("files");
                fs::create_dir(&folder)?;
                let tar = |script: &str| {
                    let mut sh = bench.toolbox.command("sh");
                    sh.current_dir(&folder);
                    sh.args(["-ec", script, "sh"]).arg(file).arg(to).arg(&name);
                    limited::run(&mut sh, MAKE)
                };
                tar(r#"xz --decompress --stdout "$1" >"$2"; tar --extract --file "$2" "$3""#)?;
                let extracted = folder.join(&name);
                let text = fs::read_to_string(&extracted)?;
                fs::write(extracted, edited(&text, "", from, new)?)?;
                // Of two files of a name, the later one counts.
                tar(r#"tar --append --file "$2" "$3""#)?;
            }
        }
        Ok(())
    }
}

/// The text, with `new` in place of the first `from` after the first `after`.
fn edited(text: &str, after: &str, from: &str, new: &str) -> Result<String> {
    let edited = text.split_once(after).and_then(|(before, rest)| {
        let rest = rest.contains(from).then(|| rest.replacen(from, new, 1))?;
        Some(format!("{before}{after}{rest}"))
    });
    edited.with_context(|| format!("there is no {from:?}"))
}
