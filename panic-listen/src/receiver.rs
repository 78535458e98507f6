// SPDX-License-Identifier: GPL-2.0

//! Datagrams into events.

use crate::{
    crash::{Crash, Event, Origin},
    reassembly::{Outcome, Reassembly},
    Limits, Refusals, Refused,
};
use panic_wire::Datagram;
use std::{collections::HashMap, net::IpAddr, time::Instant};

/// Hears any number of machines.
///
/// It opens nothing, asks for no time and prints nothing: datagrams and the time go in, [`Event`]s come
/// out. What it remembers is bounded by its [`Limits`], whatever it is sent.
#[derive(Debug)]
pub struct Receiver {
    limits: Limits,
    machines: HashMap<IpAddr, Machine>,
    crashes: u64,
    refused: Refusals,
    events: Vec<Event>,
}

#[derive(Debug)]
struct Machine {
    crash: Crash,
    reassembly: Reassembly,
}

impl Receiver {
    /// Returns a receiver that has heard nothing.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            machines: HashMap::new(),
            crashes: 0,
            refused: Refusals::default(),
            events: Vec::new(),
        }
    }

    /// Takes a datagram's payload.
    pub fn datagram(
        &mut self,
        from: IpAddr,
        payload: &[u8],
        now: Instant,
    ) -> impl Iterator<Item = Event> + '_ {
        if let Err(reason) = self.take(from.to_canonical(), payload, now) {
            self.refuse(from.to_canonical(), reason);
        }
        self.events.drain(..)
    }

    /// Lets time pass: ends waits and crashes. To be called some times a second.
    pub fn tick(&mut self, now: Instant) -> impl Iterator<Item = Event> + '_ {
        let limits = &self.limits;
        let silent = |heard| now.saturating_duration_since(heard) >= limits.quiet;

        let mut ended = Vec::new();
        for (&machine, Machine { crash, .. }) in &mut self.machines {
            if silent(crash.heard()) {
                ended.push((crash.heard(), machine));
            } else {
                crash.tick(now, limits, &mut self.events);
            }
        }
        self.end_all(ended)
    }

    /// Ends all crashes: nothing more will be heard.
    pub fn finish(&mut self) -> impl Iterator<Item = Event> + '_ {
        let all = self.machines.iter();
        let all = all
            .map(|(&from, machine)| (machine.crash.heard(), from))
            .collect();
        self.end_all(all)
    }

    /// Returns whether a crash is being heard, so that [`tick`](Self::tick) has something to do.
    pub fn is_hearing(&self) -> bool {
        !self.machines.is_empty()
    }

    /// Returns what was refused since the beginning, from whomever.
    pub fn refused(&self) -> &Refusals {
        &self.refused
    }

    fn take(&mut self, from: IpAddr, payload: &[u8], now: Instant) -> Result<(), Refused> {
        let datagram = Datagram::parse(payload).map_err(Refused::Malformed)?;

        self.make_room_for(from);
        let Self {
            limits,
            machines,
            crashes,
            events,
            ..
        } = self;
        let machine = machines
            .entry(from)
            .or_insert_with(|| Machine::new(from, crashes, now));

        let record = match machine.reassembly.take(&datagram, limits)? {
            Outcome::Complete(record) => record,
            Outcome::Waiting { forgotten } => {
                machine.crash.hear(now);
                return match forgotten {
                    Some(seq) if !machine.crash.has(seq) => Err(Refused::Incomplete),
                    _ => Ok(()),
                };
            }
        };

        if machine.crash.is_of_another_boot(&record, now) {
            let next = Machine::new(from, crashes, now).crash;
            std::mem::replace(&mut machine.crash, next).end(limits, events);
        }
        machine.crash.take(record, now, limits, events);
        Ok(())
    }

    /// Counts what was refused, also for the crash that is being heard from there.
    fn refuse(&mut self, from: IpAddr, reason: Refused) {
        self.refused.add(reason);
        if let Some(machine) = self.machines.get_mut(&from) {
            machine.crash.summary.malformed.add(reason);
        }
    }

    /// Ends the crash of the machine silent longest, if there are too many to hear another one.
    fn make_room_for(&mut self, from: IpAddr) {
        if self.machines.len() < self.limits.machines.max(1) || self.machines.contains_key(&from) {
            return;
        }
        let oldest = self
            .machines
            .iter()
            .min_by_key(|(_, machine)| machine.crash.heard());
        if let Some(&oldest) = oldest.map(|(from, _)| from) {
            self.end(oldest, true);
        }
    }

    /// Ends these crashes, the one silent longest first.
    fn end_all(&mut self, mut ended: Vec<(Instant, IpAddr)>) -> impl Iterator<Item = Event> + '_ {
        ended.sort_unstable();
        for (_, machine) in ended {
            self.end(machine, false);
        }
        self.events.drain(..)
    }

    fn end(&mut self, machine: IpAddr, evicted: bool) {
        let Some(Machine {
            mut crash,
            mut reassembly,
        }) = self.machines.remove(&machine)
        else {
            return;
        };
        for seq in reassembly.drain() {
            if !crash.has(seq) {
                self.refused.add(Refused::Incomplete);
                crash.summary.malformed.add(Refused::Incomplete);
            }
        }
        crash.summary.evicted = evicted;
        crash.end(&self.limits, &mut self.events);
    }
}

impl Machine {
    /// Returns a machine of which nothing was heard; counts its crash in `crashes`.
    fn new(machine: IpAddr, crashes: &mut u64, now: Instant) -> Self {
        *crashes += 1;
        let crash = *crashes;
        Self {
            crash: Crash::new(Origin { machine, crash }, now),
            reassembly: Reassembly::default(),
        }
    }
}

#[cfg(test)]
mod tests;
