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
            rcu,
            Arc, //
        },
        task::Pid, //
    };
    use notifier_chain::{
        chains::{
            signal,
            task_exit, //
        },
        context::Sleepable,
        Handler,
        NotifyReturn,
        Priority,
        Registration, //
    };

    struct Idle;

    impl Handler<task_exit::Chain> for Idle {
        fn notify(&self, _event: task_exit::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
            NotifyReturn::DONE
        }
    }

    impl Handler<signal::Chain> for Idle {
        fn notify(&self, _event: signal::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
            NotifyReturn::DONE
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
            let exit = Registration::new(task_exit::Chain, Priority::DEFAULT, Idle, cx);
            let exit = KBox::pin_init(exit, GFP_KERNEL)?;
            ensure_eq!((exits(), signals()), (1, 0));

            let signal = Registration::new(signal::Chain, Priority::DEFAULT, Idle, cx);
            let signal = KBox::pin_init(signal, GFP_KERNEL)?;
            let other = Registration::new(task_exit::Chain, Priority::FIRST, Idle, cx);
            let other = KBox::pin_init(other, GFP_KERNEL)?;
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
            Registration::<_, Idle>::new(
                task_exit::Chain,
                Priority::DEFAULT,
                Err::<Idle, Error>(ENOMEM),
                cx,
            ),
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

    impl Handler<task_exit::Chain> for Watcher {
        fn notify(&self, event: task_exit::Event<'_>, _cx: &rcu::Guard) -> NotifyReturn {
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
            NotifyReturn::DONE
        }
    }

    #[test]
    fn a_thread_of_the_kernel_exits() -> Result {
        let pid = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let watcher = KBox::pin_init(
            Registration::new(
                task_exit::Chain,
                Priority::DEFAULT,
                Watcher {
                    pid: pid.clone(),
                    exits: Atomic::new(0),
                },
                Sleepable::might_sleep(),
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
