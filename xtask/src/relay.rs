// SPDX-License-Identifier: GPL-2.0

//! The wire between a machine and the receiver: takes Ethernet frames as QEMU's `-netdev dgram` sends them, checks each,
//! passes on what a receiver's socket would be given.

use anyhow::{bail, ensure, Context, Result};
use etherparse::{LinkSlice, NetSlice, SlicedPacket, TransportSlice};
use pcap_file::pcap::{PcapPacket, PcapWriter};
use std::{
    fs::File,
    io::{BufWriter, ErrorKind, Write},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::Path,
    sync::mpsc::{self, Receiver, TryRecvError},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How long the wire must have been silent before it counts as empty.
const SILENCE: Duration = Duration::from_millis(100);

pub struct Relay {
    address: SocketAddr,
    /// Dropping it tells the thread to end.
    running: mpsc::Sender<()>,
    thread: JoinHandle<Result<Traffic>>,
}

/// What came over the wire.
#[derive(Default)]
pub struct Traffic {
    /// The valid broadcasts.
    pub broadcasts: usize,
    /// What is wrong with the other frames.
    pub faults: Vec<String>,
}

impl Relay {
    /// Passes the datagrams that come for `port` on to `receiver`, keeping the frames in `pcap` if asked to.
    pub fn start(port: u16, receiver: SocketAddr, pcap: Option<&Path>) -> Result<Relay> {
        let wire =
            UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for the guest's frames")?;
        wire.set_read_timeout(Some(SILENCE))?;
        let address = wire.local_addr()?;
        let pcap = pcap.map(capture).transpose()?;
        let (running, stop) = mpsc::channel();
        let thread = thread::spawn(move || relay(&wire, port, receiver, pcap, &stop));
        Ok(Relay {
            address,
            running,
            thread,
        })
    }

    /// Where to send the frames.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the wire is silent, and tells what came over it.
    pub fn finish(self) -> Result<Traffic> {
        drop(self.running);
        let Ok(traffic) = self.thread.join() else {
            bail!("the relay panicked");
        };
        traffic
    }
}

type Capture = PcapWriter<BufWriter<File>>;

fn capture(file: &Path) -> Result<Capture> {
    let created = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(PcapWriter::new(BufWriter::new(created))?)
}

fn relay(
    wire: &UdpSocket,
    port: u16,
    receiver: SocketAddr,
    mut pcap: Option<Capture>,
    stop: &Receiver<()>,
) -> Result<Traffic> {
    let out = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut traffic = Traffic::default();
    let mut frame = [0; 65536];
    loop {
        let length = match wire.recv(&mut frame) {
            Ok(length) => length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if stop.try_recv() == Err(TryRecvError::Disconnected) {
                    break;
                }
                continue;
            }
            Err(error) => return Err(error).context("the guest's frames"),
        };
        let frame = &frame[..length];
        if let Some(pcap) = &mut pcap {
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
            pcap.write_packet(&PcapPacket::new(now, u32::try_from(length)?, frame))?;
        }
        match broadcast(frame, port) {
            Ok(payload) => {
                traffic.broadcasts += 1;
                // Nobody listening is the receiver's failure, and shows there.
                let _ = out.send_to(payload, receiver);
            }
            Err(fault) => traffic.faults.push(format!("{fault:#}")),
        }
    }
    if let Some(pcap) = pcap {
        pcap.into_writer()
            .flush()
            .context("cannot write the capture")?;
    }
    Ok(traffic)
}

