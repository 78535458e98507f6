// SPDX-License-Identifier: GPL-2.0

//! Kernel configurations: the project's short fragments and what Kconfig made of them.

use crate::project;
use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs};

/// The files under `kernels/`, one after the other.
pub fn fragment(names: &[&str]) -> Result<String> {
    let mut whole = String::new();
    for name in names {
        let path = project().join("kernels").join(name);
        whole += &fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        whole.push('\n');
    }
    Ok(whole)
}

/// The lines of a fragment that a `.config` lacks: Kconfig drops silently what it cannot select.
pub fn missing_lines<'a>(fragment: &'a str, config: &str) -> Vec<&'a str> {
    let got = settings(config);
    let lacks = |symbol: &str, line: &str| match got.get(symbol) {
        Some(other) => *other != line,
        // What nothing could enable is not mentioned at all.
        None => !line.starts_with('#'),
    };
    let wanted = settings(fragment).into_iter();
    let missing = wanted.filter(|(symbol, line)| lacks(symbol, line));
    missing.map(|(_, line)| line).collect()
}

/// Each symbol with the line that sets it; a later line overrides an earlier one.
fn settings(config: &str) -> BTreeMap<&str, &str> {
    let lines = config.lines();
    lines
        .filter_map(|line| Some((symbol(line)?, line)))
        .collect()
}

pub fn has_line(config: &str, wanted: &str) -> bool {
    config.lines().any(|line| line == wanted)
}

/// The symbol that a line sets (`CONFIG_X=y`) or unsets (`# CONFIG_X is not set`).
fn symbol(line: &str) -> Option<&str> {
    match line.strip_prefix("# ") {
        Some(comment) => comment
            .strip_suffix(" is not set")
            .filter(|symbol| symbol.starts_with("CONFIG_")),
        None => line.split_once('=').map(|(symbol, _)| symbol),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kconfig_dropped_is_named() {
        let fragment =
            "# a comment\nCONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n# CONFIG_D is not set\n";
        assert_eq!(missing_lines(fragment, "CONFIG_A=y\nCONFIG_B=m\n"), [""; 0]);
        assert_eq!(
            missing_lines(fragment, "CONFIG_AA=y\nCONFIG_B=m\n"),
            ["CONFIG_A=y"]
        );
        assert_eq!(
            missing_lines(fragment, "CONFIG_A=y\nCONFIG_B=y\n"),
            ["CONFIG_B=m"]
        );
        assert_eq!(
            missing_lines(fragment, "CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=y\n"),
            ["# CONFIG_C is not set"]
        );
    }

    #[test]
    fn a_later_fragment_overrides_an_earlier_one() {
        assert_eq!(
            missing_lines("CONFIG_A=y\nCONFIG_A=m\n", "CONFIG_A=m\n"),
            [""; 0]
        );
        assert_eq!(
            missing_lines("CONFIG_A=y\nCONFIG_A=m\n", "CONFIG_A=y\n"),
            ["CONFIG_A=m"]
        );
    }
}
