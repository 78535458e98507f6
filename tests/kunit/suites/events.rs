// SPDX-License-Identifier: GPL-2.0

//! What can be told: anything.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};
use notifier_chain::{
    context::Detached,
    Outcome,
    Priority, //
};

use crate::{
    ensure::ensure_eq,
    kind::{
        Handler,
        Kind, //
    },
};

/// A handler that makes a number of an event, and notes it.
struct Numbered(Atomic<usize>);

impl Numbered {
    fn note(&self, number: usize) -> Outcome {
        self.0.store(number, Relaxed);
        Outcome::Ok
    }
}

impl Handler<str> for Numbered {
    fn notify(&self, event: &str) -> Outcome {
        self.note(if event == "hello" { event.len() } else { 0 })
    }
}

impl Handler<[u8]> for Numbered {
    fn notify(&self, event: &[u8]) -> Outcome {
        self.note(event.iter().copied().map(usize::from).sum())
    }
}

/// Something that has a size.
trait Sized2D: Detached {
    fn area(&self) -> usize;
}

impl Handler<dyn Sized2D> for Numbered {
    fn notify(&self, event: &dyn Sized2D) -> Outcome {
        self.note(event.area())
    }
}

/// An event with borrowed data.
struct Message<'a> {
    text: &'a str,
    numbers: &'a [usize],
}

impl Handler<Message<'_>> for Numbered {
    fn notify(&self, event: &Message<'_>) -> Outcome {
        self.note(event.text.len() + event.numbers.iter().sum::<usize>())
    }
}

/// Tells `event` to a handler. Returns what number it made of it.
fn tell<K: Kind, E: ?Sized + Detached>(event: &E) -> Result<usize>
where
    Numbered: Handler<E>,
{
    let chain = K::chain::<E>()?;
    let numbered = K::register(
        chain.clone(),
        Priority::DEFAULT,
        Numbered(Atomic::new(usize::MAX)),
    )?;

    ensure_eq!(K::call(&chain, event).last(), Outcome::Ok);
    Ok(K::handler::<E, Numbered>(&numbered).0.load(Relaxed))
}

pub(crate) fn a_str_is_told<K: Kind>() -> Result {
    ensure_eq!(tell::<K, str>("hello")?, 5);
    Ok(())
}

pub(crate) fn a_slice_is_told<K: Kind>() -> Result {
    ensure_eq!(tell::<K, [u8]>(&[1, 20, 255])?, 276);
    Ok(())
}

pub(crate) fn a_trait_object_is_told<K: Kind>() -> Result {
    struct Square(usize);
    impl Sized2D for Square {
        fn area(&self) -> usize {
            self.0 * self.0
        }
    }

    ensure_eq!(tell::<K, dyn Sized2D>(&Square(12))?, 144);
    Ok(())
}

pub(crate) fn an_event_may_borrow<K: Kind>() -> Result {
    let mut numbers = KVec::new();
    numbers.push(40, GFP_KERNEL)?;

    let message = Message {
        text: "ab",
        numbers: &numbers,
    };
    ensure_eq!(tell::<K, Message<'_>>(&message)?, 42);
    Ok(())
}
