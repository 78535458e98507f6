// SPDX-License-Identifier: GPL-2.0

use super::*;
use crate::Summary;
use proptest::prelude::*;
use std::time::Duration;

/// Hears what is said to it and writes down what comes of it, in short.
struct Ear {
    receiver: Receiver,
    now: Instant,
    heard: Vec<String>,
    summaries: Vec<Summary>,
}

impl Ear {
    fn new(limits: Limits) -> Self {
        Self {
            receiver: Receiver::new(limits),
            now: Instant::now(),
            heard: Vec::new(),
            summaries: Vec::new(),
        }
    }

    fn note(&mut self, events: Vec<Event>) {
        for event in events {
            self.heard.push(match event {
                Event::Began { origin, panic } => match panic {
                    Some(panic) => format!("began {} panic {}", origin.machine, panic.seq),
                    None => format!("began {}", origin.machine),
                },
                Event::Record {
                    record,
                    late: false,
                    ..
                } => record.seq.to_string(),
                Event::Record {
                    record, late: true, ..
                } => format!("late {}", record.seq),
                Event::Gap { missing, .. } => format!("gap {missing:?}"),
                Event::Ended { summary, .. } => {
                    self.summaries.push(summary);
                    "ended".to_owned()
                }
            });
        }
    }

    fn raw(&mut self, from: &str, payload: &[u8]) {
        let from = from.parse().unwrap();
        let events = self.receiver.datagram(from, payload, self.now).collect();
        self.note(events);
    }

    /// Record `seq` of the machine `10.0.0.2`, at `seq` milliseconds after its boot.
    fn seq(&mut self, seq: u64) {
        self.raw(
            "10.0.0.2",
            format!("6,{seq},{},-;text\n", 1000 + seq * 1000).as_bytes(),
        );
    }

    fn panic(&mut self, seq: u64) {
        let usec = 1000 + seq * 1000;
        let payload = format!("0,{seq},{usec},-;Kernel panic - not syncing: why\n");
        self.raw("10.0.0.2", payload.as_bytes());
    }

    fn wait(&mut self, millis: u64) {
        for _ in 0..millis / 50 {
            self.now += Duration::from_millis(50);
            let events = self.receiver.tick(self.now).collect();
            self.note(events);
        }
    }

    fn heard(&mut self) -> String {
        std::mem::take(&mut self.heard).join(", ")
    }
}

fn ear() -> Ear {
    Ear::new(Limits::default())
}

#[test]
fn the_panic_first_then_all_in_order() {
    let mut ear = ear();
    ear.panic(53);
    assert_eq!(ear.heard(), "began 10.0.0.2 panic 53");
    // However long the others take.
    ear.wait(1000);
    assert_eq!(ear.heard(), "");
    for _ in 0..2 {
        for seq in 50..=52 {
            ear.seq(seq);
        }
        ear.panic(53);
        ear.seq(54);
    }
    ear.wait(300);
    assert_eq!(ear.heard(), "50, 51, 52, 53, 54");
    ear.seq(55);
    assert_eq!(ear.heard(), "55");
    ear.wait(3000);
    assert_eq!(ear.heard(), "ended");
    assert_eq!(
        ear.summaries,
        [Summary {
            records: 6,
            repeats: 6,
            ..Summary::default()
        }]
    );
    assert!(!ear.receiver.is_hearing());
}

#[test]
fn only_the_panic() {
    let mut ear = ear();
    ear.panic(53);
    ear.wait(3000);
    assert_eq!(ear.heard(), "began 10.0.0.2 panic 53, 53, ended");
}

#[test]
fn disorder_is_mended_and_gaps_are_said() {
    let mut ear = ear();
    for seq in [11, 10, 13, 12, 17, 14, 20] {
        ear.seq(seq);
    }
    assert_eq!(ear.heard(), "");
    ear.wait(250);
    assert_eq!(ear.heard(), "began 10.0.0.2, 10, 11, 12, 13, 14");
    ear.wait(250);
    assert_eq!(ear.heard(), "gap 15..=16, 17");
    ear.seq(18);
    ear.seq(16);
    ear.seq(16);
    assert_eq!(ear.heard(), "18, late 16");
    ear.wait(3000);
    assert_eq!(ear.heard(), "gap 19..=19, 20, ended");
    let summary = &ear.summaries[0];
    assert_eq!((summary.records, summary.repeats), (9, 1));
    assert_eq!((summary.missing, summary.late), (2, 1));
}

#[test]
fn late_before_the_first() {
    let mut ear = ear();
    ear.seq(10);
    ear.wait(250);
    ear.seq(7);
    ear.seq(8);
    ear.wait(3000);
    assert_eq!(
        ear.heard(),
        "began 10.0.0.2, 10, late 7, gap 8..=9, late 8, ended"
    );
    assert_eq!((ear.summaries[0].missing, ear.summaries[0].late), (1, 2));
}

