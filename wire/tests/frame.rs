// SPDX-License-Identifier: GPL-2.0

//! The headers against a frame worked out by hand and against an independent reader.

use etherparse::{
    NetSlice,
    SlicedPacket,
    TransportSlice, //
};
use panic_wire::frame::{
    self,
    Header,
    Source, //
};
use proptest::prelude::*;

#[test]
fn the_header_checksum_of_a_known_frame() {
    let header = Header::broadcast(Source {
        mac: [0x52, 0x54, 0x00, 0x12, 0x34, 0x56],
        ip: [192, 168, 0, 1],
        port: 6665,
        to_port: 6666,
    });
    let ethernet = b"\xff\xff\xff\xff\xff\xff\x52\x54\x00\x12\x34\x56\x08\x00";
    // 4500 + 0073 + 4011 + c0a8 + 0001 + ffff + ffff = 3462b; 462e with the carry; inverted, b9d1.
    let ipv4 = b"\x45\x00\x00\x73\x00\x00\x00\x00\x40\x11\xb9\xd1\xc0\xa8\x00\x01\xff\xff\xff\xff";
    let udp = b"\x1a\x09\x1a\x0a\x00\x5f\x00\x00";
    assert_eq!(
        header.for_payload(0, 0x73 - 28).unwrap()[..],
        [&ethernet[..], ipv4, udp].concat()
    );
}

#[test]
fn too_long_a_payload_has_no_frame() {
    let header = Header::broadcast(Source {
        mac: [0; 6],
        ip: [0; 4],
        port: 0,
        to_port: 0,
    });
    assert!(header.for_payload(0, 1472).is_some());
    for len in [1473, 65507, 65508, usize::MAX] {
        assert!(header.for_payload(0, len).is_none());
    }
}

proptest! {
    #[test]
    fn read_by_an_independent_reader(
        mac: [u8; 6],
        ip: [u8; 4],
        port: u16,
        to_port: u16,
        ident: u16,
        payload in proptest::collection::vec(any::<u8>(), 0..=frame::MAX_PAYLOAD),
    ) {
        let header = Header::broadcast(Source { mac, ip, port, to_port });
        let mut bytes = header.for_payload(ident, payload.len()).unwrap().to_vec();
        prop_assert_eq!(bytes.len(), frame::LEN);
        bytes.extend(&payload);

        let packet = SlicedPacket::from_ethernet(&bytes).unwrap();
        let ethernet = packet.link.unwrap().to_header().unwrap().ethernet2().unwrap();
        prop_assert_eq!(ethernet.source, mac);
        prop_assert_eq!(ethernet.destination, [0xff; 6]);

        let Some(NetSlice::Ipv4(ipv4)) = packet.net else { panic!("not IPv4") };
        let ipv4 = ipv4.header().to_header();
        prop_assert_eq!(ipv4.header_checksum, ipv4.calc_header_checksum());
        prop_assert_eq!((ipv4.source, ipv4.destination), (ip, [0xff; 4]));
        prop_assert_eq!((ipv4.identification, ipv4.time_to_live), (ident, 64));
        prop_assert!(!ipv4.more_fragments && !ipv4.dont_fragment);

        let Some(TransportSlice::Udp(udp)) = packet.transport else { panic!("not UDP") };
        prop_assert_eq!((udp.source_port(), udp.destination_port()), (port, to_port));
        prop_assert_eq!(udp.checksum(), 0);
        prop_assert_eq!(udp.payload(), payload);
    }
}
