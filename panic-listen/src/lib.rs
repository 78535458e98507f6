// SPDX-License-Identifier: GPL-2.0

//! Hears the last log records that panicking kernels broadcast.
//!
//! [`Receiver`] makes events of datagrams and does nothing else: no socket, no clock, no output. It
//! holds all limits on what strangers can make it remember. [`Report`], [`Json`] and [`Folder`] write
//! the events for people, for programs and for later.
//!
//! ```
//! use panic_listen::{Event, Limits, Receiver};
//! use std::time::{Duration, Instant};
//!
//! let mut receiver = Receiver::new(Limits::default());
//! let machine = "10.0.0.2".parse().unwrap();
//! let start = Instant::now();
//!
//! let datagram = b"0,7,1234567,-;Kernel panic - not syncing: the reason\n";
//! let events: Vec<Event> = receiver.datagram(machine, datagram, start).collect();
//! assert!(matches!(&events[..], [Event::Began { panic: Some(_), .. }]));
//!
//! // Nothing more for a while: the record in its place, and the end.
//! let later = start + Duration::from_secs(3);
//! let events: Vec<Event> = receiver.tick(later).collect();
//! assert!(matches!(&events[..], [Event::Record { .. }, Event::Ended { .. }]));
//! ```

mod crash;
mod json;
mod limits;
mod printable;
mod reassembly;
mod receiver;
mod record;
mod refused;
mod report;
mod save;

pub use crash::{Event, Origin, Summary};
pub use json::Json;
pub use limits::Limits;
pub use printable::Printable;
pub use receiver::Receiver;
pub use record::Record;
pub use refused::{Refusals, Refused};
pub use report::Report;
pub use save::Folder;
