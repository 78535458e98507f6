// SPDX-License-Identifier: GPL-2.0

//! What the kernel is wrapped in: `bzImage` on x86-64; `Image`, `Image.gz` and `vmlinuz.efi`, of
//! CONFIG_EFI_ZBOOT, on arm64.

use super::{
    decompress::{self, Packed},
    u16_at, u32_at,
};
use anyhow::{bail, ensure, Context, Result};
use object::Architecture;
use std::borrow::Cow;

/// No kernel is so long when it is unpacked.
pub const MAX: usize = 512 << 20;

/// What to do if a file is not as it says.
pub const DAMAGED: &str = "the file is damaged or incomplete: install the kernel's package again";

/// How the kernel is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// x86: some code that unpacks, and the kernel as ELF.
    BzImage,
    /// arm64: not packed.
    Image,
    /// An EFI program that unpacks.
    Zboot,
    /// `Image.gz`.
    Gzip,
}

impl Container {
    pub fn of(data: &[u8]) -> Option<Self> {
        let has =
            |at: usize, magic: &[u8]| data.get(at..).is_some_and(|rest| rest.starts_with(magic));
        if has(0x1fe, &[0x55, 0xaa]) && has(0x202, b"HdrS") {
            Some(Self::BzImage)
        } else if has(0, b"MZ") && has(4, b"zimg") {
            Some(Self::Zboot)
        } else if has(56, b"ARM\x64") {
            Some(Self::Image)
        } else if has(0, decompress::GZIP) {
            Some(Self::Gzip)
        } else {
            None
        }
    }
}

/// Unpacks a kernel: to ELF on x86-64, to `Image` on arm64.
pub fn unpack(data: &[u8]) -> Result<(Cow<'_, [u8]>, Architecture)> {
    ensure!(
        data.len() <= MAX,
        "longer than any kernel ({} MiB at most)",
        MAX >> 20
    );
    match Container::of(data) {
        Some(Container::BzImage) => {
            let elf =
                decompress::unpack(bzimage(data)?).context("the kernel cannot be unpacked")?;
            Ok((elf.into(), Architecture::X86_64))
        }
        Some(Container::Image) => {
            check_image(data)?;
            Ok((data.into(), Architecture::Aarch64))
        }
        Some(Container::Zboot) => {
            let image =
                decompress::unpack(zboot(data)?).context("the kernel cannot be unpacked")?;
            check_image(&image)?;
            Ok((image.into(), Architecture::Aarch64))
        }
        Some(Container::Gzip) => {
            let packed = Packed {
                stream: data,
                len: None,
            };
            let image = decompress::unpack(packed).context("the kernel cannot be unpacked")?;
            check_image(&image)?;
            Ok((image.into(), Architecture::Aarch64))
        }
        None => bail!(
            "no vmlinuz: neither a bzImage for x86-64 nor an Image for arm64; \
             give the kernel's vmlinuz, as in /boot, or its build tree"
        ),
    }
}

/// The payload, by the setup header: see Documentation/arch/x86/boot.rst.
fn bzimage(data: &[u8]) -> Result<Packed<'_>> {
    let header = "the bzImage ends in its header";
    let version = u16_at(data, 0x206).with_context(|| format!("{header}; {DAMAGED}"))?;
    ensure!(
        version >= 0x208,
        "the bzImage has boot protocol {}.{:02}, which does not say where the kernel is; \
         kernels since 2.6.24 do",
        version >> 8,
        version & 0xff
    );
    let (offset, len) = u32_at(data, 0x248)
        .zip(u32_at(data, 0x24c))
        .with_context(|| format!("{header}; {DAMAGED}"))?;
    let sectors = match data.get(0x1f1) {
        None | Some(0) => 4,
        Some(&sectors) => usize::from(sectors),
    };
    let start = (sectors + 1) * 512 + offset as usize;
    let payload = data
        .get(start..)
        .and_then(|rest| rest.get(..len as usize))
        .with_context(|| {
            format!(
                "the bzImage's header says that the kernel has {len} bytes from {start} on, \
                 and the file has {}; {DAMAGED}",
                data.len()
            )
        })?;
    ensure!(
        !payload.is_empty(),
        "the bzImage has no kernel in it; {DAMAGED}"
    );
    let (stream, unpacked) = payload
        .split_last_chunk::<4>()
        .with_context(|| format!("the bzImage's kernel has {len} bytes; {DAMAGED}"))?;
    Ok(Packed {
        // In gzip's format the length is a part of it; with the others it stands behind.
        stream: if payload.starts_with(decompress::GZIP) {
            payload
        } else {
            stream
        },
        len: Some(u32::from_le_bytes(*unpacked) as usize),
    })
}

/// The payload, by the header of drivers/firmware/efi/libstub/zboot-header.S.
fn zboot(data: &[u8]) -> Result<Packed<'_>> {
    let (offset, len) = u32_at(data, 8)
        .zip(u32_at(data, 12))
        .with_context(|| format!("the EFI image ends in its header; {DAMAGED}"))?;
    let rest = data.get(offset as usize..);
    let stream = rest
        .and_then(|rest| rest.get(..len as usize))
        .with_context(|| {
            format!(
                "the EFI image's header says that the kernel has {len} bytes from {offset} on, \
             and the file has {}; {DAMAGED}",
                data.len()
            )
        })?;
    let unpacked = if stream.starts_with(decompress::GZIP) {
        None
    } else {
        rest.and_then(|rest| u32_at(rest, len as usize))
            .map(|unpacked| unpacked as usize)
    };
    Ok(Packed {
        stream,
        len: unpacked,
    })
}

/// Whether it is an `Image` for arm64: see Documentation/arch/arm64/booting.rst.
fn check_image(image: &[u8]) -> Result<()> {
    ensure!(
        Container::of(image) == Some(Container::Image),
        "what is packed is no Image for arm64; other architectures cannot be read"
    );
    let flags = image.get(24).copied().unwrap_or_default();
    ensure!(
        flags & 1 == 0,
        "the Image is for big-endian arm64, which cannot be read"
    );
    Ok(())
}
