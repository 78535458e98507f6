// SPDX-License-Identifier: GPL-2.0

//! The restart chain. Whoever calls it restarts the machine, so that no test here does.

use kernel::prelude::*;

#[kunit_tests(notifier_chain_restart)]
mod tests {
    use super::*;
    use crate::chains::tell;
    use core::ptr;
    use kernel::sync::rcu;
    use notifier_chain::{
        chains::restart,
        context::Sleepable,
        Handler,
        NotifyReturn,
        Registration,
        TryLock, //
    };

    /// Notes how the machine is to be restarted, and the first letters of the command.
    struct Recorder(TryLock<Option<(restart::Mode, Option<[u8; 8]>)>>);

    impl Recorder {
        const fn new() -> Self {
            Self(TryLock::new(None))
        }
    }

    impl Handler<restart::Chain> for Recorder {
        fn notify(&self, event: restart::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
            let command = event.command().map(|command| {
                let mut letters = [0; 8];
                for (to, from) in letters.iter_mut().zip(command.to_bytes()) {
                    *to = *from;
                }
                letters
            });
            if let Some(mut heard) = self.0.try_lock() {
                *heard = Some((event.mode(), command));
            }
            NotifyReturn::DONE
        }
    }

    /// Returns what a handler is told.
    fn told(mode: c_ulong, command: Option<&CStr>) -> Result<(restart::Mode, Option<[u8; 8]>)> {
        let recorder = Recorder::new();
        let command = command.map_or(ptr::null(), CStr::as_char_ptr);
        let command = command.cast_mut().cast();
        // SAFETY: These are the arguments of `do_kernel_restart()`, or could be.
        unsafe { tell::<restart::Chain, _>(&recorder, mode, command, &rcu::read_lock()) };
        let heard = recorder.0.try_lock().and_then(|heard| *heard);
        heard.ok_or(ENODATA)
    }

    #[test]
    fn a_mode_has_its_name() -> Result {
        for (mode, name) in [
            // It is -1 in C.
            (c_ulong::MAX, restart::Mode::Undefined),
            (0, restart::Mode::Cold),
            (1, restart::Mode::Warm),
            (2, restart::Mode::Hard),
            (3, restart::Mode::Soft),
            (4, restart::Mode::Gpio),
        ] {
            assert_eq!(told(mode, None)?, (name, None));
        }
        Ok(())
    }

    #[test]
    fn a_mode_that_is_not_known_keeps_its_number() -> Result {
        // The last two are known ones in their lower halves.
        for mode in [
            5,
            c_ulong::MAX - 1,
            1 << (c_ulong::BITS / 2),
            c_ulong::MAX >> (c_ulong::BITS / 2),
        ] {
            assert_eq!(told(mode, None)?.0, restart::Mode::Other(mode));
        }
        Ok(())
    }

    #[test]
    fn the_command_is_told() -> Result {
        assert_eq!(told(0, Some(c"recovery"))?.1, Some(*b"recovery"));
        assert_eq!(told(0, Some(c""))?.1, Some([0; 8]));
        assert_eq!(told(0, None)?.1, None);
        Ok(())
    }

    #[test]
    fn a_handler_comes_and_goes() -> Result {
        for _ in 0..10 {
            let recorder = Registration::new(
                restart::Chain,
                restart::LAST_RESORT,
                Recorder::new(),
                Sleepable::might_sleep(),
            );
            KBox::pin_init(recorder, GFP_KERNEL)?;
        }
        Ok(())
    }
}
