// SPDX-License-Identifier: GPL-2.0

//! Steps that a person can follow: what runs, how far it is, how long it has taken.

use crate::{
    cache::{Cache, Lock},
    run_folder::RunFolder,
};
use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

/// How much of a failed program's output is shown; the log has all of it.
const SHOWN_LINES: usize = 20;
/// How often a step that is not on a terminal says that it is still alive.
const STILL_ALIVE: Duration = Duration::from_secs(30);

/// The numbered steps of one run; `total` is how many there will be, whether or not each has
/// something to do.
pub struct Steps {
    logs: PathBuf,
    total: usize,
    at: usize,
    took: Took,
}

/// The steps that had something to do, and what that took.
type Took = Arc<Mutex<Vec<(String, Duration)>>>;

impl Steps {
    /// The steps of a run, whose folder has their logs.
    pub fn new(run: &RunFolder, total: usize) -> Steps {
        Steps::in_folder(run.path(), total)
    }

    fn in_folder(logs: &Path, total: usize) -> Steps {
        Steps {
            logs: logs.to_owned(),
            total,
            at: 0,
            took: Took::default(),
        }
    }

    /// The steps that had something to do until now, and what that took.
    pub fn took(&self) -> Vec<(String, Duration)> {
        self.took
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The next step, which makes what is made only once. Of several runs one makes it, and the
    /// others wait.
    pub fn make(
        &mut self,
        cache: &Cache,
        what: &str,
        is_made: impl Fn() -> bool,
        make: impl FnOnce(&mut Step) -> Result<()>,
    ) -> Result<()> {
        let _lock = if is_made() {
            None
        } else {
            Some(Lock::wait(&cache.path(&(file_name(what) + ".lock")))?)
        };
        // Asked again: the run that was waited for may have made it.
        if is_made() {
            self.skip();
            return Ok(());
        }
        let mut step = self.begin(what)?;
        make(&mut step)?;
        step.done();
        Ok(())
    }

    /// The next step, which has nothing to do.
    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// The next step, which has something to do.
    pub fn begin(&mut self, what: &str) -> Result<Step> {
        self.at += 1;
        let log = self.logs.join(file_name(what) + ".log");
        File::create(&log).with_context(|| format!("cannot write the log {}", log.display()))?;
        let title = format!("[{}/{}] {what}", self.at, self.total);
        let bar = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner().with_message(title.clone());
            bar.set_style(ProgressStyle::with_template(
                "{msg} {spinner} {elapsed_precise}{prefix}",
            )?);
            bar.enable_steady_tick(Duration::from_millis(200));
            Some(bar)
        } else {
            eprintln!("{title} ...");
            None
        };
        let now = Instant::now();
        Ok(Step {
            title,
            log,
            bar,
            started: now,
            spoke: now,
            count: 0,
            what: what.to_owned(),
            took: self.took.clone(),
        })
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
    what: String,
    took: Took,
}

impl Step {
    /// Runs a program to its end, its output going to the log.
    pub fn run(&mut self, command: &mut Command, counted: Option<&Counted>) -> Result<()> {
        let (mut output, log) = self.open_log()?;
        let mut child = start(
            command
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log),
        )?;
        let status = self.follow(&mut child, &mut output, counted)?;
        self.judge(command, status)
    }

    /// Runs `from | to`.
    pub fn pipe(
        &mut self,
        from: &mut Command,
        to: &mut Command,
        counted: Option<&Counted>,
    ) -> Result<()> {
        let (mut output, log) = self.open_log()?;
        let mut writer = start(
            from.stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(log.try_clone()?),
        )?;
        let pipe = writer
            .stdout
            .take()
            .context("a piped program has no output")?;
        let mut reader = start(to.stdin(pipe).stdout(log.try_clone()?).stderr(log))?;
        let read = self.follow(&mut reader, &mut output, counted)?;
        let written = self.follow(&mut writer, &mut output, counted)?;
        self.judge(from, written)?;
        self.judge(to, read)
    }

