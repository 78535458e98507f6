// SPDX-License-Identifier: GPL-2.0

//! What other people's programs make of a broadcast.

use crate::{
    machine::kill_group,
    pace,
    relay::{self, Relay},
    stage::PORT,
    test::limited,
    toolbox::Toolbox,
};
use anyhow::{bail, ensure, Context, Result};
use pcap_file::pcap::PcapReader;
use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, TcpStream, UdpSocket},
    os::unix::process::CommandExt,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

pub fn read_by_others(toolbox: &Toolbox, pcap: &Path) -> Result<()> {
    tshark(toolbox, pcap)?;
    netcat(toolbox, pcap)
}

/// Wireshark finds nothing wrong in any frame.
fn tshark(toolbox: &Toolbox, pcap: &Path) -> Result<()> {
    let mut tshark = toolbox.command("tshark");
    tshark
        .arg("-r")
        .arg(pcap)
        .args(["-o", "ip.check_checksum:TRUE", "-T", "fields"]);
    for field in [
        "eth.dst",
        "ip.dst",
        "ip.checksum.status",
        "udp.dstport",
        "udp.checksum",
        "_ws.malformed",
    ] {
        tshark.args(["-e", field]);
    }
    let output = limited::run(&mut tshark, Duration::from_secs(60))?;
    // A checksum's status 1 is "good".
    let good = format!("ff:ff:ff:ff:ff:ff\t255.255.255.255\t1\t{PORT}\t0x0000\t");
    let lines: Vec<_> = output.lines().filter(|line| line.contains('\t')).collect();
    ensure!(
        lines.len() == frames(pcap)?.len(),
        "tshark does not see every frame\n{output}"
    );
    if let Some(bad) = lines.iter().find(|line| **line != good) {
        bail!("tshark sees {bad:?} instead of {good:?}");
    }
    Ok(())
}

/// Netcat shows the text to a person who has nothing better.
fn netcat(toolbox: &Toolbox, pcap: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let heard = folder.path().join("heard");
    let address = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut command = toolbox.command("nc");
    command
        // As the broadcaster's README has it.
        .args(["-u", "-l", "-k", "-p"])
        .arg(address.port().to_string());
    command
        .stdin(Stdio::null())
        .stdout(File::create(&heard)?)
        .process_group(0);
    let mut nc = command.spawn().context("cannot start nc")?;

    let until = Instant::now() + pace::limit(Duration::from_secs(20));
    let until = |what: &str, is_done: &dyn Fn() -> Result<bool>| -> Result<()> {
        while !is_done()? {
            ensure!(Instant::now() < until, "nc {what}");
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    };
    until(
        "does not listen",
        &|| Ok(relay::waiting(address)?.is_some()),
    )?;

    let relay = Relay::start(PORT, Some(address), None)?;
    let mut guest = TcpStream::connect(relay.address())?;
    for frame in frames(pcap)? {
        guest.write_all(&u32::try_from(frame.len())?.to_be_bytes())?;
        guest.write_all(&frame)?;
    }
    drop(guest);
    relay.finish()?;
    let shows = |what| Ok(fs::read_to_string(&heard)?.contains(what));
    let shown = until("does not show the panic", &|| {
        shows(";Kernel panic - not syncing: ")
    })
    .and_then(|()| until("does not show the log", &|| shows(";log line 150 of 150")));
    kill_group(&mut nc);
    shown
}

fn frames(pcap: &Path) -> Result<Vec<Vec<u8>>> {
    let mut reader = PcapReader::new(File::open(pcap)?)?;
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_packet() {
        frames.push(frame?.data.into_owned());
    }
    Ok(frames)
}
