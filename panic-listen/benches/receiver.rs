// SPDX-License-Identifier: GPL-2.0

//! How many records a second the program takes: `cargo bench -p panic-listen`.
//!
//! The program itself, told records on the loopback device. What counts is the time that processors
//! spend on it: whoever sends may be slower.

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
    println!("output  threads  records    lost  seconds  records/s  CPU seconds  in kernel  records/CPU s  peak MB");
    for (name, arguments) in [("report", &[][..]), ("json", &["--json"])] {
        for threads in [1, 2] {
            measure(name, arguments, threads);
        }
    }
}

/// The program has one thread. With two of them, each has half of the machines, on a port of its own:
/// what a second thread could bring at best, since they share nothing.
fn measure(name: &str, arguments: &[&str], threads: usize) {
    let start = || Program::start(arguments, Stdio::null());
    let programs: Vec<_> = (0..threads).map(|_| start()).collect();
    let start = Instant::now();
    send(&programs);
    programs.iter().for_each(Program::wait_until_read);
    let took = start.elapsed().as_secs_f64();
    let spent: f64 = programs
        .iter()
        .map(|one| one.processor_time().as_secs_f64())
        .sum();
    let in_kernel: f64 = programs.iter().map(Program::kernels_share).sum();
    let records = RECORDS as f64;
    println!(
        "{name:6}  {threads:7} {RECORDS:8} {:7} {took:8.2} {:10.0} {spent:12.2} {:9.0}% {:14.0} {:8.1}",
        programs.iter().map(Program::dropped).sum::<u64>(),
        records / took,
        in_kernel / threads as f64 * 100.0,
        records / spent,
        programs.iter().map(Program::peak_memory).sum::<u64>() as f64 / 1e6
    );
    for program in programs {
        program.end();
    }
}

/// Sends records in turn from all machines, each machine's in order, and to one of the programs.
fn send(programs: &[Program]) {
    let sockets: Vec<(UdpSocket, &Program)> = (0..MACHINES)
        .map(loopback::socket)
        .zip(programs.iter().cycle())
        .collect();
    for (socket, program) in &sockets {
        socket.connect(program.address).unwrap();
    }
    let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH as usize, None);
    let mut first = 0;
    while first * u64::from(MACHINES) < RECORDS {
        let payloads: Vec<_> = (first..first + BATCH)
            .map(|seq| format!("6,{seq},{},-,caller=T1;usb 1-1: new high-speed USB device number 2 using xhci_hcd\n", seq * 20 + 1))
            .collect();
        for (socket, program) in &sockets {
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
