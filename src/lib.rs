// SPDX-License-Identifier: GPL-2.0

//! Notifier chains for Rust drivers.
//!
//! A notifier chain is an ordered list of callbacks. The kernel announces through such chains that
//! it panics, reboots or loses a network device. C states in comments what a callback may do, what
//! its argument is, and where it may be unregistered. This crate states it in types.
//!
//! # The words
//!
//! - A [`Chain`] is of one of four kinds, which differ in where handlers run and what unregistering
//!   waits for: [`atomic`], [`blocking`], [`srcu`] and [`raw`].
//! - A [`Handler`] is a callback with its state.
//! - A [`Registration`] is a handler on a chain. Dropping it unregisters the handler.
//! - An *event* is the typed view of what the chain passes along. A handler answers a
//!   [`NotifyReturn`], unless its chain wants another answer.
//! - [`Sleepable`] is the proof that the code may sleep. See [`context`].
//!
//! # Which kind do I need
//!
//! Take the first question that you answer with yes.
//!
//! 1. Does the kernel announce it already? Register on [its chain](#the-chains-of-the-kernel).
//! 2. Do you call the chain where sleeping is forbidden, in an interrupt or with a spin lock held?
//!    [`atomic`]. If unregistering must not sleep either: [`raw`], in a spin lock.
//! 3. Do you call it often, while handlers seldom change? [`srcu`].
//! 4. Otherwise: [`blocking`].
//!
//! If a handler may refuse, and the handlers before it must learn of that, use `call_robust()` of a
//! [`blocking`] or a [`raw`] chain.
//!
//! | kind | a handler runs | it may sleep | calling | dropping a registration |
//! | --- | --- | --- | --- | --- |
//! | [`atomic`] | anywhere, as an RCU reader | no | anywhere | may sleep |
//! | [`blocking`] | in a task, with a semaphore held | yes | may sleep | may sleep |
//! | [`srcu`] | in a task, as an SRCU reader | yes | may sleep | may sleep, long |
//! | [`raw`] | with the chain's lock held | in a mutex | takes the lock | takes the lock |
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
//! | register | yes | yes, but not on its own blocking one | no | no |
//! | drop a registration | yes | yes, but not one on its own chain | no | no |
//!
//! A handler on the [OOM chain](chains::oom) may sleep, but not wait for memory.
//!
//! How much of this the compiler checks, and what the rest is left to, is said in [`context`].
//!
//! [`Mutex`]: kernel::sync::Mutex
//! [`Sleepable`]: context::Sleepable
//! [`SpinLock`]: kernel::sync::SpinLock
//! [`GFP_KERNEL`]: kernel::alloc::flags::GFP_KERNEL
//!
//! # The chains of the kernel
//!
//! | chain | kind | when the kernel calls it | an answer | files of C in 7.3.4 that use it |
//! | --- | --- | --- | --- | --- |
//! | [`chains::panic`] | [`Nmi`](atomic::Nmi) | in a panic, with interrupts off | is ignored | 47: firmware and hypervisors that are told, watchdogs, LEDs |
//! | [`chains::die`] | [`Nmi`](atomic::Nmi) | at an oops, and on x86 at a trap | may [handle](chains::die::Answer) a trap | 24: debuggers, tracers, error reports |
//! | `chains::kmsg_dump` | [`Nmi`](atomic::Nmi) | after an oops, a panic's chain, an orderly shutdown |  | 8: pstore, crash logs in flash memory |
//! | [`chains::reboot`] | [`Blocking`](blocking::Blocking) | before the machine goes down in an orderly way | is ignored | 100: watchdogs, storage, links to firmware |
//! | [`chains::sys_off`]: two that prepare | [`Blocking`](blocking::Blocking) | after that, before a restart or a power-off | is ignored | 86: chips that switch the power |
//! | [`chains::sys_off`]: restart, power-off | [`Nmi`](atomic::Nmi) | last, to do it | is ignored; a handler that works does not return | the same |
//! | [`chains::restart`] | [`Nmi`](atomic::Nmi) | last, to restart | as above | 24, older than sys-off: watchdogs, boards |
//! | `chains::pm` | [`Blocking`](blocking::Blocking) | before and after suspend, hibernation, restore | an error keeps it from happening | 41: firmware loaders, what must stop before tasks freeze |
//! | `chains::cpu_pm` | raw: [`Nmi`](atomic::Nmi) | when a CPU loses power, and has it again | an error keeps the CPU from it | 38: interrupt controllers, timers, counters |
//! | `chains::cpufreq` | [`Blocking`](blocking::Blocking), [`Srcu`](srcu::Srcu) | when a policy comes and goes; around each change of frequency | is ignored | 21: timers, memory controllers |
//! | `chains::clk` | [`Srcu`](srcu::Srcu) | around a change of a clock's rate | an error refuses the rate | 54: UARTs, PWMs, clocks that depend on it |
//! | [`chains::bus`] | [`Blocking`](blocking::Blocking) | when a device comes, is bound, unbound, goes | is ignored | 50: IOMMUs, power domains, companions |
//! | `chains::usb` | [`Blocking`](blocking::Blocking) | when a USB device or bus comes and goes | is ignored | 4: monitors, firmware |
//! | `chains::memory` | [`Blocking`](blocking::Blocking) | when memory goes online or offline | an error keeps it from happening | 18: balloons, allocators, page tables of devices |
//! | [`chains::oom`] | [`Blocking`](blocking::Blocking) | when memory has run out | pages that were given back | 6: balloons, graphics |
//! | `chains::netdevice` | raw: [`Blocking`](blocking::Blocking), under RTNL | when a network device comes, goes, changes | an error refuses some of it | 153: bonds, bridges, VLANs, offloads |
//! | `chains::inetaddr` | [`Blocking`](blocking::Blocking), under RTNL | when a device gets or loses an IPv4 address | is ignored | 19: offloads, RDMA |
//! | `chains::inet6addr` | [`Atomic`](atomic::Atomic) | when a device gets or loses an IPv6 address | is ignored | 13: the same |
//! | `chains::netevent` | [`Atomic`](atomic::Atomic) | when a neighbour, a route or a setting changes | is ignored | 13: offloads, RDMA |
//! | `chains::module` | [`Blocking`](blocking::Blocking) | when a module comes and goes | an error refuses the module | 20: tracers, probes, coverage |
//! | [`chains::task_exit`] | [`Atomic`](atomic::Atomic) | when a task ends |  | none: a tracepoint |
//! | [`chains::signal`] | [`Atomic`](atomic::Atomic) | when a signal is delivered |  | none: a tracepoint |
//!
//! A module that is not linked is missing in some kernels: it is there if the kernel is built with
//! the subsystem.
//!
//! To bind another one, see [`chains`](chains#binding-a-chain). A driver that also supports kernels
//! of 7.2 uses [`compat`] for what those lack.
//!
//! # Coming from C
//!
//! | in C | here |
//! | --- | --- |
//! | `struct notifier_block`, `notifier_fn_t` | [`Registration`], [`Handler`] |
//! | `priority`, `INT_MAX`, `INT_MIN` | [`Priority`], [`Priority::FIRST`], [`Priority::LAST`] |
//! | `action` and `data` of a chain of your own | [`Topic`] |
//! | `&driver->chain`, a chain in a struct | [`impl_chain!`] |
//! | `ATOMIC_INIT_NOTIFIER_HEAD()`, and for the other kinds | [`new_atomic_chain!`], [`new_blocking_chain!`], [`new_srcu_chain!`], [`new_raw_chain!`] |
//! | `srcu_cleanup_notifier_head()` | dropping the chain |
//! | `..._notifier_chain_register()`, `register_..._notifier()` | [`Registration::new()`] |
//! | `..._notifier_chain_unregister()`, `unregister_..._notifier()` | dropping the [`Registration`] |
//! | `..._notifier_call_chain()`, `..._robust()` | `call()`, `call_robust()` of the chain |
//! | `NOTIFY_DONE`, `NOTIFY_OK`, `NOTIFY_STOP`, `NOTIFY_BAD` | [`NotifyReturn`] |
//! | `NOTIFY_STOP_MASK` | [`NotifyReturn::is_stop()`] |
//! | `notifier_from_errno()`, `notifier_to_errno()` | [`NotifyReturn::from_error()`], [`NotifyReturn::to_result()`] |
//! | `atomic_notifier_call_chain_is_empty()` | `is_empty()` of the chain |
//! | `panic_notifier_list` | [`chains::panic::Chain`] |
//! | `register_die_notifier()`, `struct die_args`, `enum die_val` | [`chains::die`] |
//! | `register_reboot_notifier()`, `SYS_RESTART`, ... | [`chains::reboot`] |
//! | `register_restart_handler()`, `enum reboot_mode` | [`chains::restart`] |
//! | `register_oom_notifier()` | [`chains::oom`] |
//! | `bus_register_notifier()`, `BUS_NOTIFY_ADD_DEVICE`, ... | [`chains::bus`] |
//! | `clk_notifier_register()`, `PRE_RATE_CHANGE`, ... | `chains::clk` |
//! | `cpufreq_register_notifier()`, `CPUFREQ_PRECHANGE`, ... | `chains::cpufreq` |
//! | `cpu_pm_register_notifier()`, `CPU_PM_ENTER`, ... | `chains::cpu_pm` |
//! | `register_netdevice_notifier()`, `NETDEV_UP`, ... | `chains::netdevice` |
//! | `ASSERT_RTNL()`, `rtnl_lock()`, `dev_net()` | `chains::netdevice::Rtnl`, `chains::netdevice::Event::namespace()` |
//! | `register_inetaddr_notifier()`, `struct in_ifaddr` | `chains::inetaddr` |
//! | `register_inet6addr_notifier()`, `struct inet6_ifaddr` | `chains::inet6addr` |
//! | `register_netevent_notifier()`, `struct neighbour` | `chains::netevent` |
//! | `register_module_notifier()`, `MODULE_STATE_COMING`, ... | `chains::module` |
//! | `register_pm_notifier()`, `PM_SUSPEND_PREPARE`, ... | `chains::pm` |
//! | `register_sys_off_handler()`, `SYS_OFF_MODE_POWER_OFF`, ... | [`chains::sys_off`] |
//! | `kmsg_dump_register()`, `struct kmsg_dumper` | `chains::kmsg_dump` |
//! | `register_memory_notifier()`, `MEM_GOING_ONLINE`, ... | `chains::memory` |
//! | `usb_register_notify()`, `USB_DEVICE_ADD`, ... | `chains::usb` |
//! | the tracepoints `sched_process_exit`, `signal_deliver` | [`chains::task_exit`], [`chains::signal`] |
//!
//! # Examples
//!
//! A module that hears of a panic. Registering allocates nothing, and unloading the module
//! unregisters the handler. An administrator can disable the handler by its name, `beacon`, see
//! [the allowlist](chains::panic#the-allowlist).
//!
//! ```ignore
//! // `ignore`: a test is not a module.
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::panic, context::Sleepable, *};
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
//!     panic: Registration<panic::Chain, Alarm>,
//! }
//!
//! impl kernel::InPlaceModule for Beacon {
//!     fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
//!         let cx = Sleepable::might_sleep();
//!         try_pin_init!(Self {
//!             panic <- Registration::new(panic::Chain(c"beacon"), Priority::FIRST, Alarm, cx),
//!         })
//!     }
//! }
//!
//! struct Alarm;
//!
//! impl Handler<panic::Chain> for Alarm {
//!     fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         pr_emerg!("heard: {}\n", event.message());
//!         NotifyReturn::DONE
//!     }
//! }
//! ```
//!
//! For a chain of a driver's own, see [`Registration`].

// rustdoc does not see the attributes that Kbuild gives on the command line when it looks for
// examples.
#![cfg_attr(doctest, no_std, feature(auto_traits, negative_impls))]

pub mod atomic;
mod bindings;
pub mod blocking;
mod chain;
pub mod chains;
pub mod compat;
pub mod context;
mod head;
mod notify_return;
mod priority;
pub mod raw;
mod registration;
pub mod srcu;
mod try_lock;

pub use self::{
    chain::{
        Chain,
        Handler, //
    },
    head::{
        Backend,
        Head,
        Topic, //
    },
    notify_return::NotifyReturn,
    priority::Priority,
    registration::Registration,
    try_lock::{
        TryLock,
        TryLockGuard, //
    }, //
};
