// SPDX-License-Identifier: GPL-2.0

//! One payload: what is read of it is written, and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use panic_listen::Printable;
use panic_wire::{Datagram, Record, Text, MAX_PAYLOAD};

fuzz_target!(|payload: &[u8]| {
    let Ok(datagram) = Datagram::parse(payload) else {
        return;
    };
    if let Some(fragment) = datagram.fragment {
        let end = fragment.offset as usize + datagram.body.len();
        assert!(!datagram.body.is_empty() && end <= fragment.total as usize);
    }
    let Some(body) = datagram.whole() else { return };
    let text: Vec<u8> = body.unescaped().collect();
    assert!(text.len() <= body.text.len());
    for (key, value) in body.dictionary {
        assert!(!key.contains(&b'=') && !value.contains(&b'\n'));
    }
    let shown = Printable(&text).to_string();
    assert!(!shown.chars().any(|c| c.is_control() && c != '\t'));

    let record = Record {
        prio: datagram.prio,
        seq: datagram.seq,
        usec: datagram.usec,
        caller: datagram.caller,
        text: Text::plain(&text),
    };
    let mut datagrams = record.datagrams();
    let mut sent = [0; MAX_PAYLOAD];
    let (mut escaped, mut total) = (Vec::new(), None);
    while let Some(len) = datagrams.write_next(&mut sent) {
        let again = Datagram::parse(&sent[..len]).unwrap();
        assert_eq!(
            (again.prio, again.seq, again.usec, again.caller),
            (record.prio, record.seq, record.usec, record.caller)
        );
        if let Some(fragment) = again.fragment {
            assert_eq!(fragment.offset as usize, escaped.len());
            total = Some(fragment.total as usize);
        }
        escaped.extend(again.body);
    }
    assert!(total.is_none_or(|total| total == escaped.len()));
    let written = panic_wire::Body::parse(&escaped);
    assert!(written.unescaped().eq(text));
    assert_eq!(written.dictionary.count(), 0);
});
