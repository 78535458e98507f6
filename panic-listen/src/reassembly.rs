// SPDX-License-Identifier: GPL-2.0

//! Fragments into whole records.

use crate::{Limits, Record, Refused};
use panic_wire::{Datagram, Fragment, Prio};

/// The incomplete records of one machine, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Reassembly {
    incomplete: Vec<Incomplete>,
}

/// A record of which not all fragments are there.
#[derive(Debug)]
struct Incomplete {
    prio: Prio,
    seq: u64,
    usec: u64,
    total: u32,
    /// Bytes in `parts`.
    received: u32,
    /// In the order of their offsets, without overlap.
    parts: Vec<(u32, Box<[u8]>)>,
}

/// What became of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The record is complete.
    Complete(Record),
    /// More fragments are needed. If there was no room to wait for them, the record with this sequence
    /// number was forgotten.
    Waiting { forgotten: Option<u64> },
}

impl Reassembly {
    /// Takes a datagram: a record, or a fragment of one.
    pub(crate) fn take(
        &mut self,
        datagram: &Datagram<'_>,
        limits: &Limits,
    ) -> Result<Outcome, Refused> {
        let Some(fragment) = datagram.fragment else {
            return Ok(Outcome::Complete(Record::new(
                datagram,
                datagram.body.into(),
            )));
        };
        if fragment.total as usize > limits.fragmented_bytes {
            return Err(Refused::TooLong);
        }

        let mut forgotten = None;
        let found = self
            .incomplete
            .iter()
            .position(|i| i.is_of(datagram, fragment));
        let index = found.unwrap_or_else(|| {
            if self.incomplete.len() >= limits.incomplete.max(1) {
                forgotten = Some(self.incomplete.remove(0).seq);
            }
            self.incomplete.push(Incomplete::new(datagram, fragment));
            self.incomplete.len() - 1
        });

        let incomplete = &mut self.incomplete[index];
        if let Err(refused) = incomplete.insert(fragment.offset, datagram.body, limits) {
            // Which of them lied cannot be known. A repeat of the record is welcome.
            self.incomplete.remove(index);
            return Err(refused);
        }
        if incomplete.received < incomplete.total {
            return Ok(Outcome::Waiting { forgotten });
        }
        let body = self.incomplete.remove(index).into_body();
        Ok(Outcome::Complete(Record::new(datagram, body)))
    }

    /// Forgets all fragments; returns the sequence numbers of their records.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = u64> + '_ {
        self.incomplete.drain(..).map(|incomplete| incomplete.seq)
    }
}

impl Incomplete {
    fn new(datagram: &Datagram<'_>, fragment: Fragment) -> Self {
        Self {
            prio: datagram.prio,
            seq: datagram.seq,
            usec: datagram.usec,
            total: fragment.total,
            received: 0,
            parts: Vec::new(),
        }
    }

    /// Returns whether `datagram` is a fragment of this very record.
    fn is_of(&self, datagram: &Datagram<'_>, fragment: Fragment) -> bool {
        (self.seq, self.usec, self.prio) == (datagram.seq, datagram.usec, datagram.prio)
            && self.total == fragment.total
    }

    /// Puts a part in its place. `panic_wire` has made sure that it lies inside the total.
    fn insert(&mut self, offset: u32, bytes: &[u8], limits: &Limits) -> Result<(), Refused> {
        let index = self.parts.partition_point(|(start, _)| *start < offset);
        let after = self.parts.get(index);
        if after.is_some_and(|(start, part)| *start == offset && **part == *bytes) {
            return Ok(()); // A repeat.
        }
        let before = index.checked_sub(1).and_then(|i| self.parts.get(i));
        if before.is_some_and(|(start, part)| *start as usize + part.len() > offset as usize)
            || after.is_some_and(|(start, _)| offset as usize + bytes.len() > *start as usize)
        {
            return Err(Refused::Contradiction);
        }
        if self.parts.len() >= limits.fragments {
            return Err(Refused::TooLong);
        }
        self.received += bytes.len() as u32;
        self.parts.insert(index, (offset, bytes.into()));
        Ok(())
    }

