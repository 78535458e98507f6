// SPDX-License-Identifier: GPL-2.0

// Each of those who use it leaves some of it alone.
#![allow(dead_code)]

//! The program, listening on the loopback device, and what the kernel says of it while it does.
//!
//! Nothing here takes the passing of time for a sign. What has to be waited for is looked at: in what the
//! program writes, or in `/proc`.

use nix::{
    libc::{SYS_write, SYS_writev},
    sched::{sched_getaffinity, sched_getcpu, sched_setaffinity, CpuSet},
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// Nothing is waited for longer. This limit says nothing of how fast the program is: it only ends a test
/// that hangs. `cargo xtask test` would end it later, but cannot say what was waited for.
const LIMIT: Duration = Duration::from_secs(120);

/// The time between two looks at something that does not announce a change.
const POLL: Duration = Duration::from_micros(100);

/// Bytes that the program asks its socket to hold, see `src/socket.rs`. It gets no more than the
/// system allows.
const ASKED: u64 = 8 << 20;

/// Bytes of the longest datagram that is sent here, and more than it takes in a socket.
const LONGEST: usize = 1500;
const TAKES: u64 = 4 << 10;

/// After so many datagrams the sender waits until they have arrived. A processor's queue holds a thousand
/// (`net.core.netdev_max_backlog`), and what finds no room in it is lost.
const ON_THE_WAY: u32 = 64;

/// Waits until `look` finds something.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        // Looked at before the last look: a pause between the two proves nothing.
        let late = start.elapsed() >= LIMIT;
        if let Some(found) = look() {
            return found;
        }
        assert!(!late, "waited {LIMIT:?} in vain: {what}");
        thread::sleep(POLL);
    }
}

/// What is written into a pipe, line by line. A thread reads it, so that the pipe does not fill.
pub struct Lines(Receiver<String>);

impl Lines {
    pub fn of(pipe: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = String::new();
            while pipe.read_line(&mut line).is_ok_and(|len| len > 0) {
                let _ = sender.send(std::mem::take(&mut line));
            }
        });
        Self(receiver)
    }

    /// The next line, or nothing if the pipe was closed.
    fn next(&self) -> Option<String> {
        match self.0.recv_timeout(LIMIT) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("waited {LIMIT:?} in vain: a line, or the end")
            }
        }
    }

    pub fn line(&self) -> String {
        self.next().expect("it has ended")
    }

    /// All that follows until the pipe is closed.
    pub fn rest(&self) -> String {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// Forgets what has come so far.
    pub fn forget(&self) {
        self.0.try_iter().for_each(drop);
    }
}

