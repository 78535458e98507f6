// SPDX-License-Identifier: GPL-2.0

//! `panic-listen`, the program that users run, listening on a port of this machine.

use crate::{machine::die_with_this_thread, project};
use anyhow::{ensure, Context, Result};
use rustix::process::{self, Pid, Signal};
use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

pub struct Receiver {
    child: Child,
    address: SocketAddr,
    saved: PathBuf,
}

impl Receiver {
    /// Starts the program, keeping its reports in `folder`, which is its own.
    pub fn start(program: &Path, folder: &Path, terminal: Stdio) -> Result<Receiver> {
        fs::create_dir_all(folder)?;
        // Free now: the program binds it at once.
        let address = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(program);
        command
            .arg("--bind")
            .arg(address.ip().to_string())
            .arg("--port")
            .arg(address.port().to_string());
        command.arg("--save").arg(folder).stdout(terminal);
        die_with_this_thread(&mut command);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Receiver {
            child,
            address,
            saved: folder.to_owned(),
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has saved until now.
    pub fn report(&mut self) -> Result<String> {
        ensure!(
            self.child.try_wait()?.is_none(),
            "panic-listen has ended by itself"
        );
        let mut report = String::new();
        for file in fs::read_dir(&self.saved)? {
            report += &fs::read_to_string(file?.path())?;
        }
        Ok(report)
    }

    /// Waits until the report is as wanted, and gives the last one read in any case.
    pub fn wait_for(&mut self, wanted: impl Fn(&str) -> bool, within: Duration) -> Result<String> {
        let until = Instant::now() + within;
        loop {
            let report = self.report()?;
            if wanted(&report) || Instant::now() > until {
                return Ok(report);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Lets it write the end of its reports.
    pub fn finish(mut self) -> Result<()> {
        process::kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let until = Instant::now() + Duration::from_secs(5);
        while self.child.try_wait()?.is_none() {
            ensure!(
                Instant::now() < until,
                "panic-listen does not end when asked to"
            );
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds the program, which Cargo does in no time when nothing has changed, and says where it is.
pub fn build() -> Result<PathBuf> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(project())
        .args([
            "build",
            "--quiet",
            "--package",
            "panic-listen",
            "--message-format",
            "json-render-diagnostics",
        ])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "panic-listen does not build");
    let messages =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
    for message in messages {
        if let Some(program) = message?["executable"].as_str() {
            return Ok(program.into());
        }
    }
    anyhow::bail!("cargo does not say where it built panic-listen")
}
