// SPDX-License-Identifier: GPL-2.0

//! Answers, as the caller of a chain sees them.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_notify_return)]
mod tests {
    use super::*;
    use crate::chain::{
        to_errno,
        Walk, //
    };
    use notifier_chain::{
        NotifyReturn,
        Priority, //
    };

    /// What the chain answers if a handler answers `answer`.
    fn answer(answer: NotifyReturn) -> Result<i32> {
        let walk = Walk::new()?;
        let _one = walk.register(Priority::FIRST, 1, answer)?;
        Ok(walk.call())
    }

    #[test]
    fn the_answers_that_stop_have_the_values_of_c() -> Result {
        assert_eq!(answer(NotifyReturn::STOP)?, 0x8001);
        assert_eq!(answer(NotifyReturn::BAD)?, 0x8002);
        Ok(())
    }

    #[test]
    fn an_errno_survives_the_round_trip() -> Result {
        for error in [EPERM, EINVAL, ENOMEM, EBUSY, ERESTARTSYS] {
            assert_eq!(
                to_errno(answer(NotifyReturn::from_error(error))?),
                error.to_errno()
            );
        }
        assert_eq!(to_errno(answer(NotifyReturn::STOP)?), 0);
        Ok(())
    }

    #[test]
    fn a_result_is_an_answer() {
        assert_eq!(NotifyReturn::from(Ok(())), NotifyReturn::OK);
        assert_eq!(
            NotifyReturn::from(Err(EAGAIN)),
            NotifyReturn::from_error(EAGAIN)
        );
        assert_eq!(NotifyReturn::from(Ok(())).to_result(), Ok(()));
        assert_eq!(NotifyReturn::from(Err(EAGAIN)).to_result(), Err(EAGAIN));
    }
}
