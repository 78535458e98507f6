// SPDX-License-Identifier: GPL-2.0

//! How many records the receiver takes: its own benchmark, run by Cargo.

use crate::{markdown::table, project};
use anyhow::{ensure, Context, Result};
use comfy_table::Table;
use serde_json::Value;
use std::{env, process::Command};

/// Runs it, and gives its table, for a person and for a program.
pub fn measure() -> Result<(Table, Value)> {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let output = Command::new(cargo)
        .args(["bench", "--quiet", "--package", "panic-listen"])
        .current_dir(project())
        .output()
        .context("cannot run cargo bench")?;
    ensure!(
        output.status.success(),
        "the receiver's benchmark fails: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    read(&String::from_utf8_lossy(&output.stdout))
}

/// Columns stand two spaces apart at least.
fn read(output: &str) -> Result<(Table, Value)> {
    let mut rows = output
        .lines()
        .skip_while(|line| !line.starts_with("output "))
        .map(|line| {
            let cells = line.split("  ").map(str::trim);
            cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
        });
    let names = rows
        .next()
        .context("the receiver's benchmark has no table")?;
    let mut table = table(&names, names.len() - 1);
    let mut json = Vec::new();
    for row in rows {
        ensure!(
            row.len() == names.len(),
            "the receiver's benchmark says {row:?}"
        );
        let fields = names.iter().zip(&row).map(|(name, cell)| {
            let number = cell.parse::<f64>().map(Value::from);
            ((*name).to_owned(), number.unwrap_or((*cell).into()))
        });
        json.push(Value::Object(fields.collect()));
        table.add_row(row);
    }
    ensure!(
        !json.is_empty(),
        "the receiver's benchmark measured nothing"
    );
    Ok((table, json.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_by_its_columns() {
        let (_, json) = read("output  records/s  peak MB\nreport     500000     12.5\n").unwrap();
        assert_eq!(json[0]["output"], "report");
        assert_eq!(json[0]["records/s"], 500_000.0);
        assert_eq!(json[0]["peak MB"], 12.5);
        assert!(read("output  a\nreport\n").is_err());
        assert!(read("").is_err());
    }
}
