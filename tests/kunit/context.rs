// SPDX-License-Identifier: GPL-2.0

//! Contexts and priorities.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_context)]
mod tests {
    use super::*;
    use notifier_chain::{
        context::Sleepable,
        Priority, //
    };

    #[test]
    fn a_token_has_no_size() {
        assert_eq!(size_of_val(&Sleepable::might_sleep()), 0);
    }

    #[test]
    fn priorities_are_ordered_as_their_numbers() {
        assert!(Priority::FIRST > Priority::new(i32::MAX - 1));
        assert!(Priority::new(1) > Priority::DEFAULT);
        assert!(Priority::new(-1) < Priority::DEFAULT);
        assert!(Priority::LAST < Priority::new(i32::MIN + 1));
        assert_eq!(Priority::new(-7).get(), -7);
        assert_eq!(Priority::default(), Priority::DEFAULT);
    }
}
