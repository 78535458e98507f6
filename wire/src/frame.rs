// SPDX-License-Identifier: GPL-2.0

//! The headers before a broadcast payload: Ethernet, IPv4 and UDP.
//!
//! Sent to everyone, so that a dying kernel needs to ask nobody (no ARP, no route). Everything that
//! is known when the module loads is computed then; a datagram adds its length, its number and the
//! sum over both.

/// Bytes of the Ethernet, IPv4 and UDP headers together.
pub const LEN: usize = ETHERNET_LEN + IPV4_LEN + UDP_LEN;

/// The most bytes of payload in a frame of the usual 1500 bytes.
pub const MAX_PAYLOAD: usize = 1500 - IPV4_LEN - UDP_LEN;

const ETHERNET_LEN: usize = 14;
const IPV4_LEN: usize = 20;
const UDP_LEN: usize = 8;

/// Where the fields that differ between datagrams lie.
const IPV4_TOTAL_LEN: usize = ETHERNET_LEN + 2;
const IPV4_IDENT: usize = ETHERNET_LEN + 4;
const IPV4_CHECKSUM: usize = ETHERNET_LEN + 10;
const UDP_TOTAL_LEN: usize = ETHERNET_LEN + IPV4_LEN + 4;

/// Who sends, and to which port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The sending device's hardware address.
    pub mac: [u8; 6],
    /// The sender's IPv4 address, first byte first.
    pub ip: [u8; 4],
    /// The UDP port it is sent from.
    pub port: u16,
    /// The UDP port it is sent to.
    pub to_port: u16,
}

/// The headers of every frame to one port, but for what depends on the payload.
///
/// # Examples
///
/// ```
/// use panic_wire::frame::{
///     self,
///     Header,
///     Source, //
/// };
///
/// let header = Header::broadcast(Source {
///     mac: [0x52, 0x54, 0, 0x12, 0x34, 0x56],
///     ip: [10, 0, 0, 2],
///     port: 6665,
///     to_port: 6666,
/// });
/// let bytes = header.for_payload(7, 100).unwrap();
/// assert_eq!(bytes.len(), frame::LEN);
/// assert_eq!(bytes[..6], [0xff; 6]);
/// assert_eq!(bytes[16..18], 128_u16.to_be_bytes());
///
/// // Longer than a frame.
/// assert!(header.for_payload(7, 1473).is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Header {
    template: [u8; LEN],
    /// The sum of the IPv4 header's words, with those that differ left 0.
    sum: u32,
}

impl Header {
    /// Prepares the headers of broadcasts from `source` (to ff:ff:ff:ff:ff:ff and 255.255.255.255).
    pub fn broadcast(source: Source) -> Self {
        const BROADCAST: u8 = 0xff;

        let mut template = [0; LEN];
        let ethernet = [BROADCAST; 6]
            .into_iter()
            .chain(source.mac)
            .chain([0x08, 0x00]); // IPv4.
        let ipv4 = [0x45, 0] // Version 4, five words of header; no type of service.
            .into_iter()
            .chain([0; 2]) // Total length.
            .chain([0; 2]) // Identification.
            .chain([0; 2]) // Not a fragment.
            .chain([64, 17]) // Hops as in netconsole; UDP.
            .chain([0; 2]) // Checksum.
            .chain(source.ip)
            .chain([BROADCAST; 4]);
        let udp = source
            .port
            .to_be_bytes()
            .into_iter()
            .chain(source.to_port.to_be_bytes())
            .chain([0; 2]) // Length.
            .chain([0; 2]); // No checksum, as IPv4 allows: it would take reading the payload again.

        let bytes = ethernet.chain(ipv4).chain(udp);
        for (slot, byte) in template.iter_mut().zip(bytes) {
            *slot = byte;
        }

        Self {
            sum: ipv4_sum(&template),
            template,
        }
    }

    /// Returns the headers for a payload of `len` bytes, in the datagram that `ident` numbers.
    ///
    /// Receivers tell IPv4 fragments apart by the number. None of these is one, so any will do.
    ///
    /// Returns [`None`] if the payload is longer than [`MAX_PAYLOAD`].
    pub fn for_payload(&self, ident: u16, len: usize) -> Option<[u8; LEN]> {
        if len > MAX_PAYLOAD {
            return None;
        }
        let udp_len = u16::try_from(len.saturating_add(UDP_LEN)).ok()?;
        let ip_len = u16::try_from(len.saturating_add(UDP_LEN + IPV4_LEN)).ok()?;
        let sum = self
            .sum
            .wrapping_add(u32::from(ip_len))
            .wrapping_add(u32::from(ident));

        let mut bytes = self.template;
        put(&mut bytes, IPV4_TOTAL_LEN, ip_len);
        put(&mut bytes, IPV4_IDENT, ident);
        put(&mut bytes, IPV4_CHECKSUM, checksum(sum));
        put(&mut bytes, UDP_TOTAL_LEN, udp_len);
        Some(bytes)
    }
}

/// Writes `value` at `offset`, first byte first.
fn put(bytes: &mut [u8; LEN], offset: usize, value: u16) {
    for (slot, byte) in bytes.iter_mut().skip(offset).zip(value.to_be_bytes()) {
        *slot = byte;
    }
}

/// Returns the sum of the 16-bit words of the IPv4 header: ten of them, so 32 bits are enough.
fn ipv4_sum(header: &[u8; LEN]) -> u32 {
    let mut bytes = header.iter().skip(ETHERNET_LEN).take(IPV4_LEN);
    let mut sum = 0_u32;
    while let (Some(&high), Some(&low)) = (bytes.next(), bytes.next()) {
        sum = sum.wrapping_add(u32::from(u16::from_be_bytes([high, low])));
    }
    sum
}

/// Returns the Internet checksum (RFC 1071) for a sum of words: the complement of their sum,
/// carries added back in.
fn checksum(sum: u32) -> u16 {
    let once = (sum & 0xffff).wrapping_add(sum >> 16);
    let twice = (once & 0xffff).wrapping_add(once >> 16);
    // The cast keeps the value: the second carry leaves none.
    !(twice as u16)
}
