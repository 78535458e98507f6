// SPDX-License-Identifier: GPL-2.0

//! A handler on a chain of each kind, all of which another module calls all the time.

use kernel::{
    bindings::{
        atomic_notifier_head,
        blocking_notifier_head,
        notifier_block,
        srcu_notifier_head, //
    },
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::Sleepable,
    raw,
    srcu,
    Outcome,
    Priority,
    Registration, //
};

module! {
    type: Callee,
    name: "callee",
    authors: ["The notifier-chain developers"],
    description: "Counts the calls of a chain of each kind",
    license: "GPL",
}

/// How often a chain's handler was called.
type Count = Atomic<u64>;

// See caller.h. Deep inside, some structures have no fields, which to C is nothing special.
#[allow(improper_ctypes)]
extern "C" {
    static mut caller_atomic: atomic_notifier_head;
    static mut caller_blocking: blocking_notifier_head;
    static mut caller_srcu: srcu_notifier_head;

    fn caller_raw_register(block: *mut notifier_block) -> c_int;
    fn caller_raw_unregister(block: *mut notifier_block) -> c_int;
}

/// The raw chain, which has functions to register on it.
enum CallerRaw {}

// SAFETY: The chain is called and changed under one mutex, in a task, and passes a count, which is
// a static.
unsafe impl KernelChain for CallerRaw {
    type Kind = raw::Raw;
    type Event<'a> = &'a Count;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int = caller_raw_register;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int = caller_raw_unregister;

    unsafe fn event<'a>(_action: c_ulong, data: *mut c_void) -> Option<&'a Count> {
        // SAFETY: By the safety requirements, `data` is a count, which the other module only reads
        // as long as the call lasts.
        Some(unsafe { &*data.cast::<Count>() })
    }
}

struct Handler;

impl Handler {
    fn count(&self, count: &Count) -> Outcome {
        count.fetch_add(1, Relaxed);
        Outcome::Ok
    }
}

impl atomic::Handler<Count> for Handler {
    fn notify(&self, count: &Count, _cx: atomic::Context<'_>) -> Outcome {
        self.count(count)
    }
}

impl blocking::Handler<Count> for Handler {
    fn notify(&self, count: &Count, _cx: blocking::Context<'_>) -> Outcome {
        self.count(count)
    }
}

impl srcu::Handler<Count> for Handler {
    fn notify(&self, count: &Count, _cx: srcu::Context<'_>) -> Outcome {
        self.count(count)
    }
}

impl raw::Handler<&Count> for Handler {
    fn notify(&self, count: &&Count, _cx: raw::Context<'_>) -> Outcome {
        self.count(count)
    }
}

#[pin_data]
struct Callee {
    #[pin]
    atomic: Registration<&'static atomic::Chain<Count>, Handler>,
    #[pin]
    blocking: Registration<&'static blocking::Chain<Count>, Handler>,
    #[pin]
    srcu: Registration<&'static srcu::Chain<Count>, Handler>,
    #[pin]
    raw: Registration<Global<CallerRaw>, Handler>,
}

impl kernel::InPlaceModule for Callee {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(|| {
            let cx = Sleepable::might_sleep();
            // SAFETY: The head is a static of a module that stays as long as this one does, since
            // this one needs it. It keeps to the rules of the library, and its events are counts.
            let atomic = unsafe { atomic::Chain::from_raw(&raw mut caller_atomic) };
            // SAFETY: As above.
            let blocking = unsafe { blocking::Chain::from_raw(&raw mut caller_blocking) };
            // SAFETY: As above.
            let srcu = unsafe { srcu::Chain::from_raw(&raw mut caller_srcu) };

            Ok(try_pin_init!(Self {
                atomic <- atomic::register(atomic, Priority::DEFAULT, Handler),
                blocking <- blocking::register(cx, blocking, Priority::DEFAULT, Handler),
                srcu <- srcu::register(cx, srcu, Priority::DEFAULT, Handler),
                raw <- chains::register(cx, Priority::DEFAULT, Handler),
            }))
        })
    }
}
