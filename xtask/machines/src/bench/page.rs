// SPDX-License-Identifier: GPL-2.0

//! The page that the tables are written into.

use anyhow::{Context, Result};
use std::{fs, path::Path};

/// Puts each table where the page names it. What is not there was not wanted.
pub fn write(file: &Path, tables: &[(String, String)]) -> Result<()> {
    let read = fs::read_to_string(file);
    let mut page = read.with_context(|| format!("cannot read {}", file.display()))?;
    for (name, table) in tables {
        page = replace(&page, name, table).with_context(|| {
            let (begin, end) = marks(name);
            format!("{} has no `{begin}` with `{end}` behind it", file.display())
        })?;
    }
    fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))
}

fn marks(name: &str) -> (String, String) {
    (
        format!("<!-- {name} -->"),
        format!("<!-- end of {name} -->"),
    )
}

fn replace(page: &str, name: &str, table: &str) -> Option<String> {
    let (begin, end) = marks(name);
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n\n{table}\n\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_old_one() {
        let page = "# A\n<!-- calls -->\nold\n<!-- end of calls -->\ntext\n";
        let new = replace(page, "calls", "new").unwrap();
        assert_eq!(
            new,
            "# A\n<!-- calls -->\n\nnew\n\n<!-- end of calls -->\ntext\n"
        );
        assert_eq!(replace(&new, "calls", "new").unwrap(), new);
        assert!(replace(page, "sizes", "").is_none());
    }
}
