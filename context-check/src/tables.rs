// SPDX-License-Identifier: GPL-2.0

//! The tables behind `dyn Trait` that a module has.

use crate::image::{Image, Kind};
use std::collections::HashSet;

/// A destructor or null, size, alignment, methods.
pub struct Table {
    start: u64,
    entries: Vec<Option<u64>>,
}

/// Finds whatever may be one.
pub fn find(image: &Image) -> Vec<Table> {
    let mut tables = Vec::new();
    for segment in image.segments() {
        if segment.kind != Kind::Constant {
            continue;
        }
        let end = segment.end();
        let mut at = segment.start;
        while at + 24 <= end {
            if let Some(table) = table(image, at, end) {
                tables.push(table);
            }
            at += 8;
        }
    }
    tables
}

fn table(image: &Image, at: u64, end: u64) -> Option<Table> {
    let destructor = pointer(image, at);
    let is_null = destructor.is_none() && image.read_u64(at)? == 0;
    if (destructor.is_none() && !is_null) || has_pointer(image, at + 8, at + 24) {
        return None;
    }
    let (size, align) = (image.read_u64(at + 8)?, image.read_u64(at + 16)?);
    if size > u64::from(u32::MAX) || !align.is_power_of_two() || align > 1 << 29 {
        return None;
    }
    // In between lie the tables of other traits, and gaps for what cannot be called.
    let methods: Vec<Option<u64>> = (at + 24..image.datum(at).1.min(end))
        .step_by(8)
        .map(|at| pointer(image, at))
        .take(256)
        .collect();
    if is_null && methods.iter().all(Option::is_none) {
        return None;
    }
    let mut entries = vec![destructor, None, None];
    entries.extend(methods);
    Some(Table { start: at, entries })
}

fn has_pointer(image: &Image, from: u64, to: u64) -> bool {
    !image.relocated_within(from, to).is_empty()
}

/// The address of a function, if one is there.
fn pointer(image: &Image, at: u64) -> Option<u64> {
    let &(_, target) = image.relocated_within(at, at + 1).first()?;
    let is_function = image.is_code(target) || image.outside(target).is_some();
    is_function.then_some(target)
}

/// The fields of all that the compiler has made itself: such a table has no name, as data of the
/// source has.
pub fn fields(image: &Image) -> HashSet<u64> {
    let mut fields = HashSet::new();
    for table in find(image) {
        if image.object(table.start).is_none() {
            let many = table.entries.len() as u64;
            fields.extend((0..many).map(|n| table.start + n * 8));
        }
    }
    fields
}

/// What all of them have at that offset.
pub fn entries(tables: &[Table], offset: i32) -> Vec<u64> {
    let Ok(offset) = usize::try_from(offset) else {
        return Vec::new();
    };
    let mut entries: Vec<u64> = tables
        .iter()
        .filter_map(|table| *table.entries.get(offset / 8)?)
        .collect();
    entries.sort_unstable();
    entries.dedup();
    entries
}
