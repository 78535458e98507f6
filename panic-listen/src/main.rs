// SPDX-License-Identifier: GPL-2.0

//! `panic-listen`: hears the last log records that panicking kernels broadcast.

mod socket;

use anstream::{AutoStream, ColorChoice};
use clap::{Parser, ValueEnum};
use jiff::Zoned;
use panic_listen::{Event, Folder, Json, Limits, Receiver, Report};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};
use socket::Socket;
use std::{
    fmt::Display,
    io::{self, BufWriter, ErrorKind, StdoutLock, Write},
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};

/// How often the receiver is told the time while a machine is heard, and while none is.
const TICK: Duration = Duration::from_millis(50);
const IDLE: Duration = Duration::from_millis(250);

/// Bytes that are kept of one crash: several times the largest log that is usual.
const SAVED_BYTES: u64 = 64 << 20;

/// Hear the last log records that panicking kernels broadcast.
///
/// Prints one report for each machine that crashes, as it arrives. Reads what the module
/// panic_broadcaster and any extended netconsole send.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0")]
    bind: IpAddr,

    /// UDP port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = panic_wire::DEFAULT_PORT)]
    port: u16,

    /// Print a JSON object for each record, and for each gap, beginning and end of a crash.
    #[arg(long)]
    json: bool,

    /// Keep each crash's report in a file of its own in this folder.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,

    /// Keep at most so many reports.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    save_max: u32,

    /// A machine that is silent for so long has ended its crash.
    #[arg(long, value_name = "SECS", default_value = "2", value_parser = quiet_secs)]
    quiet_secs: Duration,

    /// End after so many crashes have ended.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    exit_after: Option<u64>,

    /// When to use colour. "auto": on a terminal, unless NO_COLOR is set.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

fn quiet_secs(text: &str) -> Result<Duration, String> {
    let secs = text
        .parse()
        .ok()
        .filter(|secs| (0.1..=86_400.0).contains(secs));
    let secs = secs.ok_or("a number of seconds from 0.1 to 86400 is needed")?;
    Ok(Duration::from_secs_f64(secs))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has had enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            complain(failure);
            ExitCode::from(2)
        }
    }
}

/// Why the program cannot go on.
enum Failure {
    /// With what to do about it.
    Start(String),
    Receive(io::Error),
    Output(io::Error),
    /// Already said when it happened.
    Save,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Receive(error)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start(what) => f.write_str(what),
            Self::Receive(error) => write!(f, "cannot receive: {error}"),
            Self::Output(error) => write!(f, "cannot write the output: {error}"),
            Self::Save => f.write_str("not all reports could be kept (see above)"),
        }
    }
}

/// Says what is wrong, on one line. There is nobody to tell if that fails.
fn complain(what: impl Display) {
    let _ = writeln!(io::stderr(), "panic-listen: {what}");
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The first one ends it in order; the second at once, should the output be stuck.
        flag::register_conditional_shutdown(signal, 2, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| Failure::Start(format!("cannot wait for signal {signal}: {error}")))?;
    }
    let mut output = Output::open(arguments)?;
    let address = SocketAddr::new(arguments.bind, arguments.port);
    let mut socket =
        Socket::bind(address).map_err(|error| Failure::Start(cannot_bind(address, &error)))?;
    complain(format_args!(
        "listening on {}",
        socket.local_addr().unwrap_or(address)
    ));

    let mut receiver = Receiver::new(Limits {
        quiet: arguments.quiet_secs,
        ..Limits::default()
    });
    let listened = listen(
        &mut socket,
        &mut receiver,
        &mut output,
        arguments.exit_after,
        &stop,
    );
    if receiver.refused().total() > 0 {
        complain(receiver.refused().counted("datagrams refused"));
    }
    listened?;
    if output.save_error.is_some() {
        return Err(Failure::Save);
    }
    Ok(())
}

