// SPDX-License-Identifier: GPL-2.0

//! `scripts/rust-metadata` refuses whatever would give a module with other layouts, in one sentence each, and leaves
//! nothing behind. Here: what it sees before it begins to build.

use crate::{
    kernel::{release, Flavour},
    project,
    test::{limited, pool::Job, pool::Needs, report::Report, Bench},
};
use anyhow::{ensure, Context, Result};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, path::PathBuf, time::Duration};

/// The test, and the kernel that it is about.
pub const TEST: (&str, Flavour) = ("rust-metadata-refuses", Flavour::Debian);

const LIMIT: Duration = Duration::from_secs(60);

/// A difference that is planted in the toolbox.
struct Planted {
    name: &'static str,
    /// The file that is another one. `RELEASE` is the kernel's.
    file: &'static str,
    content: Content,
    says: &'static str,
}

enum Content {
    /// Nothing, and no program.
    Gone,
    /// A program that says this of its version.
    Program(&'static str),
    /// The same file, with the third in place of the second, the first time that it comes after the first.
    Edited(&'static str, &'static str, &'static str),
}

use Content::{Edited, Gone, Program};

const PLANTED: [Planted; 8] = [
    Planted {
        name: "pahole is absent",
        file: "/usr/bin/pahole",
        content: Gone,
        says: "these packages are missing; as root: apt-get install pahole",
    },
    Planted {
        name: "another pahole",
        file: "/usr/bin/pahole",
        content: Program("v1.29"),
        says: "this kernel was built with pahole \"130\", and the one here is \"129\"",
    },
    Planted {
        name: "another rustc",
        file: "/usr/bin/rustc",
        content: Program("rustc 1.0.0"),
        says: "and the one here is \"rustc 1.0.0\": install that one, or put it first in PATH",
    },
    Planted {
        name: "another GCC",
        file: "/usr/bin/x86_64-linux-gnu-gcc-14",
        content: Program("gcc 14.99"),
        says: "and the one here is \"gcc 14.99\": install that one",
    },
    Planted {
        name: "no Rust",
        file: "/usr/src/linux-headers-RELEASE/.config",
        content: Edited("", "CONFIG_RUST=y", ""),
        says: "this kernel has no Rust support (CONFIG_RUST)",
    },
    Planted {
        name: "MODVERSIONS",
        file: "/usr/src/linux-headers-RELEASE/.config",
        content: Edited("", "CONFIG_RUST=y", "CONFIG_RUST=y\nCONFIG_MODVERSIONS=y"),
        says: "this kernel has CONFIG_MODVERSIONS without GENDWARFKSYMS",
    },
    Planted {
        name: "an option has changed",
        file: "/usr/src/linux-headers-RELEASE/.config",
        content: Edited("", "CONFIG_RUST=y", "CONFIG_RUST=y\nCONFIG_DEBUG_NOTIFIERS=y"),
        says: "the configuration in its headers differs from the kernel's (< is the kernel's): > CONFIG_DEBUG_NOTIFIERS=y",
    },
    Planted {
        name: "source of another version",
        file: "/var/lib/dpkg/status",
        content: Edited("Package: linux-source-7.3\n", "Version: 7", "Version: 6"),
        says: "install the source of that version, or the kernel of the other",
    },
];

pub fn job<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Job<'a> {
    let name = format!("vm/{}", TEST.0);
    let estimate = bench.estimate(&name, Duration::from_secs(10));
    Job::new(Needs::PROGRAM, estimate, move || {
        report.test(&name, || run(bench))
    })
}

fn run(bench: &Bench<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let release = release(bench.toolbox, TEST.1)?;
    for planted in &PLANTED {
        let output = place.path().join("output");
        let said =
            refused(bench, place.path(), planted, &release, &output).context(planted.name)?;
        let sentences = said
            .lines()
            .filter(|line| line.starts_with("rust-metadata: "));
        ensure!(
            sentences.count() == 1,
            "{}: more than one sentence:\n{said}",
            planted.name
        );
        let left: Vec<_> = fs::read_dir(place.path())?.collect::<Result<_, _>>()?;
        let left: Vec<_> = left.iter().map(fs::DirEntry::file_name).collect();
        ensure!(
            left.iter()
                .all(|name| name == "planted" || name == "output.lock"),
            "{}: {left:?} are left",
            planted.name
        );
    }
    Ok(())
}

fn refused(
    bench: &Bench<'_>,
    place: &Path,
    planted: &Planted,
    release: &str,
    output: &Path,
) -> Result<String> {
    let file = planted.file.replace("RELEASE", release);
    let other = place.join("planted");
    match planted.content {
        Gone => fs::write(&other, "")?,
        Program(version) => fs::write(
            &other,
            format!(
                "#!/bin/sh\ncase $1 in\n--version) echo '{version}' ;;\n*) echo /usr ;;\nesac\n"
            ),
        )?,
        Edited(after, from, to) => {
            let text = fs::read_to_string(bench.toolbox.path(file.trim_start_matches('/')))?;
            let edited = text.split_once(after).and_then(|(before, rest)| {
                Some(format!(
                    "{before}{after}{}",
                    rest.contains(from).then(|| rest.replacen(from, to, 1))?
                ))
            });
            fs::write(
                &other,
                edited.with_context(|| format!("there is no {from:?} in {file}"))?,
            )?;
        }
    }
    let mode = if matches!(planted.content, Program(_)) {
        0o755
    } else {
        0o644
    };
    fs::set_permissions(&other, fs::Permissions::from_mode(mode))?;

    let binds = [(other, PathBuf::from(file))];
    let mut metadata = bench.toolbox.command_in("sh", &binds);
    metadata.arg(project().join("scripts/rust-metadata"));
    metadata.arg("--output").arg(output).arg(release);
    let (said, succeeds) = limited::run_any(&mut metadata, LIMIT)?;
    ensure!(
        !succeeds && said.contains(planted.says),
        "does not say {:?}:\n{said}",
        planted.says
    );
    Ok(said)
}
