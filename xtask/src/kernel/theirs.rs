// SPDX-License-Identifier: GPL-2.0

//! A kernel build tree that the caller brings (`--kdir`).

use super::{config::has_line, Flavour, Kernel};
use crate::{arch::Arch, toolbox::Toolbox};
use anyhow::{ensure, Context, Result};
use std::{fs, path::Path, process::Command};

/// The caller's own kernel build tree, when it can serve.
pub fn theirs(kdir: &Path) -> Result<Kernel> {
    let shown = kdir.display();
    let kdir = kdir
        .canonicalize()
        .with_context(|| format!("--kdir {shown}: there is no such folder"))?;
    let config = fs::read_to_string(kdir.join(".config")).with_context(|| {
        format!("--kdir {shown}: no .config there; give the folder that a kernel was built in")
    })?;
    let has_metadata = kdir.join("rust/libkernel.rmeta").is_file();
    check_rust(&config, has_metadata)
        .and_then(|()| check_compiler(&config, &rustc_version()?))
        .with_context(|| format!("--kdir {shown}"))?;
    let flavour = flavour_of(&config);
    let recipe = flavour.recipe().context("a kernel that is not built")?;
    let image = kdir.join(recipe.image);
    ensure!(
        image.exists(),
        "--kdir {shown}: no {} there; build the kernel first",
        recipe.image
    );
    let source = kdir.join("source");
    let source = if source.exists() {
        source
    } else {
        kdir.clone()
    };
    let mut make_arguments = recipe.make_arguments.to_vec();
    if !has_line(&config, "CONFIG_CC_IS_CLANG=y") {
        make_arguments.retain(|argument| *argument != "LLVM=1");
        if flavour.arch != Arch::HOST {
            make_arguments.push(flavour.arch.cross_compile());
        }
    }
    Ok(Kernel {
        flavour,
        toolbox: Toolbox::host(),
        title: format!("the kernel in {shown}"),
        kdir,
        image,
        source,
        make_arguments,
        drivers: Vec::new(),
    })
}

fn flavour_of(config: &str) -> Flavour {
    let has = |line| has_line(config, line);
    let kind = match (has("CONFIG_UML=y"), has("CONFIG_KASAN=y")) {
        (true, _) => return Flavour::UML,
        (_, true) => Flavour::DEBUG,
        _ => Flavour::LEAN,
    };
    kind.on(if has("CONFIG_ARM64=y") {
        Arch::Arm64
    } else {
        Arch::X86_64
    })
}

fn check_rust(config: &str, has_metadata: bool) -> Result<()> {
    ensure!(
        has_line(config, "CONFIG_RUST=y"),
        "this kernel has no CONFIG_RUST=y; enable it and build the kernel again"
    );
    ensure!(
        has_metadata,
        "no Rust metadata (rust/libkernel.rmeta) there; build the kernel first"
    );
    Ok(())
}

/// Rust's metadata can be read only by the very compiler that wrote it.
fn check_compiler(config: &str, rustc: &str) -> Result<()> {
    let built_with = config
        .lines()
        .find_map(|line| line.strip_prefix("CONFIG_RUSTC_VERSION_TEXT="))
        .map_or("an unknown rustc", |text| text.trim_matches('"'));
    ensure!(
        built_with == rustc,
        "built with `{built_with}`, and the rustc here is `{rustc}`; put the same one first in PATH"
    );
    Ok(())
}

fn rustc_version() -> Result<String> {
    let rustc = Command::new("rustc").arg("--version").output();
    let output = rustc.context("cannot run rustc; put the one that built the kernel in PATH")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusable_tree_is_refused_with_its_reason() {
        let why = |config, has_metadata| check_rust(config, has_metadata).unwrap_err().to_string();
        assert!(check_rust("CONFIG_RUST=y\n", true).is_ok());
        assert!(why("# CONFIG_RUST is not set\n", true).contains("CONFIG_RUST=y"));
        assert!(why("CONFIG_RUST=y\n", false).contains("libkernel.rmeta"));
    }

    #[test]
    fn another_compiler_is_refused() {
        let config = "CONFIG_RUSTC_VERSION_TEXT=\"rustc 1.85.1 (x)\"\n";
        let why = |config, rustc| check_compiler(config, rustc).unwrap_err().to_string();
        assert!(check_compiler(config, "rustc 1.85.1 (x)").is_ok());
        assert!(why(config, "rustc 1.95.0").contains("`rustc 1.85.1 (x)`"));
        assert!(why(config, "rustc 1.95.0").contains("`rustc 1.95.0`"));
        assert!(why("", "rustc 1.95.0").contains("an unknown rustc"));
    }

    #[test]
    fn a_tree_shows_its_flavour() {
        assert_eq!(flavour_of("CONFIG_UML=y\n"), Flavour::UML);
        assert_eq!(flavour_of("CONFIG_KASAN=y\n"), Flavour::DEBUG);
        assert_eq!(flavour_of("CONFIG_NET=y\n"), Flavour::LEAN);
        assert_eq!(
            flavour_of("CONFIG_KASAN=y\nCONFIG_ARM64=y\n"),
            Flavour::DEBUG.on(Arch::Arm64)
        );
    }
}
