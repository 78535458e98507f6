// SPDX-License-Identifier: GPL-2.0

//! The format against a second reading of the kernel's C, kept as close to it as Rust allows.

use panic_wire::{
    unescape,
    Body,
    Caller,
    Datagram,
    Fragment,
    Malformed,
    Prio,
    Record,
    Text,
    MAX_PAYLOAD, //
};
use proptest::prelude::*;

/// `info_print_ext_header()` and `msg_print_ext_body()` of kernel/printk/printk.c.
// As the C has it, not as Rust would.
#[allow(clippy::manual_range_contains)]
fn printk_ext(record: &Record<'_>) -> Vec<u8> {
    let caller = match record.caller {
        None => String::new(),
        Some(Caller::Task(id)) => format!(",caller=T{id}"),
        Some(Caller::Cpu(id)) => format!(",caller=C{id}"),
    };
    let (prio, seq, usec) = (record.prio.raw(), record.seq, record.usec);
    let mut message = format!("{prio},{seq},{usec},-{caller};").into_bytes();
    for c in record.text.bytes() {
        if c < b' ' || c >= 127 || c == b'\\' {
            message.extend(format!("\\x{c:02x}").bytes());
        } else {
            message.push(c);
        }
    }
    message.push(b'\n');
    message
}

/// `send_ext_msg_udp()` of drivers/net/netconsole.c, without release, userdata and sysdata.
fn netconsole(message: &[u8]) -> Vec<Vec<u8>> {
    if message.len() <= MAX_PAYLOAD {
        return vec![message.to_vec()];
    }
    let header_len = message.iter().position(|&c| c == b';').unwrap();
    let body = &message[header_len + 1..];
    let mut sent = 0;
    let mut datagrams = Vec::new();
    while sent < body.len() {
        let mut datagram = message[..header_len].to_vec();
        datagram.extend(format!(",ncfrag={sent}/{};", body.len()).bytes());
        let chunk = (body.len() - sent).min(MAX_PAYLOAD - datagram.len());
        datagram.extend(&body[sent..sent + chunk]);
        sent += chunk;
        datagrams.push(datagram);
    }
    datagrams
}

fn encode(record: &Record<'_>, buf_len: usize) -> Vec<Vec<u8>> {
    let mut datagrams = record.datagrams();
    let mut buf = vec![0xaa; buf_len];
    let mut sent = Vec::new();
    while let Some(len) = datagrams.write_next(&mut buf) {
        assert!(len > 0);
        sent.push(buf[..len].to_vec());
    }
    assert_eq!(datagrams.write_next(&mut buf), None);
    sent
}

fn record(text: &[u8]) -> Record<'_> {
    Record {
        prio: Prio::from_raw(6).unwrap(),
        seq: 444,
        usec: 12_345_678,
        caller: None,
        text: Text::plain(text),
    }
}

/// Puts a record's datagrams together again.
fn reassemble(datagrams: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for bytes in datagrams {
        let datagram = Datagram::parse(bytes).unwrap();
        if let Some(Fragment { offset, total }) = datagram.fragment {
            assert_eq!(offset as usize, body.len());
            assert!(total as usize > MAX_PAYLOAD / 2);
        }
        body.extend(datagram.body);
    }
    Body::parse(&body).unescaped().collect()
}

