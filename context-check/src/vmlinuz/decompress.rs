// SPDX-License-Identifier: GPL-2.0

//! The compressions that a kernel may be packed with.

use super::{
    u32_at,
    unpack::{DAMAGED, MAX},
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use flate2::read::GzDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::{
    fmt,
    io::{Read, Seek},
};

pub const GZIP: &[u8] = &[0x1f, 0x8b];
const XZ: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const LZ4_LEGACY: &[u8] = &[0x02, 0x21, 0x4c, 0x18];
const LZMA: &[u8] = &[0x5d, 0, 0];
const BZIP2: &[u8] = b"BZh";
const LZO: &[u8] = &[0x89, b'L', b'Z', b'O'];

/// All that LZ4's legacy format has in one block, when it is unpacked.
const LZ4_BLOCK: usize = 8 << 20;

/// How far back the kernel's build lets zstd and xz look, and xz's own tables beside it.
const WINDOW: usize = 128 << 20;
const XZ_KIB: u32 = (WINDOW as u32 >> 10) + 1024;

/// The most that is set aside before it is seen that it is needed.
const RATIO: usize = 32;

/// A packed kernel.
#[derive(Clone, Copy)]
pub struct Packed<'data> {
    pub stream: &'data [u8],
    /// How long it says to be when it is unpacked.
    pub len: Option<usize>,
}

/// It is not the packed kernel that is to blame.
#[derive(Debug)]
struct NoFile;

impl fmt::Display for NoFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "what is unpacked cannot be kept in a temporary file; \
             name a folder with more room in TMPDIR",
        )
    }
}

pub fn unpack(packed: Packed) -> Result<Vec<u8>> {
    let Packed { stream, len } = packed;
    if let Some(len) = len {
        ensure!(
            len <= MAX,
            "it says to have {len} bytes when it is unpacked, and no kernel has more than {} MiB; \
             {DAMAGED}",
            MAX >> 20
        );
    }
    let max = len.unwrap_or(MAX);
    let is = |magic| stream.starts_with(magic);
    let (name, unpacked) = if is(GZIP) {
        ("gzip", read(GzDecoder::new(stream), stream, max))
    } else if is(ZSTD) {
        ("zstd", zstd(stream, max))
    } else if is(XZ) {
        let reader = XzReader::new_mem_limit(stream, false, XZ_KIB);
        ("xz", read(reader, stream, max))
    } else if is(LZ4_LEGACY) {
        ("LZ4", lz4(stream, max))
    } else if is(LZMA) {
        let reader = LzmaReader::new_mem_limit(stream, XZ_KIB, None);
        let unpacked = reader.map_err(Into::into);
        (
            "LZMA",
            unpacked.and_then(|reader| read(reader, stream, max)),
        )
    } else if is(BZIP2) {
        bail!("it is packed with bzip2, which cannot be read; give the kernel's build tree");
    } else if is(LZO) {
        bail!("it is packed with LZO, which cannot be read; give the kernel's build tree");
    } else {
        let begin = stream.get(..4).unwrap_or(stream);
        bail!(
            "it is packed in a way that is not known (it begins with {begin:02x?}); \
             give the kernel's build tree"
        );
    };
    let unpacked = unpacked.map_err(|error| {
        if error.is::<NoFile>() {
            error
        } else {
            error.context(format!("bad {name} data; {DAMAGED}"))
        }
    })?;
    if let Some(len) = len {
        ensure!(
            unpacked.len() == len,
            "it has {} bytes when it is unpacked, and says to have {len}; {DAMAGED}",
            unpacked.len()
        );
    }
    Ok(unpacked)
}

fn too_long(max: usize) -> anyhow::Error {
    anyhow!("there is more than {max} bytes when it is unpacked")
}

/// Reads all, and one byte more at most than there should be.
fn read(reader: impl Read, stream: &[u8], max: usize) -> Result<Vec<u8>> {
    let mut unpacked = Vec::with_capacity(max.min(stream.len().saturating_mul(RATIO)));
    reader.take(max as u64 + 1).read_to_end(&mut unpacked)?;
    ensure!(unpacked.len() <= max, too_long(max));
    Ok(unpacked)
}

/// Blocks, each with its length before it.
fn lz4(stream: &[u8], max: usize) -> Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    let mut at = LZ4_LEGACY.len();
    while at < stream.len() {
        let len = u32_at(stream, at).context("ends in a block's length")? as usize;
        // A second archive, as if both had been one.
        if stream
            .get(at..)
            .is_some_and(|rest| rest.starts_with(LZ4_LEGACY))
        {
            at += LZ4_LEGACY.len();
            continue;
        }
        at += 4;
        let block = stream
            .get(at..)
            .and_then(|rest| rest.get(..len))
            .with_context(|| format!("a block should have {len} bytes, and there are fewer"))?;
        at += len;
        let before = unpacked.len();
        let room = LZ4_BLOCK.min(max - before).min(len.saturating_mul(256));
        unpacked.resize(before + room, 0);
        let more = lz4_flex::block::decompress_into(block, &mut unpacked[before..])
            .with_context(|| too_long(max).to_string())?;
        unpacked.truncate(before + more);
    }
    Ok(unpacked)
}

/// The decoder keeps all that has been unpacked, as the kernel's build lets matches lie anywhere
/// before. So as not to have it twice in memory, what is long goes through a file.
fn zstd(mut stream: &[u8], max: usize) -> Result<Vec<u8>> {
    const STEP: usize = 1 << 20;
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW as u64);
    decoder.init(stream)?;
    // The second time, room for the window is set aside at once, and what is in it never moved.
    decoder.init(&mut stream)?;
    let mut file = None;
    let mut done = 0;
    // Each time at least one step, or it is finished.
    for _ in 0..max / STEP + 2 {
        let step = BlockDecodingStrategy::UptoBytes(STEP);
        let is_finished = decoder.decode_blocks(&mut stream, step)?;
        let ready = decoder.can_collect();
        ensure!(done + ready <= max, too_long(max));
        if is_finished && done + ready <= STEP {
            let unpacked = decoder.collect().unwrap_or_default();
            return checked(&decoder).map(|()| unpacked);
        }
        if ready == 0 && !is_finished {
            continue;
        }
        let file = match &mut file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().context(NoFile)?),
        };
        done += decoder.collect_to_writer(&mut *file).context(NoFile)?;
        if is_finished {
            checked(&decoder)?;
            drop(decoder);
            file.rewind().context(NoFile)?;
            let mut unpacked = Vec::with_capacity(done);
            file.read_to_end(&mut unpacked).context(NoFile)?;
            return Ok(unpacked);
        }
    }
    Err(too_long(max))
}

/// The checksum is known once all has been taken out.
fn checked(decoder: &FrameDecoder) -> Result<()> {
    if let Some(expected) = decoder.get_checksum_from_data() {
        let found = decoder.get_calculated_checksum();
        ensure!(found == Some(expected), "the checksum is another one");
    }
    Ok(())
}