#[test]
fn a_reboot_is_a_new_crash() {
    let heard = |first: &[u8], then: &[u8]| {
        let mut ear = ear();
        for seq in 100..103 {
            ear.seq(seq);
        }
        ear.raw("10.0.0.2", first);
        ear.wait(500);
        ear.raw("10.0.0.2", then);
        ear.wait(3000);
        assert!(ear.summaries.iter().all(|summary| summary.repeats == 0));
        ear.heard()
    };
    let other = b"6,103,104000,-;text\n";
    // Low numbers after a pause.
    assert_eq!(
        heard(other, b"6,1,2000,-;text"),
        "began 10.0.0.2, 100, 101, 102, 103, ended, began 10.0.0.2, 1, ended"
    );
    // The same number at another time.
    assert_eq!(
        heard(other, b"6,101,2000,-;text"),
        "began 10.0.0.2, 100, 101, 102, 103, ended, began 10.0.0.2, 101, ended"
    );
    // A later number at a much earlier time.
    assert_eq!(
        heard(b"6,103,9000000,-;text\n", b"6,200,2000,-;text"),
        "began 10.0.0.2, 100, 101, 102, 103, ended, began 10.0.0.2, 200, ended"
    );
    // Another panic.
    assert_eq!(
        heard(
            b"0,103,104000,-;Kernel panic - not syncing: a\n",
            b"0,104,105000,-;Kernel panic - not syncing: b\n"
        ),
        "began 10.0.0.2 panic 103, 100, 101, 102, 103, ended, began 10.0.0.2 panic 104, 104, ended"
    );
    // The same: one that is not, as long as it may be.
    assert_eq!(
        heard(other, b"6,104,105000,-;text"),
        "began 10.0.0.2, 100, 101, 102, 103, 104, ended"
    );
}

#[test]
fn without_times_the_text_tells_boots_apart() {
    let mut ear = ear();
    for payload in ["6,1,0,-;a", "6,2,0,-;b", "6,1,0,-;a", "6,2,0,-;c"] {
        ear.raw("10.0.0.2", payload.as_bytes());
    }
    ear.wait(3000);
    assert_eq!(
        ear.heard(),
        "began 10.0.0.2, 1, 2, ended, began 10.0.0.2, 2, ended"
    );
}

#[test]
fn machines_are_kept_apart() {
    let mut ear = ear();
    ear.raw("10.0.0.2", b"0,1,2,-;Kernel panic - not syncing: a");
    ear.raw("::ffff:10.0.0.3", b"0,1,2,-;Kernel panic - not syncing: b");
    ear.raw("10.0.0.2", b"0,2,3,-;c");
    ear.wait(3000);
    assert_eq!(
        ear.heard(),
        "began 10.0.0.2 panic 1, began 10.0.0.3 panic 1, 1, 2, ended, 1, ended"
    );
}

#[test]
fn fragments_count_as_heard_and_as_missing() {
    let mut ear = ear();
    ear.seq(1);
    ear.wait(1950);
    ear.raw("10.0.0.2", b"6,2,2000,-,ncfrag=0/4;ab");
    ear.wait(1950);
    ear.seq(3);
    ear.wait(3000);
    assert_eq!(ear.heard(), "began 10.0.0.2, 1, gap 2..=2, 3, ended");
    assert_eq!(
        ear.summaries[0].malformed.counted("malformed"),
        "1 malformed (incomplete 1)"
    );
}

#[test]
fn fragments_of_what_was_heard_are_no_loss() {
    let mut ear = ear();
    ear.raw("10.0.0.2", b"6,2,2000,-,ncfrag=0/4;ab");
    ear.raw("10.0.0.2", b"6,2,2000,-,ncfrag=2/4;cd");
    ear.raw("10.0.0.2", b"6,2,2000,-,ncfrag=0/4;ab");
    ear.wait(3000);
    assert_eq!(ear.heard(), "began 10.0.0.2, 2, ended");
    assert_eq!(ear.summaries[0].malformed.total(), 0);
}

#[test]
fn what_is_refused_is_counted_by_reason() {
    let mut ear = ear();
    ear.raw("10.0.0.2", b"garbage");
    ear.seq(1);
    ear.raw("10.0.0.2", b"garbage");
    ear.raw("10.0.0.2", b"9999,1,2,-;text");
    ear.raw("10.0.0.9", b"garbage");
    ear.raw("10.0.0.2", b"6,2,3,-,ncfrag=0/99999;a");
    ear.wait(3000);
    assert_eq!(
        ear.summaries[0].malformed.counted("malformed"),
        "3 malformed (header 1, priority 1, too-long 1)"
    );
    assert_eq!(ear.receiver.refused().total(), 5);
}

#[test]
fn nothing_whole_is_no_crash() {
    let mut ear = ear();
    ear.raw("10.0.0.2", b"6,2,3,-,ncfrag=0/9;a");
    ear.wait(3000);
    assert_eq!(ear.heard(), "");
    assert_eq!(
        ear.receiver.refused().counted("refused"),
        "1 refused (incomplete 1)"
    );
}