#[test]
fn a_record_is_one_datagram() {
    assert_eq!(
        encode(&record(b"hello, \\ world\n\x1b\xc3\xa9\x7f"), 1500),
        [br"6,444,12345678,-;hello, \x5c world\x0a\x1b\xc3\xa9\x7f
"]
    );
}

#[test]
fn every_byte_is_escaped_as_in_c() {
    let all: Vec<u8> = (0..=255).collect();
    let record = record(&all);
    assert_eq!(encode(&record, 1500), [printk_ext(&record)]);
    let body = &printk_ext(&record)[b"6,444,12345678,-;".len()..];
    assert!(unescape(&body[..body.len() - 1]).eq(all));
}

#[test]
fn lengths_around_the_limit() {
    let around = "6,444,12345678,-;\n".len();
    for len in (MAX_PAYLOAD - around - 5)..(MAX_PAYLOAD - around + 60) {
        let text = vec![b'x'; len];
        let record = record(&text);
        let message = printk_ext(&record);
        let sent = encode(&record, 1500);
        assert_eq!(sent, netconsole(&message));
        assert_eq!(sent.len() == 1, message.len() <= 1000, "{}", message.len());
        assert_eq!(reassemble(&sent), text);
    }
}

#[test]
fn the_longest_fields_leave_room_in_128_bytes() {
    let record = Record {
        prio: Prio::from_raw(Prio::MAX.into()).unwrap(),
        seq: u64::MAX,
        usec: u64::MAX,
        caller: Some(Caller::Cpu(u32::MAX)),
        text: Text::plain(&[b'x'; 2048]),
    };
    let sent = encode(&record, 128);
    let text: Vec<u8> = sent
        .iter()
        .flat_map(|bytes| Datagram::parse(bytes).unwrap().body)
        .copied()
        .collect();
    assert_eq!(text.len(), 2049);

    let first = Datagram::parse(&sent[0]).unwrap();
    assert_eq!((first.seq, first.usec), (u64::MAX, u64::MAX));
    assert_eq!((first.prio.facility(), first.prio.level()), (255, 7));
    assert_eq!(first.caller, record.caller);
}

#[test]
fn a_buffer_too_short_ends_the_record() {
    for len in 0..20 {
        assert_eq!(encode(&record(&[b'x'; 100]), len), [[0; 0]; 0], "{len}");
    }
}

#[test]
fn what_netconsole_sends_is_understood() {
    let parse = |bytes: &'static [u8]| Datagram::parse(bytes).unwrap();

    // From the kernel's documentation.
    let plain = parse(b"6,444,501151268,-;netpoll: netconsole: local port 6665\n");
    assert_eq!(
        (plain.prio.raw(), plain.seq, plain.usec),
        (6, 444, 501_151_268)
    );
    assert_eq!((plain.release, plain.fragment), (None, None));
    let released = parse(b"6.4.0,6,444,501151268,-;netpoll: netconsole: local port 6665\n");
    assert_eq!(released.release, Some(&b"6.4.0"[..]));
    assert_eq!(released.body, plain.body);
    let first = parse(b"6,416,1758426,-,ncfrag=0/33;the first chunk,");
    assert_eq!(
        first.fragment,
        Some(Fragment {
            offset: 0,
            total: 33
        })
    );

    let userdata = parse(b"12,607,22085407756,-;This is a message\n foo=bar\n qux=baz\n");
    let body = userdata.whole().unwrap();
    assert_eq!(body.text, b"This is a message");
    assert_eq!(
        body.dictionary.collect::<Vec<_>>(),
        [(&b"foo"[..], &b"bar"[..]), (b"qux", b"baz")]
    );

    // A release that is a number all the same; flags; fields unknown and without a value; no newline.
    let odd = parse(b"7,6,444,99,c,new=1,flag,caller=C3;text; more");
    assert_eq!((odd.release, odd.continued), (Some(&b"7"[..]), true));
    assert_eq!(odd.caller, Some(Caller::Cpu(3)));
    assert_eq!(odd.whole().unwrap().text, b"text; more");
    assert_eq!(parse(b"6,1,2,-;").body, b"");
    assert_eq!(parse(b"6,1,2,-,caller=X1;").caller, None);
}

#[test]
fn what_is_no_record_is_refused_for_a_reason() {
    for (bytes, reason) in [
        (&b""[..], Malformed::Header),
        (b"hello", Malformed::Header),
        (b";", Malformed::Header),
        (b"6,1,2,-", Malformed::Header),
        (b"6,1,2;text", Malformed::Header),
        (b"6,1,2,x;text", Malformed::Header),
        (b"a,b,6,1,2,-;text", Malformed::Header),
        (b"<6>[    1.000000] text\n", Malformed::Header),
        (b",1,2,-;text", Malformed::Prio),
        (b"-6,1,2,-;text", Malformed::Prio),
        (b"2048,1,2,-;text", Malformed::Prio),
        (b"99999999999999999999,1,2,-;text", Malformed::Prio),
        (b"6,,2,-;text", Malformed::Seq),
        (b"6,18446744073709551616,2,-;text", Malformed::Seq),
        (b"6,0x1,2,-;text", Malformed::Seq),
        (b"6,1,18446744073709551616,-;text", Malformed::Time),
        (b"6,1, 2,-;text", Malformed::Time),
        (b"6,1,2,-,ncfrag=;text", Malformed::Fragment),
        (b"6,1,2,-,ncfrag=0;text", Malformed::Fragment),
        (b"6,1,2,-,ncfrag=0/3;text", Malformed::Fragment),
        (b"6,1,2,-,ncfrag=1/4;text", Malformed::Fragment),
        (b"6,1,2,-,ncfrag=0/4;", Malformed::Fragment),
        (b"6,1,2,-,ncfrag=0/4294967296;text", Malformed::Fragment),
        (
            b"6,1,2,-,ncfrag=4294967295/4294967295;text",
            Malformed::Fragment,
        ),
        (b"6,1,2,-,ncfrag=0/8,ncfrag=4/8;text", Malformed::Fragment),
    ] {
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(Datagram::parse(bytes), Err(reason), "{text}");
    }
}

#[test]
fn each_reason_has_its_word() {
    let words: Vec<_> = Malformed::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        ["header", "priority", "sequence", "time", "fragment"]
    );
}

