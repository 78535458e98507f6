// SPDX-License-Identifier: GPL-2.0

//! Calls all that `panic_wire` has, so that what is compiled only into a caller is compiled here.

#![no_std]

use panic_wire::{
    frame,
    kmsg,
    unescape,
    Body,
    Datagram,
    Malformed,
    Prio,
    Record,
    Text, //
};

#[no_mangle]
pub fn receive(payload: &[u8], out: &mut [u8]) -> Result<u64, Malformed> {
    let datagram = Datagram::parse(payload)?;
    let body = datagram.whole().unwrap_or(Body::parse(datagram.body));
    for (to, from) in out.iter_mut().zip(body.unescaped()) {
        *to = from;
    }
    let mut found = 0;
    for (key, value) in body.dictionary {
        found ^= unescape(key).chain(unescape(value)).fold(0, |a, b| a ^ u64::from(b));
    }
    let prio = datagram.prio;
    Ok(found ^ u64::from(prio.raw()) ^ u64::from(prio.level() ^ prio.facility()))
}

#[no_mangle]
pub fn send(printed: &[u8], seq: u64, payload: &mut [u8]) -> Result<usize, Malformed> {
    let record = kmsg::parse(printed, seq)?;
    let mut datagrams = record.datagrams();
    let mut sent = 0_usize;
    while let Some(len) = datagrams.write_next(payload) {
        sent = sent.wrapping_add(len);
    }
    Ok(sent)
}

#[no_mangle]
pub fn send_plain(prio: u64, text: &[u8], prefix: &[u8], payload: &mut [u8]) -> Option<usize> {
    let record = Record {
        prio: Prio::from_raw(prio)?,
        seq: 0,
        usec: 0,
        caller: None,
        text: Text::prefixed(text, prefix),
    };
    let sum = record.text.bytes().fold(0_usize, |a, b| a ^ usize::from(b));
    let len = record.datagrams().write_next(payload)?;
    record.text.starts_with(prefix).then_some(sum ^ len)
}

#[no_mangle]
pub fn headers(source: frame::Source, ident: u16, len: usize) -> Option<[u8; frame::LEN]> {
    frame::Header::broadcast(source).for_payload(ident, len)
}
