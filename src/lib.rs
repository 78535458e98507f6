// SPDX-License-Identifier: GPL-2.0

//! Notifier chains for Rust drivers.
//!
//! A notifier chain is an ordered list of callbacks that one event walks: the way in which a Linux
//! kernel tells its modules that it panics, reboots or loses a network device. In C, what such a
//! callback may do, what its argument is and who may unregister it from where is written in
//! comments. Here it is written in types.
//!
//! # The words
//!
//! - A *chain* is an ordered list of notifiers. It is of one of four *kinds*, which differ in where
//!   callbacks run and in who waits for whom: [`atomic`], [`blocking`], [`srcu`] and [`raw`].
//! - A *handler* is your callback and its state: a type that implements the kind's `Handler`.
//! - A [`Registration`] is the value whose life is the handler's time on the chain.
//! - An *event* is the typed view of what the chain passes along, an [`Outcome`] the handler's
//!   answer, and a [`context`] what it may do where it runs.
//!
//! # The kinds
//!
//! | kind | a callback runs | and may sleep | calling | registering | dropping a registration |
//! | --- | --- | --- | --- | --- | --- |
//! | [`atomic`] | anywhere, as an RCU reader | no | anywhere | anywhere but in NMI | may sleep |
//! | [`blocking`] | in a task, with a semaphore held | yes | may sleep | may sleep | may sleep |
//! | [`srcu`] | in a task, as an SRCU reader | yes | may sleep | may sleep | may sleep, long |
//! | [`raw`] | under your lock | as your lock allows | under your lock | takes your lock | takes your lock |
//!
//! A driver can have chains of its own of each kind, with any type as event, and it can register on
//! those of the kernel. The library is linked into each module that uses it, and has no types in
//! common with that of another: modules share a chain by its [head](Chain::head), as with C.
//!
//! # The chains of the kernel
//!
//! | chain | kind | event | handlers must be |
//! | --- | --- | --- | --- |
//! | [`chains::panic`] | [`atomic`] | [the message](chains::panic::Event) | [`NmiSafe`](context::NmiSafe) |
//! | [`chains::netdevice`] | [`raw`], under RTNL | [device and action](chains::netdevice::Event) | |
//!
//! # Examples
//!
//! A module that hears of a panic. Registering allocates nothing, and unloading the module
//! unregisters the handler:
//!
//! ```ignore
//! // `ignore`: a test is not a module.
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     atomic,
//!     chains::panic,
//!     Outcome,
//!     Priority, //
//! };
//!
//! module! {
//!     type: Beacon,
//!     name: "beacon",
//!     authors: ["You"],
//!     description: "Says that it heard of a panic",
//!     license: "GPL",
//! }
//!
//! #[pin_data]
//! struct Beacon {
//!     #[pin]
//!     panic: panic::Registration<Alarm>,
//! }
//!
//! impl kernel::InPlaceModule for Beacon {
//!     fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
//!         try_pin_init!(Self {
//!             panic <- panic::register(Priority::FIRST, Alarm),
//!         })
//!     }
//! }
//!
//! struct Alarm;
//!
//! impl atomic::Handler<panic::Event<'_>> for Alarm {
//!     fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
//!         pr_emerg!("heard: {}\n", event.message());
//!         Outcome::Done
//!     }
//! }
//! ```

pub mod atomic;
mod bindings;
mod block;
pub mod blocking;
mod call;
mod chain;
pub mod chains;
pub mod context;
mod outcome;
mod priority;
pub mod raw;
mod registration;
pub mod srcu;
mod try_lock;
mod verdict;

pub use self::{
    chain::Chain,
    outcome::Outcome,
    priority::Priority,
    registration::{
        Accepts,
        AcceptsUnique,
        ChainRef,
        Registration, //
    },
    try_lock::{
        TryLock,
        TryLockGuard, //
    },
    verdict::Verdict, //
};
