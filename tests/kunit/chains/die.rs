// SPDX-License-Identifier: GPL-2.0

//! The die chain.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    chains::die,
    Outcome,
    Priority,
    TryLock, //
};

mod c {
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_kunit_die_args(
            message: *const c_char,
            error_code: c_long,
            trap: c_int,
            signal: c_int,
        ) -> *mut c_void;
        #[cfg(CONFIG_X86)]
        pub(super) fn notifier_chain_kunit_int3() -> usize;
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

/// Notes what it is told, and stops the chain where the kernel has hit the breakpoint.
struct Recorder(Arc<TryLock<Option<Heard>>>);

impl Recorder {
    fn new() -> Result<Self> {
        Ok(Self(Arc::new(TryLock::new(None), GFP_KERNEL)?))
    }

    fn heard(&self) -> Option<Heard> {
        *self.0.try_lock()?
    }
}

impl atomic::Handler<die::Event<'_>> for Recorder {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
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
        Outcome::Stop
    }
}

#[kunit_tests(notifier_chain_die)]
mod tests {
    use super::*;
    use crate::chains::tell;
    use core::ptr;

    /// The numbers of x86's `enum die_val` in their order, from 1.
    #[cfg(CONFIG_X86)]
    const KINDS: [die::Kind; 12] = [
        die::Kind::Oops,
        die::Kind::Int3,
        die::Kind::Debug,
        die::Kind::Panic,
        die::Kind::Nmi,
        die::Kind::Die,
        die::Kind::KernelDebug,
        die::Kind::Trap,
        die::Kind::GeneralProtection,
        die::Kind::Call,
        die::Kind::PageFault,
        die::Kind::UnknownNmi,
    ];
    #[cfg(not(CONFIG_X86))]
    const KINDS: [die::Kind; 1] = [die::Kind::Oops];

    /// Returns what a handler makes of `action`.
    fn kind(action: c_ulong) -> Result<die::Kind> {
        let recorder = Recorder::new()?;
        let args = c::notifier_chain_kunit_die_args(ptr::null(), 0, 0, 0);
        // SAFETY: These are the arguments of `notify_die()`.
        unsafe { tell::<die::Die, _>(&recorder, action, args) };
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
        let answer = unsafe { tell::<die::Die, _>(&recorder, 1, args) };

        let heard = recorder.heard().ok_or(ENODATA)?;
        assert_eq!(answer, Outcome::Stop);
        assert_eq!(&heard.message, b"a word\0\0");
        assert_eq!(heard.numbers, (-1, 2, 3));
        assert!(heard.registers.is_none());
        Ok(())
    }

    #[test]
    fn nothing_is_made_of_null() -> Result {
        let recorder = Recorder::new()?;
        // SAFETY: Null is allowed.
        let answer = unsafe { tell::<die::Die, _>(&recorder, 1, ptr::null_mut()) };
        assert_eq!(answer, Outcome::Done);
        assert!(recorder.heard().is_none());

        let args = c::notifier_chain_kunit_die_args(ptr::null(), 0, 0, 0);
        // SAFETY: These are the arguments of `notify_die()`.
        unsafe { tell::<die::Die, _>(&recorder, 1, args) };
        let heard = recorder.heard().ok_or(ENODATA)?;
        assert_eq!(heard.message, [0; 8]);
        Ok(())
    }

    #[test]
    fn a_handler_comes_and_goes() -> Result {
        for _ in 0..10 {
            KBox::pin_init(die::register(Priority::LAST, Recorder::new()?), GFP_KERNEL)?;
        }
        Ok(())
    }
}

#[cfg(CONFIG_X86)]
#[kunit_tests(notifier_chain_die_x86)]
mod x86 {
    use super::*;

    /// A breakpoint that a handler settles does no harm.
    #[test]
    fn a_breakpoint_is_told_and_settled() -> Result {
        let recorder =
            KBox::pin_init(die::register(Priority::FIRST, Recorder::new()?), GFP_KERNEL)?;
        // SAFETY: The handler settles it.
        let behind = unsafe { c::notifier_chain_kunit_int3() };

        let heard = recorder.handler().heard().ok_or(ENODATA)?;
        assert_eq!(heard.kind, die::Kind::Int3);
        assert_eq!(&heard.message, b"int3\0\0\0\0");
        assert_eq!(heard.numbers, (0, 3, 5));
        assert_eq!(heard.registers, Some((behind, false)));
        Ok(())
    }
}
