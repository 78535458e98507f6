// SPDX-License-Identifier: GPL-2.0

//! Work that is done on all processors.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

/// How many items a processor takes at once.
const TAKEN: usize = 64;

/// What `of` makes of each item, which it gets with its number, in their order.
pub fn map<Item: Sync, Made: Clone + Default + Send>(
    items: &[Item],
    of: impl Fn(usize, &Item) -> Made + Sync,
) -> Vec<Made> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut made = vec![Made::default(); items.len()];
    let parts = items.chunks(TAKEN).zip(made.chunks_mut(TAKEN));
    let waiting = Mutex::new((0..).step_by(TAKEN).zip(parts));
    let work = || loop {
        // A thread that panics ends the program when the others have ended.
        let part = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next();
        let Some((from, (items, made))) = part else {
            return;
        };
        for ((number, item), made) in (from..).zip(items).zip(made) {
            *made = of(number, item);
        }
    };
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    made
}
