// SPDX-License-Identifier: GPL-2.0

//! The project's own modules, built by its own `Makefile`.

use crate::{
    cache::{self, Lock},
    kernel::{Kernel, FILES},
    progress::Steps,
    project,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    thread::available_parallelism,
};

/// Where the project's modules are.
pub const FOLDERS: [&str; 2] = ["samples/", "tests/"];

/// What was built.
pub struct Built {
    /// The folder of it all.
    pub out: PathBuf,
    /// The `.ko` files.
    pub files: Vec<PathBuf>,
    /// No other run builds there for as long as it is used.
    _lock: Option<Lock>,
}

/// Builds the library into the modules in `folders`.
pub fn build(kernel: &Kernel, folders: &[&str], steps: &mut Steps) -> Result<Built> {
    build_with(kernel, folders, ("", &[]), steps)
}

/// The same with further variables for `make`, in a folder of another name.
pub fn build_with(
    kernel: &Kernel,
    folders: &[&str],
    (name, variables): (&str, &[&str]),
    steps: &mut Steps,
) -> Result<Built> {
    let flavour = kernel.flavour.name();
    // Kbuild goes into a folder once, by the shortest name that it is told.
    let mut folders = folders.to_vec();
    folders.sort_unstable();
    folders.dedup_by(|folder, before| folder.starts_with(*before));
    if folders.is_empty() {
        steps.skip();
        return Ok(Built {
            out: PathBuf::new(),
            files: Vec::new(),
            _lock: None,
        });
    }
    // One folder a kernel: objects of another one never get mixed in.
    let key = cache::key(&[&kernel.kdir.to_string_lossy()]);
    let (out, lock) =
        free_folder(&project().join(format!("target/modules/{flavour}-{key}{name}")))?;
    let mut step = steps.begin(&format!("modules for the {flavour} kernel"))?;

    let mut make = make(kernel, &folders, &out)?;
    step.run(make.args(variables), Some(&FILES))?;
    let list = out.join("modules.order");
    let order =
        fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    step.done();
    Ok(Built {
        files: module_files(&out, &order),
        out,
        _lock: Some(lock),
    })
}

/// The folder, or if another run uses that, the first beside it that none does.
fn free_folder(wanted: &Path) -> Result<(PathBuf, Lock)> {
    let mut out = wanted.to_owned();
    let mut nth = 1;
    loop {
        fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
        if let Some(lock) = Lock::if_free(&out.with_extension("lock"))? {
            return Ok((out, lock));
        }
        nth += 1;
        let mut name = wanted.as_os_str().to_owned();
        name.push(format!("-{nth}"));
        out = name.into();
    }
}

/// The call of the project's `Makefile` that builds the modules in `folders` into `out`.
pub fn make(kernel: &Kernel, folders: &[&str], out: &Path) -> Result<Command> {
    make_in(kernel, project(), folders, out)
}

/// The same for a copy of the project, which lies below the project itself.
pub fn make_in(kernel: &Kernel, copy: &Path, folders: &[&str], out: &Path) -> Result<Command> {
    check_clean(copy)?;
    let mut make = call(kernel, &[], out)?;
    make.arg("-C").arg(copy);
    make.arg(format!("KDIR={}", kernel.kdir.display()));
    make.arg(format!("FOLDERS={}", folders.join(" ")));
    Ok(make)
}

/// The folder of a driver that builds with this crate.
pub fn driver(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    let folder = path
        .canonicalize()
        .with_context(|| format!("{shown}: there is no such folder"))?;
    let kbuild = fs::read_to_string(folder.join("Kbuild"))
        .with_context(|| format!("{shown}: no Kbuild there; `cargo xtask new` writes one"))?;
    ensure!(
        kbuild.contains("/Makefile.driver"),
        "{shown}: its Kbuild does not include $(NOTIFIER_CHAIN)/Makefile.driver"
    );
    Ok(folder)
}

/// The call of the kernel's `make` that builds a driver's modules into `out`.
pub fn make_driver(kernel: &Kernel, folder: &Path, out: &Path) -> Result<Command> {
    check_clean(folder)?;
    // The project is shown already, with `out` in it, which is written to.
    let read: &[&Path] = if folder == project() { &[] } else { &[folder] };
    let mut make = call(kernel, read, out)?;
    make.arg("-C").arg(&kernel.kdir);
    make.arg(format!("M={}", folder.display()));
    make.arg(format!("NOTIFIER_CHAIN={}", project().display()));
    Ok(make)
}

/// Kbuild does not build elsewhere what has objects beside its sources: it would take those for the
/// new ones.
fn check_clean(folder: &Path) -> Result<()> {
    ensure!(
        !folder.join("modules.order").exists(),
        "{0}: modules were built there; run `make clean` in it first, the way you ran `make`: \
         with `cargo xtask shell --dir {0} make clean`, or with your own KDIR",
        folder.display()
    );
    Ok(())
}