/// The program, whatever it does. It does not outlive its test.
pub struct Process {
    pub child: Child,
    pub stderr: Lines,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = Lines::of(child.stderr.take().unwrap());
        Self { child, stderr }
    }

    /// Waits for its end; returns its exit code, and what it has said since.
    pub fn left(mut self) -> (Option<i32>, String) {
        let said = self.stderr.rest();
        let status = wait_for("its end", || self.child.try_wait().unwrap());
        (status.code(), said)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with these arguments, not started yet.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panic-listen"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The program, listening.
pub struct Program {
    pub process: Process,
    pub address: SocketAddr,
    socket: Socket,
    /// Half of the bytes that may wait in its socket.
    room: u64,
}

/// The program's socket.
struct Socket {
    /// Where it is among the program's open files.
    file: PathBuf,
    /// Its number in the kernel's tables. A port may be many sockets'.
    inode: String,
}

/// What the kernel says of a socket.
struct Queue {
    waiting: u64,
    dropped: u64,
}

impl Program {
    pub fn start(arguments: &[&str], stdout: Stdio) -> Self {
        Self::listening(command(arguments).stdout(stdout))
    }

    /// Starts it, and waits until it listens.
    pub fn listening(command: &mut Command) -> Self {
        let process = Process::start(command.args(["--bind", "127.0.0.1", "--port", "0"]));
        let first = process.stderr.line();
        let address = first
            .trim_end()
            .strip_prefix("panic-listen: listening on ")
            .expect(&first);
        let most = fs::read_to_string("/proc/sys/net/core/rmem_max").unwrap();
        Self {
            address: address.parse().unwrap(),
            socket: Socket::of(process.child.id()),
            // The kernel gives twice what it is asked for.
            room: most.trim_end().parse::<u64>().unwrap().min(ASKED),
            process,
        }
    }

    /// Waits until no more than so many bytes wait to be read. Datagrams that nobody waits for get
    /// lost, and with them what is to be tested.
    fn wait_for_room(&self, bytes: u64) {
        wait_for("it does not read", || {
            (self.queue().waiting <= bytes).then_some(())
        });
    }

    pub fn wait_until_read(&self) {
        self.wait_for_room(0);
    }

    pub fn wait_while_full(&self) {
        self.wait_for_room(self.room / 2);
    }

    /// How many datagrams may be sent before looking again whether it is full.
    ///
    /// A quarter of what its socket holds is for them, and another for those that wait already. One more
    /// may be taken by what was read: the kernel gives back the room of many datagrams at once.
    pub fn at_once(&self) -> u32 {
        (self.room / 2 / TAKES).try_into().unwrap()
    }

    /// How many datagrams found no room.
    pub fn dropped(&self) -> u64 {
        self.queue().dropped
    }

    fn queue(&self) -> Queue {
        wait_for("its socket is in no table", || {
            let queue = self.socket.queue();
            // While other sockets come and go, the table may lack one that was there all the time.
            let open = queue.is_some() || fs::read_link(&self.socket.file).is_ok();
            assert!(open, "it has ended");
            queue
        })
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.process.child.id().try_into().unwrap())
    }

    /// Stops it while `send` sends. To the program, all of that comes at one time: when it goes on.
    pub fn while_stopped(&self, send: impl FnOnce()) {
        self.signal(Signal::SIGSTOP);
        wait_for("it does not stop", || (self.state() == 'T').then_some(()));
        send();
        self.signal(Signal::SIGCONT);
    }

    /// Waits until it has noticed the signal that was sent last.
    pub fn wait_until_noticed(&self, signal: Signal) {
        let bit = 1 << (signal as u32 - 1);
        wait_for("it does not notice the signal", || {
            let pending = self.status("ShdPnd:");
            (u64::from_str_radix(&pending, 16).unwrap() & bit == 0).then_some(())
        });
    }

    /// Waits until the program waits for a reader of its output.
    pub fn wait_until_stuck(&self) {
        wait_for("its output is not stuck", || {
            // The number of the call and its arguments, or that it runs.
            let call = self.proc("syscall");
            let mut words = call.split_whitespace();
            let number = words.next().unwrap().parse().ok();
            let stdout = words.next() == Some("0x1");
            (stdout && [Some(SYS_write), Some(SYS_writev)].contains(&number)).then_some(())
        });
    }

    /// What the kernel says of it in one of the files that it has for each process.
    fn proc(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.pid())).unwrap()
    }

    /// One value of its status.
    fn status(&self, name: &str) -> String {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with(name));
        // What has ended has no memory, for one.
        let value = line.expect("it has ended").split_whitespace().nth(1);
        value.unwrap().to_owned()
    }

    /// What it does, as a letter.
    fn state(&self) -> char {
        let state = self.status("State:").chars().next().unwrap();
        assert!(state != 'Z', "it has ended");
        state
    }

    /// The most memory that it has taken, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:").parse::<u64>().unwrap() << 10
    }

    /// The time that processors have spent on it.
    pub fn processor_time(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let nanos = tasks.map(|task| {
            let spent = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            spent.split(' ').next().unwrap().parse::<u64>().unwrap()
        });
        Duration::from_nanos(nanos.sum())
    }

    /// How much of that the kernel has spent for it, from 0 to 1.
    pub fn kernels_share(&self) -> f64 {
        let stat = self.proc("stat");
        // The name before it may have spaces. The times are fields 14 and 15, see proc(5).
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let mut times = fields.split(' ').skip(11).map(|field| field.parse::<f64>());
        let mut next = || times.next().unwrap().unwrap();
        let (user, kernel) = (next(), next());
        kernel / (user + kernel)
    }

    /// Ends it in order; returns what it said.
    pub fn end(self) -> String {
        self.signal(Signal::SIGTERM);
        let (code, said) = self.process.left();
        assert_eq!(code, Some(0), "{said}");
        said
    }
}

