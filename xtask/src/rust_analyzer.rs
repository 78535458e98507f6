// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask rust-analyzer`: what an editor must know to find its way through a driver, this
//! crate and the kernel.

use crate::{
    arch::Arch,
    check::{self, Args, Built},
    modules, project,
};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Where a sysroot has the program that expands macros for rust-analyzer.
const SERVER: &str = "libexec/rust-analyzer-proc-macro-srv";

const BINDINGS: &str = "notifier_chain_bindings_generated.rs";

pub fn run(args: &Args) -> Result<()> {
    check::with(args, |built| {
        let file = write(built)?;
        println!(
            "{} is written: open {} in an editor that has rust-analyzer",
            file.display(),
            built.folder().display()
        );
        Ok(())
    })
}

/// Writes `rust-project.json` into the folder that is looked at.
pub fn write(built: &Built<'_>) -> Result<PathBuf> {
    // For the bindings. What else does not build is not this command's affair.
    let output = built.lints()?.output().context("cannot start make")?;
    let generated = generated_in(&built.out).with_context(|| {
        format!(
            "the crate's bindings were not built:\n{}",
            String::from_utf8_lossy(&output.stderr).trim()
        )
    })?;
    let mut make = modules::make_driver(built.kernel, built.folder(), &built.out)?;
    let output = make
        .arg("rust-analyzer")
        .output()
        .context("cannot start make")?;
    ensure!(
        output.status.success(),
        "the kernel's `make rust-analyzer` fails:\n{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let theirs = built.out.join("rust-project.json");
    let theirs =
        fs::read_to_string(&theirs).with_context(|| format!("cannot read {}", theirs.display()))?;
    let mut rust_project =
        serde_json::from_str(&theirs).context("cannot read the kernel's JSON")?;
    let toolbox = built.toolbox.path("");
    if toolbox != Path::new("/") {
        show_outside(&mut rust_project, &toolbox);
        rust_project["sysroot"] = json!(sysroot(&toolbox, &built.out)?);
    }
    let is_own = built.driver.is_none();
    add_crates(
        &mut rust_project,
        &modules::static_assertions()?,
        &generated,
        is_own.then_some(&built.out),
    )?;

    let file = built.folder().join("rust-project.json");
    fs::write(&file, serde_json::to_string_pretty(&rust_project)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

/// The folder below `out` that has the crate's bindings.
fn generated_in(out: &Path) -> Option<PathBuf> {
    if out.join(BINDINGS).exists() {
        return Some(out.to_owned());
    }
    let folders = fs::read_dir(out).ok()?.flatten().filter(|entry| {
        // Links lead to the sources.
        entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    folders
        .into_iter()
        .find_map(|folder| generated_in(&folder.path()))
}

/// A sysroot whose program that expands macros runs outside of the toolbox, too. Only that of the
/// very compiler can read the kernel's macros.
fn sysroot(toolbox: &Path, out: &Path) -> Result<PathBuf> {
    let sysroot = out.join("sysroot");
    let program = sysroot.join(SERVER);
    let folder = program.parent().unwrap_or(&sysroot);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // It needs the toolbox's C library, too, which may be newer than the machine's.
    let usr = toolbox.join("usr");
    let usr = usr.display();
    let script = format!(
        "#!/bin/sh\nexec {usr}/{} --library-path {usr}/lib/{} {usr}/{SERVER} \"$@\"\n",
        Arch::HOST.loader(),
        Arch::HOST.gnu()
    );
    fs::write(&program, script)
        .and_then(|()| fs::set_permissions(&program, Permissions::from_mode(0o755)))
        .with_context(|| format!("cannot write {}", program.display()))?;
    Ok(sysroot)
}

/// The library of the compiler is in the toolbox, and the editor is not.
fn show_outside(rust_project: &mut Value, toolbox: &Path) {
    let outside = |path: &mut Value| {
        if let Some(inside) = path.as_str().and_then(|path| path.strip_prefix("/usr")) {
            *path = json!(format!(
                "{}/usr{inside}",
                toolbox.to_string_lossy().trim_end_matches('/')
            ));
        }
    };
    for entry in rust_project["crates"].as_array_mut().into_iter().flatten() {
        outside(&mut entry["root_module"]);
    }
}

/// What `Makefile.driver` has found that the kernel's crate has.
fn found_in_kernel(generated: &Path) -> Result<Vec<Value>> {
    let file = generated.join("notifier_chain_kernel_has");
    let found =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let found = found.lines().filter_map(|line| line.strip_prefix("--cfg="));
    Ok(found.map(|cfg| json!(cfg)).collect())
}

/// The kernel's script knows its own crates, and those that a Kbuild names. Those get what they
/// build with here.
fn add_crates(
    rust_project: &mut Value,
    static_assertions: &Path,
    generated: &Path,
    own: Option<&PathBuf>,
) -> Result<()> {
    let crates = rust_project["crates"]
        .as_array_mut()
        .context("the kernel's JSON has no crates")?;
    let kernel = crates
        .iter()
        .position(|entry| entry["display_name"] == "kernel")
        .context("the kernel's JSON has no crate `kernel`")?;
    let dependency = |crates: &[Value], name: &str| {
        let index = crates
            .iter()
            .position(|entry| entry["display_name"] == name);
        index
            .map(|index| json!({ "crate": index, "name": name }))
            .with_context(|| format!("the kernel's JSON has no crate `{name}`"))
    };
    let core = dependency(crates, "core")?;
    // A user of the kernel has its configuration and, beside itself, what the script gives drivers.
    let mut cfg = crates[kernel]["cfg"].clone();
    if let Some(cfg) = cfg.as_array_mut() {
        cfg.extend(found_in_kernel(generated)?);
    }
    let mut deps = Vec::new();
    for name in ["core", "kernel", "pin_init", "ffi"] {
        deps.push(dependency(crates, name)?);
    }

    let scripts_end = crates.len();
    let plain = |name: &str, root: &Path| {
        json!({
            "display_name": name,
            "root_module": root,
            "is_workspace_member": false,
            "edition": "2021",
            "deps": [core],
            "cfg": [],
            "env": {},
        })
    };
    crates.push(plain("static_assertions", static_assertions));
    crates.push(plain("panic_wire", &project().join("wire/src/lib.rs")));
    deps.push(dependency(crates, "static_assertions")?);
    let mut library = plain("notifier_chain", &project().join("src/lib.rs"));
    library["is_workspace_member"] = json!(true);
    library["deps"] = json!(deps);
    library["cfg"] = cfg;
    library["env"] = json!({
        "NOTIFIER_CHAIN_OBJ": generated,
        "RUST_MODFILE": "This is only for rust-analyzer",
    });
    library["source"] = json!({
        "include_dirs": [project().join("src"), generated],
        "exclude_dirs": [],
    });
    crates.push(library);

    let mut ours = vec![dependency(crates, "notifier_chain")?];
    if own.is_some() {
        ours.push(dependency(crates, "panic_wire")?);
    }
    // The kernel's script appends what it finds outside of the kernel to what is inside.
    for entry in &mut crates[kernel + 1..scripts_end] {
        let is_module = entry["deps"]
            .as_array()
            .is_some_and(|deps| deps.iter().any(|dep| dep["crate"] == kernel));
        if let (true, Some(deps)) = (is_module, entry["deps"].as_array_mut()) {
            deps.extend(ours.clone());
            if let Some(out) = own {
                add_generated(entry, out);
            }
        }
    }
    Ok(())
}

/// A module with bindings of its own finds them by a variable that is named after its folder.
fn add_generated(entry: &mut Value, out: &Path) {
    let Some(folder) = entry["root_module"]
        .as_str()
        .and_then(|root| Path::new(root).parent())
        .map(Path::to_owned)
    else {
        return;
    };
    let Some(name) = folder.file_name().map(|name| name.to_string_lossy()) else {
        return;
    };
    let Ok(below) = folder.strip_prefix(project()) else {
        return;
    };
    let object = out.join(below);
    if object
        .join(format!("{name}_bindings_generated.rs"))
        .exists()
    {
        entry["env"][format!("{}_OBJ", name.to_uppercase())] = json!(object);
        entry["source"] = json!({ "include_dirs": [folder, object], "exclude_dirs": [] });
    }
}