/// Receives until it is told to stop, or until enough crashes have ended.
fn listen(
    socket: &mut Socket,
    receiver: &mut Receiver,
    output: &mut Output,
    exit_after: Option<u64>,
    stop: &AtomicBool,
) -> Result<(), Failure> {
    let enough = |ended| exit_after.is_some_and(|limit| ended >= limit);
    let mut ticked = Instant::now();

    while !stop.load(Ordering::Relaxed) {
        let timeout = if receiver.is_hearing() { TICK } else { IDLE };
        let mut woken = None;
        socket.receive(timeout, |from, payload| {
            // Those that were read at once came at once.
            let now = *woken.get_or_insert_with(Instant::now);
            for event in receiver.datagram(from, payload, now) {
                output.event(&event)?;
            }
            Ok::<_, Failure>(())
        })?;

        let now = woken.unwrap_or_else(Instant::now);
        if now.saturating_duration_since(ticked) >= TICK {
            ticked = now;
            for event in receiver.tick(now) {
                output.event(&event)?;
            }
            output.flush()?;
        }
        if enough(output.ended) {
            break;
        }
    }

    for event in receiver.finish() {
        output.event(&event)?;
    }
    output.flush()
}

fn cannot_bind(address: SocketAddr, error: &io::Error) -> String {
    let todo = match error.kind() {
        ErrorKind::AddrInUse => "another program listens there: end it, or give another --port",
        ErrorKind::PermissionDenied => {
            "ports below 1024 are root's: give a --port above, or be root"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: give one of its own with --bind"
        }
        _ => "check --bind and --port",
    };
    format!("cannot listen on {address}: {error}; {todo}")
}

/// Where events go.
struct Output {
    stdout: Stdout,
    folder: Option<Folder>,
    /// What kept a report from being kept, most recently.
    save_error: Option<String>,
    /// When the crash that began last did.
    began: Zoned,
    /// Crashes that have ended.
    ended: u64,
}

enum Stdout {
    Json(Json<BufWriter<StdoutLock<'static>>>),
    Report(Report<BufWriter<StdoutLock<'static>>>),
}

impl Output {
    fn open(arguments: &Arguments) -> Result<Self, Failure> {
        let folder = arguments.save.as_deref().map(|path| {
            Folder::open(path, arguments.save_max, SAVED_BYTES).map_err(|error| {
                let path = path.display();
                Failure::Start(format!(
                    "cannot keep reports in {path}: {error}; give a folder you may write to with --save"
                ))
            })
        });
        let styled = match arguments.color {
            Color::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        let out = BufWriter::new(io::stdout().lock());
        Ok(Self {
            stdout: if arguments.json {
                Stdout::Json(Json::new(out))
            } else {
                Stdout::Report(Report::new(out, styled))
            },
            folder: folder.transpose()?,
            save_error: None,
            began: Zoned::now(),
            ended: 0,
        })
    }

    fn event(&mut self, event: &Event) -> Result<(), Failure> {
        match event {
            Event::Began { .. } => self.began = Zoned::now(),
            Event::Ended { .. } => self.ended += 1,
            _ => {}
        }
        if let Some(folder) = &mut self.folder {
            let saved = folder.event(event, &self.began);
            self.note(saved);
        }
        let now = &self.began;
        match &mut self.stdout {
            Stdout::Json(json) => json.event(event, now.timestamp()),
            Stdout::Report(report) => report.event(event, now),
        }
        .map_err(Failure::Output)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if let Some(folder) = &mut self.folder {
            let saved = folder.flush();
            self.note(saved);
        }
        match &mut self.stdout {
            Stdout::Json(json) => json.flush(),
            Stdout::Report(report) => report.flush(),
        }
        .map_err(Failure::Output)
    }

    /// Says what kept a report from being kept, once. The reports on the output go on.
    fn note(&mut self, saved: io::Result<()>) {
        let Err(error) = saved else { return };
        let error = error.to_string();
        if self.save_error.as_ref() != Some(&error) {
            complain(format_args!("a report is not kept: {error}"));
            self.save_error = Some(error);
        }
    }
}
