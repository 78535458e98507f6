// SPDX-License-Identifier: GPL-2.0

//! The wire format of kernel log records broadcast over UDP.
//!
//! One source for both ends: the kernel module that sends and the host program that listens compile
//! these same files. Nothing here allocates, blocks, uses `unsafe` or panics, whatever the input:
//! the sending side runs while a kernel dies, the receiving side reads what strangers send.
//!
//! A record travels in the extended netconsole format, so that any netconsole receiver reads it:
//!
//! ```text
//! <prio>,<seq>,<usec>,<flags>[,<key>=<value>...][,ncfrag=<offset>/<total>];<escaped text>\n
//! ```
//!
//! From the log to the network: [`kmsg::parse`] reads a line as the kernel prints it into a
//! [`Record`], [`Record::datagrams`] writes the UDP payloads, and [`frame::Header`] makes the 42
//! bytes of Ethernet, IPv4 and UDP that go before each. On the other side [`Datagram::parse`] reads
//! a payload.
//!
//! # Examples
//!
//! ```
//! use panic_wire::{
//!     kmsg,
//!     Datagram,
//!     MAX_PAYLOAD, //
//! };
//!
//! let record = kmsg::parse(b"<6>[   12.345678] usb 1-1: new device\n", 444).unwrap();
//!
//! let mut payload = [0; MAX_PAYLOAD];
//! let len = record.datagrams().write_next(&mut payload).unwrap();
//! assert_eq!(&payload[..len], b"6,444,12345678,-;usb 1-1: new device\n");
//!
//! let datagram = Datagram::parse(&payload[..len]).unwrap();
//! assert_eq!(datagram.seq, 444);
//! assert_eq!(datagram.body, b"usb 1-1: new device\n");
//! ```
//!
//! C sources: [`drivers/net/netconsole.c`](srctree/drivers/net/netconsole.c) and
//! [`kernel/printk/printk.c`](srctree/kernel/printk/printk.c).
//!
//! Documentation: [`Documentation/networking/netconsole.rst`][rst].
//!
//! [rst]: srctree/Documentation/networking/netconsole.rst

#![no_std]

mod body;
mod datagram;
mod decimal;
mod encode;
mod escape;
pub mod frame;
pub mod kmsg;
mod malformed;
mod record;
mod text;

pub use body::{
    Body,
    Dictionary, //
};
pub use datagram::{
    Datagram,
    Fragment, //
};
pub use encode::Datagrams;
pub use escape::{
    unescape,
    Unescape, //
};
pub use malformed::Malformed;
pub use record::{
    Caller,
    Prio,
    Record, //
};
pub use text::Text;

/// The most bytes that a datagram carries after its UDP header, as in netconsole.
///
/// A longer record is sent in fragments.
pub const MAX_PAYLOAD: usize = 1000;

/// The UDP port that netconsole sends to unless told otherwise.
pub const DEFAULT_PORT: u16 = 6666;

/// What the text of the record that announces a panic begins with; the panic's message follows.
pub const PANIC_PREFIX: &[u8] = b"Kernel panic - not syncing: ";
