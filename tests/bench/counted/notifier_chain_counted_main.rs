// SPDX-License-Identifier: GPL-2.0

//! Handlers that never run: the instructions of their callbacks are counted, beside those of the
//! twins in `twins.c`. Which is the twin of which is in `xtask/machines/src/bench/code.rs`.

use core::{
    cell::UnsafeCell,
    hint::black_box, //
};

use kernel::{
    prelude::*,
    sync::{
        lock::{
            mutex::MutexBackend,
            spinlock::SpinLockBackend, //
        },
        rcu, //
    },
};
#[cfg(CONFIG_NET)]
use notifier_chain::chains::netdevice;
use notifier_chain::{
    atomic,
    blocking,
    chains::{
        die,
        module,
        oom,
        panic,
        reboot,
        restart,
        signal,
        task_exit, //
    },
    context::{
        Kind,
        Sleepable, //
    },
    raw,
    srcu,
    Chain,
    Handler,
    NotifyReturn,
    Topic, //
};

module! {
    type: Counted,
    name: "notifier_chain_counted",
    authors: ["The notifier-chain developers"],
    description: "Callbacks whose instructions are counted",
    license: "GPL",
}

struct Counted;

impl kernel::Module for Counted {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        keep_all();
        Ok(Self)
    }
}

/// What is told.
#[repr(C)]
struct Event {
    value: u32,
}

impl Topic for Event {
    type Data<'a> = Self;
}

/// A number that is read and written with what `READ_ONCE()` and `WRITE_ONCE()` come to.
struct Sum(UnsafeCell<u32>);

// SAFETY: It is read and written as a whole, and one that gets lost does not matter.
unsafe impl Sync for Sum {}

impl Sum {
    fn add(&self, more: u32) {
        let sum = self.0.get();
        // SAFETY: The pointer is valid. What another CPU writes meanwhile is a number, too.
        unsafe { sum.write_volatile(sum.read_volatile().wrapping_add(more)) };
    }
}

/// Needs nothing.
struct Idle;

/// Looks at the action.
struct Acting;

/// Looks at the data.
struct Typed;

/// Changes its own state.
struct Stateful(Sum);

/// Implements [`Handler`] for a driver's own chains whose handlers run in that context.
macro_rules! on_own {
    ($context:ty: $($chain:ty),*) => { $(
        impl Handler<$chain> for Idle {
            fn notify(&self, _: (usize, &Event), _: $context) -> NotifyReturn {
                NotifyReturn::OK
            }
        }

        impl Handler<$chain> for Acting {
            fn notify(&self, (action, _): (usize, &Event), _: $context) -> NotifyReturn {
                if action != 0 {
                    NotifyReturn::OK
                } else {
                    NotifyReturn::DONE
                }
            }
        }

        impl Handler<$chain> for Typed {
            fn notify(&self, (_, event): (usize, &Event), _: $context) -> NotifyReturn {
                if event.value != 0 {
                    NotifyReturn::OK
                } else {
                    NotifyReturn::DONE
                }
            }
        }

        impl Handler<$chain> for Stateful {
            fn notify(&self, (_, event): (usize, &Event), _: $context) -> NotifyReturn {
                self.0.add(event.value);
                NotifyReturn::OK
            }
        }
    )* };
}

on_own!(&rcu::Guard: atomic::Chain<Event>, raw::Chain<Event, SpinLockBackend>);
on_own!(
    Sleepable<'_>: blocking::Chain<Event>, srcu::Chain<Event>, raw::Chain<Event, MutexBackend>
);

/// Some bytes that are lent.
enum Lent {}

impl Topic for Lent {
    type Data<'a> = &'a [u8];
}

/// Looks at the first of them.
struct First;

impl Handler<atomic::Chain<Lent>> for First {
    fn notify(&self, (_, bytes): (usize, &&[u8]), _: &rcu::Guard) -> NotifyReturn {
        match bytes.first() {
            Some(&1) => NotifyReturn::OK,
            _ => NotifyReturn::DONE,
        }
    }
}

/// Answers by an error.
struct Refusing;

impl Handler<blocking::Chain<Event>> for Refusing {
    fn notify(&self, (_, event): (usize, &Event), _: Sleepable<'_>) -> NotifyReturn {
        if event.value == 0 {
            NotifyReturn::from_error(EBUSY)
        } else {
            NotifyReturn::OK
        }
    }
}

/// Needs nothing of what the kernel tells.
struct Unheeding;

/// Needs some of it.
struct Heeding;

/// Needs the text in it.
struct Reading;

