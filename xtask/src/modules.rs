// SPDX-License-Identifier: GPL-2.0

//! The project's own modules, built by its own `Makefile`.

use crate::{
    cache::{self, Lock},
    kernel::{Kernel, FILES},
    progress::Steps,
    project,
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread::available_parallelism,
};

/// Builds the library and the samples for a kernel and gives their `.ko` files.
pub fn build(toolbox: &Toolbox, kernel: &Kernel, steps: &mut Steps) -> Result<Vec<PathBuf>> {
    let flavour = kernel.flavour.name();
    // One folder a kernel: objects of another one never get mixed in.
    let key = cache::key(&[&kernel.kdir.to_string_lossy()]);
    let out = project().join(format!("target/modules/{flavour}-{key}"));
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let _lock = Lock::wait(&out.with_extension("lock"))?;
    let mut step = steps.begin(&format!("modules for the {flavour} kernel"))?;

    step.run(&mut make(toolbox, kernel, &out)?, Some(&FILES))?;
    let list = out.join("modules.order");
    let order =
        fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    step.done();
    Ok(module_files(&out, &order))
}

/// The call of the project's `Makefile`, for all modules, that builds into `out`.
pub fn make(toolbox: &Toolbox, kernel: &Kernel, out: &Path) -> Result<Command> {
    let static_assertions = static_assertions()?;
    let crate_folder = static_assertions.parent().unwrap_or(&static_assertions);
    let mut make = toolbox.command_reading("make", &[crate_folder]);
    make.arg("-C").arg(project()).arg("TESTS=y");
    make.args(&kernel.make_arguments);
    make.arg(format!(
        "-j{}",
        available_parallelism().map_or(1, usize::from)
    ));
    for (variable, path) in [
        ("KDIR", kernel.kdir.as_path()),
        ("MO", out),
        ("STATIC_ASSERTIONS", &static_assertions),
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

/// `modules.order` lists what the latest build made, by the object's name.
fn module_files(out: &Path, order: &str) -> Vec<PathBuf> {
    order
        .lines()
        .map(|object| out.join(object).with_extension("ko"))
        .collect()
}

/// Where Cargo has put the source of the one crate that the library takes from the registry.
pub fn static_assertions() -> Result<PathBuf> {
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
    source_of(
        "static_assertions",
        &serde_json::from_slice(&output.stdout).context("cannot read cargo's metadata")?,
    )
    .context("cargo's metadata does not name the crate static_assertions")
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
