// SPDX-License-Identifier: GPL-2.0

//! What other people's programs make of a broadcast.

use crate::{machine::kill_group, relay::Relay, stage::PORT, test::limited, toolbox::Toolbox};
use anyhow::{bail, ensure, Context, Result};
use pcap_file::pcap::PcapReader;
use std::{
    fs::{self, File},
    net::{Ipv4Addr, UdpSocket},
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
        .args(["-u", "-l", "-p"])
        .arg(address.port().to_string());
    command
        .stdin(Stdio::null())
        .stdout(File::create(&heard)?)
        .process_group(0);
    let mut nc = command.spawn().context("cannot start nc")?;

    let relay = Relay::start(PORT, address, None)?;
    let guest = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let frames = frames(pcap)?;
    let until = Instant::now() + Duration::from_secs(20);
    // Again until nc listens.
    let shown = loop {
        for frame in &frames {
            guest.send_to(frame, relay.address())?;
        }
        thread::sleep(Duration::from_millis(200));
        let shown = fs::read_to_string(&heard)?;
        if shown.contains(";Kernel panic - not syncing: ") && shown.contains(";log line 150 of 150")
        {
            break Ok(());
        }
        if Instant::now() > until {
            break Err(shown);
        }
    };
    kill_group(&mut nc);
    relay.finish()?;
    shown.map_err(|shown| anyhow::anyhow!("nc shows\n{shown}"))
}

fn frames(pcap: &Path) -> Result<Vec<Vec<u8>>> {
    let mut reader = PcapReader::new(File::open(pcap)?)?;
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_packet() {
        frames.push(frame?.data.into_owned());
    }
    Ok(frames)
}
