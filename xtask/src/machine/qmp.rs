// SPDX-License-Identifier: GPL-2.0

//! QEMU's control channel: one JSON object a line, each way.

use anyhow::{bail, Context, Result};
use serde_json::{json, Value};
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

pub struct Qmp {
    channel: BufReader<UnixStream>,
}

impl Qmp {
    pub fn new(channel: UnixStream) -> Result<Qmp> {
        channel.set_read_timeout(Some(Duration::from_secs(20)))?;
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

    pub fn inject_nmi(&mut self) -> Result<()> {
        self.execute("inject-nmi", json!({}))?;
        Ok(())
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
            // An event: nobody here waits for one.
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
