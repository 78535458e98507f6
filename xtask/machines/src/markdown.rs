// SPDX-License-Identifier: GPL-2.0

//! Tables that read well on a terminal and are Markdown, too.

use comfy_table::{presets::ASCII_MARKDOWN, CellAlignment, Table};

/// A table with these columns, of which the last so many have figures.
pub fn table(columns: &[&str], figures: usize) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(columns);
    for column in table.column_iter_mut().rev().take(figures) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
