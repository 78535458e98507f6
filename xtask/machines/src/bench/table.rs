// SPDX-License-Identifier: GPL-2.0

//! Tables for a person.

use super::{
    code::Counted,
    panic::Panic,
    rounds::{Comparison, Spread},
    sizes::Size,
};
use crate::markdown::table;
use comfy_table::Table;

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

/// How many instructions callbacks have, on each architecture.
pub fn of_counts(counted: &[Counted]) -> Table {
    let columns: Vec<_> = ["chain", "handler"]
        .map(str::to_owned)
        .into_iter()
        .chain(counted.iter().flat_map(|one| {
            let name = one.architecture.name;
            [format!("{name} C"), format!("{name} Rust")]
        }))
        .collect();
    let columns: Vec<_> = columns.iter().map(String::as_str).collect();
    let mut table = table(&columns, columns.len() - 2);
    let first = counted.first().map(|one| &one.callbacks);
    for (nth, callback) in first.into_iter().flatten().enumerate() {
        let what = [callback.chain.to_owned(), callback.handler.to_owned()];
        let figures = counted.iter().flat_map(|one| {
            let callback = &one.callbacks[nth];
            [
                callback.c.len().to_string(),
                callback.rust.len().to_string(),
            ]
        });
        table.add_row(what.into_iter().chain(figures));
    }
    table
}

/// What callbacks are made of.
pub fn of_instructions(counted: &Counted) -> Table {
    let mut table = table(&["chain", "handler", "in C", "in Rust"], 0);
    for callback in &counted.callbacks {
        table.add_row([
            callback.chain.to_owned(),
            callback.handler.to_owned(),
            callback.c.join("; "),
            callback.rust.join("; "),
        ]);
    }
    table
}

/// What the broadcaster and netconsole send in a panic; times in microseconds.
pub fn of_panics(panics: &[Panic]) -> Table {
    let columns = [
        "sender",
        "machine",
        "first frame",
        "panic message",
        "last frame",
        "frames",
        "frames/s",
        "before",
        "after",
    ];
    let mut table = table(&columns, 7);
    for panic in panics {
        let [before, after] = panic.delivered();
        table.add_row([
            panic.sender.to_owned(),
            panic.end.to_owned(),
            spread(panic.first()),
            spread(panic.message()),
            spread(panic.last()),
            spread(Some(panic.frames())),
            spread(panic.frames_per_second()),
            format!("{} of {}", spread(Some(before)), panic.before),
            format!("{} of {}", spread(Some(after)), panic.after),
        ]);
    }
    table
}

/// The median, and between what the middle half lies if that is not all the same.
fn spread(spread: Option<Spread>) -> String {
    match spread {
        None => "none".to_owned(),
        Some(Spread { low, median, high }) if low == high => format!("{median:.0}"),
        Some(Spread { low, median, high }) => format!("{median:.0} ({low:.0} to {high:.0})"),
    }
}

/// What modules take of memory, in bytes.
pub fn of_sizes(sizes: &[Size]) -> Table {
    let columns = [
        "module",
        "language",
        "architecture",
        "text",
        "read-only",
        "data",
        "bss",
        "stack",
        "where",
    ];
    let mut table = table(&columns, 0);
    for size in sizes {
        table.add_row([
            size.module.to_owned(),
            size.language.to_owned(),
            size.architecture.to_owned(),
            size.text.to_string(),
            size.read_only.to_string(),
            size.data.to_string(),
            size.bss.to_string(),
            size.stack.to_string(),
            size.deepest.clone(),
        ]);
    }
    table
}
