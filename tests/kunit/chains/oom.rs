// SPDX-License-Identifier: GPL-2.0

//! The OOM chain.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_oom)]
mod tests {
    use super::*;
    use crate::chains::tell;
    use kernel::sync::atomic::{
        Atomic,
        Relaxed, //
    };
    use notifier_chain::{
        chains::oom,
        context::Sleepable,
        Handler,
        NotifyReturn,
        Priority,
        Registration, //
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

    impl Handler<oom::Chain> for Reserve {
        fn notify(&self, _event: (), _cx: Sleepable<'_>) -> usize {
            self.asked.fetch_add(1, Relaxed);
            self.pages
        }
    }

    /// Tells `reserve`. Returns the answer.
    ///
    /// # Safety
    ///
    /// The count must be valid for writes.
    unsafe fn told(reserve: &Reserve, count: *mut c_ulong) -> c_int {
        // SAFETY: By the safety requirements, this is what `out_of_memory()` passes.
        unsafe { tell::<oom::Chain, _>(reserve, 0, count.cast(), Sleepable::might_sleep()) }
    }

    /// Has a handler release `pages` when `freed` are free already. Returns how many are then.
    fn release(pages: usize, mut freed: c_ulong) -> c_ulong {
        // SAFETY: This is a count.
        let answer = unsafe { told(&Reserve::new(pages), &mut freed) };
        assert_eq!(answer, NotifyReturn::OK.into_raw());
        freed
    }

    #[test]
    fn the_pages_are_added() {
        assert_eq!(release(0, 0), 0);
        assert_eq!(release(3, 0), 3);
        assert_eq!(release(3, 4), 7);
    }

    #[test]
    fn a_handler_comes_and_goes() -> Result {
        for _ in 0..10 {
            let reserve = Registration::new(
                oom::Chain,
                Priority::DEFAULT,
                Reserve::new(0),
                Sleepable::might_sleep(),
            );
            KBox::pin_init(reserve, GFP_KERNEL)?;
        }
        Ok(())
    }
}
