// SPDX-License-Identifier: GPL-2.0

//! The program itself, told real datagrams on the loopback device.

mod loopback;

use loopback::{command, Lines, Process, Program, Sender};
use nix::sys::signal::Signal;
use panic_wire::{kmsg, Record, MAX_PAYLOAD};
use serde_json::Value;
use std::{
    fs,
    net::UdpSocket,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// So many datagrams the program takes from its socket at once, see `src/socket.rs`.
const BATCH: usize = 64;

/// The program, listening, and what it prints.
struct Listener {
    program: Program,
    stdout: Lines,
}

/// What it left.
struct Left {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Listener {
    fn start(arguments: &[&str]) -> Self {
        Self::listening(&mut command(arguments))
    }

    fn listening(command: &mut Command) -> Self {
        let mut program = Program::listening(command);
        let stdout = Lines::of(program.process.child.stdout.take().unwrap());
        Self { program, stdout }
    }

    /// Has each of these machines send all of this. To the program it comes at one time, so that no pause
    /// of this test is a silence of a machine.
    fn tell(&self, machines: &[&str], payloads: &[impl AsRef<[u8]>]) {
        assert!(machines.len() * payloads.len() <= BATCH);
        self.program.while_stopped(|| {
            for machine in machines {
                send(&self.program, machine, payloads);
            }
        });
    }

    /// Waits for its end.
    fn left(self) -> Left {
        let stdout = self.stdout.rest();
        let (code, stderr) = self.program.process.left();
        Left {
            code,
            stdout,
            stderr,
        }
    }
}

/// Sends from a machine of its own: all of 127.0.0.0/8 is this one. Returns when all has arrived that
/// finds room.
fn send(program: &Program, machine: &str, payloads: &[impl AsRef<[u8]>]) {
    let socket = UdpSocket::bind((machine, 0)).unwrap();
    let mut sender = Sender::new();
    for payload in payloads {
        sender.send(&socket, payload.as_ref(), program);
    }
    sender.wait_until_arrived();
}

/// The datagrams of a crash as the kernel module sends them: the panic first, then all, each twice.
fn crash() -> Vec<Vec<u8>> {
    let long = "y".repeat(2000);
    let printed = [
        "<6>[    1.000001] usb 1-1: new device\n".to_owned(),
        format!("<4>[    1.000002] {long}\n"),
        "<4>[    1.000003] two\n<4>[    1.000003]  lines\n".to_owned(),
        "<0>[    1.000004] Kernel panic - not syncing: sysrq triggered crash\n".to_owned(),
        "<0>[    1.000005] Kernel Offset: disabled\n".to_owned(),
    ];
    let records: Vec<_> = printed
        .iter()
        .zip(41..)
        .map(|(line, seq)| kmsg::parse(line.as_bytes(), seq).unwrap())
        .collect();
    let mut sent = datagrams(&records[3]);
    for record in &records {
        sent.extend(datagrams(record));
        sent.extend(datagrams(record));
    }
    sent
}

fn datagrams(record: &Record<'_>) -> Vec<Vec<u8>> {
    let mut datagrams = record.datagrams();
    let mut payload = [0; MAX_PAYLOAD];
    std::iter::from_fn(|| {
        datagrams
            .write_next(&mut payload)
            .map(|len| payload[..len].to_vec())
    })
    .collect()
}

/// The report of [`crash`], but for the time in its first line.
fn report(machine: &str) -> String {
    format!(
        "=== {machine} at TIME: Kernel panic - not syncing: sysrq triggered crash
[    1.000001] usb 1-1: new device
[    1.000002] {}
[    1.000003] two
[    1.000003]  lines
[    1.000004] Kernel panic - not syncing: sysrq triggered crash
[    1.000005] Kernel Offset: disabled
=== {machine}: 5 records, 6 repeats dropped, 0 missing, 0 malformed

",
        "y".repeat(2000)
    )
}

/// The report without the time in its first line.
fn timeless(report: &str) -> String {
    let (before, rest) = report.split_once(" at ").expect(report);
    let (time, after) = rest.split_at("2026-11-20 22:15:02 +01:00".len());
    assert!(time.starts_with("20") && time.contains(':'), "{time}");
    format!("{before} at TIME{after}")
}

#[test]
fn a_crash_is_reported() {
    let listener = Listener::start(&["--exit-after", "1", "--quiet-secs", "0.5"]);
    let start = Instant::now();
    listener.tell(&["127.0.0.2"], &crash());
    let left = listener.left();
    assert!(start.elapsed() >= Duration::from_millis(500));
    assert_eq!(timeless(&left.stdout), report("127.0.0.2"));
    assert_eq!((left.code, left.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_message_shows_before_the_records() {
    // It does not show because the crash has ended.
    let listener = Listener::start(&["--quiet-secs", "3600"]);
    send(&listener.program, "127.0.0.2", &crash()[..1]);
    let line = listener.stdout.line();
    assert!(
        line.ends_with(": Kernel panic - not syncing: sysrq triggered crash\n"),
        "{line}"
    );
}

#[test]
fn signals_end_it_with_the_report_complete() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let listener = Listener::start(&["--quiet-secs", "3600"]);
        send(&listener.program, "127.0.0.2", &crash());
        listener.program.wait_until_read();
        let header = listener.stdout.line();
        listener.program.signal(signal);
        let left = listener.left();
        assert_eq!(
            timeless(&(header + &left.stdout)),
            report("127.0.0.2"),
            "{signal}"
        );
        assert_eq!(left.code, Some(0));
    }
}

#[test]
fn a_second_signal_ends_it_even_if_nobody_reads() {
    let mut program = Program::start(&[], Stdio::piped());
    let unread = program.process.child.stdout.take();
    // More than a pipe holds.
    let text = "z".repeat(900);
    let payloads: Vec<_> = (0..400).map(|seq| format!("6,{seq},2,-;{text}")).collect();
    send(&program, "127.0.0.2", &payloads);
    program.wait_until_stuck();
    program.signal(Signal::SIGINT);
    program.wait_until_noticed(Signal::SIGINT);
    // It would end now, but cannot.
    program.wait_until_stuck();
    program.signal(Signal::SIGINT);
    let (code, _) = program.process.left();
    assert_eq!(code, Some(2));
    drop(unread);
}

#[test]
fn machines_that_crash_together_take_turns() {
    let listener = Listener::start(&["--quiet-secs", "3600"]);
    let program = &listener.program;
    let both = ["127.0.0.2", "127.0.0.3"];
    for machine in both {
        send(program, machine, &["6,1,2,-;a"]);
    }
    // Each machine's title and record. Once these are told, no earlier record is waited for: from now on
    // each is told at once.
    let began: String = (0..4).map(|_| listener.stdout.line()).collect();
    for payload in ["6,2,3,-;b", "6,3,4,-;c"] {
        for machine in both {
            send(program, machine, &[payload]);
        }
    }
    program.wait_until_read();
    program.signal(Signal::SIGTERM);
    let stdout = began + &listener.left().stdout;
    assert!(stdout.matches(", continued").count() >= 3, "{stdout}");
    for machine in both {
        assert!(
            stdout.contains(&format!("=== {machine}: 3 records")),
            "{stdout}"
        );
        // Each record under its machine's name.
        let mut own = Vec::new();
        let mut current = false;
        for line in stdout.lines() {
            match line.strip_prefix("=== ") {
                Some(title) => current = title.starts_with(machine),
                None if current && !line.is_empty() => own.push(line),
                None => {}
            }
        }
        assert_eq!(
            own,
            ["[    0.000002] a", "[    0.000003] b", "[    0.000004] c"],
            "{stdout}"
        );
    }
}

#[test]
fn gaps_repeats_and_garbage_are_said() {
    let listener = Listener::start(&["--exit-after", "1", "--quiet-secs", "0.6"]);
    listener.tell(
        &["127.0.0.2"],
        &[
            "6,1,2,-;a",
            "6,1,2,-;a",
            "garbage",
            "6,5,6,-;e",
            "6,7,8,-,caller=T9;g",
        ],
    );
    let left = listener.left();
    let (_, rest) = left.stdout.split_once('\n').unwrap();
    assert_eq!(
        rest,
        "[    0.000002] a
-- 3 records missing: 2..4 --
[    0.000006] e
-- 1 record missing: 6 --
[    0.000008][    T9] g
=== 127.0.0.2: 3 records, 1 repeats dropped, 4 missing, 1 malformed (header 1)

"
    );
    assert_eq!(
        left.stderr,
        "panic-listen: 1 datagrams refused (header 1)\n"
    );
}

#[test]
fn a_terminal_is_sent_nothing_to_obey() {
    let evil = [
        b"0,1,2,-;Kernel panic - not syncing: \x1b[2J\x9b\xc2\x9b1m".to_vec(),
        b"\x1b,6,2,3,-;\\x1b]0;owned\\x07\x1b[31m\x0d\x7f\xe2\x80\xae".to_vec(),
        b"6,3,4,-;x\n \x1b[1m=\x1b[2m\n".to_vec(),
    ];
    let dir = tempfile::tempdir().unwrap();
    let save = dir.path().to_str().unwrap();
    for format in [&[][..], &["--json"], &["--color", "always"]] {
        let mut arguments = vec!["--exit-after", "1", "--quiet-secs", "0.4", "--save", save];
        arguments.extend(format);
        let listener = Listener::start(&arguments);
        listener.tell(&["127.0.0.2"], &evil);
        let left = listener.left();
        // Only what the program itself may say to a terminal.
        let text = left.stdout.replace("\x1b[0m", "");
        let own = without_styles(&text);
        assert!(!own.chars().any(|c| c.is_control() && c != '\n'), "{own:?}");
        assert!(!own.contains('\u{202e}'), "{own:?}");
        assert!(own.contains("owned"), "{own:?}");
    }
    for saved in saved(dir.path()) {
        assert!(
            !saved.chars().any(|c| c.is_control() && c != '\n'),
            "{saved:?}"
        );
        assert!(saved.contains(r"[    0.000003] \x1b]0;owned\x07\x1b[31m\x0d\x7f\xe2\x80\xae"));
    }
}

/// Takes out the styles that `--color always` writes.
fn without_styles(text: &str) -> String {
    [
        "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[91m",
    ]
    .iter()
    .fold(text.to_owned(), |text, style| text.replace(style, ""))
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let colours = |arguments: &[&str], no_color: bool| {
        let mut command = command(&["--exit-after", "1", "--quiet-secs", "0.3"]);
        command.args(arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let listener = Listener::listening(&mut command);
        listener.tell(&["127.0.0.2"], &["3,1,2,-;an error"]);
        let all = listener.left().stdout;
        assert!(all.contains("an error"), "{all}");
        all.contains("\x1b[31man error")
    };
    assert!(!colours(&[], false));
    assert!(colours(&["--color", "always"], false));
    assert!(!colours(&["--color", "never"], false));
    assert!(!colours(&[], true));
}

#[test]
fn json_is_an_object_a_line() {
    let listener = Listener::start(&["--json", "--exit-after", "1", "--quiet-secs", "0.5"]);
    listener.tell(
        &["127.0.0.2"],
        &[
            &b"0,7,1000007,-;Kernel panic - not syncing: why"[..],
            b"6.1.0,30,4,1000004,-,caller=C1;caf\\xc3\\xa9 \\x1b\\x0a2\n SUBSYSTEM=usb\n DEVICE=+usb:1-1\n",
            b"6,5,1000005,-;\\xff",
            b"garbage",
        ],
    );
    let left = listener.left();
    assert!(
        left.stdout.contains("caf\u{e9} \\u001b\\n2"),
        "{}",
        left.stdout
    );
    let objects: Vec<Value> = left
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let kinds: Vec<_> = objects
        .iter()
        .map(|o| o["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["crash", "record", "record", "gap", "record", "summary"]
    );
    for object in &objects {
        assert_eq!(object["machine"], "127.0.0.2");
        assert_eq!(object["crash"], 1);
    }
    assert_eq!(objects[0]["panic"], "why");
    assert!(objects[0]["time"].as_str().unwrap().ends_with('Z'));
    let record = &objects[1];
    assert_eq!(
        (&record["prio"], &record["facility"], &record["level"]),
        (&30.into(), &3.into(), &6.into())
    );
    assert_eq!(
        (&record["seq"], &record["usec"]),
        (&4.into(), &1_000_004.into())
    );
    assert_eq!(
        (&record["caller"], &record["release"]),
        (&"C1".into(), &"6.1.0".into())
    );
    assert_eq!(record["text"], "café \x1b\n2");
    assert_eq!(record["dictionary"]["DEVICE"], "+usb:1-1");
    assert_eq!(objects[2]["text"], "\u{fffd}");
    assert_eq!(objects[2]["escaped"], "\\xff");
    assert_eq!(
        (&objects[3]["first"], &objects[3]["last"]),
        (&6.into(), &6.into())
    );
    let summary = &objects[5];
    assert_eq!(
        (&summary["records"], &summary["missing"]),
        (&3.into(), &1.into())
    );
    assert_eq!(summary["malformed_by_reason"]["header"], 1);
}

/// The files in a folder.
fn saved(dir: &Path) -> Vec<String> {
    let mut paths: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn reports_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let save = dir.path().join("new");
    let arguments = [
        "--exit-after",
        "2",
        "--quiet-secs",
        "0.5",
        "--save",
        save.to_str().unwrap(),
    ];
    let listener = Listener::start(&[&arguments[..], &["--color", "always"]].concat());
    listener.tell(&["127.0.0.2", "127.0.0.3"], &crash());
    assert_eq!(listener.left().code, Some(0));

    let reports = saved(&save);
    assert_eq!(reports.len(), 2);
    assert_eq!(timeless(&reports[0]), report("127.0.0.2"));
    assert_eq!(timeless(&reports[1]), report("127.0.0.3"));
    for entry in fs::read_dir(&save).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(
            name.starts_with("127.0.0.") && name.ends_with("Z.txt"),
            "{name}"
        );
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn no_file_is_overwritten_and_no_link_followed() {
    while !is_kept_where_names_are_taken() {}
}

/// Has the program keep a report whose first names are taken. Returns false if that took so long that
/// they may not have been: then it is to be tried again.
fn is_kept_where_names_are_taken() -> bool {
    let dir = tempfile::tempdir().unwrap();
    let victim = dir.path().join("victim");
    let save = dir.path().join("save");
    fs::create_dir(&save).unwrap();
    let now = jiff::Timestamp::now();
    let taken: Vec<_> = (-1..60)
        .map(|second| now + jiff::SignedDuration::from_secs(second))
        .collect();
    for time in &taken {
        let time = time.strftime("%Y%m%dT%H%M%SZ");
        fs::write(save.join(format!("127.0.0.2-{time}.txt")), "old").unwrap();
        std::os::unix::fs::symlink(&victim, save.join(format!("127.0.0.2-{time}-2.txt"))).unwrap();
    }
    let arguments = [
        "--exit-after",
        "1",
        "--quiet-secs",
        "0.5",
        "--save",
        save.to_str().unwrap(),
    ];
    let listener = Listener::start(&arguments);
    listener.tell(&["127.0.0.2"], &crash());
    assert_eq!(listener.left().code, Some(0));

    assert!(!victim.exists());
    if !(taken[0]..taken[60]).contains(&jiff::Timestamp::now()) {
        return false;
    }
    let new: Vec<_> = fs::read_dir(&save)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with("Z-3.txt"))
        .collect();
    assert_eq!(new.len(), 1);
    let old = saved_old(&save);
    assert_eq!(old, taken.len());
    true
}

fn saved_old(dir: &Path) -> usize {
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| fs::read(path).is_ok_and(|text| text == b"old"))
        .count()
}

#[test]
fn no_more_reports_are_kept_than_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let save = dir.path().to_str().unwrap();
    let arguments = [
        "--exit-after",
        "3",
        "--quiet-secs",
        "0.5",
        "--save-max",
        "1",
        "--save",
        save,
    ];
    let listener = Listener::start(&arguments);
    listener.tell(&["127.0.0.2", "127.0.0.3", "127.0.0.4"], &crash());
    let left = listener.left();
    assert_eq!(left.code, Some(2));
    assert_eq!(left.stdout.matches("5 records").count(), 3);
    assert_eq!(
        left.stderr,
        "panic-listen: a report is not kept: as many crashes as --save-max allows are kept already
panic-listen: not all reports could be kept (see above)
"
    );
    assert_eq!(saved(dir.path()).len(), 1);
}

/// Runs it to its end; returns its exit code and what it said.
fn fails(arguments: &[&str]) -> (Option<i32>, String) {
    Process::start(&mut command(arguments)).left()
}

#[test]
fn what_cannot_be_is_said_on_one_line() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path().to_str().unwrap();
    for (arguments, says) in [
        (
            &["--bind", "127.0.0.1", "--port", &port][..],
            "another program listens there",
        ),
        (&["--bind", "192.0.2.1", "--port", "0"], "no such address"),
        (
            &["--port", "0", "--save", file],
            "give a folder you may write to",
        ),
        (
            &["--port", "0", "--save", "/proc/1"],
            "give a folder you may write to",
        ),
        (
            &["--port", "0", "--save", "/nowhere/to/be"],
            "give a folder you may write to",
        ),
    ] {
        let (code, stderr) = fails(arguments);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.starts_with("panic-listen: cannot"), "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
    for arguments in [
        &["--port", "70000"][..],
        &["--port", "-1"],
        &["--bind", "nowhere"],
        &["--quiet-secs", "0"],
        &["--quiet-secs", "NaN"],
        &["--quiet-secs", "1e300"],
        &["--exit-after", "0"],
        &["--port", "0", "--save-max", "0"],
        &["--unknown"],
    ] {
        assert_eq!(fails(arguments).0, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let mut program = Program::start(&["--quiet-secs", "0.3"], Stdio::piped());
    drop(program.process.child.stdout.take());
    program.while_stopped(|| send(&program, "127.0.0.2", &crash()));
    let (code, stderr) = program.process.left();
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_flood_of_garbage_harms_nothing() {
    let listener = Listener::start(&["--quiet-secs", "1"]);
    let program = &listener.program;
    // Reproducible noise, of every kind that there is a limit for, from many machines.
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let sockets: Vec<_> = (1..=250)
        .map(|i| UdpSocket::bind((format!("127.0.1.{i}").as_str(), 0)).unwrap())
        .collect();
    let text = "z".repeat(900);
    let mut sender = Sender::new();
    let step = program.at_once();
    for n in 0..60_000 {
        if n % step == 0 {
            sender.wait_while_full(program);
        }
        let payload = match random(5) {
            0 => format!("6,{},{},-;{text}", random(1 << 40), random(1 << 40)),
            1 => format!(
                "6,{},5,-,ncfrag={}/30000;{text}",
                random(1 << 30),
                random(29_000)
            ),
            2 => format!(
                "6,1,5,-,ncfrag={}/{};{text}",
                random(30_000),
                random(1 << 34)
            ),
            3 => format!("\u{1b}[2J{}", random(1 << 30)),
            _ => format!("{},{},{},-;", random(4000), random(100), random(100)),
        };
        let socket = &sockets[random(250) as usize];
        sender.send(socket, payload.as_bytes(), program);
        // No test reads it, and it must not fill the memory.
        listener.stdout.forget();
    }
    sender.wait_until_read(program);
    let peak = program.peak_memory();
    assert!(peak < 200_000 << 10, "{} kB", peak >> 10);

    // It still hears.
    listener.tell(&["127.0.0.2"], &crash());
    while !listener
        .stdout
        .line()
        .starts_with("=== 127.0.0.2: 5 records")
    {}
    program.signal(Signal::SIGTERM);
    let left = listener.left();
    assert_eq!(left.code, Some(0));
    assert!(left.stderr.contains("datagrams refused"), "{}", left.stderr);
}
