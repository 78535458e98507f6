// SPDX-License-Identifier: GPL-2.0

//! What can be told: anything.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
};
use notifier_chain::{
    context::AtomicSafe,
    NotifyReturn,
    Priority,
    Topic, //
};

use crate::{
    ensure::ensure_eq,
    journal::UP,
    kind::{
        Handler,
        Kind, //
    },
};

/// A handler that makes a number of an event, and notes it.
struct Numbered(Atomic<usize>);

impl Numbered {
    fn new() -> Self {
        Self(Atomic::new(usize::MAX))
    }

    fn note(&self, number: usize) -> NotifyReturn {
        self.0.store(number, Relaxed);
        NotifyReturn::OK
    }
}

/// A text.
enum Text {}

impl Topic for Text {
    type Data<'a> = &'a str;
}

impl Handler<Text> for Numbered {
    fn notify(&self, _action: usize, text: &&str) -> NotifyReturn {
        self.note(if *text == "hello" { text.len() } else { 0 })
    }
}

/// Some bytes.
enum Bytes {}

impl Topic for Bytes {
    type Data<'a> = &'a [u8];
}

impl Handler<Bytes> for Numbered {
    fn notify(&self, _action: usize, bytes: &&[u8]) -> NotifyReturn {
        self.note(bytes.iter().copied().map(usize::from).sum())
    }
}

/// Something that has a size.
trait Sized2D {
    fn area(&self) -> usize;
}

/// Whatever has a size.
enum Shape {}

impl Topic for Shape {
    type Data<'a> = &'a (dyn Sized2D + AtomicSafe);
}

impl Handler<Shape> for Numbered {
    fn notify(&self, _action: usize, shape: &&(dyn Sized2D + AtomicSafe)) -> NotifyReturn {
        self.note(shape.area())
    }
}

/// An event with borrowed data.
struct Message<'a> {
    text: &'a str,
    numbers: &'a [usize],
}

/// A message has come.
enum Received {}

impl Topic for Received {
    type Data<'a> = Message<'a>;
}

impl Handler<Received> for Numbered {
    fn notify(&self, _action: usize, message: &Message<'_>) -> NotifyReturn {
        self.note(message.text.len() + message.numbers.iter().sum::<usize>())
    }
}

/// A message has gone.
enum Sent {}

impl Topic for Sent {
    type Data<'a> = Message<'a>;
}

impl Handler<Sent> for Numbered {
    fn notify(&self, action: usize, message: &Message<'_>) -> NotifyReturn {
        self.note(1000 * action + message.numbers.len());
        NotifyReturn::STOP
    }
}

/// Tells `data` to a handler. Returns what number it made of it.
fn tell<'a, K: Kind, T: Topic>(data: &'a T::Data<'a>) -> Result<usize>
where
    for<'b> T::Data<'b>: AtomicSafe,
    Numbered: Handler<T>,
{
    let chain = K::chain::<T>()?;
    let numbered = K::register(chain.clone(), Priority::DEFAULT, Numbered::new())?;

    ensure_eq!(K::call(&chain, UP, data), NotifyReturn::OK);
    Ok(K::handler::<T, Numbered>(&numbered).0.load(Relaxed))
}

pub(crate) fn a_str_is_told<K: Kind>() -> Result {
    ensure_eq!(tell::<K, Text>(&"hello")?, 5);
    Ok(())
}

pub(crate) fn a_slice_is_told<K: Kind>() -> Result {
    ensure_eq!(tell::<K, Bytes>(&&[1, 20, 255][..])?, 276);
    Ok(())
}

pub(crate) fn a_trait_object_is_told<K: Kind>() -> Result {
    struct Square(usize);
    impl Sized2D for Square {
        fn area(&self) -> usize {
            self.0 * self.0
        }
    }

    let square = Square(12);
    let shape: &(dyn Sized2D + AtomicSafe) = &square;
    ensure_eq!(tell::<K, Shape>(&shape)?, 144);
    Ok(())
}

pub(crate) fn an_event_may_borrow<K: Kind>() -> Result {
    let mut numbers = KVec::new();
    numbers.push(40, GFP_KERNEL)?;

    let message = Message {
        text: "ab",
        numbers: &numbers,
    };
    ensure_eq!(tell::<K, Received>(&message)?, 42);
    Ok(())
}

/// How many events there were, and the sum of what they borrowed.
struct Heard {
    events: Atomic<usize>,
    sum: Atomic<usize>,
}

/// A handler that adds up what it hears.
struct Adder(Arc<Heard>);

impl Handler<Received> for Adder {
    fn notify(&self, _action: usize, message: &Message<'_>) -> NotifyReturn {
        self.0.events.fetch_add(1, Relaxed);
        self.0.sum.fetch_add(message.numbers.iter().sum(), Relaxed);
        NotifyReturn::OK
    }
}

pub(crate) fn a_drivers_chain_outlives_what_its_events_borrow<K: Kind>() -> Result {
    let driver = K::driver::<Received>()?;
    let heard = Arc::new(
        Heard {
            events: Atomic::new(0),
            sum: Atomic::new(0),
        },
        GFP_KERNEL,
    )?;

    let told = K::while_registered(&driver.chain, Adder(heard.clone()), || -> Result {
        for number in 1..=10 {
            let numbers = KVec::from_elem(number, number, GFP_KERNEL)?;
            let message = Message {
                text: "",
                numbers: &numbers,
            };
            ensure_eq!(K::call(&driver.chain, UP, &message), NotifyReturn::OK);
        }
        Ok(())
    });
    told??;

    // What was told has gone, and the chain works.
    let message = Message {
        text: "",
        numbers: &[],
    };
    ensure_eq!(K::call(&driver.chain, UP, &message), NotifyReturn::DONE);
    ensure_eq!(heard.events.load(Relaxed), 10);
    ensure_eq!(
        heard.sum.load(Relaxed),
        (1..=10).map(|number| number * number).sum()
    );
    Ok(())
}

pub(crate) fn two_topics_of_one_data_have_handlers_of_their_own<K: Kind>() -> Result {
    let received = K::chain::<Received>()?;
    let sent = K::chain::<Sent>()?;
    let message = Message {
        text: "ab",
        numbers: &[40, 2],
    };

    // The same type is another handler on each of the two chains.
    let on_received = K::register(received.clone(), Priority::DEFAULT, Numbered::new())?;
    let on_sent = K::register(sent.clone(), Priority::DEFAULT, Numbered::new())?;
    let noted = || {
        (
            K::handler::<Received, Numbered>(&on_received)
                .0
                .load(Relaxed),
            K::handler::<Sent, Numbered>(&on_sent).0.load(Relaxed),
        )
    };

    ensure_eq!(K::call(&received, 7, &message), NotifyReturn::OK);
    ensure_eq!(noted(), (44, usize::MAX));
    ensure_eq!(K::call(&sent, 7, &message), NotifyReturn::STOP);
    ensure_eq!(noted(), (44, 7002));
    Ok(())
}
