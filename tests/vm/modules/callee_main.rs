// SPDX-License-Identifier: GPL-2.0

//! A handler on a chain of each kind, all of which another module calls all the time.

use kernel::{
    bindings::{
        atomic_notifier_head,
        blocking_notifier_head,
        notifier_block,
        srcu_notifier_head, //
    },
    error::to_result,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    context::Sleepable,
    srcu,
    Backend,
    Chain,
    Handler,
    Head,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
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

/// What the chains tell: where to count.
enum Called {}

impl Topic for Called {
    type Data<'a> = Count;
}

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
struct CallerRaw;

// SAFETY: There is one such chain. It is called and changed under one mutex, in a task, and passes
// a count, which is a static.
unsafe impl Chain for CallerRaw {
    type Kind = blocking::Blocking;
    type Event<'a> = &'a Count;
    type Answer = NotifyReturn;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the safety requirements.
        to_result(unsafe { caller_raw_register(block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: By the safety requirements. A block that is registered gives no error.
        unsafe { caller_raw_unregister(block) };
    }

    #[inline]
    unsafe fn notify(
        _action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(&Count) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is a count, which the other module only reads
        // as long as the call lasts.
        handler(unsafe { &*data.cast() }).into_raw()
    }
}

struct Counter;

impl Counter {
    fn count(&self, count: &Count) -> NotifyReturn {
        count.fetch_add(1, Relaxed);
        NotifyReturn::OK
    }
}

impl<B: Backend> Handler<Head<Called, B>> for Counter {
    fn notify(&self, (_, count): (usize, &Count), _: B::Context<'_>) -> NotifyReturn {
        self.count(count)
    }
}

impl Handler<CallerRaw> for Counter {
    fn notify(&self, count: &Count, _: Sleepable<'_>) -> NotifyReturn {
        self.count(count)
    }
}

#[pin_data]
struct Callee {
    #[pin]
    atomic: Registration<&'static atomic::Chain<Called>, Counter>,
    #[pin]
    blocking: Registration<&'static blocking::Chain<Called>, Counter>,
    #[pin]
    srcu: Registration<&'static srcu::Chain<Called>, Counter>,
    #[pin]
    raw: Registration<CallerRaw, Counter>,
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
                atomic <- Registration::new(atomic, Priority::DEFAULT, Counter, cx),
                blocking <- Registration::new(blocking, Priority::DEFAULT, Counter, cx),
                srcu <- Registration::new(srcu, Priority::DEFAULT, Counter, cx),
                raw <- Registration::new(CallerRaw, Priority::DEFAULT, Counter, cx),
            }))
        })
    }
}
