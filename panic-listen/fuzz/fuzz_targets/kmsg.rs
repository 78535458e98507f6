// SPDX-License-Identifier: GPL-2.0

//! A line as the kernel prints it, sent and heard: the text comes out as it went in.

#![no_main]

use jiff::Zoned;
use libfuzzer_sys::fuzz_target;
use panic_listen::{Event, Json, Limits, Receiver, Report};
use panic_wire::{kmsg, MAX_PAYLOAD};
use std::time::Instant;

/// So many bytes always have room for the fields and some text.
const ENOUGH: usize = 128;

fuzz_target!(|input: (u64, u16, &[u8])| {
    let (seq, room, printed) = input;
    let Ok(record) = kmsg::parse(printed, seq) else {
        return;
    };
    let text: Vec<u8> = record.text.bytes().collect();

    let mut receiver = Receiver::new(Limits {
        fragmented_bytes: usize::MAX,
        fragments: usize::MAX,
        ..Limits::default()
    });
    let mut events: Vec<Event> = Vec::new();
    // None is too little to be asked for.
    let mut payload = vec![0; usize::from(room) % (MAX_PAYLOAD + 1)];
    let mut datagrams = record.datagrams();
    let now = Instant::now();
    while let Some(len) = datagrams.write_next(&mut payload) {
        events.extend(receiver.datagram([10, 0, 0, 2].into(), &payload[..len], now));
    }
    assert_eq!(receiver.refused().total(), 0);
    events.extend(receiver.finish());
    let mut heard = events.iter().filter_map(|event| match event {
        Event::Record { record, .. } => Some(record),
        _ => None,
    });
    match heard.next() {
        Some(again) => {
            assert_eq!(
                (again.prio, again.seq, again.usec, again.caller),
                (record.prio, record.seq, record.usec, record.caller)
            );
            assert_eq!(again.text(), text);
        }
        // The fields found no room, those of the first datagram or of a later one.
        None => assert!(payload.len() < ENOUGH),
    }
    assert!(heard.next().is_none());

    let (mut json, mut report) = (Json::new(Vec::new()), Report::new(Vec::new(), true));
    let time = Zoned::default();
    for event in &events {
        json.event(event, time.timestamp()).unwrap();
        report.event(event, &time).unwrap();
    }
});
