// SPDX-License-Identifier: GPL-2.0

//! Memory that is kept for when there is none.

use core::mem::size_of;

use kernel::{
    new_mutex,
    page::Page,
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    chains::oom,
    context::Sleepable,
    Handler, //
};

/// The kernel warns of a list that is longer than this.
const MAX_PAGES: usize = i32::MAX as usize / size_of::<Page>();

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
    /// `EINVAL` if there cannot be so many, `ENOMEM` if there are not.
    pub(crate) fn new(count: usize) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(move || {
            if count > MAX_PAGES {
                pr_err!("reserve={}: give at most {} pages\n", count, MAX_PAGES);
                return Err(EINVAL);
            }
            let mut pages = KVVec::with_capacity(count, GFP_KERNEL)?;
            for _ in 0..count {
                pages.push_within_capacity(Page::alloc_page(GFP_KERNEL)?)?;
            }
            Ok(try_pin_init!(Self { pages <- new_mutex!(pages) }))
        })
    }
}

impl Handler<oom::Chain> for Reserve {
    fn notify(&self, (): (), _: Sleepable<'_>) -> usize {
        // Whoever else has it is giving them back.
        let Some(mut pages) = self.pages.try_lock() else {
            return 0;
        };
        let released = core::mem::take(&mut *pages).len();

        pr_warn!("oom: {} pages of the reserve are given back\n", released);
        released
    }
}
