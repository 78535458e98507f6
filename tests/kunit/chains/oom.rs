// SPDX-License-Identifier: GPL-2.0

//! The OOM chain.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_oom)]
mod tests {
    use super::*;
    use crate::chains::tell;
    use core::ptr;
    use kernel::sync::atomic::{
        Atomic,
        Relaxed, //
    };
    use notifier_chain::{
        blocking,
        chains::oom,
        context::Sleepable,
        Outcome,
        Priority, //
    };

    /// Releases that many pages, and counts how often it is asked.
    struct Reserve {
        pages: usize,
        asked: Atomic<u32>,
    }

    impl Reserve {
        fn new(pages: usize) -> Self {
            Self {
                pages,
                asked: Atomic::new(0),
            }
        }
    }

    impl oom::Handler for Reserve {
        fn release(&self, _cx: blocking::Context<'_>) -> usize {
            self.asked.fetch_add(1, Relaxed);
            self.pages
        }
    }

    /// Has a handler release `pages` when `freed` are free already. Returns how many are then.
    fn release(pages: usize, mut freed: c_ulong) -> c_ulong {
        // SAFETY: This is a count, as `out_of_memory()` has it.
        let answer =
            unsafe { tell::<oom::Oom, _>(&Reserve::new(pages), 0, (&raw mut freed).cast()) };
        assert_eq!(answer, Outcome::Ok);
        freed
    }

    #[test]
    fn the_pages_are_added() {
        assert_eq!(release(0, 0), 0);
        assert_eq!(release(3, 0), 3);
        assert_eq!(release(3, 4), 7);
    }

    #[test]
    fn a_handler_cannot_take_pages_away() {
        assert_eq!(release(usize::MAX, 1), c_ulong::MAX);
        assert_eq!(release(1, c_ulong::MAX), c_ulong::MAX);
        assert_eq!(release(0, 7), 7);
    }

    #[test]
    fn nobody_is_asked_without_a_count() {
        let reserve = Reserve::new(1);
        // SAFETY: Null is allowed.
        let answer = unsafe { tell::<oom::Oom, _>(&reserve, 0, ptr::null_mut()) };
        assert_eq!(answer, Outcome::Done);
        assert_eq!(reserve.asked.load(Relaxed), 0);
    }

    #[test]
    fn a_handler_comes_and_goes() -> Result {
        for _ in 0..10 {
            let reserve =
                oom::register(Sleepable::might_sleep(), Priority::DEFAULT, Reserve::new(0));
            KBox::pin_init(reserve, GFP_KERNEL)?;
        }
        Ok(())
    }
}
