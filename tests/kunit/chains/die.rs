// SPDX-License-Identifier: GPL-2.0

//! The die chain.

use kernel::{
    bindings::notifier_block,
    error::to_result,
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
};
use notifier_chain::{
    atomic::Nmi,
    chains::die,
    context::{
        Fits,
        Sleepable, //
    },
    Chain,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    TryLock, //
};

#[cfg_attr(CONFIG_ARM64, path = "die/arm64.rs")]
#[cfg_attr(CONFIG_X86, path = "die/x86.rs")]
#[cfg_attr(not(any(CONFIG_ARM64, CONFIG_X86)), path = "die/generic.rs")]
mod arch;

mod c {
    use kernel::{
        bindings::notifier_block,
        prelude::*, //
    };

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_kunit_die_args(
            message: *const c_char,
            error_code: c_long,
            trap: c_int,
            signal: c_int,
        ) -> *mut c_void;
        pub(super) fn notifier_chain_kunit_register_die(block: *mut notifier_block) -> c_int;
        pub(super) fn notifier_chain_kunit_unregister_die(block: *mut notifier_block) -> c_int;
        pub(super) safe fn notifier_chain_kunit_notify_die(action: c_ulong) -> c_int;
    }
}

/// What a handler was told.
#[derive(Clone, Copy)]
struct Heard {
    kind: die::Kind,
    message: [u8; 8],
    numbers: (isize, i32, i32),
    // The instruction pointer, and whether it is that of a process.
    registers: Option<(usize, bool)>,
}

/// Notes what it is told, and has settled it.
struct Recorder(Arc<TryLock<Option<Heard>>>);

impl Recorder {
    fn new() -> Result<Self> {
        Ok(Self(Arc::new(TryLock::new(None), GFP_KERNEL)?))
    }

    fn heard(&self) -> Option<Heard> {
        *self.0.try_lock()?
    }
}

impl Handler<die::Chain> for Recorder {
    fn notify(&self, event: die::Event<'_>, _cx: &rcu::Guard) -> die::Answer {
        let mut message = [0; 8];
        for (to, from) in message.iter_mut().zip(event.message().to_bytes()) {
            *to = *from;
        }
        if let Some(mut heard) = self.0.try_lock() {
            *heard = Some(Heard {
                kind: event.kind(),
                message,
                numbers: (event.error_code(), event.trap(), event.signal()),
                registers: event
                    .registers()
                    .map(|registers| (registers.instruction_pointer(), registers.is_user_mode())),
            });
        }
        die::Answer::Handled
    }
}

/// A chain that is called like the die chain, whose own caller is not for modules.
struct Test;

