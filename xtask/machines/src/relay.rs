// SPDX-License-Identifier: GPL-2.0

//! The wire between a machine and the receiver: takes Ethernet frames as QEMU's `-netdev stream` sends them, checks each,
//! passes on what a receiver's socket would be given. It loses nothing, however late this machine gives it a CPU: the
//! frames come as a stream, and the receiver is given no more than its socket has room for.

use crate::pace;
use anyhow::{bail, ensure, Context, Result};
use etherparse::{LinkSlice, NetSlice, SlicedPacket, TransportSlice};
use pcap_file::pcap::{PcapPacket, PcapWriter};
use rustix::thread::{sched_getcpu, sched_setaffinity, CpuSet};
use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
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

/// How often in a row a socket must be missing from the kernel's list before it is gone. The list can lack one for a
/// moment, while others come and go.
const GONE: u32 = 20;

/// Sent in place of a frame's length: no other machine comes.
const END: u32 = u32::MAX;

pub struct Relay {
    address: SocketAddr,
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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context("no port for the guest's frames")?;
        let address = listener.local_addr()?;
        let pcap = pcap.map(capture).transpose()?;
        let thread = thread::spawn(move || {
            let mut wire = Wire {
                port,
                receiver: receiver.map(Outlet::to).transpose()?,
                pcap,
                traffic: Traffic::default(),
            };
            wire.carry(&listener)?;
            Ok(wire.traffic)
        });
        Ok(Relay { address, thread })
    }

    /// Where machines connect to, one after the other.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes what is still on the wire of machines that have ended, waits until the receiver has read all, and tells what
    /// came.
    pub fn finish(self) -> Result<Traffic> {
        // If that fails, the thread has ended already, and says why.
        let _ = TcpStream::connect(self.address)
            .and_then(|mut last| last.write_all(&END.to_be_bytes()));
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

/// The wire, and what goes on with it.
struct Wire {
    port: u16,
    receiver: Option<Outlet>,
    pcap: Option<Capture>,
    traffic: Traffic,
}

/// What a connection brings next.
enum Next {
    Frame,
    /// The machine is off.
    Off,
    /// No other machine comes.
    End,
}

impl Wire {
    /// Carries the frames of all machines that come.
    fn carry(&mut self, listener: &TcpListener) -> Result<()> {
        loop {
            let (machine, _) = listener.accept().context("no machine at the wire")?;
            let mut machine = BufReader::new(machine);
            let mut frame = Vec::new();
            loop {
                match next(&mut machine, &mut frame).context("the guest's frames")? {
                    Next::Frame => self.frame(&frame)?,
                    Next::Off => break,
                    Next::End => return self.end(),
                }
            }
        }
    }

    fn frame(&mut self, frame: &[u8]) -> Result<()> {
        if let Some(pcap) = &mut self.pcap {
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
            pcap.write_packet(&PcapPacket::new(now, u32::try_from(frame.len())?, frame))?;
        }
        match broadcast(frame, self.port) {
            Ok(payload) => {
                if let Some(receiver) = &mut self.receiver {
                    receiver.send(payload)?;
                }
                self.traffic.broadcasts += 1;
            }
            Err(fault) => self.traffic.faults.push(format!("{fault:#}")),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if let Some(pcap) = self.pcap.take() {
            let written = pcap.into_writer().flush();
            written.context("cannot write the capture")?;
        }
        match &mut self.receiver {
            Some(receiver) => receiver.wait_for_room(0),
            None => Ok(()),
        }
    }
}

/// Reads the next frame: its length, four bytes, and the frame.
fn next(machine: &mut impl Read, frame: &mut Vec<u8>) -> io::Result<Next> {
    let off = |error: io::Error| match error.kind() {
        // A machine that is killed may be in the middle of a frame.
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Ok(Next::Off),
        _ => Err(error),
    };
    let mut length = [0; 4];
    if let Err(error) = machine.read_exact(&mut length) {
        return off(error);
    }
    let length = u32::from_be_bytes(length);
    if length == END {
        return Ok(Next::End);
    }
    frame.resize(length as usize, 0);
    match machine.read_exact(frame) {
        Err(error) => off(error),
        Ok(()) => Ok(Next::Frame),
    }
}

/// The way to the receiver, on which nothing is lost. Its thread keeps to one CPU: a datagram waits in a queue of the CPU
/// that sends it until it is in a socket, and those of one CPU stay in order.
struct Outlet {
    receiver: SocketAddr,
    socket: UdpSocket,
    sent: usize,
}

impl Outlet {
    fn to(receiver: SocketAddr) -> Result<Outlet> {
        let mut here = CpuSet::new();
        here.set(sched_getcpu());
        sched_setaffinity(None, &here).context("cannot keep to one CPU")?;
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(pace::limit(READING)))?;
        Ok(Outlet {
            receiver,
            socket,
            sent: 0,
        })
    }

    fn send(&mut self, payload: &[u8]) -> Result<()> {
        if self.sent.is_multiple_of(AT_ONCE) {
            self.wait_for_room(WAITING)?;
        }
        self.sent += 1;
        // That the receiver is gone is its failure, and shows there.
        let _ = self.socket.send_to(payload, self.receiver);
        Ok(())
    }

    /// Waits until all that was sent is in the receiver's socket and no more than so many bytes wait there, or until that
    /// is gone.
    fn wait_for_room(&mut self, bytes: u64) -> Result<()> {
        // One to itself comes after all that went before.
        self.socket.send_to(&[], self.socket.local_addr()?)?;
        self.socket
            .recv(&mut [0])
            .context("what is sent does not arrive")?;
        let until = Instant::now() + pace::limit(READING);
        let mut missing = 0;
        loop {
            match waiting(self.receiver)? {
                Some(waiting) if waiting <= bytes => return Ok(()),
                Some(_) => missing = 0,
                None if missing == GONE => return Ok(()),
                None => missing += 1,
            }
            ensure!(
                Instant::now() < until,
                "the receiver does not read what is sent to it"
            );
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The bytes that wait in the socket that is bound to that address, if there is one in the kernel's list.
pub fn waiting(address: SocketAddr) -> Result<Option<u64>> {
    let sockets = fs::read_to_string("/proc/net/udp").context("cannot read /proc/net/udp")?;
    let IpAddr::V4(ip) = address.ip() else {
        bail!("{address} is not of IPv4");
    };
    // As the kernel prints it: the address as a number of this machine.
    let local = format!(
        "{:08X}:{:04X}",
        u32::from_ne_bytes(ip.octets()),
        address.port()
    );
    let any = format!("00000000:{:04X}", address.port());
    let fields = sockets
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|fields| fields.get(1).is_some_and(|at| *at == local || *at == any));
    let Some(fields) = fields else {
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
        // Half a frame, and another machine.
        guest.write_all(&[0, 0, 0, 9, 1]).expect("bytes sent");
        drop(guest);
        let mut guest = TcpStream::connect(relay.address()).expect("a wire");
        send(&mut guest, b"noise");
        drop(guest);
        let mut datagram = [0; 64];
        let length = receiver.recv(&mut datagram).expect("a datagram");
        assert_eq!(&datagram[..length], b"6,1,2,-;text");
        let traffic = relay.finish().expect("an end");
        assert_eq!((traffic.broadcasts, traffic.faults.len()), (1, 2));
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
