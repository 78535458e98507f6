// SPDX-License-Identifier: GPL-2.0

// Each of those who use it leaves some of it alone.
#![allow(dead_code)]

//! The program, listening on the loopback device, and what the kernel says of it while it does.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::{Child, ChildStderr, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long the program may take over what waits.
const LIMIT: Duration = Duration::from_secs(50);

pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
    stderr: BufReader<ChildStderr>,
    /// Bytes that may wait in its socket, at least.
    room: u64,
}

/// What the kernel says of a socket.
struct Queue {
    waiting: u64,
    dropped: u64,
}

impl Program {
    pub fn start(arguments: &[&str], stdout: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_panic-listen"))
            .args(["--bind", "127.0.0.1", "--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut first = String::new();
        stderr.read_line(&mut first).unwrap();
        let address = first.rsplit(' ').next().unwrap().trim_end();
        Self {
            address: address.parse().expect(&first),
            child,
            stderr,
            room: fs::read_to_string("/proc/sys/net/core/rmem_max")
                .unwrap()
                .trim_end()
                .parse()
                .unwrap(),
        }
    }

    /// Waits until no more than so many bytes wait to be read. Datagrams that nobody waits for get
    /// lost, and with them what is to be tested.
    fn wait_for_room(&self, bytes: u64) {
        let deadline = Instant::now() + LIMIT;
        while self.queue().waiting > bytes {
            assert!(Instant::now() < deadline, "it does not read");
            thread::sleep(Duration::from_micros(100));
        }
    }

    pub fn wait_until_read(&self) {
        self.wait_for_room(0);
    }

    pub fn wait_while_full(&self) {
        self.wait_for_room(self.room / 2);
    }

    /// How many bytes may be sent before looking again whether it is full.
    pub fn at_once(&self) -> u64 {
        self.room / 2
    }

    /// How many datagrams found no room.
    pub fn dropped(&self) -> u64 {
        self.queue().dropped
    }

    fn queue(&self) -> Queue {
        let port = format!(":{:04X}", self.address.port());
        let table = fs::read_to_string("/proc/net/udp").unwrap();
        let fields: Vec<_> = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|fields| fields[1].ends_with(&port))
            .expect("no such socket");
        let (_, waiting) = fields[4].split_once(':').unwrap();
        Queue {
            waiting: u64::from_str_radix(waiting, 16).unwrap(),
            dropped: fields.last().unwrap().parse().unwrap(),
        }
    }

    /// The most memory that it has taken, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = peak.unwrap().split_whitespace().nth(1).unwrap();
        kilobytes.parse::<u64>().unwrap() << 10
    }

    /// The time that processors have spent on it.
    pub fn processor_time(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanos = tasks.map(|task| {
            let spent = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            spent.split(' ').next().unwrap().parse::<u64>().unwrap()
        });
        Duration::from_nanos(nanos.sum())
    }

    /// How much of that the kernel has spent for it, from 0 to 1.
    pub fn kernels_share(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name before it may have spaces. The times are fields 14 and 15, see proc(5).
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let mut times = fields.split(' ').skip(11).map(|field| field.parse::<f64>());
        let mut next = || times.next().unwrap().unwrap();
        let (user, kernel) = (next(), next());
        kernel / (user + kernel)
    }

    /// Ends it in order; returns what it said.
    pub fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        said
    }
}

/// Nothing outlives its test.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A machine of its own: all of 127.0.0.0/8 is this one.
pub fn machine(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 1)) + number)
}

pub fn socket(number: u32) -> UdpSocket {
    UdpSocket::bind((machine(number), 0)).unwrap()
}
