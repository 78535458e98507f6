// SPDX-License-Identifier: GPL-2.0

//! The handlers in Rust. Each has its twin in `c/handlers.c`.

use core::cell::UnsafeCell;

use kernel::sync::{
    atomic::{
        Atomic,
        Relaxed, //
    },
    lock::mutex::MutexBackend,
    rcu, //
};
use notifier_chain::{
    atomic,
    blocking,
    context::Sleepable,
    raw,
    srcu,
    Handler,
    NotifyReturn,
    Topic, //
};

/// The handlers in C.
pub(crate) mod c {
    use kernel::{
        bindings::notifier_block,
        prelude::*, //
    };

    macro_rules! handlers {
        ($($name:ident)*) => {
            unsafe extern "C" {
                $(pub(crate) fn $name(
                    block: *mut notifier_block,
                    action: c_ulong,
                    data: *mut c_void,
                ) -> c_int;)*
            }
        };
    }

    handlers!(
        notifier_chain_bench_idle
        notifier_chain_bench_typed
        notifier_chain_bench_stateful
        notifier_chain_bench_shared
        notifier_chain_bench_slowed
    );
}

/// What is told.
#[repr(C)]
pub(crate) struct Event {
    pub(crate) value: u32,
}

impl Topic for Event {
    type Data<'a> = Self;
}

/// A handler that needs nothing.
pub(crate) struct Idle;

/// A handler that looks at the event.
pub(crate) struct Typed;

/// A handler that changes its own state.
pub(crate) struct Stateful {
    sum: Sum,
}

/// The same with the kernel's atomics for Rust, which are functions of C.
pub(crate) struct Shared {
    sum: Atomic<i32>,
}

/// The one with state again, with another number and at another address.
pub(crate) struct Copied<const MORE: u32> {
    sum: Sum,
}

/// A number that is read and written with what `READ_ONCE()` and `WRITE_ONCE()` come to.
struct Sum(UnsafeCell<u32>);

// SAFETY: It is read and written as a whole, and one that gets lost does not matter.
unsafe impl Sync for Sum {}

impl Sum {
    const fn new() -> Self {
        Self(UnsafeCell::new(0))
    }

    #[inline(always)]
    fn add(&self, more: u32) {
        let sum = self.0.get();
        // SAFETY: The pointer is valid. What another CPU writes meanwhile is a number, too.
        unsafe { sum.write_volatile(sum.read_volatile().wrapping_add(more)) };
    }
}

/// How many of these there are.
pub(crate) const COPIES: usize = 16;

impl Idle {
    pub(crate) fn new() -> Self {
        Self
    }

    #[inline(always)]
    fn hear(&self, _event: &Event) -> NotifyReturn {
        NotifyReturn::OK
    }
}

impl Typed {
    pub(crate) fn new() -> Self {
        Self
    }

    #[inline(always)]
    fn hear(&self, event: &Event) -> NotifyReturn {
        if event.value != 0 {
            NotifyReturn::OK
        } else {
            NotifyReturn::DONE
        }
    }
}

impl Stateful {
    pub(crate) fn new() -> Self {
        Self { sum: Sum::new() }
    }

    #[inline(always)]
    fn hear(&self, event: &Event) -> NotifyReturn {
        self.sum.add(event.value);
        NotifyReturn::OK
    }
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            sum: Atomic::new(0),
        }
    }

    #[inline(always)]
    fn hear(&self, event: &Event) -> NotifyReturn {
        let sum = self.sum.load(Relaxed);
        self.sum
            .store(sum.wrapping_add(event.value as i32), Relaxed);
        NotifyReturn::OK
    }
}

impl<const MORE: u32> Copied<MORE> {
    pub(crate) fn new() -> Self {
        Self { sum: Sum::new() }
    }

    #[inline(always)]
    fn hear(&self, event: &Event) -> NotifyReturn {
        self.sum.add(event.value.wrapping_add(100 + MORE));
        NotifyReturn::OK
    }
}

/// Implements [`Handler`] for chains of all kinds.
macro_rules! on_all_kinds {
    ([$($generics:tt)*] $handler:ty) => {
        on_all_kinds!([$($generics)*] $handler, &rcu::Guard, atomic::Chain<Event>);
        on_all_kinds!([$($generics)*] $handler, Sleepable<'_>, blocking::Chain<Event>);
        on_all_kinds!([$($generics)*] $handler, Sleepable<'_>, srcu::Chain<Event>);
        on_all_kinds!([$($generics)*] $handler, Sleepable<'_>, raw::Chain<Event, MutexBackend>);
    };
    ([$($generics:tt)*] $handler:ty, $context:ty, $chain:ty) => {
        impl<$($generics)*> Handler<$chain> for $handler {
            #[inline]
            fn notify(&self, (_, event): (usize, &Event), _: $context) -> NotifyReturn {
                self.hear(event)
            }
        }
    };
}

on_all_kinds!([] Idle);
on_all_kinds!([] Typed);
on_all_kinds!([] Stateful);
on_all_kinds!([] Shared);
on_all_kinds!([const MORE: u32] Copied<MORE>);