    fn into_body(self) -> Box<[u8]> {
        let mut body = Vec::with_capacity(self.total as usize);
        for (_, part) in self.parts {
            body.extend(part);
        }
        body.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WAITING: Result<Outcome, Refused> = Ok(Outcome::Waiting { forgotten: None });

    fn take(reassembly: &mut Reassembly, payload: &str) -> Result<Outcome, Refused> {
        let datagram = Datagram::parse(payload.as_bytes()).unwrap();
        reassembly.take(&datagram, &Limits::default())
    }

    fn text(outcome: Result<Outcome, Refused>) -> Vec<u8> {
        match outcome {
            Ok(Outcome::Complete(record)) => record.text(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn in_any_order_and_repeated() {
        let mut r = Reassembly::default();
        assert_eq!(take(&mut r, "6,1,2,-,ncfrag=8/10;ij"), WAITING);
        assert_eq!(take(&mut r, "6,1,2,-,ncfrag=0/10;abcd"), WAITING);
        assert_eq!(take(&mut r, "6,1,2,-,ncfrag=0/10;abcd"), WAITING);
        assert_eq!(
            text(take(&mut r, "6,1,2,-,ncfrag=4/10;efgh")),
            b"abcdefghij"
        );
        assert!(r.incomplete.is_empty());
    }

    #[test]
    fn an_escape_may_be_cut() {
        let mut r = Reassembly::default();
        assert_eq!(take(&mut r, r"6,1,2,-,ncfrag=0/6;a\x0"), WAITING);
        assert_eq!(text(take(&mut r, "6,1,2,-,ncfrag=4/6;ab")), b"a\nb");
    }

    #[test]
    fn other_totals_and_other_boots_are_other_records() {
        let mut r = Reassembly::default();
        assert_eq!(take(&mut r, "6,1,2,-,ncfrag=0/8;abcd"), WAITING);
        assert_eq!(take(&mut r, "6,1,2,-,ncfrag=4/9;efghi"), WAITING);
        assert_eq!(take(&mut r, "6,1,3,-,ncfrag=4/8;efgh"), WAITING);
        assert_eq!(text(take(&mut r, "6,1,2,-,ncfrag=4/8;EFGH")), b"abcdEFGH");
    }

    #[test]
    fn overlaps_are_refused() {
        for lie in ["3/9;xx", "5/9;x", "4/9;other", "0/9;abcde", "4/9;ef"] {
            let mut r = Reassembly::default();
            assert_eq!(take(&mut r, "6,1,2,-,ncfrag=4/9;efg"), WAITING);
            let lie = format!("6,1,2,-,ncfrag={lie}");
            assert_eq!(take(&mut r, &lie), Err(Refused::Contradiction), "{lie}");
            assert!(r.incomplete.is_empty());
        }
    }

    #[test]
    fn there_are_limits() {
        let mut r = Reassembly::default();
        assert_eq!(
            take(&mut r, "6,1,2,-,ncfrag=0/32769;a"),
            Err(Refused::TooLong)
        );
        assert_eq!(
            take(&mut r, "6,1,2,-,ncfrag=0/4294967295;a"),
            Err(Refused::TooLong)
        );
        for i in 0..64 {
            assert_eq!(take(&mut r, &format!("6,1,2,-,ncfrag={i}/100;a")), WAITING);
        }
        assert_eq!(
            take(&mut r, "6,1,2,-,ncfrag=64/100;a"),
            Err(Refused::TooLong)
        );

        for seq in 0..4 {
            assert_eq!(take(&mut r, &format!("6,{seq},2,-,ncfrag=0/9;a")), WAITING);
        }
        for seq in 4..9 {
            let outcome = take(&mut r, &format!("6,{seq},2,-,ncfrag=0/9;a"));
            let forgotten = Some(seq - 4);
            assert_eq!(outcome, Ok(Outcome::Waiting { forgotten }));
        }
        assert!(r.drain().eq(5..9));
    }

    proptest! {
        #[test]
        fn any_fragments_are_taken_or_refused(
            fragments in proptest::collection::vec((0_u64..3, 0_u32..12, 1_u32..12, "[a-z]{1,6}"), 0..200)
        ) {
            let mut r = Reassembly::default();
            for (seq, offset, total, text) in fragments {
                let payload = format!("6,{seq},2,-,ncfrag={offset}/{total};{text}");
                if let Ok(datagram) = Datagram::parse(payload.as_bytes()) {
                    if let Ok(Outcome::Complete(record)) = r.take(&datagram, &Limits::default()) {
                        prop_assert_eq!(record.text().len(), total as usize);
                    }
                }
                prop_assert!(r.incomplete.len() <= 4);
            }
        }
    }
}
