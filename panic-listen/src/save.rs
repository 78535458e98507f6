// SPDX-License-Identifier: GPL-2.0

//! Crashes kept in files.

use crate::{Event, Origin, Report};
use jiff::{tz::TimeZone, Zoned};
use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// So many crashes of one machine in one second get a file of their own.
const SAME_NAME: u32 = 1000;

/// Keeps each crash in a file of its own: the report as people read it, without colour.
///
/// A file is named after the machine's address and the time, is never one that was there before, and
/// can be read by its owner only: a kernel's log may hold secrets.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Files and bytes that may still be written: datagrams cost nothing, a full disk does.
    files_left: u32,
    file_bytes: u64,
    open: HashMap<Origin, Report<Bounded>>,
}

impl Folder {
    /// Opens the folder `path`, makes it if need be, and makes sure that files can be made in it.
    pub fn open(path: &Path, max_files: u32, max_file_bytes: u64) -> io::Result<Self> {
        if !path.is_dir() {
            std::fs::create_dir(path)?;
        }
        tempfile::tempfile_in(path)?;
        Ok(Self {
            path: path.to_owned(),
            files_left: max_files,
            file_bytes: max_file_bytes,
            open: HashMap::new(),
        })
    }

    /// Writes an event to its crash's file. `now` is the time of a crash that begins with it.
    ///
    /// After an error, what follows of that crash is not kept.
    pub fn event(&mut self, event: &Event, now: &Zoned) -> io::Result<()> {
        let origin = event.origin();
        if matches!(event, Event::Began { .. }) {
            self.files_left = self.files_left.checked_sub(1).ok_or_else(|| {
                io::Error::other("as many crashes as --save-max allows are kept already")
            })?;
            let file = Bounded {
                file: BufWriter::new(create(&self.path, origin.machine, now)?),
                left: self.file_bytes,
            };
            self.open.insert(origin, Report::new(file, false));
        }

        let Some(mut report) = self.open.remove(&origin) else {
            return Ok(());
        };
        report.event(event, now)?;
        if matches!(event, Event::Ended { .. }) {
            return report.flush();
        }
        self.open.insert(origin, report);
        Ok(())
    }

    /// Makes sure that all that was written is in the files.
    pub fn flush(&mut self) -> io::Result<()> {
        self.open.values_mut().try_for_each(Report::flush)
    }
}

/// Makes the file for a crash of `machine` that begins `now`.
fn create(folder: &Path, machine: IpAddr, now: &Zoned) -> io::Result<File> {
    // Digits, letters and dots: an address that was received as a number has no others. Not every
    // file system takes colons.
    let address = machine.to_string().replace(':', "-");
    let time = now
        .with_time_zone(TimeZone::UTC)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string();

    for number in 1..=SAME_NAME {
        let name = match number {
            1 => format!("{address}-{time}.txt"),
            _ => format!("{address}-{time}-{number}.txt"),
        };
        // Neither an existing file nor what a link points to is ever opened.
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.join(name));
        match file {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return result,
        }
    }
    Err(io::Error::other(
        "too many crashes of this machine in one second",
    ))
}

/// A file that takes only so many bytes.
#[derive(Debug)]
struct Bounded {
    file: BufWriter<File>,
    left: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left =
            left.ok_or_else(|| io::Error::other("the report is too long; the rest is not kept"))?;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