impl Socket {
    /// The one socket for UDP that the process `pid` has.
    fn of(pid: u32) -> Self {
        wait_for("it has no socket for UDP", || {
            let files = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
            let mut sockets = files.filter_map(|file| {
                let file = file.unwrap().path();
                let target = fs::read_link(&file).ok()?;
                let inode = target.to_str()?.strip_prefix("socket:[")?;
                let inode = inode.strip_suffix(']')?.to_owned();
                Some(Self { file, inode })
            });
            // Sockets that the program has from its parent are not in the table for UDP.
            sockets.find(|socket| socket.queue().is_some())
        })
    }

    fn queue(&self) -> Option<Queue> {
        let table = fs::read_to_string("/proc/net/udp").unwrap();
        let fields: Vec<_> = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|fields| fields.get(9) == Some(&self.inode.as_str()))?;
        let (_, waiting) = fields[4].split_once(':').unwrap();
        Some(Queue {
            waiting: u64::from_str_radix(waiting, 16).unwrap(),
            dropped: fields.last().unwrap().parse().unwrap(),
        })
    }
}

/// Sends, and finds out when it has arrived.
///
/// What is sent to this machine itself waits in a queue of the processor that sends it, and may still
/// be there when the call returns. That queue is in order. So this thread keeps to one processor, and sends
/// a datagram to itself: once that arrives, all that was sent before has arrived.
pub struct Sender {
    processors: CpuSet,
    last: UdpSocket,
    on_the_way: u32,
}

/// This thread, for the scheduler.
const SELF: Pid = Pid::from_raw(0);

impl Sender {
    pub fn new() -> Self {
        let processors = sched_getaffinity(SELF).unwrap();
        let mut this = CpuSet::new();
        this.set(sched_getcpu().unwrap()).unwrap();
        sched_setaffinity(SELF, &this).unwrap();

        let last = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        last.connect(last.local_addr().unwrap()).unwrap();
        last.set_read_timeout(Some(LIMIT)).unwrap();
        Self {
            processors,
            last,
            on_the_way: 0,
        }
    }

    pub fn send(&mut self, socket: &UdpSocket, payload: &[u8], program: &Program) {
        assert!(payload.len() <= LONGEST);
        socket.send_to(payload, program.address).unwrap();
        self.on_the_way += 1;
        if self.on_the_way == ON_THE_WAY {
            self.wait_until_arrived();
        }
    }

    /// Waits until what was sent is in the sockets it was sent to, if they had room.
    pub fn wait_until_arrived(&mut self) {
        self.last.send(&[]).unwrap();
        while let Err(error) = self.last.recv(&mut []) {
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        }
        self.on_the_way = 0;
    }

    pub fn wait_until_read(&mut self, program: &Program) {
        self.wait_until_arrived();
        program.wait_until_read();
    }

    pub fn wait_while_full(&mut self, program: &Program) {
        self.wait_until_arrived();
        program.wait_while_full();
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let _ = sched_setaffinity(SELF, &self.processors);
    }
}

/// A machine of its own: all of 127.0.0.0/8 is this one.
pub fn machine(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 1)) + number)
}

pub fn socket(number: u32) -> UdpSocket {
    UdpSocket::bind((machine(number), 0)).unwrap()
}
