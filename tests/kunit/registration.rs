// SPDX-License-Identifier: GPL-2.0

//! Registrations, tried on the kernel's panic chain.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_registration)]
mod tests {
    use super::*;
    use crate::chain::{
        Walk,
        STOPPED, //
    };
    use kernel::{
        bindings,
        sync::{
            atomic::{
                Atomic,
                Relaxed, //
            },
            rcu,
            Arc, //
        },
    };
    use notifier_chain::{
        chains::{
            panic,
            reboot, //
        },
        context::Sleepable,
        Handler,
        NotifyReturn,
        Priority,
        Registration, //
    };

    #[test]
    fn a_handler_is_called_with_the_message() -> Result {
        let walk = Walk::new()?;
        let _one = walk.register(Priority::FIRST, 1, NotifyReturn::OK)?;
        let _stop = walk.stop()?;

        walk.call();
        assert!(walk.called(&[1, STOPPED]));
        Ok(())
    }

    #[test]
    fn equal_priorities_are_called_in_the_order_of_registration() -> Result {
        let walk = Walk::new()?;
        let mut registrations = KVec::new();
        for id in 0..17 {
            registrations.push(
                walk.register(Priority::FIRST, id, NotifyReturn::DONE)?,
                GFP_KERNEL,
            )?;
        }
        let _stop = walk.stop()?;

        walk.call();
        assert!(walk.called(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, STOPPED]));
        Ok(())
    }

    #[test]
    fn the_highest_priority_is_called_first() -> Result {
        let walk = Walk::new()?;
        let _late = walk.register(Priority::new(i32::MAX - 1), 1, NotifyReturn::OK)?;
        let _first = walk.register(Priority::FIRST, 2, NotifyReturn::STOP)?;

        walk.call();
        assert!(walk.called(&[2]));
        Ok(())
    }

    #[test]
    fn nobody_is_called_behind_one_who_stops() -> Result {
        for answer in [
            NotifyReturn::STOP,
            NotifyReturn::BAD,
            NotifyReturn::from_error(EBUSY),
        ] {
            let walk = Walk::new()?;
            let _one = walk.register(Priority::FIRST, 1, NotifyReturn::OK)?;
            let _two = walk.register(Priority::FIRST, 2, answer)?;
            let _three = walk.register(Priority::FIRST, 3, NotifyReturn::OK)?;

            walk.call();
            assert!(walk.called(&[1, 2]));
        }
        Ok(())
    }

    #[test]
    fn a_dropped_registration_is_not_called() -> Result {
        let walk = Walk::new()?;
        let one = walk.register(Priority::FIRST, 1, NotifyReturn::OK)?;
        let two = walk.register(Priority::FIRST, 2, NotifyReturn::OK)?;
        let _stop = walk.stop()?;

        drop(one);
        walk.call();
        assert!(walk.called(&[2, STOPPED]));

        drop(two);
        walk.call();
        assert!(walk.called(&[STOPPED]));
        Ok(())
    }

    #[test]
    fn a_handler_can_be_registered_again_and_again() -> Result {
        let walk = Walk::new()?;
        for _ in 0..100 {
            let _one = walk.register(Priority::FIRST, 1, NotifyReturn::STOP)?;
            walk.call();
            assert!(walk.called(&[1]));
        }
        Ok(())
    }

    /// Counts how often it is dropped.
    struct Counted(Arc<Atomic<u32>>);

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    impl Handler<panic::Chain> for Counted {
        fn notify(&self, _event: panic::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
            NotifyReturn::DONE
        }
    }

    #[test]
    fn the_handler_is_dropped_once_with_its_registration() -> Result {
        let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let registration = KBox::pin_init(
            Registration::new(
                panic::Chain(c"test"),
                Priority::LAST,
                Counted(drops.clone()),
                Sleepable::might_sleep(),
            ),
            GFP_KERNEL,
        )?;

        assert_eq!(registration.handler().0.load(Relaxed), 0);
        drop(registration);
        assert_eq!(drops.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn a_handler_that_fails_leaves_nothing_behind() -> Result {
        let walk = Walk::new()?;
        let _stop = walk.stop()?;

        let failed = KBox::pin_init(
            Registration::<_, Counted>::new(
                panic::Chain(c"test"),
                Priority::FIRST,
                Err::<Counted, Error>(ENOMEM),
                Sleepable::might_sleep(),
            ),
            GFP_KERNEL,
        );
        assert!(failed.is_err_and(|error| error == ENOMEM));

        walk.call();
        assert!(walk.called(&[STOPPED]));
        Ok(())
    }

    #[test]
    fn a_handler_that_is_refused_is_dropped_once() -> Result {
        let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let refused = KBox::pin_init(
            Registration::new(
                panic::Chain(c"not,a name"),
                Priority::FIRST,
                Counted(drops.clone()),
                Sleepable::might_sleep(),
            ),
            GFP_KERNEL,
        );
        assert!(refused.is_err_and(|error| error == EINVAL));
        assert_eq!(drops.load(Relaxed), 1);
        Ok(())
    }

    /// A handler with a state of any size.
    struct Stateful<T>(T);

    impl<T: Sync> Handler<reboot::Chain> for Stateful<T> {
        fn notify(&self, _event: reboot::Event<'_>, _cx: Sleepable<'_>) -> NotifyReturn {
            let _state = &self.0;
            NotifyReturn::DONE
        }
    }

    impl<T: Sync> Handler<panic::Chain> for Stateful<T> {
        fn notify(&self, _event: panic::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
            NotifyReturn::DONE
        }
    }

    #[test]
    fn a_registration_has_no_byte_more_than_its_block_and_its_handler() {
        fn state<C>() -> [usize; 3]
        where
            C: notifier_chain::Chain,
            Stateful<()>: Handler<C>,
            Stateful<u64>: Handler<C>,
            Stateful<[u64; 7]>: Handler<C>,
        {
            [
                size_of::<Registration<C, Stateful<()>>>(),
                size_of::<Registration<C, Stateful<u64>>>(),
                size_of::<Registration<C, Stateful<[u64; 7]>>>(),
            ]
            .map(|size| size - size_of::<bindings::notifier_block>())
        }

        assert_eq!(state::<reboot::Chain>(), [0, 8, 56]);
        // The name of the handler.
        let name = size_of::<&CStr>();
        assert_eq!(state::<panic::Chain>(), [name, name + 8, name + 56]);
    }
}
