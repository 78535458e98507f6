// SPDX-License-Identifier: GPL-2.0

//! The program under a flood: what is valid is reported, and its memory stays small.

mod loopback;

use loopback::{machine, socket, Program, Sender};
use panic_listen::Limits;
use std::{
    io::{BufRead, BufReader},
    process::{ChildStdout, Stdio},
    thread,
};

const MACHINES: u32 = 10_000;

/// How often each machine's turn comes, and what it sends then: as many that are valid as are broken.
const TURNS: u32 = 10;
const VALID: u32 = 5;

/// Datagrams of one turn, and in all.
const TURN: u32 = VALID * 2;
const DATAGRAMS: u32 = MACHINES * TURNS * TURN;

/// Far less than the limits allow at worst, and than what is sent would take.
const MEMORY: u64 = 16 << 20;

#[test]
fn a_million_datagrams_from_ten_thousand_machines() {
    assert_eq!(DATAGRAMS, 1_000_000);
    assert!(MACHINES as usize > 10 * Limits::default().machines);

    let mut program = Program::start(&[], Stdio::piped());
    let stdout = program.process.child.stdout.take().unwrap();
    let reader = thread::spawn(|| reported(stdout));
    let mut sender = Sender::new();
    let step = program.at_once() / TURN;
    assert!(step > 0, "net.core.rmem_max is too small for a turn");
    for turn in 0..TURNS {
        for number in 0..MACHINES {
            if number % step == 0 {
                sender.wait_while_full(&program);
            }
            send(&mut sender, &program, turn, number);
        }
    }
    sender.wait_until_read(&program);
    assert_eq!(program.dropped(), 0, "sent faster than it reads");
    let peak = program.peak_memory();
    let said = program.end();
    let reported = reader.join().unwrap();

    assert!(peak < MEMORY, "{} kB", peak >> 10);
    let all = VALID * TURNS;
    for (number, seqs) in reported.iter().enumerate() {
        assert!(
            seqs.iter().all(|&times| times == 1) && seqs.len() == all as usize,
            "{}: {seqs:?}",
            machine(number as u32)
        );
    }
    // An incomplete record's fragments count once.
    let refused = DATAGRAMS / 2;
    assert!(
        said.starts_with(&format!("panic-listen: {refused} datagrams refused (")),
        "{said}"
    );
    println!("{} kB at most; {said}", peak >> 10);
}

/// What a machine sends in a turn.
fn send(sender: &mut Sender, program: &Program, turn: u32, number: u32) {
    let socket = socket(number);
    let long = "z".repeat(1400);
    for n in 0..VALID {
        let seq = turn * VALID + n;
        let usec = 1000 * seq + 1;
        let valid = format!("6,{seq},{usec},-;machine {number} record {seq}\n");
        let broken = match n {
            0 => format!("6,{seq},x,-;{long}"),
            1 => format!("6,{seq},{usec},-,ncfrag=5/3;text"),
            2 => format!("9999,{seq},{usec},-;text"),
            // More than any kernel sends.
            3 => format!("6,{seq},{usec},-,ncfrag=0/99999;{long}"),
            _ => "\x1b[2Jgarbage".to_owned(),
        };
        for payload in [broken, valid] {
            sender.send(&socket, payload.as_bytes(), program);
        }
    }
}

/// How often each record of each machine was reported.
fn reported(stdout: ChildStdout) -> Vec<Vec<u32>> {
    let mut reported = vec![vec![0; (VALID * TURNS) as usize]; MACHINES as usize];
    for line in BufReader::new(stdout).lines() {
        let line = line.unwrap();
        let Some((_, said)) = line.split_once("] machine ") else {
            continue;
        };
        let (number, seq) = said.split_once(" record ").expect(&line);
        let (number, seq): (usize, usize) = (number.parse().unwrap(), seq.parse().unwrap());
        reported[number][seq] += 1;
    }
    reported
}