/// Needs some of it, and has a state.
struct Counting(Sum);

impl Handler<panic::Chain> for Unheeding {
    fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

impl Handler<panic::Chain> for Reading {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        match event.message().to_bytes_with_nul().first() {
            Some(b'k') => NotifyReturn::STOP,
            _ => NotifyReturn::DONE,
        }
    }
}

impl Handler<die::Chain> for Unheeding {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        die::Answer::NotHandled
    }
}

impl Handler<die::Chain> for Counting {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        if event.kind() == die::Kind::Oops {
            self.0.add(event.signal() as u32);
        }
        die::Answer::NotHandled
    }
}

impl Handler<restart::Chain> for Unheeding {
    fn notify(&self, _: restart::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

impl Handler<restart::Chain> for Heeding {
    fn notify(&self, event: restart::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        if event.mode() == restart::Mode::Warm {
            NotifyReturn::STOP
        } else {
            NotifyReturn::DONE
        }
    }
}

impl Handler<reboot::Chain> for Unheeding {
    fn notify(&self, _: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

impl Handler<reboot::Chain> for Heeding {
    fn notify(&self, event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        if event.action() == reboot::Action::Halt {
            NotifyReturn::OK
        } else {
            NotifyReturn::DONE
        }
    }
}

impl Handler<oom::Chain> for Unheeding {
    fn notify(&self, (): (), _: Sleepable<'_>) -> usize {
        3
    }
}

#[cfg(CONFIG_NET)]
impl Handler<netdevice::Chain> for Unheeding {
    fn notify(&self, _: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
        Ok(())
    }
}

#[cfg(CONFIG_NET)]
impl Handler<netdevice::Chain> for Heeding {
    fn notify(&self, event: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
        match event.action() {
            netdevice::Action::PreUp => Err(EPERM),
            _ => Ok(()),
        }
    }
}

impl Handler<module::Chain> for Unheeding {
    fn notify(&self, _: module::Event<'_>, _: Sleepable<'_>) -> Result {
        Ok(())
    }
}

impl Handler<module::Chain> for Heeding {
    fn notify(&self, event: module::Event<'_>, _: Sleepable<'_>) -> Result {
        match event.state() {
            module::State::Coming => Err(EPERM),
            _ => Ok(()),
        }
    }
}

impl Handler<task_exit::Chain> for Heeding {
    fn notify(&self, event: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        if event.is_last_of_process() {
            NotifyReturn::OK
        } else {
            NotifyReturn::DONE
        }
    }
}

impl Handler<signal::Chain> for Heeding {
    fn notify(&self, event: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        if event.number() == 9 {
            NotifyReturn::OK
        } else {
            NotifyReturn::DONE
        }
    }
}

/// Has the compiler make the callback of a handler.
fn keep<C: Chain, T: Handler<C>>() {
    black_box(C::Kind::callback::<C, T>());
}

fn keep_of_kind<C: Chain>()
where
    Idle: Handler<C>,
    Acting: Handler<C>,
    Typed: Handler<C>,
    Stateful: Handler<C>,
{
    keep::<C, Idle>();
    keep::<C, Acting>();
    keep::<C, Typed>();
    keep::<C, Stateful>();
}

/// Has the compiler make all these callbacks.
fn keep_all() {
    keep_of_kind::<atomic::Chain<Event>>();
    keep_of_kind::<blocking::Chain<Event>>();
    keep_of_kind::<srcu::Chain<Event>>();
    keep_of_kind::<raw::Chain<Event, MutexBackend>>();
    keep_of_kind::<raw::Chain<Event, SpinLockBackend>>();
    keep::<atomic::Chain<Lent>, First>();
    keep::<blocking::Chain<Event>, Refusing>();

    keep::<panic::Chain, Unheeding>();
    keep::<panic::Chain, Reading>();
    keep::<die::Chain, Unheeding>();
    keep::<die::Chain, Counting>();
    keep::<restart::Chain, Unheeding>();
    keep::<restart::Chain, Heeding>();
    keep::<reboot::Chain, Unheeding>();
    keep::<reboot::Chain, Heeding>();
    keep::<oom::Chain, Unheeding>();
    #[cfg(CONFIG_NET)]
    {
        keep::<netdevice::Chain, Unheeding>();
        keep::<netdevice::Chain, Heeding>();
    }
    keep::<module::Chain, Unheeding>();
    keep::<module::Chain, Heeding>();
    keep::<task_exit::Chain, Heeding>();
    keep::<signal::Chain, Heeding>();
}