/// What the frame brings to the listeners on `port`, if any of them would be given it.
fn broadcast(frame: &[u8], port: u16) -> Result<&[u8]> {
    let packet = SlicedPacket::from_ethernet(frame).context("no valid frame")?;
    let Some(LinkSlice::Ethernet2(ethernet)) = packet.link else {
        bail!("no Ethernet frame");
    };
    ensure!(
        ethernet.destination() == [0xff; 6],
        "a frame to {:02x?}",
        ethernet.destination()
    );
    let Some(NetSlice::Ipv4(ip)) = packet.net else {
        bail!("a frame of type {:?}", ethernet.ether_type());
    };
    let header = ip.header();
    ensure!(
        header.destination_addr() == Ipv4Addr::BROADCAST,
        "a packet to {}",
        header.destination_addr()
    );
    let checksum = header.to_header().calc_header_checksum();
    ensure!(
        header.header_checksum() == checksum,
        "a packet with checksum {:#06x} instead of {checksum:#06x}",
        header.header_checksum()
    );
    ensure!(!ip.is_payload_fragmented(), "a fragment of a packet");
    let Some(TransportSlice::Udp(udp)) = packet.transport else {
        bail!("a packet of protocol {:?}", header.protocol());
    };
    ensure!(
        udp.destination_port() == port,
        "a datagram to port {}",
        udp.destination_port()
    );
    ensure!(
        udp.checksum() == 0,
        "a datagram with checksum {:#06x} instead of none",
        udp.checksum()
    );
    Ok(udp.payload())
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::{Ethernet2Header, Ipv4Header, UdpHeader};

    /// Where things are in the frame.
    const MAC: usize = 0;
    const IP_CHECKSUM: usize = Ethernet2Header::LEN + 10;
    const IP_DESTINATION: usize = Ethernet2Header::LEN + 16;
    const UDP: usize = Ethernet2Header::LEN + Ipv4Header::MIN_LEN;

    fn frame() -> Vec<u8> {
        let mut frame = Vec::new();
        etherparse::PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [0xff; 6])
            .ipv4([10, 0, 2, 15], [255; 4], 64)
            .udp(6665, 6666)
            .write(&mut frame, b"6,1,2,-;text")
            .expect("a vector takes anything");
        frame[UDP + 6..UDP + UdpHeader::LEN].fill(0);
        frame
    }

    fn fault(at: usize) -> String {
        let mut frame = frame();
        frame[at] ^= 1;
        broadcast(&frame, 6666)
            .expect_err("a frame with a flipped bit")
            .to_string()
    }

    #[test]
    fn a_broadcast_is_passed_on() {
        assert_eq!(broadcast(&frame(), 6666).ok(), Some(&b"6,1,2,-;text"[..]));
    }

    #[test]
    fn the_padding_of_a_short_frame_is_not() {
        let mut frame = frame();
        frame.resize(60, 0);
        assert_eq!(broadcast(&frame, 6666).ok(), Some(&b"6,1,2,-;text"[..]));
    }

    #[test]
    fn what_a_receiver_would_not_be_given_is_told() {
        assert!(fault(MAC).starts_with("a frame to"));
        assert!(fault(IP_CHECKSUM).starts_with("a packet with checksum"));
        assert!(fault(IP_DESTINATION).starts_with("a packet to"));
        assert!(fault(UDP + 3).starts_with("a datagram to port"));
        assert!(fault(UDP + 6).starts_with("a datagram with checksum"));
        assert!(broadcast(&frame()[..30], 6666).is_err());
    }

    #[test]
    fn the_wire_carries_to_the_receiver_and_into_the_capture() {
        let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let guest = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let folder = tempfile::tempdir().expect("a folder");
        let pcap = folder.path().join("pcap");
        let relay = Relay::start(
            6666,
            receiver.local_addr().expect("an address"),
            Some(&pcap),
        )
        .expect("a relay");
        guest
            .send_to(&frame(), relay.address())
            .expect("a frame sent");
        guest
            .send_to(b"noise", relay.address())
            .expect("noise sent");
        let mut datagram = [0; 64];
        let length = receiver.recv(&mut datagram).expect("a datagram");
        assert_eq!(&datagram[..length], b"6,1,2,-;text");
        let traffic = relay.finish().expect("an end");
        assert_eq!((traffic.broadcasts, traffic.faults.len()), (1, 1));
        let mut kept = pcap_file::pcap::PcapReader::new(File::open(&pcap).expect("a capture"))
            .expect("a header");
        let first = kept.next_packet().expect("a frame").expect("a good frame");
        assert_eq!(first.data, frame());
    }
}
