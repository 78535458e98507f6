// SPDX-License-Identifier: GPL-2.0

//! Tables for a person.

use super::{code::Callback, rounds::Comparison};
use comfy_table::{presets::ASCII_MARKDOWN, CellAlignment, Table};

/// Comparisons of one measure.
pub fn of_rounds(comparisons: &[&Comparison]) -> Table {
    let names = comparisons.first().map(|one| &one.what);
    let names = names.into_iter().flatten().map(|(name, _)| name.as_str());
    let columns: Vec<_> = names
        .chain(["C", "Rust", "Rust/C", "half of all"])
        .collect();
    let mut table = table(&columns, 4);
    for one in comparisons {
        let (c, rust, ratio) = (one.c(), one.rust(), one.ratio());
        let what = one.what.iter().map(|(_, value)| value.clone());
        let figures = [
            format!("{:.2}", c.median),
            format!("{:.2}", rust.median),
            format!("{:.3}", ratio.median),
            format!("{:.3} to {:.3}", ratio.low, ratio.high),
        ];
        table.add_row(what.chain(figures));
    }
    table
}

/// What callbacks are made of.
pub fn of_code(callbacks: &[Callback]) -> Table {
    let mut table = table(&["handler", "C", "Rust", "in C", "in Rust"], 0);
    for callback in callbacks {
        table.add_row([
            callback.handler.to_owned(),
            callback.c.len().to_string(),
            callback.rust.len().to_string(),
            callback.c.join("; "),
            callback.rust.join("; "),
        ]);
    }
    table
}

/// An empty table, the last columns of which are figures.
fn table(columns: &[&str], figures: usize) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(columns);
    for column in table.column_iter_mut().rev().take(figures) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