    /// Ends the step: says how long it took.
    pub fn done(self) {
        self.clear();
        let took = self.started.elapsed();
        eprintln!("{}: done in {}", self.title, duration(took));
        let mut all = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((self.what.clone(), took));
    }

    /// Takes what moves off the terminal.
    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// The log to read what is new in it, and the same to write at its end.
    fn open_log(&self) -> Result<(Unread, File)> {
        let cannot = || format!("cannot open the log {}", self.log.display());
        let write = OpenOptions::new()
            .append(true)
            .open(&self.log)
            .with_context(cannot)?;
        let mut output = Unread {
            log: File::open(&self.log).with_context(cannot)?,
            line: Vec::new(),
        };
        output.lines(|_| ())?;
        Ok((output, write))
    }

    // The log file is what is read here, rather than a pipe: so it is whole even if this process is
    // killed, and no thread is needed.
    fn follow(
        &mut self,
        child: &mut Child,
        output: &mut Unread,
        counted: Option<&Counted>,
    ) -> Result<ExitStatus> {
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
                eprintln!(
                    "{}: {} so far{so_far}",
                    self.title,
                    duration(self.started.elapsed())
                );
            }
            if let Some(status) = ended {
                return Ok(status);
            }
            sleep(Duration::from_millis(100));
        }
    }

    /// Whether one of the programs has printed this line.
    pub fn printed(&self, line: &str) -> Result<bool> {
        Ok(self.printed_all()?.lines().any(|printed| printed == line))
    }

    fn printed_all(&self) -> Result<String> {
        let mut log = Vec::new();
        File::open(&self.log)?.read_to_end(&mut log)?;
        Ok(String::from_utf8_lossy(&log).into_owned())
    }

    fn judge(&self, command: &Command, status: ExitStatus) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        let log = self.printed_all()?;
        let failed = format!(
            "{}: {} failed ({status})",
            self.title,
            program(command).to_string_lossy()
        );
        if let Some(advice) = advice(&log) {
            bail!("{failed}: {advice} (all of it: {})", self.log.display());
        }
        let mut message = format!("{failed}\nthe end of {}:\n", self.log.display());
        for line in last_lines(&log, SHOWN_LINES) {
            message += &format!("  | {line}\n");
        }
        bail!("{}", message.trim_end());
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.clear();
    }
}

fn start(command: &mut Command) -> Result<Child> {
    // The log is read for known failures, so it has to be in one language.
    let started = command.env("LC_ALL", "C").spawn();
    started.with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))
}

