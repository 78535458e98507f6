// SPDX-License-Identifier: GPL-2.0

//! How many records a second the program takes: `cargo bench -p panic-listen`.
//!
//! The program itself, told records on the loopback device. What counts is the time that processors
//! spend on it: it has one thread, and whoever sends may be slower.

#[path = "../tests/loopback/mod.rs"]
mod loopback;

use loopback::Program;
use nix::sys::socket::{sendmmsg, MsgFlags, MultiHeaders, SockaddrStorage};
use std::{io::IoSlice, net::UdpSocket, os::fd::AsRawFd, process::Stdio, time::Instant};

const RECORDS: u64 = 2_000_000;
const MACHINES: u32 = 16;

/// Datagrams of one system call.
const BATCH: u64 = 64;

fn main() {
    println!("output  records    lost  seconds  records/s  CPU seconds  records/CPU s  peak MB");
    for (name, arguments) in [("report", &[][..]), ("json", &["--json"])] {
        let program = Program::start(arguments, Stdio::null());
        let start = Instant::now();
        send(&program);
        program.wait_until_read();
        let took = start.elapsed().as_secs_f64();
        let spent = program.processor_time().as_secs_f64();
        let records = RECORDS as f64;
        println!(
            "{name:6} {RECORDS:8} {:7} {took:8.2} {:10.0} {spent:12.2} {:14.0} {:8.1}",
            program.dropped(),
            records / took,
            records / spent,
            program.peak_memory() as f64 / 1e6
        );
        program.end();
    }
}

/// Sends records in turn from all machines, each machine's in order.
fn send(program: &Program) {
    let sockets: Vec<UdpSocket> = (0..MACHINES).map(loopback::socket).collect();
    for socket in &sockets {
        socket.connect(program.address).unwrap();
    }
    let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH as usize, None);
    let mut first = 0;
    while first * u64::from(MACHINES) < RECORDS {
        let payloads: Vec<_> = (first..first + BATCH)
            .map(|seq| format!("6,{seq},{},-,caller=T1;usb 1-1: new high-speed USB device number 2 using xhci_hcd\n", seq * 20 + 1))
            .collect();
        for socket in &sockets {
            program.wait_while_full();
            let slices: Vec<_> = payloads
                .iter()
                .map(|payload| [IoSlice::new(payload.as_bytes())])
                .collect();
            let to = vec![None; slices.len()];
            let sent = sendmmsg(
                socket.as_raw_fd(),
                &mut headers,
                &slices,
                to,
                [],
                MsgFlags::empty(),
            );
            assert_eq!(sent.unwrap().count(), slices.len());
        }
        first += BATCH;
    }
}
