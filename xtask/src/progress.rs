// SPDX-License-Identifier: GPL-2.0

//! Steps that a person can follow: what runs, how far it is, how long it has taken.

use crate::cache::Cache;
use anyhow::{bail, ensure, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    fs::{File, OpenOptions},
    io::{IsTerminal, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How much of a failed program's output is shown; the log has all of it.
const SHOWN_LINES: usize = 20;
/// How often a step that is not on a terminal says that it is still alive.
const STILL_ALIVE: Duration = Duration::from_secs(30);

/// The numbered steps of one run; `total` is how many there will be, whether or not each has something to do.
pub struct Steps {
    logs: PathBuf,
    total: usize,
    at: usize,
}

impl Steps {
    pub fn new(cache: &Cache, total: usize) -> Steps {
        Steps { logs: cache.path("logs"), total, at: 0 }
    }

    /// The next step, which has nothing to do.
    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// The next step, which has something to do.
    pub fn begin(&mut self, what: &str) -> Result<Step> {
        self.at += 1;
        let log = self.logs.join(log_name(what));
        File::create(&log).with_context(|| format!("cannot write the log {}", log.display()))?;
        let title = format!("[{}/{}] {what}", self.at, self.total);
        let bar = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner().with_message(title.clone());
            bar.set_style(ProgressStyle::with_template("{msg} {spinner} {elapsed}{prefix}")?);
            bar.enable_steady_tick(Duration::from_millis(200));
            Some(bar)
        } else {
            eprintln!("{title} ...");
            None
        };
        let now = Instant::now();
        Ok(Step { title, log, bar, started: now, spoke: now, count: 0 })
    }
}

/// What of a program's output is counted while it runs.
pub struct Counted {
    pub what: &'static str,
    pub is_one: fn(&str) -> bool,
}

/// One step under way. Several programs may run in it; all write to its one log file.
pub struct Step {
    title: String,
    log: PathBuf,
    bar: Option<ProgressBar>,
    started: Instant,
    spoke: Instant,
    count: usize,
}

impl Step {
    /// Runs a program to its end, its output going to the log.
    pub fn run(&mut self, command: &mut Command, counted: Option<&Counted>) -> Result<()> {
        let (mut output, log) = self.open_log()?;
        let mut child = start(command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log))?;
        let status = self.follow(&mut child, &mut output, counted)?;
        self.judge(command, status)
    }

    /// Runs `from | to`.
    pub fn pipe(&mut self, from: &mut Command, to: &mut Command, counted: Option<&Counted>) -> Result<()> {
        let (mut output, log) = self.open_log()?;
        let mut writer = start(from.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log.try_clone()?))?;
        let pipe = writer.stdout.take().context("a piped program has no output")?;
        let mut reader = start(to.stdin(pipe).stdout(log.try_clone()?).stderr(log))?;
        let read = self.follow(&mut reader, &mut output, counted)?;
        let written = self.follow(&mut writer, &mut output, counted)?;
        self.judge(from, written)?;
        self.judge(to, read)
    }

    /// Ends the step: says how long it took.
    pub fn done(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!("{}: done in {}", self.title, duration(self.started.elapsed()));
    }

    /// The log to read what is new in it, and the same to write at its end.
    fn open_log(&self) -> Result<(Unread, File)> {
        let cannot = || format!("cannot open the log {}", self.log.display());
        let write = OpenOptions::new().append(true).open(&self.log).with_context(cannot)?;
        let mut output = Unread { log: File::open(&self.log).with_context(cannot)?, line: Vec::new() };
        output.lines(|_| ())?;
        Ok((output, write))
    }

    // The log file is what is read here, rather than a pipe: so it is whole even if this process is killed, and no
    // thread is needed.
    fn follow(&mut self, child: &mut Child, output: &mut Unread, counted: Option<&Counted>) -> Result<ExitStatus> {
        loop {
            let ended = child.try_wait()?;
            output.lines(|line| {
                if counted.is_some_and(|counted| (counted.is_one)(line)) {
                    self.count += 1;
                }
            })?;
            let so_far = match counted {
                Some(counted) => format!(", {} {}", self.count, counted.what),
                None => String::new(),
            };
            if let Some(bar) = &self.bar {
                bar.set_prefix(so_far);
            } else if self.spoke.elapsed() >= STILL_ALIVE {
                self.spoke = Instant::now();
                eprintln!("{}: {} so far{so_far}", self.title, duration(self.started.elapsed()));
            }
            if let Some(status) = ended {
                return Ok(status);
            }
            sleep(Duration::from_millis(100));
        }
    }

    fn judge(&self, command: &Command, status: ExitStatus) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let mut log = Vec::new();
        File::open(&self.log)?.read_to_end(&mut log)?;
        let log = String::from_utf8_lossy(&log);
        let mut message = format!(
            "{}: {} failed ({status})\nthe end of {}:\n",
            self.title,
            command.get_program().to_string_lossy(),
            self.log.display()
        );
        for line in last_lines(&log, SHOWN_LINES) {
            message += &format!("  | {line}\n");
        }
        if let Some(advice) = advice(&log) {
            message += advice;
        }
        bail!("{}", message.trim_end());
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn start(command: &mut Command) -> Result<Child> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.spawn().with_context(|| format!("cannot start {program}"))
}

/// The part of a growing file that was not read yet.
struct Unread {
    log: File,
    line: Vec<u8>,
}

impl Unread {
    fn lines(&mut self, mut each: impl FnMut(&str)) -> Result<()> {
        self.log.read_to_end(&mut self.line)?;
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            each(&String::from_utf8_lossy(&self.line[..end]));
            self.line.drain(..=end);
        }
        Ok(())
    }
}

fn log_name(what: &str) -> String {
    let words = what.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase() + ".log"
}

fn last_lines(log: &str, count: usize) -> Vec<&str> {
    let mut lines: Vec<&str> = log.lines().rev().take(count).collect();
    lines.reverse();
    lines
}

/// What to do about the failures that are not the project's.
fn advice(log: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 5] = [
        ("No space left on device", "the disk is full: make room and run this again"),
        ("Temporary failure resolving", "no network: connect the machine and run this again"),
        ("Could not connect to", "no network: connect the machine and run this again"),
        ("Network is unreachable", "no network: connect the machine and run this again"),
        ("unable to execute command: Killed", "out of memory: free some (2 GB are enough) and run this again"),
    ];
    KNOWN.iter().find(|(sign, _)| log.contains(sign)).map(|(_, advice)| *advice)
}

pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..=9 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..=59 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