/// What a command is about: with bubblewrap and its like in front, it comes after the `--`.
fn program(command: &Command) -> &OsStr {
    command
        .get_args()
        .skip_while(|argument| *argument != "--")
        .nth(1)
        .unwrap_or(command.get_program())
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

fn file_name(what: &str) -> String {
    let words = what
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

fn last_lines(log: &str, count: usize) -> Vec<&str> {
    let mut lines: Vec<&str> = log.lines().rev().take(count).collect();
    lines.reverse();
    lines
}

/// What to do about the failures that are not the project's.
fn advice(log: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 5] = [
        (
            "No space left on device",
            "the disk is full: make room and run this again",
        ),
        (
            "Temporary failure resolving",
            "no network: connect the machine and run this again",
        ),
        (
            "Could not connect to",
            "no network: connect the machine and run this again",
        ),
        (
            "Network is unreachable",
            "no network: connect the machine and run this again",
        ),
        (
            "unable to execute command: Killed",
            "out of memory: free some (2 GB are enough) and run this again",
        ),
    ];
    KNOWN
        .iter()
        .find(|(sign, _)| log.contains(sign))
        .map(|(_, advice)| *advice)
}

pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..=9 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..=59 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };
    use tempfile::tempdir;

    const LINES: Counted = Counted {
        what: "lines",
        is_one: |line| line.starts_with("one"),
    };

    fn step(logs: &Path) -> Step {
        let mut steps = Steps::in_folder(logs, 5);
        steps.skip();
        steps.begin("a Test: step").unwrap()
    }

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn of_several_runs_one_makes_it() {
        let folder = tempdir().unwrap();
        let thing = folder.path().join("thing");
        let makers = AtomicUsize::new(0);
        let run = || {
            let cache = Cache::at(folder.path());
            let mut steps = Steps::in_folder(folder.path(), 1);
            let make = |step: &mut Step| {
                makers.fetch_add(1, Ordering::SeqCst);
                step.run(
                    &mut shell(&format!("sleep 0.3; touch {}", thing.display())),
                    None,
                )
            };
            steps
                .make(&cache, "a thing", || thing.exists(), make)
                .unwrap();
        };
        thread::scope(|scope| (0..3).for_each(|_| _ = scope.spawn(run)));
        run();
        assert_eq!(makers.into_inner(), 1);
    }

    #[test]
    fn what_failed_is_made_again() {
        let folder = tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let mut steps = Steps::in_folder(folder.path(), 2);
        let mut make = |script| {
            steps.make(
                &cache,
                "a thing",
                || false,
                |step| step.run(&mut shell(script), None),
            )
        };
        assert!(make("exit 1").is_err());
        assert!(make("exit 0").is_ok());
    }

    #[test]
    fn what_programs_print_is_logged_and_counted() {
        let logs = tempdir().unwrap();
        let mut step = step(logs.path());
        step.run(&mut shell("echo one; echo two; echo one >&2"), Some(&LINES))
            .unwrap();
        step.run(&mut shell("echo one"), Some(&LINES)).unwrap();
        assert_eq!(step.count, 3);
        let log = fs::read_to_string(logs.path().join("a-test-step.log")).unwrap();
        assert_eq!(log, "one\ntwo\none\none\n");
    }

    #[test]
    fn a_failure_names_the_program_and_shows_the_end_of_its_log() {
        let logs = tempdir().unwrap();
        let error = step(logs.path())
            .run(&mut shell("seq 100; exit 3"), None)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("[2/5] a Test: step: sh failed (exit status: 3)"),
            "{error}"
        );
        assert!(
            error.contains(&format!(
                "{}",
                logs.path().join("a-test-step.log").display()
            )),
            "{error}"
        );
        assert!(
            !error.contains("| 80\n") && error.contains("| 81\n") && error.ends_with("| 100"),
            "{error}"
        );
    }

    #[test]
    fn either_end_of_a_pipe_can_fail() {
        let logs = tempdir().unwrap();
        let pipe = |from, to| step(logs.path()).pipe(&mut shell(from), &mut shell(to), None);
        pipe("echo x", "read x && test $x = x").unwrap();
        assert!(pipe("exit 3", "cat")
            .unwrap_err()
            .to_string()
            .contains("exit status: 3"));
        assert!(pipe("echo x", "cat; exit 4")
            .unwrap_err()
            .to_string()
            .contains("exit status: 4"));
    }

    #[test]
    fn known_failures_come_with_advice() {
        assert_eq!(advice("make: *** Error 1"), None);
        let advice = advice("W: Temporary failure resolving 'x'\nE: Unable to fetch").unwrap();
        assert!(advice.starts_with("no network"));
    }

    #[test]
    fn the_program_behind_bubblewrap_is_named() {
        assert_eq!(
            program(Command::new("bwrap").args(["--bind", "/", "/", "--", "make", "-j2"])),
            "make"
        );
        assert_eq!(program(Command::new("tar").arg("-x")), "tar");
    }

    #[test]
    fn durations_read_well() {
        let shown = [400, 12_300, 200_000]
            .map(|milliseconds| duration(Duration::from_millis(milliseconds)));
        assert_eq!(shown, ["0.4 s", "12 s", "3 min 20 s"]);
    }
}
