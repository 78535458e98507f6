// SPDX-License-Identifier: GPL-2.0

//! Each name in the program's rules is that of a function in one of the kernels.

use super::said::{self, Checker};
use crate::{kernel::Flavour, test::Bench};
use anyhow::{ensure, Result};
use std::collections::BTreeMap;

pub const TEST: &str = "context-check/rules";

/// What no kernel has: the library's own mark.
const OF_MODULES: &str = "notifier_chain_might_sleep";

pub fn are_of_use(bench: &Bench<'_>, flavours: &[Flavour]) -> Result<()> {
    let mut uses: BTreeMap<String, bool> = BTreeMap::new();
    for flavour in flavours {
        let checker = Checker {
            programs: bench.programs,
            target: bench.target(*flavour)?,
        };
        let (output, code) = said::run(&mut checker.rules()?)?;
        ensure!(code == 0, "{}: {code}\n{output}", flavour.name());
        let mut of_rule = None;
        for line in output.lines().filter(|line| !line.starts_with("note: ")) {
            if let (true, Some(name)) = (line.starts_with('\t'), &of_rule) {
                uses.insert(String::clone(name), true);
            } else if let Some((rule, _)) = line.split_once(": ") {
                let name = rule.rsplit(' ').next().unwrap_or_default().to_owned();
                uses.entry(name.clone()).or_default();
                of_rule = Some(name);
            }
        }
    }
    ensure!(uses.len() > 100, "there are but {} rules", uses.len());
    let unused: Vec<_> = uses
        .iter()
        .filter(|(name, is_used)| !**is_used && *name != OF_MODULES)
        .map(|(name, _)| name.as_str())
        .collect();
    ensure!(
        unused.is_empty(),
        "no kernel has these: {}",
        unused.join(" ")
    );
    Ok(())
}
