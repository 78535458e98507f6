// SPDX-License-Identifier: GPL-2.0

//! The panic path: the broadcaster and the kernel's netconsole in the same crash.

use super::rounds::Spread;
use crate::{
    initramfs::{self, Initramfs},
    kernel::Kernel,
    machine::Boot,
    model::LEAN,
    modules, pace,
    relay::Relay,
    stage::PORT,
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where the modules are that this takes.
pub const FOLDERS: [&str; 2] = ["samples/panic_broadcaster/", "tests/bench/panic/"];

/// How often the machine crashes in each way.
const CRASHES: usize = 5;

/// How many records the broadcaster is told to broadcast: its default.
const RECORDS: u64 = 200;

/// Where netconsole sends to.
const NETCONSOLE: u16 = PORT + 1;

/// How long a machine may take, which it may on a busy host.
const MACHINE: Duration = Duration::from_secs(240);

/// What a panic does in the end.
#[derive(Clone, Copy)]
pub enum End {
    /// It stays as it is.
    Stays,
    /// It restarts the machine.
    Reboots,
}

impl End {
    pub const ALL: [End; 2] = [End::Stays, End::Reboots];

    /// The kernel's `panic=`.
    fn timeout(self) -> u8 {
        match self {
            End::Stays => 0,
            End::Reboots => 1,
        }
    }
}

/// What one of the two has sent in a crash.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    /// Microseconds from `panic()` to the first frame, to the first that says that this is a panic, and to the last.
    /// Nothing may have been sent at all.
    times: Option<Times>,
    frames: usize,
    /// How many of the newest records were delivered, in the crash or before: of those that there were when the panic's
    /// notifiers were called, and of those that came after.
    before: usize,
    after: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Times {
    first: f64,
    message: f64,
    last: f64,
}

/// What both have sent, in all crashes of one way.
pub struct Panic {
    pub sender: &'static str,
    pub end: &'static str,
    crashes: Vec<Sent>,
    /// How many records there were to deliver, before and after the notifiers.
    pub before: usize,
    pub after: usize,
}

/// The modules that a crash takes, in the order of the script.
pub fn modules(kernel: &Kernel, built: &[PathBuf]) -> Result<Vec<PathBuf>> {
    Ok(vec![
        modules::named(built, "frame_times")?.to_owned(),
        modules::of_kernel(kernel, "netconsole")?,
        modules::named(built, "panic_broadcaster")?.to_owned(),
    ])
}

/// Crashes machines, and gives what was sent.
pub fn measure(
    toolbox: &Toolbox,
    kernel: &Kernel,
    modules: &[PathBuf],
    log: &Path,
) -> Result<Vec<Panic>> {
    let mut panics = Vec::new();
    for end in End::ALL {
        let crashes: Vec<_> = (0..CRASHES)
            .map(|_| crash(toolbox, kernel, modules, end, log))
            .collect::<Result<_>>()?;
        let first = crashes.first().context("no crash")?;
        let (before, after) = (first.before, first.after);
        for (nth, sender) in ["panic_broadcaster", "netconsole"].into_iter().enumerate() {
            panics.push(Panic {
                sender,
                end: match end {
                    End::Stays => "stays",
                    End::Reboots => "reboots",
                },
                crashes: crashes
                    .iter()
                    .map(|crash| crash.sent[nth].clone())
                    .collect(),
                before,
                after,
            });
        }
    }
    Ok(panics)
}

/// One crash, as seen on the wire.
struct Crash {
    /// By the broadcaster, by netconsole.
    sent: [Sent; 2],
    before: usize,
    after: usize,
}

fn crash(
    toolbox: &Toolbox,
    kernel: &Kernel,
    modules: &[PathBuf],
    end: End,
    log: &Path,
) -> Result<Crash> {
    let folder = tempfile::tempdir()?;
    let initramfs = folder.path().join("initramfs");
    let mut packed = Initramfs::new(toolbox, LEAN.kernel.arch)?
        .scenario(&fs::read(initramfs::guest("panic_path.sh"))?)?;
    for module in modules {
        packed = packed.module(module)?;
    }
    packed.write(&initramfs)?;
    let relay = Relay::start(PORT, None, None)?;
    let mut machine = Boot {
        model: LEAN,
        kernel,
        initramfs: &initramfs,
        cmdline: &format!(
            "panic={} records={RECORDS} port={PORT} netconsole_port={NETCONSOLE}",
            end.timeout()
        ),
        frames_to: Some(relay.address()),
        disk: None,
        sound: None,
        log,
        limit: pace::limit(MACHINE),
    }
    .start_counted(toolbox)?;
    machine.expect("Kernel panic - not syncing: sysrq")?;
    machine.expect("frame_times: [0-9]+ in all")?;
    let console = machine.lines();
    let noted = noted(&console)?;
    machine.flush();
    drop(machine);
    let traffic = relay.finish()?;
    let seen = traffic.broadcasts + traffic.faults.len();
    ensure!(
        seen == noted.len(),
        "the guest has sent {} frames, and {seen} came",
        noted.len()
    );
    read(&noted)
}

/// A frame: when it was sent, where to, and how it begins.
type Frame<'a> = (u64, u16, &'a str);