#[test]
fn an_escape_cut_short_is_passed_on() {
    for text in [r"\", r"\x", r"\x4", r"\x4g", r"\n", r"a\\x"] {
        assert!(unescape(text.as_bytes()).eq(text.bytes()), "{text}");
    }
    assert!(unescape(br"\xFf\\x41").eq(*b"\xff\\A"));
}

proptest! {
    #[test]
    fn sent_as_netconsole_does_and_read_back(
        prio in 0..=u64::from(Prio::MAX),
        seq: u64,
        usec: u64,
        caller in proptest::option::of((any::<bool>(), any::<u32>())),
        text in proptest::collection::vec(any::<u8>(), 0..2500),
    ) {
        let record = Record {
            prio: Prio::from_raw(prio).unwrap(),
            seq,
            usec,
            caller: caller.map(|(cpu, id)| if cpu { Caller::Cpu(id) } else { Caller::Task(id) }),
            text: Text::plain(&text),
        };
        let sent = encode(&record, 1500);
        prop_assert_eq!(&sent, &netconsole(&printk_ext(&record)));
        for bytes in &sent {
            let datagram = Datagram::parse(bytes).unwrap();
            prop_assert_eq!(datagram.prio, record.prio);
            prop_assert_eq!((datagram.seq, datagram.usec), (seq, usec));
            prop_assert_eq!(datagram.caller, record.caller);
        }
        prop_assert_eq!(reassemble(&sent), text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Datagram::parse(&bytes);
        prop_assert!(Body::parse(&bytes).dictionary.count() <= bytes.len());
        prop_assert!(unescape(&bytes).count() <= bytes.len());
    }

    #[test]
    fn nearly_right_bytes_are_read_or_refused(bytes in "[0-9]{1,4},[0-9]{0,2},[0-9]{1,2},[c-]?(,ncfrag=[0-9]{0,2}/[0-9]{1,2}){0,2};[ -~]{0,9}") {
        if let Ok(datagram) = Datagram::parse(bytes.as_bytes()) {
            if let Some(Fragment { offset, total }) = datagram.fragment {
                prop_assert!(offset as usize + datagram.body.len() <= total as usize);
            }
        }
    }
}