#[test]
fn too_many_machines() {
    let mut ear = Ear::new(Limits {
        machines: 2,
        ..Limits::default()
    });
    for machine in 1..=4 {
        ear.raw(&format!("10.0.0.{machine}"), b"6,1,2,-;x");
        ear.now += Duration::from_millis(1);
    }
    assert_eq!(
        ear.heard(),
        "began 10.0.0.1, 1, ended, began 10.0.0.2, 1, ended"
    );
    assert!(ear.summaries.iter().all(|summary| summary.evicted));
    assert_eq!(ear.receiver.machines.len(), 2);
}

#[test]
fn too_many_records_held_end_the_wait() {
    let mut ear = Ear::new(Limits {
        held_records: 3,
        ..Limits::default()
    });
    for seq in [9, 7, 1, 5, 3] {
        ear.seq(seq);
    }
    assert_eq!(ear.heard(), "began 10.0.0.2, 1, gap 2..=2, 3");
    let mut ear = Ear::new(Limits {
        held_bytes: 1000,
        ..Limits::default()
    });
    for seq in [1, 3, 5] {
        ear.raw("10.0.0.2", format!("6,{seq},2,-;{:400}", 0).as_bytes());
    }
    assert_eq!(ear.heard(), "began 10.0.0.2, 1");
}

#[test]
fn what_is_forgotten_counts_as_repeated() {
    let mut ear = Ear::new(Limits {
        remembered: 3,
        ..Limits::default()
    });
    ear.seq(1);
    ear.seq(3);
    ear.wait(600);
    // 4 to 6 are remembered, but not that 2 never came, nor the time of 3.
    for seq in [4, 5, 6, 1, 2, 6] {
        ear.seq(seq);
    }
    ear.raw("10.0.0.2", b"6,3,9,-;another text");
    ear.wait(3000);
    assert_eq!(
        ear.heard(),
        "began 10.0.0.2, 1, gap 2..=2, 3, 4, 5, 6, ended"
    );
    assert_eq!(ear.summaries[0].repeats, 4);
}

#[test]
fn the_greatest_numbers() {
    let mut ear = ear();
    for payload in [
        "6,0,0,-;a",
        "6,18446744073709551615,18446744073709551615,-;b",
    ] {
        ear.raw("10.0.0.2", payload.as_bytes());
        ear.wait(300);
    }
    ear.wait(3000);
    assert_eq!(
        ear.heard(),
        "began 10.0.0.2, 0, gap 1..=18446744073709551614, 18446744073709551615, ended"
    );
}

/// Anything from anywhere at any time: a machine's number, a payload, and how long until the next.
fn anything() -> impl Strategy<Value = Vec<(u8, Vec<u8>, u64)>> {
    let payload = prop_oneof![
        4 => (0_u64..40, 0_u64..5_000_000, "[a-z]{0,9}")
            .prop_map(|(seq, usec, text)| format!("6,{seq},{usec},-;{text}").into_bytes()),
        1 => any::<(u64, u64)>().prop_map(|(seq, usec)| format!("6,{seq},{usec},-;x").into_bytes()),
        1 => (0_u64..40).prop_map(|seq| format!("0,{seq},9,-;Kernel panic - not syncing: x").into_bytes()),
        1 => (0_u64..9, 0_u32..9, 1_u32..9, "[a-z]{1,4}").prop_map(|(seq, offset, total, text)| {
            format!("6,{seq},9,-,ncfrag={offset}/{total};{text}").into_bytes()
        }),
        1 => any::<Vec<u8>>(),
    ];
    proptest::collection::vec((0_u8..6, payload, 0_u64..400), 0..300)
}

proptest! {
    #[test]
    fn whatever_comes_limits_hold_and_every_story_is_whole(datagrams in anything()) {
        let limits = Limits { machines: 3, held_records: 5, remembered: 8, ..Limits::default() };
        let mut receiver = Receiver::new(limits);
        let mut now = Instant::now();
        let mut events = Vec::new();
        for (machine, payload, millis) in datagrams {
            events.extend(receiver.datagram([10, 0, 0, machine].into(), &payload, now));
            prop_assert!(receiver.machines.len() <= 3);
            now += Duration::from_millis(millis);
            events.extend(receiver.tick(now));
        }
        events.extend(receiver.finish());
        prop_assert!(receiver.machines.is_empty());

        // Each crash begins, tells ascending numbers but for the late ones, and ends.
        let mut open: HashMap<Origin, (Option<u64>, u64)> = HashMap::new();
        for event in events {
            let origin = event.origin();
            match event {
                Event::Began { .. } => {
                    prop_assert!(open.insert(origin, (None, 0)).is_none());
                }
                Event::Record { record, late, .. } => {
                    let (last, count) = open.get_mut(&origin).unwrap();
                    *count += 1;
                    prop_assert_eq!(late, last.is_some_and(|last| record.seq < last));
                    *last = (*last).max(Some(record.seq));
                }
                Event::Gap { missing, .. } => {
                    prop_assert!(open.contains_key(&origin) && missing.start() <= missing.end());
                }
                Event::Ended { summary, .. } => {
                    let (_, count) = open.remove(&origin).unwrap();
                    prop_assert_eq!(summary.records, count);
                }
            }
        }
        prop_assert!(open.is_empty());
    }
}
