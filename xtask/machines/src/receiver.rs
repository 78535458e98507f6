// SPDX-License-Identifier: GPL-2.0

//! `panic-listen`, the program that users run, listening on a port of this machine.

use crate::{machine::die_with_this_thread, pace};
use anyhow::{bail, ensure, Context, Result};
use rustix::process::{self, Pid, Signal};
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long it may take to start and to end.
const START: Duration = Duration::from_secs(5);

pub struct Receiver {
    child: Child,
    address: SocketAddr,
    saved: PathBuf,
    /// What it says on standard error.
    words: PathBuf,
}

impl Receiver {
    /// Starts the program, keeping its reports in `folder`, which is its own, and printing them to `terminal`.
    pub fn start(program: &Path, folder: &Path, terminal: Stdio) -> Result<Receiver> {
        fs::create_dir_all(folder)?;
        let words = folder.with_extension("stderr");
        let mut command = Command::new(program);
        command
            .args(["--bind", "127.0.0.1", "--port", "0", "--save"])
            .arg(folder);
        command
            .stdin(Stdio::null())
            .stdout(terminal)
            .stderr(File::create(&words)?);
        die_with_this_thread(&mut command);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut receiver = Receiver {
            child,
            address: ([0; 4], 0).into(),
            saved: folder.to_owned(),
            words,
        };
        receiver.address = receiver.listening()?;
        Ok(receiver)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it says where it listens.
    fn listening(&mut self) -> Result<SocketAddr> {
        let until = Instant::now() + pace::limit(START);
        loop {
            self.lives()?;
            let words = fs::read_to_string(&self.words)?;
            if let Some((address, _)) = words
                .split_once("listening on ")
                .and_then(|(_, rest)| rest.split_once('\n'))
            {
                return address
                    .parse()
                    .with_context(|| format!("panic-listen listens on {address}"));
            }
            ensure!(
                Instant::now() < until,
                "panic-listen does not say where it listens: {words}"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn lives(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            bail!(
                "panic-listen has ended by itself: {}",
                fs::read_to_string(&self.words)?.trim()
            );
        }
        Ok(())
    }

    /// Lets it write the end of its reports, and gives them.
    pub fn finish(mut self) -> Result<String> {
        process::kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let until = Instant::now() + pace::limit(START);
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            ensure!(
                Instant::now() < until,
                "panic-listen does not end when asked to"
            );
            thread::sleep(Duration::from_millis(5));
        };
        ensure!(
            status.success(),
            "panic-listen fails ({status}): {}",
            fs::read_to_string(&self.words)?.trim()
        );
        let mut files: Vec<_> = fs::read_dir(&self.saved)?
            .map(|file| Ok(file?.path()))
            .collect::<Result<_>>()?;
        files.sort();
        let reports: Vec<_> = files
            .iter()
            .map(fs::read_to_string)
            .collect::<Result<_, _>>()?;
        Ok(reports.concat())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
