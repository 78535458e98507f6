// SPDX-License-Identifier: GPL-2.0

//! Outcomes, as the caller of a chain sees them.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_outcome)]
mod tests {
    use super::*;
    use crate::chain::{
        to_errno,
        Walk, //
    };
    use notifier_chain::{
        Outcome,
        Priority, //
    };

    /// What the chain answers if a handler answers `answer`.
    fn answer(answer: Outcome) -> Result<i32> {
        let walk = Walk::new()?;
        let _one = walk.register(Priority::FIRST, 1, answer)?;
        Ok(walk.call())
    }

    #[test]
    fn the_answers_that_stop_have_the_values_of_c() -> Result {
        assert_eq!(answer(Outcome::Stop)?, 0x8001);
        assert_eq!(answer(Outcome::Bad)?, 0x8002);
        Ok(())
    }

    #[test]
    fn an_errno_survives_the_round_trip() -> Result {
        for error in [EPERM, EINVAL, ENOMEM, EBUSY, ERESTARTSYS] {
            assert_eq!(to_errno(answer(Outcome::Refuse(error))?), error.to_errno());
        }
        assert_eq!(to_errno(answer(Outcome::Stop)?), 0);
        Ok(())
    }

    #[test]
    fn a_result_is_an_outcome() {
        assert_eq!(Outcome::from(Ok(())), Outcome::Ok);
        assert_eq!(Outcome::from(Err(EAGAIN)), Outcome::Refuse(EAGAIN));
    }
}
