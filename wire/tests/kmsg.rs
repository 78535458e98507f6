// SPDX-License-Identifier: GPL-2.0

//! Log lines as `kmsg_dump_get_line()` gives them.

use panic_wire::{
    kmsg,
    Caller,
    Malformed,
    PANIC_PREFIX, //
};
use proptest::prelude::*;

/// `record_print_text()` of kernel/printk/printk.c, asked for the syslog prefix.
fn record_print_text(prio: u16, usec: Option<u64>, caller: Option<&str>, text: &[u8]) -> Vec<u8> {
    let mut prefix = format!("<{prio}>");
    if let Some(usec) = usec {
        prefix += &format!("[{:5}.{:06}]", usec / 1_000_000, usec % 1_000_000);
    }
    if let Some(caller) = caller {
        prefix += &format!("[{caller:>6}]");
    }
    if usec.is_some() || caller.is_some() {
        prefix += " ";
    }
    let mut printed = Vec::new();
    for line in text.split(|&c| c == b'\n') {
        printed.extend(prefix.bytes());
        printed.extend(line);
        printed.push(b'\n');
    }
    printed
}

#[test]
fn with_and_without_time_and_caller() {
    for (printed, prio, usec, caller, text) in [
        (
            &b"<6>[    1.234567] hello\n"[..],
            6,
            1_234_567,
            None,
            &b"hello"[..],
        ),
        (
            b"<30>[123456.000001] systemd[1]: up\n",
            30,
            123_456_000_001,
            None,
            b"systemd[1]: up",
        ),
        (
            b"<4>[    0.000000][    T0] x\n",
            4,
            0,
            Some(Caller::Task(0)),
            b"x",
        ),
        (
            b"<4>[    0.000000][   C11] x\n",
            4,
            0,
            Some(Caller::Cpu(11)),
            b"x",
        ),
        (b"<4>[   T12] x\n", 4, 0, Some(Caller::Task(12)), b"x"),
        (b"<4>no time\n", 4, 0, None, b"no time"),
        (b"<4> indented\n", 4, 0, None, b" indented"),
        (b"<4>[drm] no time\n", 4, 0, None, b"[drm] no time"),
        (
            b"<4>[    1.000000]  indented\n",
            4,
            1_000_000,
            None,
            b" indented",
        ),
        (
            b"<4>[    1.000000] [   T12] said so\n",
            4,
            1_000_000,
            None,
            b"[   T12] said so",
        ),
        (b"<6>[    1.000000] \n", 6, 1_000_000, None, b""),
        (b"<6>\n", 6, 0, None, b""),
        (b"<6>", 6, 0, None, b""),
        (b"<6>[    1.000000] cut", 6, 1_000_000, None, b"cut"),
    ] {
        let record = kmsg::parse(printed, 5).unwrap();
        let line = String::from_utf8_lossy(printed);
        assert_eq!((record.prio.raw(), record.seq), (prio, 5), "{line}");
        assert_eq!((record.usec, record.caller), (usec, caller), "{line}");
        assert_eq!(record.text.bytes().collect::<Vec<_>>(), text, "{line}");
    }
}

#[test]
fn every_line_loses_its_prefix() {
    let record = kmsg::parse(
        b"<4>[    1.000000] one\n<4>[    1.000000]  two\n<4>[    1.000000] \n",
        0,
    )
    .unwrap();
    assert!(record.text.bytes().eq(*b"one\n two\n"));

    // Not the prefix of this record, and not at the beginning of a line.
    let record = kmsg::parse(
        b"<4>[    1.000000] a\n<4>[    1.000001] b <4>[    1.000000] \n",
        0,
    );
    assert!(record
        .unwrap()
        .text
        .bytes()
        .eq(*b"a\n<4>[    1.000001] b <4>[    1.000000] "));
}

#[test]
fn the_record_of_a_panic_is_known() {
    let is_panic = |printed| {
        kmsg::parse(printed, 0)
            .unwrap()
            .text
            .starts_with(PANIC_PREFIX)
    };
    assert!(is_panic(
        b"<0>[    1.000000] Kernel panic - not syncing: \n"
    ));
    assert!(!is_panic(b"<0>[    1.000000] Kernel panic - not\n"));
    assert!(!is_panic(
        b"<0>[    1.000000] ---[ end Kernel panic - not syncing: x ]---\n"
    ));
}

#[test]
fn what_is_no_line_is_refused() {
    for (printed, reason) in [
        (&b""[..], Malformed::Header),
        (b"hello\n", Malformed::Header),
        (b"<6", Malformed::Header),
        (b"<>x\n", Malformed::Prio),
        (b"<x>x\n", Malformed::Prio),
        (b"<2048>x\n", Malformed::Prio),
    ] {
        assert_eq!(kmsg::parse(printed, 0).unwrap_err(), reason);
    }
    // A time that no kernel prints is text.
    for printed in [
        &b"<6>[18446744073709551615.000000] x"[..],
        b"<6>[    1.5] x",
        b"<6>[",
        b"<6>[]",
    ] {
        let record = kmsg::parse(printed, 0).unwrap();
        assert_eq!(record.usec, 0);
        assert!(record.text.bytes().eq(printed[3..].iter().copied()));
    }
}

proptest! {
    #[test]
    fn printed_and_read_back(
        prio in 0_u16..2048,
        usec in proptest::option::of(0..u64::MAX / 1_000_000),
        caller in proptest::option::of(any::<u32>()),
        text in "([a-z \\[\\]<>0-9]{0,12}\n){0,4}[a-z]{0,5}",
    ) {
        // Without a time, a text may look like one; that the kernel's own format leaves open.
        prop_assume!(usec.is_some() || caller.is_some() || !text.starts_with('['));
        prop_assume!(caller.is_some() || !text.starts_with("[T") && !text.starts_with("[C"));

        let name = caller.map(|id| format!("T{id}"));
        let printed = record_print_text(prio, usec, name.as_deref(), text.as_bytes());
        let record = kmsg::parse(&printed, 1).unwrap();
        prop_assert_eq!(record.prio.raw(), prio);
        prop_assert_eq!(record.usec, usec.unwrap_or(0));
        prop_assert_eq!(record.caller, caller.map(Caller::Task));
        prop_assert_eq!(record.text.bytes().collect::<Vec<_>>(), text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(record) = kmsg::parse(&bytes, 0) {
            prop_assert!(record.text.bytes().count() <= bytes.len());
        }
    }
}