/// What the module in the guest has noted.
fn noted(console: &[String]) -> Result<Vec<Frame<'_>>> {
    let mut frames = Vec::new();
    for line in console {
        let Some((_, frame)) = line.split_once("frame_times: ns=") else {
            continue;
        };
        let frame = frame.split_once(" port=").and_then(|(ns, rest)| {
            let (port, begin) = rest.split_once(' ')?;
            Some((ns.parse().ok()?, port.parse().ok()?, begin))
        });
        frames.push(frame.with_context(|| format!("the guest notes `{line}`"))?);
    }
    Ok(frames)
}

/// The number of the record that a frame carries, its time in microseconds, and its text.
fn record(begin: &str) -> Option<(u64, u64, &str)> {
    let (header, text) = begin.split_once(';')?;
    let mut fields = header.split(',').skip(1);
    let seq = fields.next()?.parse().ok()?;
    Some((seq, fields.next()?.parse().ok()?, text))
}

fn read(noted: &[Frame<'_>]) -> Result<Crash> {
    let by = |port: u16| {
        noted
            .iter()
            .filter(move |(_, other, _)| *other == port)
            .filter_map(|&(ns, _, begin)| Some((ns, record(begin)?)))
    };
    let (panic, panicked) = by(PORT)
        .find(|(_, (_, _, text))| text.starts_with("Kernel panic - not syncing: "))
        .map(|(_, (seq, usec, _))| (seq, usec))
        .context("the broadcaster says of no panic")?;
    let numbers = |port| {
        by(port)
            .map(|(_, (seq, _, _))| seq)
            .collect::<BTreeSet<_>>()
    };
    let [broadcast, netconsole] = [numbers(PORT), numbers(NETCONSOLE)];
    let newest = *broadcast.last().context("nothing was broadcast")?;
    let last = netconsole.last().map_or(newest, |&last| last.max(newest));
    let oldest = (newest + 1).checked_sub(RECORDS).with_context(|| {
        let records = newest + 1;
        format!("the log has only {records} records, fewer than the {RECORDS} to broadcast")
    })?;
    let known = |seq: &u64| broadcast.contains(seq) || netconsole.contains(seq);
    let unknown = (oldest..=newest).filter(|seq| !known(seq)).count();
    ensure!(unknown == 0, "{unknown} records were delivered by neither");

    let sent = |port, numbers: &BTreeSet<u64>| {
        let since = |ns: u64| (ns as f64 / 1e3) - panicked as f64;
        let frames: Vec<_> = by(port).filter(|(ns, _)| since(*ns) >= 0.0).collect();
        let at = |wanted: u64| frames.iter().find(|(_, (seq, ..))| *seq == wanted);
        Sent {
            times: frames.first().zip(frames.last()).zip(at(panic)).map(
                |((first, last), message)| Times {
                    first: since(first.0),
                    message: since(message.0),
                    last: since(last.0),
                },
            ),
            frames: frames.len(),
            before: numbers.range(oldest..=newest).count(),
            after: numbers.range(newest + 1..).count(),
        }
    };
    Ok(Crash {
        sent: [sent(PORT, &broadcast), sent(NETCONSOLE, &netconsole)],
        before: usize::try_from(RECORDS)?,
        after: usize::try_from(last - newest)?,
    })
}

impl Panic {
    fn times(&self, of: impl Fn(&Times) -> f64) -> Option<Spread> {
        let all: Option<Vec<_>> = self.crashes.iter().map(|sent| sent.times).collect();
        Some(Spread::of(all?.iter().map(of)))
    }

    /// Microseconds from `panic()` to the first frame.
    pub fn first(&self) -> Option<Spread> {
        self.times(|times| times.first)
    }

    /// To the first one that says that this is a panic.
    pub fn message(&self) -> Option<Spread> {
        self.times(|times| times.message)
    }

    /// To the last one.
    pub fn last(&self) -> Option<Spread> {
        self.times(|times| times.last)
    }

    /// How many frames were sent.
    pub fn frames(&self) -> Spread {
        Spread::of(self.crashes.iter().map(|sent| sent.frames as f64))
    }

    /// How many a second, from the first to the last.
    pub fn frames_per_second(&self) -> Option<Spread> {
        let all = self.crashes.iter().map(|sent| {
            let times = sent.times?;
            let intervals = sent
                .frames
                .checked_sub(1)
                .filter(|&intervals| intervals > 0)?;
            Some(intervals as f64 / ((times.last - times.first) / 1e6))
        });
        let all: Option<Vec<_>> = all.collect();
        Some(Spread::of(all?.into_iter()))
    }

    /// Of the records that there were when the notifiers were called, how many were delivered; and of those after.
    pub fn delivered(&self) -> [Spread; 2] {
        [
            Spread::of(self.crashes.iter().map(|sent| sent.before as f64)),
            Spread::of(self.crashes.iter().map(|sent| sent.after as f64)),
        ]
    }

    pub fn json(&self) -> Value {
        let [before, after] = self.delivered();
        let all = |spread: Option<Spread>| spread.map(Spread::json);
        json!({
            "sender": self.sender,
            "machine": self.end,
            "crashes": self.crashes.len(),
            "first_frame_us": all(self.first()),
            "panic_message_us": all(self.message()),
            "last_frame_us": all(self.last()),
            "frames": self.frames().json(),
            "frames_per_second": all(self.frames_per_second()),
            "delivered_before_notifiers": before.json(),
            "records_before_notifiers": self.before,
            "delivered_after_notifiers": after.json(),
            "records_after_notifiers": self.after,
        })
    }
}

/// The broadcaster is not later than netconsole, and delivers all that there is when it is called.
pub fn check(panics: &[Panic]) -> Result<()> {
    for pair in panics.chunks_exact(2) {
        let [ours, theirs] = pair else { continue };
        let late = |of: fn(&Panic) -> Option<Spread>| match (of(ours), of(theirs)) {
            (Some(ours), Some(theirs)) => ours.high > theirs.low,
            (ours, _) => ours.is_none(),
        };
        ensure!(
            !late(Panic::first) && !late(Panic::message),
            "the broadcaster is later than netconsole"
        );
        let [before, _] = ours.delivered();
        ensure!(
            before.low >= ours.before as f64,
            "the broadcaster has not delivered the whole tail of the log"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 records, of which netconsole is not given every fifth, and one more behind the notifiers.
    fn console() -> Vec<String> {
        let frame = |ns: u64, port: u16, seq: u64, text: &str| {
            format!("frame_times: ns={ns} port={port} 0,{seq},1000,-;{text}")
        };
        let text = |seq| {
            if seq == 299 {
                "Kernel panic - not syncing: x"
            } else {
                "y"
            }
        };
        let mut lines = vec![frame(1_500_000, PORT, 299, text(299))];
        for seq in 100..=299 {
            lines.push(frame(1_500_000 + seq * 1000, PORT, seq, text(seq)));
        }
        for seq in (100..300).filter(|seq| seq % 5 != 0) {
            lines.push(frame(900_000, NETCONSOLE, seq, text(seq)));
        }
        lines.push(frame(3_000_000, NETCONSOLE, 299, text(299)));
        lines.push(frame(4_000_000, NETCONSOLE, 300, "end"));
        lines.push("[    1.0] of somebody else".to_owned());
        lines
    }

    #[test]
    fn what_was_sent_is_counted_from_the_panic() {
        let console = console();
        let Crash {
            sent,
            before,
            after,
        } = read(&noted(&console).unwrap()).unwrap();
        assert_eq!((before, after), (200, 1));
        let [ours, theirs] = sent;
        assert_eq!((ours.before, ours.after, ours.frames), (200, 0, 201));
        let times = Times {
            first: 500.0,
            message: 500.0,
            last: 799.0,
        };
        assert_eq!(ours.times, Some(times));
        assert_eq!((theirs.before, theirs.after, theirs.frames), (160, 1, 2));
        let times = Times {
            first: 2000.0,
            message: 2000.0,
            last: 3000.0,
        };
        assert_eq!(theirs.times, Some(times));
    }

    #[test]
    fn one_frame_has_no_rate() {
        let times = Times {
            first: 500.0,
            message: 500.0,
            last: 1500.0,
        };
        let panic = |frames| Panic {
            sender: "x",
            end: "stays",
            crashes: vec![Sent {
                times: Some(times),
                frames,
                before: 200,
                after: 0,
            }],
            before: 200,
            after: 0,
        };
        assert!(panic(1).frames_per_second().is_none());
        let rate = panic(2).frames_per_second().map(|spread| spread.median);
        assert_eq!(rate, Some(1000.0));
    }

    #[test]
    fn a_log_that_is_too_short_is_told() {
        let last = format!("frame_times: ns=2 port={PORT} 0,9,1,-;Kernel panic - not syncing: x");
        let error = read(&noted(&[last]).unwrap()).err().unwrap().to_string();
        assert!(error.contains("only 10 records"), "{error}");
    }

    #[test]
    fn a_record_that_nobody_delivers_is_told() {
        let console: Vec<_> = console()
            .into_iter()
            .filter(|line| !line.contains(",150,"))
            .collect();
        let error = read(&noted(&console).unwrap()).err().unwrap().to_string();
        assert!(error.contains("1 records"), "{error}");
        assert!(noted(&["frame_times: ns=x".to_owned()]).is_err());
    }
}