// SAFETY: An atomic chain in a static. The tests alone call it, with what `notify_die()` passes.
unsafe impl Chain for Test {
    type Kind = Nmi;
    type Event<'a> = die::Event<'a>;
    type Answer = die::Answer;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the safety requirements.
        to_result(unsafe { c::notifier_chain_kunit_register_die(block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: By the safety requirements.
        unsafe { c::notifier_chain_kunit_unregister_die(block) };
    }

    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(die::Event<'_>) -> die::Answer,
    ) -> c_int {
        // SAFETY: By the safety requirements, these are what the die chain passes, too.
        unsafe { <die::Chain as Chain>::notify(action, data, handler) }
    }
}

impl Handler<Test> for Recorder {
    fn notify(&self, event: die::Event<'_>, cx: &rcu::Guard) -> die::Answer {
        Handler::<die::Chain>::notify(self, event, cx)
    }
}

/// Registers a [`Recorder`] on `chain`.
fn register<C: Chain<Kind = Nmi>>(
    chain: C,
    priority: Priority,
) -> Result<Pin<KBox<Registration<C, Recorder>>>>
where
    Recorder: Handler<C>,
    for<'a> C::Event<'a>: Fits<Nmi>,
{
    let cx = Sleepable::might_sleep();
    KBox::pin_init(
        Registration::<_, Recorder>::new(chain, priority, Recorder::new()?, cx),
        GFP_KERNEL,
    )
}

#[kunit_tests(notifier_chain_die)]
mod tests {
    use super::{
        arch::{
            KINDS,
            SETTLED, //
        },
        *, //
    };
    use crate::{
        chains::tell,
        ensure::ensure_eq, //
    };
    use core::ptr;

    /// Returns what a handler makes of `action`.
    fn kind(action: c_ulong) -> Result<die::Kind> {
        let recorder = Recorder::new()?;
        let args = c::notifier_chain_kunit_die_args(ptr::null(), 0, 0, 0);
        // SAFETY: These are the arguments of `notify_die()`.
        unsafe { tell::<die::Chain, _>(&recorder, action, args, &rcu::read_lock()) };
        recorder.heard().map(|heard| heard.kind).ok_or(ENODATA)
    }

    #[test]
    fn a_kind_has_its_name() -> Result {
        for (action, name) in (1..).zip(KINDS) {
            assert_eq!(kind(action)?, name);
        }
        Ok(())
    }

    #[test]
    fn a_kind_that_is_not_known_keeps_its_number() -> Result {
        // The last is an oops in its lower half.
        for action in [
            0,
            KINDS.len() + 1,
            c_ulong::MAX,
            (1 << (c_ulong::BITS / 2)) + 1,
        ] {
            assert_eq!(kind(action)?, die::Kind::Other(action));
        }
        Ok(())
    }

    #[test]
    fn the_arguments_are_told() -> Result {
        let recorder = Recorder::new()?;
        let args = c::notifier_chain_kunit_die_args(c"a word".as_char_ptr(), -1, 2, 3);
        // SAFETY: These are the arguments of `notify_die()`.
        let answer = unsafe { tell::<die::Chain, _>(&recorder, 1, args, &rcu::read_lock()) };

        let heard = recorder.heard().ok_or(ENODATA)?;
        assert_eq!(answer, NotifyReturn::DONE.into_raw());
        assert_eq!(&heard.message, b"a word\0\0");
        assert_eq!(heard.numbers, (-1, 2, 3));
        assert!(heard.registers.is_none());
        Ok(())
    }

    #[test]
    fn there_may_be_no_message() -> Result {
        let recorder = Recorder::new()?;
        let args = c::notifier_chain_kunit_die_args(ptr::null(), 0, 0, 0);
        // SAFETY: These are the arguments of `notify_die()`.
        unsafe { tell::<die::Chain, _>(&recorder, 1, args, &rcu::read_lock()) };
        let heard = recorder.heard().ok_or(ENODATA)?;
        assert_eq!(heard.message, [0; 8]);
        Ok(())
    }

    #[test]
    fn a_handler_comes_and_goes() -> Result {
        for _ in 0..10 {
            register(die::Chain, Priority::LAST)?;
        }
        Ok(())
    }

    /// Has two handlers that settle everything hear of `action`. Returns which of them did, and
    /// what the kernel is answered.
    fn told_two(action: c_ulong) -> Result<(bool, bool, c_int)> {
        let first = register(Test, Priority::FIRST)?;
        let second = register(Test, Priority::LAST)?;
        let answer = c::notifier_chain_kunit_notify_die(action);

        let heard =
            |registration: &Registration<_, Recorder>| registration.handler().heard().is_some();
        Ok((heard(&first), heard(&second), answer))
    }

    #[test]
    fn an_oops_cannot_be_settled() -> Result {
        let both = (true, true, NotifyReturn::DONE.into_raw());
        ensure_eq!(told_two(1)?, both);
        Ok(())
    }

    #[test]
    fn only_what_the_code_goes_on_behind_can_be_settled() -> Result {
        let first = (true, false, NotifyReturn::STOP.into_raw());
        let both = (true, true, NotifyReturn::DONE.into_raw());
        for (action, kind) in (1..).zip(KINDS) {
            let expected = if SETTLED.contains(&kind) { first } else { both };
            ensure_eq!((kind, told_two(action)?), (kind, expected));
        }
        for action in [0, KINDS.len() + 1, c_ulong::MAX] {
            ensure_eq!(told_two(action)?, both);
        }
        Ok(())
    }
}
