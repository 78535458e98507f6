// SPDX-License-Identifier: GPL-2.0

//! The headers before a payload, read by somebody else's reader.

#![no_main]

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use libfuzzer_sys::fuzz_target;
use panic_wire::frame::{self, Header, Source};

type Input<'a> = ([u8; 6], [u8; 4], u16, u16, u16, &'a [u8]);

fuzz_target!(|input: Input<'_>| {
    let (mac, ip, port, to_port, ident, payload) = input;
    let header = Header::broadcast(Source {
        mac,
        ip,
        port,
        to_port,
    });
    let Some(bytes) = header.for_payload(ident, payload.len()) else {
        assert!(payload.len() > frame::MAX_PAYLOAD);
        return;
    };
    let bytes = [&bytes, payload].concat();
    let packet = SlicedPacket::from_ethernet(&bytes).unwrap();
    let Some(NetSlice::Ipv4(ipv4)) = packet.net else {
        panic!("not IPv4")
    };
    let ipv4 = ipv4.header().to_header();
    assert_eq!(ipv4.header_checksum, ipv4.calc_header_checksum());
    assert_eq!((ipv4.source, ipv4.identification), (ip, ident));
    let Some(TransportSlice::Udp(udp)) = packet.transport else {
        panic!("not UDP")
    };
    assert_eq!((udp.source_port(), udp.destination_port()), (port, to_port));
    assert_eq!(udp.payload(), payload);
});
