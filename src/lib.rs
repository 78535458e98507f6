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
//! - A *chain* is of one of four *kinds*, which differ in where callbacks run and in who waits for
//!   whom: [`atomic`], [`blocking`], [`srcu`] and [`raw`].
//! - A *handler* is your callback and its state: a type that implements the kind's `Handler`.
//! - A [`Registration`] is the value whose life is the handler's time on the chain.
//! - An *event* is the typed view of what the chain passes along, an [`Outcome`] the handler's
//!   answer, and a [`context`] what it may do where it runs.
//!
//! # Which kind do I need
//!
//! The answer to the first of these questions that is answered with yes:
//!
//! 1. Does the kernel tell it already? Register on [its chain](#the-chains-of-the-kernel).
//! 2. Is it told where nobody may sleep, in an interrupt or under a spin lock? [`atomic`].
//! 3. Is a lock of yours held whenever it is told, or has one task the chain to itself? [`raw`].
//! 4. Is it told often, while handlers seldom come and go? [`srcu`].
//! 5. May whoever tells it sleep? [`blocking`].
//!
//! If handlers can refuse, and those who have heard of it must then be told that it is off, it is a
//! [`blocking`] or a [`raw`] chain: the others have no `call_robust()`.
//!
//! | kind | a callback runs | and may sleep | calling | registering | dropping a registration |
//! | --- | --- | --- | --- | --- | --- |
//! | [`atomic`] | anywhere, as an RCU reader | no | anywhere | [nearly anywhere](atomic::register) | may sleep |
//! | [`blocking`] | in a task, with a semaphore held | yes | may sleep | may sleep | may sleep |
//! | [`srcu`] | in a task, as an SRCU reader | yes | may sleep | may sleep | may sleep, long |
//! | [`raw`] | under your lock | as your lock allows | under your lock | takes your lock | takes your lock |
//!
//! A chain of a driver's own has any type as event. The library is linked into each module that
//! uses it, and has no types in common with that of another: modules share a chain by its
//! [head](Chain::head), as with C.
//!
//! # What may be done where
//!
//! | | module init, a work item | a handler: [`blocking`], [`srcu`] | [`atomic`] | panic, die, restart |
//! | --- | --- | --- | --- | --- |
//! | sleep, lock a [`Mutex`], allocate with [`GFP_KERNEL`] | yes | yes | no | no |
//! | lock a [`SpinLock`] | yes | yes | yes | no |
//! | use a [`TryLock`], an [atomic](kernel::sync::atomic) | yes | yes | yes | yes |
//! | call an atomic chain | yes | yes | yes | no |
//! | call a blocking or an SRCU chain | yes | yes, but not its own blocking one | no | no |
//! | register on a blocking or an SRCU chain, on [`netdevice`], [`task_exit`], [`signal`] | yes | yes, but not on its own blocking one | no | no |
//! | register on another atomic chain | yes | yes | [yes, but not in NMI](atomic::register) | no |
//! | drop a registration | yes | no | no | no |
//!
//! A handler on a raw chain may do what the lock of its chain allows: in a [`Mutex`] it is like one
//! on a blocking chain, in a [`SpinLock`] like one on an atomic chain. One on the
//! [OOM chain](chains::oom) may sleep, but not wait for memory.
//!
//! A driver that also supports kernels of 7.2 uses [`compat`] for what those lack.
//!
//! What a handler owns is held to the table by the compiler. So are calling and registering: where
//! the chain itself may sleep, they ask for a [`Sleepable`] token. What a handler does elsewhere is
//! read from the object code, when a module is built: see [`context`].
//!
//! [`Mutex`]: kernel::sync::Mutex
//! [`Sleepable`]: context::Sleepable
//! [`SpinLock`]: kernel::sync::SpinLock
//! [`GFP_KERNEL`]: kernel::alloc::flags::GFP_KERNEL
//! [`netdevice`]: chains::netdevice
//! [`signal`]: chains::signal
//! [`task_exit`]: chains::task_exit
//!
//! # The chains of the kernel
//!
//! | chain | kind | event | handlers must be |
//! | --- | --- | --- | --- |
//! | [`chains::panic`] | [`atomic`] | [the message](chains::panic::Event) | [`NmiSafe`](context::NmiSafe) |
//! | [`chains::die`] | [`atomic`] | [oops or trap, and the registers](chains::die::Event) | [`NmiSafe`](context::NmiSafe) |
//! | [`chains::reboot`] | [`blocking`] | [how, and the command](chains::reboot::Event) | |
//! | [`chains::restart`] | [`atomic`] | [mode and command](chains::restart::Event) | [`NmiSafe`](context::NmiSafe) |
//! | [`chains::oom`] | [`blocking`] | none; [the answer](chains::oom::Handler) is in pages | |
//! | [`chains::netdevice`] | [`raw`], under RTNL | [device and action](chains::netdevice::Event) | |
//! | [`chains::module`] | [`blocking`] | [name and state](chains::module::Event); [the answer](chains::module::Handler) is a `Result` | |
//! | [`chains::task_exit`] | [`atomic`] | [who, and how](chains::task_exit::Event) | [`AtomicSafe`](context::AtomicSafe) |
//! | [`chains::signal`] | [`atomic`] | [which, to whom](chains::signal::Event) | [`AtomicSafe`](context::AtomicSafe) |
//!
//! A chain that is not here is bound with a [`chains::KernelChain`] of your own.
//!
//! # Coming from C
//!
//! | in C | here |
//! | --- | --- |
//! | `struct notifier_block`, `notifier_fn_t` | a `Handler`, such as [`atomic::Handler`], and its [`Registration`] |
//! | `priority`, `INT_MAX`, `INT_MIN` | [`Priority`], [`Priority::FIRST`], [`Priority::LAST`] |
//! | `action` and `data` | the event: one typed value |
//! | `ATOMIC_NOTIFIER_HEAD()`, `ATOMIC_INIT_NOTIFIER_HEAD()` | [`new_atomic_chain!`] |
//! | `BLOCKING_NOTIFIER_HEAD()`, `BLOCKING_INIT_NOTIFIER_HEAD()` | [`new_blocking_chain!`] |
//! | `SRCU_NOTIFIER_HEAD()`, `srcu_init_notifier_head()` | [`new_srcu_chain!`] |
//! | `srcu_cleanup_notifier_head()` | dropping the chain |
//! | `RAW_NOTIFIER_HEAD()`, `RAW_INIT_NOTIFIER_HEAD()` | `new()` of [`raw::Chain`], [`raw::Unshared`] |
//! | `atomic_notifier_chain_register()` | [`atomic::register()`] |
//! | `atomic_notifier_chain_register_unique_prio()` | [`atomic::register_unique_prio()`] |
//! | `blocking_notifier_chain_register()` | [`blocking::register()`] |
//! | `blocking_notifier_chain_register_unique_prio()` | [`blocking::register_unique_prio()`] |
//! | `srcu_notifier_chain_register()` | [`srcu::register()`] |
//! | `raw_notifier_chain_register()` | [`raw::register()`] |
//! | `atomic_notifier_chain_unregister()` and the other kinds' | dropping the [`Registration`] |
//! | `atomic_notifier_call_chain()` | `call()` of [`atomic::Chain`] |
//! | `blocking_notifier_call_chain()`, `..._robust()` | `call()`, `call_robust()` of [`blocking::Chain`] |
//! | `srcu_notifier_call_chain()` | `call()` of [`srcu::Chain`] |
//! | `raw_notifier_call_chain()`, `..._robust()` | `call()`, `call_robust()` of [`raw::Chain`] |
//! | `NOTIFY_DONE`, `NOTIFY_OK` | [`Outcome::Done`], [`Outcome::Ok`] |
//! | `NOTIFY_STOP`, `NOTIFY_BAD` | [`Outcome::Stop`], [`Outcome::Bad`] |
//! | `NOTIFY_STOP_MASK` | [`Verdict::is_stopped()`] |
//! | `notifier_from_errno()` | [`Outcome::Refuse`], or [`Outcome::from`] a [`Result`](kernel::error::Result) |
//! | `notifier_to_errno()` | [`Verdict::to_result()`] |
//! | `atomic_notifier_call_chain_is_empty()` | [`Chain::is_empty()`] |
//! | `panic_notifier_list` | [`chains::panic::register()`] |
//! | `register_die_notifier()` | [`chains::die::register()`] |
//! | `struct die_args`, which `notify_die()` passes | [`chains::die::Event`] |
//! | `DIE_OOPS`, `DIE_INT3`, ... | [`chains::die::Kind`] |
//! | `register_reboot_notifier()`, `devm_register_reboot_notifier()` | [`chains::reboot::register()`] |
//! | `SYS_RESTART`, `SYS_HALT`, `SYS_POWER_OFF` | [`chains::reboot::Action`] |
//! | `register_restart_handler()` | [`chains::restart::register()`] |
//! | `REBOOT_COLD`, `REBOOT_WARM`, ... | [`chains::restart::Mode`] |
//! | `register_oom_notifier()` | [`chains::oom::register()`] |
//! | `*(unsigned long *)data += pages` there | what [`chains::oom::Handler::release()`] returns |
//! | `register_netdevice_notifier()` | [`chains::netdevice::register()`] |
//! | `NETDEV_UP`, `NETDEV_REGISTER`, ... | [`chains::netdevice::Action`] |
//! | `netdev_notifier_info_to_dev()` | [`chains::netdevice::Event::device()`] |
//! | `register_module_notifier()` | [`chains::module::register()`] |
//! | `MODULE_STATE_COMING`, ... | [`chains::module::State`] |
//! | `unregister_...()` of these | dropping the [`Registration`] |
//! | the tracepoint `sched_process_exit` | [`chains::task_exit::register()`] |
//! | the tracepoint `signal_deliver` | [`chains::signal::register()`] |
//!
//! # Examples
//!
//! A module with a chain of its own, and a handler on it for as long as it is loaded:
//!
//! ```
//! use kernel::{
//!     prelude::*,
//!     sync::Arc, //
//! };
//! use notifier_chain::{
//!     atomic,
//!     new_atomic_chain,
//!     Outcome,
//!     Priority,
//!     Registration, //
//! };
//!
//! struct Overheated {
//!     celsius: i32,
//! }
//!
//! struct Fan;
//!
//! impl atomic::Handler<Overheated> for Fan {
//!     fn notify(&self, event: &Overheated, _cx: atomic::Context<'_>) -> Outcome {
//!         pr_info!("{} degrees\n", event.celsius);
//!         Outcome::Ok
//!     }
//! }
//!
//! type Chain = Arc<atomic::Chain<Overheated>>;
//!
//! #[pin_data]
//! struct Thermal {
//!     chain: Chain,
//!     #[pin]
//!     fan: Registration<Chain, Fan>,
//! }
//!
//! impl kernel::InPlaceModule for Thermal {
//!     fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
//!         try_pin_init!(Self {
//!             chain: Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?,
//!             fan <- atomic::register(chain.clone(), Priority::DEFAULT, Fan),
//!         })
//!     }
//! }
//!
//! # // SAFETY: This is what a module has that is linked into the kernel.
//! # static MODULE: ThisModule = unsafe { ThisModule::from_ptr(core::ptr::null_mut()) };
//! # let init = <Thermal as kernel::InPlaceModule>::init(&MODULE);
//! # let thermal = KBox::try_pin_init(init, GFP_KERNEL)?;
//! # let verdict = thermal.chain.call(&Overheated { celsius: 90 });
//! # assert_eq!(verdict.last(), Outcome::Ok);
//! # Ok::<(), Error>(())
//! ```
//!
//! A module that hears of a panic. Registering allocates nothing, and unloading the module
//! unregisters the handler. Its name, `beacon`, is for the user, who can
//! [leave it out](chains::panic#the-allowlist):
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
//!             panic <- panic::register(c"beacon", Priority::FIRST, Alarm),
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

// rustdoc does not see the attributes that Kbuild gives on the command line when it looks for
// examples.
#![cfg_attr(doctest, no_std, feature(auto_traits, negative_impls))]

pub mod atomic;
mod bindings;
mod block;
pub mod blocking;
mod call;
mod chain;
pub mod chains;
pub mod compat;
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
