// SPDX-License-Identifier: GPL-2.0

//! Programs that may not run for longer than they are given.

use crate::{
    machine::{die_with_this_thread, kill_group},
    pace,
};
use anyhow::{bail, Context, Result};
use std::{
    fs::File,
    io::{Read, Seek},
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How much of the output a failure shows.
const TAIL: usize = 40;

/// Runs a program to its end, within the time that it may take on the reference machine, and gives what it wrote,
/// standard error too. Failing is an error that shows the end of it.
pub fn run(command: &mut Command, limit: Duration) -> Result<String> {
    let (output, success) = run_any(command, limit)?;
    if !success {
        bail!("{:?} fails\n{}", command.get_program(), tail(&output));
    }
    Ok(output)
}

/// The same for a program that may fail: what it wrote and whether it succeeded.
pub fn run_any(command: &mut Command, limit: Duration) -> Result<(String, bool)> {
    let (output, status) = run_to_status(command, limit)?;
    Ok((output, status.success()))
}

/// The same as `run` for a program whose output is kept in a file.
pub fn run_into(command: &mut Command, output: &Path, limit: Duration) -> Result<()> {
    let output = File::create(output)?;
    let (said, status) = wait(command.stdout(output), tempfile::tempfile()?, limit)?;
    if !status.success() {
        bail!("{:?} fails\n{}", command.get_program(), tail(&said));
    }
    Ok(())
}

/// The same for a program that has more to say by how it ends.
pub fn run_to_status(command: &mut Command, limit: Duration) -> Result<(String, ExitStatus)> {
    // A file, since a pipe that nobody reads would hold the program up.
    let file = tempfile::tempfile()?;
    wait(command.stdout(file.try_clone()?), file, limit)
}

/// Waits for a program, whose standard error goes to the file.
fn wait(command: &mut Command, mut file: File, limit: Duration) -> Result<(String, ExitStatus)> {
    command.process_group(0).stdin(Stdio::null());
    command.stderr(Stdio::from(file.try_clone()?));
    die_with_this_thread(command);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let limit = pace::limit(limit);
    let until = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > until {
            kill_group(&mut child);
            let output = content(&mut file)?;
            bail!(
                "{:?} has not ended after {} s\n{}",
                command.get_program(),
                limit.as_secs(),
                tail(&output)
            );
        }
        thread::sleep(Duration::from_millis(5));
    };
    Ok((content(&mut file)?, status))
}

fn content(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn tail(output: &str) -> String {
    let lines: Vec<_> = output.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_output_comes_back_whole() {
        let output = run(
            Command::new("sh").args(["-c", "echo out; echo err >&2"]),
            Duration::from_secs(5),
        );
        assert_eq!(output.expect("a good end"), "out\nerr\n");
    }

    #[test]
    fn failing_shows_why() {
        let error = run(
            Command::new("sh").args(["-c", "echo because; exit 3"]),
            Duration::from_secs(5),
        );
        assert!(error
            .expect_err("a bad end")
            .to_string()
            .contains("because"));
    }

    #[test]
    fn what_hangs_is_killed_with_its_children() {
        let mut hangs = Command::new("sh");
        hangs.args(["-c", "sleep 3600 & echo child $!; wait"]);
        let error = run(&mut hangs, Duration::from_secs(1)).expect_err("a hanging program");
        let said = error.to_string();
        let child = said.lines().find_map(|line| line.strip_prefix("child "));
        let stat = format!("/proc/{}/stat", child.expect("the child's number"));
        let until = Instant::now() + pace::limit(Duration::from_secs(5));
        // A zombie is gone, too: its parent was killed with it, and the first process is slow to ask.
        while fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(Instant::now() < until, "the child goes on: {said}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