/// What both have in common.
fn call(kernel: &Kernel, read: &[&Path], out: &Path) -> Result<Command> {
    let static_assertions = static_assertions()?;
    let crate_folder = static_assertions.parent().unwrap_or(&static_assertions);
    let mut make = kernel
        .toolbox
        .command_reading("make", &[&[crate_folder], read].concat());
    make.args(&kernel.make_arguments);
    make.arg(format!(
        "-j{}",
        available_parallelism().map_or(1, usize::from)
    ));
    // The suite context-check reads them all.
    make.arg("CONTEXT_CHECK=n");
    for (variable, path) in [
        ("MO", out),
        ("STATIC_ASSERTIONS", static_assertions.as_path()),
    ] {
        make.arg(format!("{variable}={}", path.display()));
    }
    Ok(make)
}

/// One of the modules.
pub fn named<'a>(modules: &'a [PathBuf], name: &str) -> Result<&'a Path> {
    let module = modules
        .iter()
        .find(|module| module.file_stem().is_some_and(|stem| stem == name));
    module
        .map(PathBuf::as_path)
        .with_context(|| format!("the build made no module {name}.ko"))
}

/// A module that comes with the kernel.
pub fn of_kernel(kernel: &Kernel, name: &str) -> Result<PathBuf> {
    let order = fs::read_to_string(kernel.kdir.join("modules.order"))
        .context("the kernel lists no modules")?;
    let file = format!("{name}.o");
    let object = order
        .lines()
        .map(Path::new)
        .find(|object| object.ends_with(&file));
    let object = object
        .with_context(|| format!("there is no module {name}, neither ours nor the kernel's"))?;
    Ok(kernel.kdir.join(object).with_extension("ko"))
}

/// A file that the build made beside one of the modules.
pub fn beside(modules: &[PathBuf], name: &str) -> Result<PathBuf> {
    let mut files = modules.iter().map(|module| module.with_file_name(name));
    files
        .find(|file| file.is_file())
        .with_context(|| format!("the build made no file {name}"))
}

/// `modules.order` lists what the latest build made, by the object's name.
fn module_files(out: &Path, order: &str) -> Vec<PathBuf> {
    order
        .lines()
        .map(|object| out.join(object).with_extension("ko"))
        .collect()
}

/// Where Cargo has put the source of the one crate that the library takes from the registry.
pub fn static_assertions() -> Result<PathBuf> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked"])
        .arg("--manifest-path")
        .arg(project().join("Cargo.toml"))
        .output()
        .context("cannot run cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed; it fetches the crate static_assertions the first time:\n{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let found = source_of(
        "static_assertions",
        &serde_json::from_slice(&output.stdout).context("cannot read cargo's metadata")?,
    )
    .context("cargo's metadata does not name the crate static_assertions")?;
    Ok(FOUND.get_or_init(|| found).clone())
}

fn source_of(name: &str, metadata: &Value) -> Option<PathBuf> {
    let package = metadata["packages"]
        .as_array()?
        .iter()
        .find(|package| package["name"] == name)?;
    let library = package["targets"]
        .as_array()?
        .iter()
        .find(|target| target["name"] == name)?;
    library["src_path"].as_str().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn two_runs_build_in_folders_of_their_own() {
        let place = tempfile::tempdir().unwrap();
        let wanted = place.path().join("lean-1");
        let (first, lock) = free_folder(&wanted).unwrap();
        let (second, _lock) = free_folder(&wanted).unwrap();
        assert_eq!((&first, second == first), (&wanted, false));
        drop(lock);
        assert_eq!(free_folder(&wanted).unwrap().0, first);
    }

    #[test]
    fn the_latest_builds_modules_are_listed() {
        let files = module_files(Path::new("/out"), "samples/a/a.o\nsamples/b/b.o\n");
        assert_eq!(
            files,
            ["/out/samples/a/a.ko", "/out/samples/b/b.ko"].map(PathBuf::from)
        );
        assert_eq!(
            named(&files, "b").unwrap(),
            Path::new("/out/samples/b/b.ko")
        );
        assert!(named(&files, "c").is_err());
    }

    #[test]
    fn a_folder_where_modules_were_built_is_named() {
        let folder = tempfile::tempdir().unwrap();
        check_clean(folder.path()).unwrap();
        fs::write(folder.path().join("modules.order"), "").unwrap();
        let error = check_clean(folder.path()).unwrap_err().to_string();
        assert!(error.contains("run `make clean`"), "{error}");
        assert!(error.contains(folder.path().to_str().unwrap()), "{error}");
    }

    #[test]
    fn a_crates_source_is_found_in_cargos_metadata() {
        let metadata = json!({ "packages": [
            { "name": "other", "targets": [{ "name": "other", "src_path": "/other.rs" }] },
            { "name": "wanted", "targets": [
                { "name": "a_test", "src_path": "/test.rs" },
                { "name": "wanted", "src_path": "/lib.rs" },
            ] },
        ] });
        assert_eq!(source_of("wanted", &metadata), Some("/lib.rs".into()));
        assert_eq!(source_of("missing", &metadata), None);
    }
}
