// SPDX-License-Identifier: GPL-2.0

//! Memory that is kept for when there is none.

use kernel::{
    new_mutex,
    page::Page,
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    blocking,
    chains::oom, //
};

/// Pages that are given back when memory runs out, instead of a process that is killed.
#[pin_data]
pub(crate) struct Reserve {
    #[pin]
    pages: Mutex<KVVec<Page>>,
}

impl Reserve {
    /// Keeps `count` pages.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if there are not so many.
    pub(crate) fn new(count: usize) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(move || {
            let mut pages = KVVec::with_capacity(count, GFP_KERNEL)?;
            for _ in 0..count {
                pages.push_within_capacity(Page::alloc_page(GFP_KERNEL)?)?;
            }
            Ok(try_pin_init!(Self { pages <- new_mutex!(pages) }))
        })
    }
}

impl oom::Handler for Reserve {
    fn release(&self, _cx: blocking::Context<'_>) -> usize {
        // Whoever else has it is giving them back.
        let Some(mut pages) = self.pages.try_lock() else {
            return 0;
        };
        let released = core::mem::take(&mut *pages).len();

        pr_warn!("oom: {} pages of the reserve are given back\n", released);
        released
    }
}
