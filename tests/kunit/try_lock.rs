// SPDX-License-Identifier: GPL-2.0

//! The lock that nobody waits for.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_try_lock)]
mod tests {
    use notifier_chain::TryLock;

    #[test]
    fn only_one_holds_it() {
        let lock = TryLock::new(1);

        let held = lock.try_lock();
        assert!(held.is_some());
        assert!(lock.try_lock().is_none());

        drop(held);
        assert!(lock.try_lock().is_some());
    }

    #[test]
    fn what_one_writes_the_next_one_reads() {
        let lock = TryLock::new(1);

        if let Some(mut value) = lock.try_lock() {
            *value += 41;
        }
        assert!(lock.try_lock().is_some_and(|value| *value == 42));
    }
}
