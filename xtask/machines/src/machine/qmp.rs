// SPDX-License-Identifier: GPL-2.0

//! QEMU's control channel: one JSON object a line, each way.

use crate::pace;
use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long QEMU may take for an answer, and for writing down a machine or reading it.
const ANSWER: Duration = Duration::from_secs(20);
const SAVE: Duration = Duration::from_secs(60);

pub struct Qmp {
    channel: BufReader<UnixStream>,
}

impl Qmp {
    pub fn new(channel: UnixStream) -> Result<Qmp> {
        channel.set_read_timeout(Some(pace::limit(ANSWER)))?;
        Ok(Qmp {
            channel: BufReader::new(channel),
        })
    }

    /// The handshake, before which QEMU obeys nothing.
    pub fn greet(&mut self) -> Result<()> {
        let hello = self.read()?;
        if hello.get("QMP").is_none() {
            bail!("QEMU greets with {hello}");
        }
        self.execute("qmp_capabilities", json!({}))?;
        Ok(())
    }

    pub fn set_link(&mut self, name: &str, up: bool) -> Result<()> {
        self.execute("set_link", json!({ "name": name, "up": up }))?;
        Ok(())
    }

    pub fn device_add(&mut self, device: Value) -> Result<()> {
        self.execute("device_add", device)?;
        Ok(())
    }

    pub fn device_del(&mut self, id: &str) -> Result<()> {
        self.execute("device_del", json!({ "id": id }))?;
        Ok(())
    }

    pub fn inject_nmi(&mut self) -> Result<()> {
        self.execute("inject-nmi", json!({}))?;
        Ok(())
    }

    /// Writes the machine down as it is. It goes on where it is read.
    pub fn save(&mut self, file: &Path) -> Result<()> {
        // As fast as the disk is, and not as a network that others use.
        self.execute("migrate-set-parameters", json!({ "max-bandwidth": 0 }))?;
        let uri = format!("file:{}", file.display());
        self.execute("migrate", json!({ "uri": uri }))?;
        self.wait("query-migrate", |status| match status {
            "completed" => Some(true),
            "failed" | "cancelled" => Some(false),
            _ => None,
        })
    }

    /// Reads a machine that was written down, into a QEMU that waits for one, and waits until it goes on.
    pub fn resume(&mut self, file: &Path) -> Result<()> {
        // It has not moved: frames that tell switches so are not its own.
        self.execute("migrate-set-parameters", json!({ "announce-rounds": 0 }))?;
        let uri = format!("file:{}", file.display());
        self.execute("migrate-incoming", json!({ "uri": uri }))?;
        self.wait("query-status", |status| match status {
            "running" => Some(true),
            "inmigrate" => None,
            _ => Some(false),
        })
    }

    /// Asks something, for the answer alone.
    pub fn ask(&mut self) -> Result<()> {
        self.execute("query-status", json!({})).map(drop)
    }

    /// Asks until there is a status that is an end, a good or a bad one.
    fn wait(&mut self, query: &str, is_good_end: fn(&str) -> Option<bool>) -> Result<()> {
        let until = Instant::now() + pace::limit(SAVE);
        loop {
            let state = self.execute(query, json!({}))?;
            match state["status"].as_str().map_or(Some(false), is_good_end) {
                Some(true) => return Ok(()),
                Some(false) => bail!("QEMU says {state}"),
                None => ensure!(Instant::now() < until, "QEMU does not come to its end"),
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// What QEMU's monitor for people says of a CPU.
    pub fn human(&mut self, cpu: u32, command: &str) -> Result<String> {
        let arguments = json!({ "command-line": command, "cpu-index": cpu });
        let answer = self.execute("human-monitor-command", arguments)?;
        let text = answer.as_str();
        Ok(text.context("QEMU's answer is no text")?.to_owned())
    }

    /// Gives a command and takes what it returns.
    fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        let order = json!({ "execute": command, "arguments": arguments });
        writeln!(self.channel.get_mut(), "{order}")?;
        loop {
            let mut answer = self.read()?;
            if let Some(returned) = answer.get_mut("return") {
                return Ok(returned.take());
            }
            if let Some(error) = answer.get("error") {
                bail!("QEMU refuses {command}: {error}");
            }
            // An event, which no command waits for.
        }
    }

    fn read(&mut self) -> Result<Value> {
        let mut line = String::new();
        let n = self
            .channel
            .read_line(&mut line)
            .context("QEMU does not answer")?;
        if n == 0 {
            bail!("QEMU has ended");
        }
        serde_json::from_str(&line).context("QEMU's answer is no JSON")
    }
}
