// SPDX-License-Identifier: GPL-2.0

//! The wire between a machine and the receiver: takes Ethernet frames as QEMU's `-netdev stream` sends them, checks each,
//! passes on what a receiver's socket would be given. It loses nothing, however late this machine gives it a CPU: the
//! frames come as a stream, and the receiver is given no more than its socket has room for.

use crate::pace;
use anyhow::{bail, ensure, Context, Result};
use etherparse::{LinkSlice, NetSlice, SlicedPacket, TransportSlice};
use pcap_file::pcap::{PcapPacket, PcapWriter};
use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket},
    path::Path,
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Bytes that may wait for the receiver: fewer than a socket has room for whose size is not asked for.
const WAITING: u64 = 100_000;

/// How many datagrams are sent before the receiver is looked at again.
const AT_ONCE: usize = 16;

/// How long the receiver may take to read what waits for it.
const READING: Duration = Duration::from_secs(10);

pub struct Relay {
    address: SocketAddr,
    receiver: Option<SocketAddr>,
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
    /// Passes the datagrams that come for `port` on to `receiver`, if there is one, keeping the frames in `pcap` if asked to.
    pub fn start(port: u16, receiver: Option<SocketAddr>, pcap: Option<&Path>) -> Result<Relay> {
        let wire = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context("no port for the guest's frames")?;
        let address = wire.local_addr()?;
        let pcap = pcap.map(capture).transpose()?;
        let thread = thread::spawn(move || {
            let (machine, _) = wire.accept().context("no machine at the wire")?;
            relay(machine, port, receiver, pcap)
        });
        Ok(Relay {
            address,
            receiver,
            thread,
        })
    }

    /// Where the machine connects to, once.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes what is still on the wire of a machine that has ended, waits until the receiver has read all, and tells what
    /// came.
    pub fn finish(self) -> Result<Traffic> {
        // If no machine ever came: it is as if one had come and gone.
        if let Ok(nothing) = TcpStream::connect(self.address) {
            let _ = nothing.shutdown(Shutdown::Both);
        }
        let Ok(traffic) = self.thread.join() else {
            bail!("the relay panicked");
        };
        if let Some(receiver) = self.receiver {
            wait_for_room(receiver, 0)?;
        }
        traffic
    }
}

type Capture = PcapWriter<BufWriter<File>>;

fn capture(file: &Path) -> Result<Capture> {
    let created = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(PcapWriter::new(BufWriter::new(created))?)
}

fn relay(
    machine: TcpStream,
    port: u16,
    receiver: Option<SocketAddr>,
    mut pcap: Option<Capture>,
) -> Result<Traffic> {
    let mut wire = BufReader::new(machine);
    let out = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut traffic = Traffic::default();
    let mut frame = Vec::new();
    while next_frame(&mut wire, &mut frame).context("the guest's frames")? {
        if let Some(pcap) = &mut pcap {
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
            let length = u32::try_from(frame.len())?;
            pcap.write_packet(&PcapPacket::new(now, length, &frame))?;
        }
        match broadcast(&frame, port) {
            Ok(payload) => {
                if let Some(receiver) = receiver {
                    if traffic.broadcasts % AT_ONCE == 0 {
                        wait_for_room(receiver, WAITING)?;
                    }
                    // That the receiver is gone is its failure, and shows there.
                    let _ = out.send_to(payload, receiver);
                }
                traffic.broadcasts += 1;
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

/// Reads the next frame: its length, four bytes, and the frame. False when there is no other: the machine is off.
fn next_frame(wire: &mut impl Read, frame: &mut Vec<u8>) -> io::Result<bool> {
    let mut length = [0; 4];
    let ended = |error: io::Error| match error.kind() {
        // A machine that is killed may be in the middle of a frame.
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Ok(false),
        _ => Err(error),
    };
    if let Err(error) = wire.read_exact(&mut length) {
        return ended(error);
    }
    frame.resize(u32::from_be_bytes(length) as usize, 0);
    match wire.read_exact(frame) {
        Err(error) => ended(error),
        Ok(()) => Ok(true),
    }
}

/// Waits until no more than so many bytes wait in the socket that is bound to that address, or until it is gone.
fn wait_for_room(address: SocketAddr, bytes: u64) -> Result<()> {
    let until = Instant::now() + pace::limit(READING);
    while waiting(address)?.is_some_and(|waiting| waiting > bytes) {
        ensure!(
            Instant::now() < until,
            "the receiver does not read what is sent to it"
        );
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// The bytes that wait in the socket that is bound to that address, if there is one.
pub fn waiting(address: SocketAddr) -> Result<Option<u64>> {
    let sockets = fs::read_to_string("/proc/net/udp").context("cannot read /proc/net/udp")?;
    let port = format!(":{:04X}", address.port());
    let socket = sockets
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut socket = socket.filter(|fields| fields.get(1).is_some_and(|at| at.ends_with(&port)));
    let Some(fields) = socket.next() else {
        return Ok(None);
    };
    let waiting = fields.get(4).and_then(|queues| queues.split_once(':'));
    let (_, received) = waiting.context("/proc/net/udp is not as expected")?;
    Ok(Some(u64::from_str_radix(received, 16)?))
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
        let folder = tempfile::tempdir().expect("a folder");
        let pcap = folder.path().join("pcap");
        let relay = Relay::start(6666, receiver.local_addr().ok(), Some(&pcap)).expect("a relay");
        let mut guest = TcpStream::connect(relay.address()).expect("a wire");
        for frame in [&frame()[..], b"noise"] {
            send(&mut guest, frame);
        }
        // Half a frame.
        guest.write_all(&[0, 0, 0, 9, 1]).expect("bytes sent");
        drop(guest);
        let mut datagram = [0; 64];
        let length = receiver.recv(&mut datagram).expect("a datagram");
        assert_eq!(&datagram[..length], b"6,1,2,-;text");
        let traffic = relay.finish().expect("an end");
        assert_eq!((traffic.broadcasts, traffic.faults.len()), (1, 1));
        let mut kept = pcap_file::pcap::PcapReader::new(File::open(&pcap).expect("a capture"))
            .expect("a header");
        let first = kept.next_packet().expect("a frame").expect("a good frame");
        assert_eq!(first.data, self::frame());
    }

    /// As QEMU sends it.
    fn send(guest: &mut TcpStream, frame: &[u8]) {
        let length = u32::try_from(frame.len()).expect("a short frame");
        guest.write_all(&length.to_be_bytes()).expect("bytes sent");
        guest.write_all(frame).expect("bytes sent");
    }

    #[test]
    fn a_receiver_that_sleeps_is_waited_for() {
        const FRAMES: usize = 4000;
        let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = receiver.local_addr().expect("an address");
        let relay = Relay::start(6666, Some(address), None).expect("a relay");
        let mut guest = TcpStream::connect(relay.address()).expect("a wire");
        let sender = thread::spawn(move || (0..FRAMES).for_each(|_| send(&mut guest, &frame())));
        // As many as it is given while it does not read.
        while waiting(address).expect("a socket") < Some(WAITING) {
            thread::yield_now();
        }
        let reader = thread::spawn(move || {
            (0..FRAMES).for_each(|_| assert!(receiver.recv(&mut [0; 64]).is_ok()));
        });
        sender.join().expect("all sent");
        assert_eq!(relay.finish().expect("an end").broadcasts, FRAMES);
        reader.join().expect("all read");
    }

    #[test]
    fn a_wire_without_a_machine_ends() {
        let relay = Relay::start(6666, None, None).expect("a relay");
        assert_eq!(relay.finish().expect("an end").broadcasts, 0);
    }
}
