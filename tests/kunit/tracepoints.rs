// SPDX-License-Identifier: GPL-2.0

//! The chains that are made of tracepoints.

use kernel::prelude::*;

mod c {
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) fn notifier_chain_kunit_probes(name: *const c_char) -> c_int;
    }
}

/// Returns how many probes a tracepoint has.
fn probes(name: &CStr) -> c_int {
    // SAFETY: The name is a null-terminated string.
    unsafe { c::notifier_chain_kunit_probes(name.as_char_ptr()) }
}

#[kunit_tests(notifier_chain_tracepoints)]
mod tests {
    use super::*;
    use crate::{
        caller::{
            wait_until,
            Caller, //
        },
        ensure::ensure_eq, //
    };
    use kernel::{
        sync::{
            atomic::{
                Atomic,
                Relaxed, //
            },
            Arc, //
        },
        task::Pid, //
    };
    use notifier_chain::{
        atomic,
        chains::{
            signal,
            task_exit, //
        },
        context::Sleepable,
        Outcome,
        Priority, //
    };

    struct Idle;

    impl atomic::Handler<task_exit::Event<'_>> for Idle {
        fn notify(&self, _event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
            Outcome::Done
        }
    }

    impl atomic::Handler<signal::Event<'_>> for Idle {
        fn notify(&self, _event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
            Outcome::Done
        }
    }

    fn exits() -> c_int {
        probes(c"sched_process_exit")
    }

    fn signals() -> c_int {
        probes(c"signal_deliver")
    }

    #[test]
    fn there_is_one_probe_while_somebody_is_registered() -> Result {
        let cx = Sleepable::might_sleep();
        ensure_eq!((exits(), signals()), (0, 0));

        for _ in 0..3 {
            let exit =
                KBox::pin_init(task_exit::register(cx, Priority::DEFAULT, Idle), GFP_KERNEL)?;
            ensure_eq!((exits(), signals()), (1, 0));

            let signal = KBox::pin_init(signal::register(cx, Priority::DEFAULT, Idle), GFP_KERNEL)?;
            let other = KBox::pin_init(task_exit::register(cx, Priority::FIRST, Idle), GFP_KERNEL)?;
            ensure_eq!((exits(), signals()), (1, 1));

            drop(exit);
            ensure_eq!((exits(), signals()), (1, 1));
            drop(other);
            ensure_eq!((exits(), signals()), (0, 1));
            drop(signal);
            ensure_eq!((exits(), signals()), (0, 0));
        }
        Ok(())
    }

    #[test]
    fn a_handler_that_fails_attaches_no_probe() -> Result {
        let cx = Sleepable::might_sleep();
        let failed = KBox::pin_init(
            task_exit::register::<Idle, Error>(cx, Priority::DEFAULT, Err::<Idle, Error>(ENOMEM)),
            GFP_KERNEL,
        );
        ensure_eq!(failed.err(), Some(ENOMEM));
        ensure_eq!(exits(), 0);
        Ok(())
    }

    /// Looks out for a thread.
    struct Watcher {
        pid: Arc<Atomic<Pid>>,
        exits: Atomic<u32>,
    }

    impl atomic::Handler<task_exit::Event<'_>> for Watcher {
        fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
            if event.pid() == self.pid.load(Relaxed)
                && event.tgid() == event.pid()
                // As much of `notifier_chain/0` as there is room for.
                && event.command() == c"notifier_chain/"
                && event.status() == task_exit::Status::Exited(0)
                && event.exit_code() == 0
                && event.is_last_of_process()
            {
                self.exits.fetch_add(1, Relaxed);
            }
            Outcome::Done
        }
    }

    #[test]
    fn a_thread_of_the_kernel_exits() -> Result {
        let pid = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let watcher = KBox::pin_init(
            task_exit::register(
                Sleepable::might_sleep(),
                Priority::DEFAULT,
                Watcher {
                    pid: pid.clone(),
                    exits: Atomic::new(0),
                },
            ),
            GFP_KERNEL,
        )?;

        let thread = Caller::start(0, {
            let pid = pid.clone();
            move || pid.store(kernel::current!().pid(), Relaxed)
        })?;
        wait_until(|| pid.load(Relaxed) != 0)?;
        ensure_eq!(watcher.handler().exits.load(Relaxed), 0);
        drop(thread);
        ensure_eq!(watcher.handler().exits.load(Relaxed), 1);
        Ok(())
    }
}
