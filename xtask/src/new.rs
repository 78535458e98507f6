// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask new`: a driver of one's own, outside this repository.

use crate::{make_folder, project};
use anyhow::{bail, ensure, Context, Result};
use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

/// What a driver is made of: files whose names and words have `{{name}}` for the module's name and
/// `{{crate}}` for the folder of this crate.
const FILES: [(&str, &str); 6] = [
    ("Kbuild", include_str!("../templates/driver/Kbuild")),
    ("Makefile", include_str!("../templates/driver/Makefile")),
    (
        "{{name}}_main.rs",
        include_str!("../templates/driver/main.rs"),
    ),
    ("README.md", include_str!("../templates/driver/README.md")),
    ("dkms.conf", include_str!("../templates/driver/dkms.conf")),
    (".gitignore", include_str!("../templates/driver/gitignore")),
];

/// What the kernel has room for: `MODULE_NAME_LEN`, less the null byte.
const LONGEST: usize = 55;

#[derive(clap::Args)]
pub struct Args {
    /// The folder to make, outside this repository
    path: PathBuf,
    /// The module's name, if it is not the folder's
    #[arg(long)]
    name: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    let folder = write(&args.path, args.name.as_deref(), project())?;
    println!(
        "{0} is ready; build it with\n    make -C {0} KDIR=/path/to/linux-build\n\
         or for a kernel of this project's, with its compilers:\n    cargo xtask shell --dir {0} make",
        folder.display()
    );
    Ok(())
}

/// Writes a driver that uses the crate at `notifier_chain`, and gives its folder as an absolute
/// path. If it cannot, it leaves nothing behind.
pub fn write(path: &Path, name: Option<&str>, notifier_chain: &Path) -> Result<PathBuf> {
    let folder = absolute(path)?;
    check_folder(&folder)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => name_of(&folder),
    };
    check_name(&name)?;
    let shown = make_folder::check(&folder)?;
    let notifier_chain = make_folder::check(notifier_chain)?;

    let fill = |text: &str| {
        text.replace("{{name}}", &name)
            .replace("{{crate}}", notifier_chain)
    };
    let is_new = match fs::create_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        made => made
            .map(|()| true)
            .with_context(|| format!("cannot make {shown}"))?,
    };
    let mut written = Vec::new();
    for (file, text) in FILES {
        let file = folder.join(fill(file));
        if let Err(error) = write_new(file, &fill(text), &mut written) {
            undo(&folder, &written, is_new);
            return Err(error).with_context(|| format!("cannot write into {shown}"));
        }
    }
    Ok(folder)
}

fn write_new(file: PathBuf, text: &str, written: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut open = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&file)?;
    written.push(file);
    open.write_all(text.as_bytes())
}

fn undo(folder: &Path, written: &[PathBuf], is_new: bool) {
    // The error that led here is the one to tell.
    for file in written {
        let _ = fs::remove_file(file);
    }
    if is_new {
        let _ = fs::remove_dir(folder);
    }
}

/// The path without links, of a folder that need not exist yet.
fn absolute(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let Some(name) = path.file_name() else {
        bail!("{shown} is no name for a new folder");
    };
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let parent = parent.canonicalize().with_context(|| {
        format!(
            "{shown}: cannot enter the folder {} to make it in; make that first",
            parent.display()
        )
    })?;
    Ok(parent.join(name))
}

fn check_folder(folder: &Path) -> Result<()> {
    let shown = folder.display();
    let project = project()
        .canonicalize()
        .context("cannot find this project's folder")?;
    ensure!(
        !folder.starts_with(&project),
        "{shown} is inside this repository; a driver of your own has a folder outside of it"
    );
    let is_free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        Err(error) if error.kind() == ErrorKind::NotADirectory => false,
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
    };
    ensure!(
        is_free,
        "{shown} exists already, and is not an empty folder; choose another name"
    );
    Ok(())
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    // As Cargo does with the names of packages, and the kernel with those of modules.
    name.to_string_lossy().replace('-', "_")
}

/// The name is one of a module, of objects, and part of that of a crate.
fn check_name(name: &str) -> Result<()> {
    let is_word = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    ensure!(
        is_word && name.starts_with(|c: char| c.is_ascii_lowercase()),
        "`{name}` is no name for a module: it takes a letter, then letters, digits and `_`, all of \
         them lower case; give another with --name"
    );
    ensure!(
        name.len() <= LONGEST,
        "`{name}` is too long for a module's name, which has {LONGEST} letters at most; give another \
         with --name"
    );
    // They are linked into the module.
    ensure!(
        !name.starts_with("notifier_chain"),
        "`{name}` is what objects of this crate begin with; give another name with --name"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::tempdir;

    fn why(path: &Path, name: Option<&str>) -> String {
        format!("{:#}", write(path, name, project()).unwrap_err())
    }

    #[test]
    fn a_driver_has_its_name_everywhere() {
        let place = tempdir().unwrap();
        let folder = write(&place.path().join("fan-alarm"), None, Path::new("/crate")).unwrap();
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(
                !fs::read_to_string(&path).unwrap().contains("{{"),
                "{path:?}"
            );
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
        names.sort();
        let expected = [".gitignore", "Kbuild", "Makefile", "README.md", "dkms.conf"];
        assert_eq!(names, [&expected[..], &["fan_alarm_main.rs"]].concat());
        let kbuild = fs::read_to_string(folder.join("Kbuild")).unwrap();
        assert!(kbuild.contains("obj-m := fan_alarm.o\n"));
        assert!(kbuild.lines().count() <= 8);
    }

    #[test]
    fn an_empty_folder_will_do_and_any_other_is_left_alone() {
        let place = tempdir().unwrap();
        write(place.path(), Some("beacon"), project()).unwrap();
        assert!(why(place.path(), Some("beacon")).contains("exists already"));
        let file = place.path().join("Kbuild");
        assert!(why(&file, None).contains("exists already"));
        let nowhere = place.path().join("no/such");
        assert!(why(&nowhere, None).contains("make that first"));
    }

    #[test]
    fn this_repository_is_not_the_place() {
        let place = tempdir().unwrap();
        let link = place.path().join("link");
        symlink(project(), &link).unwrap();
        for folder in [project().join("samples/mine"), link.join("mine")] {
            assert!(why(&folder, None).contains("inside this repository"));
            assert!(!folder.exists());
        }
    }

    #[test]
    fn names_that_no_module_can_have_are_refused() {
        let place = tempdir().unwrap();
        let folder = place.path().join("x");
        let long = "x".repeat(LONGEST + 1);
        for name in [
            "",
            "1st",
            "_x",
            "a-b",
            "Fan",
            "a.b",
            "ü",
            "notifier_chain",
            &long,
        ] {
            assert!(why(&folder, Some(name)).contains("--name"), "{name}");
        }
        assert!(!folder.exists());
        assert!(why(&place.path().join("a b"), Some("ab")).contains("' '"));
        assert!(why(&place.path().join(".."), Some("ab")).contains("exists already"));
    }

    #[test]
    fn nothing_is_left_half_done() {
        let place = tempdir().unwrap();
        let folder = place.path().join("x");
        fs::create_dir(&folder).unwrap();
        let mut written = Vec::new();
        write_new(folder.join("Kbuild"), "text", &mut written).unwrap();
        assert!(write_new(folder.join("Kbuild"), "text", &mut written).is_err());
        undo(&folder, &written, true);
        assert!(!folder.exists());
    }
}
