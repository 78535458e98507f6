// SPDX-License-Identifier: GPL-2.0

//! Looks at what the chains of exits and signals tell about the processes that `tasks.c` starts.
//!
//! The handlers stay on their chains as long as the module is loaded, and say in the end what they
//! have seen. Whoever opens `/dev/task_visitor` registers two more until he closes it.

use kernel::{
    cpu::CpuId,
    fs::File,
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    prelude::*,
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
    compat::parameter,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: TaskEvents,
    name: "task_events",
    authors: ["The notifier-chain developers"],
    description: "Looks at exits and signals",
    license: "GPL",
    params: {
        processes: u32 {
            default: 0,
            description: "How many processes there will be",
        },
        handler: usize {
            default: 0,
            description: "The address of their signal handler",
        },
    },
}

/// What has been seen of the processes, by their number.
struct Tally {
    what: &'static str,
    seen: KVVec<Atomic<u32>>,
    wrong: Atomic<u32>,
}

impl Tally {
    fn new(what: &'static str, processes: usize) -> Result<Self> {
        Ok(Self {
            what,
            seen: zeros(processes, || Atomic::new(0))?,
            wrong: Atomic::new(0),
        })
    }

    fn note(&self, number: usize, is_right: bool) {
        let Some(seen) = self.seen.get(number) else {
            self.wrong.fetch_add(1, Relaxed);
            return;
        };
        seen.fetch_add(1, Relaxed);
        // The odd ones are on CPU 1.
        if !is_right || CpuId::current().as_u32() as usize != number % 2 {
            self.wrong.fetch_add(1, Relaxed);
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let times = |wanted: fn(u32) -> bool| {
            let seen = self.seen.iter();
            seen.filter(|seen| wanted(seen.load(Relaxed))).count()
        };
        pr_info!(
            "{}: {} once, {} more than once, {} never, {} wrong\n",
            self.what,
            times(|times| times == 1),
            times(|times| times > 1),
            times(|times| times == 0),
            self.wrong.load(Relaxed),
        );
    }
}

fn zeros<T>(len: usize, zero: impl Fn() -> T) -> Result<KVVec<T>> {
    let mut zeros = KVVec::with_capacity(len, GFP_KERNEL)?;
    for _ in 0..len {
        zeros.push(zero(), GFP_KERNEL)?;
    }
    Ok(zeros)
}

/// Who was sent the signals.
type Receivers = Arc<KVVec<Atomic<Pid>>>;

struct Exits {
    tally: Tally,
    receivers: Receivers,
}

impl Handler<task_exit::Chain> for Exits {
    fn notify(&self, event: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        let Some((number, pid)) = number_and_pid(event.command()) else {
            // None of ours.
            return NotifyReturn::DONE;
        };
        let receiver = self.receivers.get(number);
        let is_right = event.pid() == pid
            && event.tgid() == pid
            && event.status() == expected_status(number)
            && event.is_last_of_process()
            && receiver.is_some_and(|receiver| receiver.load(Relaxed) == pid);

        self.tally.note(number, is_right);
        NotifyReturn::DONE
    }
}

fn number_and_pid(command: &CStr) -> Option<(usize, Pid)> {
    let (number, pid) = command.to_str().ok()?.split_once('-')?;
    Some((number.parse().ok()?, pid.parse().ok()?))
}

fn expected_status(number: usize) -> task_exit::Status {
    let killed = |signal, core_dumped| task_exit::Status::Killed {
        signal,
        core_dumped,
    };
    match number {
        number if number % 1000 == 500 => killed(3, true),
        number if number % 8 == 7 => killed(15, false),
        number => task_exit::Status::Exited(number as u8),
    }
}

struct Signals {
    tally: Tally,
    receivers: Receivers,
    handler: usize,
}

impl Handler<signal::Chain> for Signals {
    fn notify(&self, event: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        let Some(number) = (event.error() as usize).checked_sub(1) else {
            // None of ours.
            return NotifyReturn::DONE;
        };
        let realtime = 40 + number as i32 % 20;
        let (signal, action) = match number % 3 {
            0 => (realtime, signal::Action::Handler(self.handler)),
            1 => (realtime, signal::Action::Ignore),
            _ => (28, signal::Action::Default),
        };
        let is_right = event.number() == signal
            && event.action() == action
            && event.code() == -100 - number as i32 % 50;

        if let Some(receiver) = self.receivers.get(number) {
            receiver.store(event.pid(), Relaxed);
        }
        self.tally.note(number, is_right);
        NotifyReturn::DONE
    }
}

/// A handler that comes and goes. It is called, whoever is before and behind it.
struct Guest;

static VISITS: Atomic<u32> = Atomic::new(0);
static CALLS: Atomic<u32> = Atomic::new(0);

impl Handler<task_exit::Chain> for Guest {
    fn notify(&self, _: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        CALLS.fetch_add(1, Relaxed);
        NotifyReturn::DONE
    }
}

impl Handler<signal::Chain> for Guest {
    fn notify(&self, _: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        CALLS.fetch_add(1, Relaxed);
        NotifyReturn::DONE
    }
}

#[pin_data]
struct Visitor {
    #[pin]
    exits: Registration<task_exit::Chain, Guest>,
    #[pin]
    signals: Registration<signal::Chain, Guest>,
}

#[vtable]
impl MiscDevice for Visitor {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, _device: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let cx = Sleepable::might_sleep();
        let priority = match VISITS.fetch_add(1, Relaxed) % 2 {
            0 => Priority::FIRST,
            _ => Priority::LAST,
        };
        KBox::try_pin_init(
            try_pin_init!(Self {
                exits <- Registration::new(task_exit::Chain, priority, Guest, cx),
                signals <- Registration::new(signal::Chain, priority, Guest, cx),
            }),
            GFP_KERNEL,
        )
    }
}

#[pin_data(PinnedDrop)]
struct TaskEvents {
    #[pin]
    exits: Registration<task_exit::Chain, Exits>,
    #[pin]
    signals: Registration<signal::Chain, Signals>,
    #[pin]
    visitors: MiscDeviceRegistration<Visitor>,
}

impl kernel::InPlaceModule for TaskEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(|| {
            let cx = Sleepable::might_sleep();
            let processes: u32 = parameter(module_parameters::processes.value());
            let processes = processes as usize;
            let receivers = Arc::new(zeros(processes, || Atomic::new(0))?, GFP_KERNEL)?;
            let exits = Exits {
                tally: Tally::new("exits", processes)?,
                receivers: receivers.clone(),
            };
            let signals = Signals {
                tally: Tally::new("signals", processes)?,
                receivers,
                handler: parameter(module_parameters::handler.value()),
            };

            Ok(try_pin_init!(Self {
                exits <- Registration::new(task_exit::Chain, Priority::DEFAULT, exits, cx),
                signals <- Registration::new(signal::Chain, Priority::DEFAULT, signals, cx),
                visitors <- MiscDeviceRegistration::register(MiscDeviceOptions {
                    name: c"task_visitor",
                }),
            }))
        })
    }
}

#[pinned_drop]
impl PinnedDrop for TaskEvents {
    fn drop(self: Pin<&mut Self>) {
        let (visits, calls) = (VISITS.load(Relaxed), CALLS.load(Relaxed));
        pr_info!("visitors: {visits}, called {calls} times\n");
    }
}
