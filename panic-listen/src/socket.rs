// SPDX-License-Identifier: GPL-2.0

//! Where datagrams come from.

use nix::{
    errno::Errno,
    sys::socket::{recvmmsg, MsgFlags, MultiHeaders, SockaddrStorage},
};
use socket2::{Domain, Protocol, SockAddr, Type};
use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, SocketAddr, UdpSocket},
    os::fd::AsRawFd,
    thread,
    time::Duration,
};

/// A burst of the longest records that a kernel holds, and what was not read yet of others.
const RECEIVE_BUFFER: usize = 8 << 20;

/// Datagrams that one system call takes, if so many wait.
const BATCH: usize = 64;

/// Whoever reads what comes as it comes spends more time on waking up than on reading. In this time a
/// buffer of the usual size does not fill.
const PAUSE: Duration = Duration::from_micros(200);

/// As long as any datagram can be. What no datagram is as long as takes no memory.
const LONGEST: usize = 1 << 16;

/// A port that is listened on.
pub struct Socket {
    socket: UdpSocket,
    timeout: Option<Duration>,
    /// The last call found nothing more.
    caught_up: bool,
    buffers: Vec<u8>,
    headers: MultiHeaders<SockaddrStorage>,
}

impl Socket {
    /// Listens on `address`.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = socket2::Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        // As large as may be. Too small a buffer loses records, which the report then says.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
        socket.bind(&SockAddr::from(address))?;
        Ok(Self {
            socket: socket.into(),
            timeout: None,
            caught_up: false,
            buffers: vec![0; BATCH * LONGEST],
            headers: MultiHeaders::preallocate(BATCH, None),
        })
    }

    /// Returns the address that is listened on.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits for datagrams, and gives each that is there to `take`. None may come: after the timeout,
    /// and when there was a signal.
    pub fn receive<E: From<io::Error>>(
        &mut self,
        timeout: Duration,
        mut take: impl FnMut(IpAddr, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.timeout != Some(timeout) {
            self.socket.set_read_timeout(Some(timeout))?;
            self.timeout = Some(timeout);
        }
        if std::mem::take(&mut self.caught_up) {
            thread::sleep(PAUSE);
        }
        let mut slices: Vec<_> = self
            .buffers
            .chunks_exact_mut(LONGEST)
            .map(|buffer| [IoSliceMut::new(buffer)])
            .collect();
        let received = recvmmsg(
            self.socket.as_raw_fd(),
            &mut self.headers,
            &mut slices,
            // The first is waited for, the others are not.
            MsgFlags::MSG_WAITFORONE,
            None,
        );
        let received = match received {
            Ok(received) => received,
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(()),
            Err(error) => return Err(io::Error::from(error).into()),
        };
        let mut count = 0;
        for datagram in received {
            count += 1;
            let from = datagram.address.as_ref().and_then(ip);
            // All of a datagram is in its one buffer.
            if let (Some(from), Some(payload)) = (from, datagram.iovs().next()) {
                take(from, payload)?;
            }
        }
        self.caught_up = count < BATCH;
        Ok(())
    }
}

/// Returns the address of a sender, which is of the socket's own family.
fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| v4.ip().into());
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| v6.ip().into()))
}
