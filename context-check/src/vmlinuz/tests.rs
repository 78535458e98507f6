// SPDX-License-Identifier: GPL-2.0

use super::{
    kallsyms::Tables,
    samples::{bzimage, elf, image, symbols, table, zboot, Named, Offsets, BASE},
    unpack::MAX,
    *,
};
use flate2::{write::GzEncoder, Compression};
use lzma_rust2::{LzmaOptions, LzmaWriter, XzOptions, XzWriter};
use std::io::Write;

const X86: u64 = 0xffff_ffff_8100_0000;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = LzmaOptions::with_preset(1);
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut packed = b"\x02\x21\x4c\x18".to_vec();
    for block in bytes.chunks(8 << 20) {
        let block = lz4_flex::block::compress(block);
        packed.extend((block.len() as u32).to_le_bytes());
        packed.extend(block);
    }
    packed
}

/// With the length behind it, as the kernel's build does.
fn with_len(mut packed: Vec<u8>, len: usize) -> Vec<u8> {
    packed.extend((len as u32).to_le_bytes());
    packed
}

fn found(symbols: &Symbols) -> Vec<Named> {
    let named = |symbol: Symbol| {
        let kind = char::from(symbol.kind);
        (symbol.address, format!("{kind}{}", symbol.name))
    };
    symbols.iter().map(named).collect()
}

fn error(data: &[u8]) -> String {
    format!("{:#}", Vmlinuz::read(data).unwrap_err())
}

#[track_caller]
fn refused(data: &[u8], why: &str) {
    let error = error(data);
    assert!(error.contains(why), "{error}");
}

#[test]
fn a_table_is_decoded() {
    let symbols = symbols(X86);
    for len in [1, 2, 7, 255, 256, 257, symbols.len()] {
        for before in [0, 4, 400] {
            for offsets in [Offsets::Fields, Offsets::Base(X86)] {
                let symbols = &symbols[..len];
                if len < 3 && offsets != Offsets::Fields {
                    continue;
                }
                let mut bytes = vec![0; before];
                bytes.resize(before.next_multiple_of(8), 0);
                let address = X86 + 0x1000 - bytes.len() as u64;
                bytes.extend(table(symbols, X86 + 0x1000, offsets));
                let tables = Tables::find(&bytes).unwrap();
                let place = address + tables.offsets as u64;
                assert_eq!(found(&tables.read(&bytes, place).unwrap()), symbols);
            }
        }
    }
}

#[test]
fn a_table_that_is_cut_off_is_refused() {
    let whole = table(&symbols(X86), X86, Offsets::Fields);
    for len in (0..whole.len()).step_by(61) {
        let bytes = &whole[..len];
        let symbols = Tables::find(bytes).and_then(|tables| tables.read(bytes, X86));
        assert!(symbols.is_err());
    }
}

#[test]
fn a_damaged_table_is_refused_or_read() {
    let whole = table(&symbols(X86), X86, Offsets::Fields);
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= [0x01, 0x80, 0xff][at % 3];
        let _ = Tables::find(&bytes).and_then(|tables| tables.read(&bytes, X86));
    }
}

#[test]
fn an_image_is_read() {
    let symbols = symbols(BASE);
    let image = image(&symbols);
    for data in [
        image.clone(),
        gzip(&image),
        zboot(&gzip(&image)),
        zboot(&zstd(&image)),
    ] {
        assert!(Vmlinuz::is_one(&data));
        let kernel = Vmlinuz::read(&data).unwrap();
        assert_eq!(kernel.architecture, Architecture::Aarch64);
        assert_eq!(kernel.release, "7.3.4-sample");
        assert!(kernel.symbols.have_data());
        assert_eq!(found(&kernel.symbols), symbols);
        let segments = kernel.segments();
        let segments: Vec<_> = segments
            .iter()
            .map(|segment| (&*segment.name, segment.start - BASE, segment.kind))
            .collect();
        let expected = [
            (".head.text", 0, Kind::Code),
            (".text", 0x80, Kind::Code),
            (".rodata", 0xc0, Kind::Constant),
            (".data", 0x180, Kind::Variable),
        ];
        assert_eq!(segments, expected);
        assert!(kernel.bytes_at(BASE + 0x100).unwrap().starts_with(BANNER));
        assert!(kernel.bytes_at(BASE - 1).is_none());
        assert!(kernel.bytes_at(BASE + image.len() as u64).is_none());
    }
}

#[test]
fn a_bzimage_is_read_however_it_is_packed() {
    let symbols = symbols(X86);
    let elf = elf(&symbols, X86);
    let mut payloads = vec![gzip(&elf)];
    for packed in [zstd(&elf), xz(&elf), lzma(&elf), lz4(&elf)] {
        payloads.push(with_len(packed, elf.len()));
    }
    for payload in payloads {
        let data = bzimage(&payload);
        assert!(Vmlinuz::is_one(&data));
        let kernel = Vmlinuz::read(&data).unwrap();
        assert_eq!(kernel.architecture, Architecture::X86_64);
        assert_eq!(kernel.release, "7.3.4-sample");
        assert_eq!(found(&kernel.symbols), symbols);
        assert_eq!(kernel.segments()[0].start, X86);
    }
}

#[test]
fn what_is_long_is_unpacked_too() {
    // Longer than one block of LZ4, and than what does not go through a file.
    let long: Vec<u8> = (0..9_u32 << 18)
        .flat_map(|i| (i / 3).to_le_bytes())
        .collect();
    let short = &long[..1 << 18];
    for (packed, whole) in [
        (gzip(&long), &*long),
        (zstd(&long), &*long),
        (lz4(&long), &*long),
        (xz(short), short),
        (lzma(short), short),
    ] {
        for len in [None, Some(whole.len())] {
            let stream = &*packed;
            let unpacked = decompress::unpack(decompress::Packed { stream, len }).unwrap();
            assert!(unpacked == whole);
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let elf = elf(&symbols(X86), X86);
    for packed in [gzip(&elf), zstd(&elf), xz(&elf), lzma(&elf), lz4(&elf)] {
        let whole = bzimage(&with_len(packed.clone(), elf.len()));
        for len in (0..whole.len()).step_by(61) {
            let error = error(&whole[..len]);
            let expected = if len < 0x206 { "no vmlinuz" } else { "damaged" };
            assert!(error.contains(expected), "{error}");
        }
        // The header is right, and the payload ends too soon.
        let short = with_len(packed[..packed.len() / 2].to_vec(), elf.len());
        refused(&bzimage(&short), "damaged");
    }
    let image = image(&symbols(BASE));
    for packed in [zboot(&gzip(&image)), zboot(&zstd(&image)), gzip(&image)] {
        for len in (0..packed.len()).step_by(61) {
            assert!(Vmlinuz::read(&packed[..len]).is_err());
        }
    }
}

#[test]
fn wrong_lengths_are_refused() {
    let elf = elf(&symbols(X86), X86);
    for packed in [zstd(&elf), xz(&elf), lzma(&elf), lz4(&elf)] {
        let more = with_len(packed.clone(), elf.len() + 1);
        refused(&bzimage(&more), "says to have");
        let less = with_len(packed, elf.len() - 1);
        refused(&bzimage(&less), "there is more than");
    }
    let mut outside = bzimage(&gzip(&elf));
    outside[0x248] = 1;
    refused(&outside, "header says that the kernel has");
    let mut outside = zboot(&gzip(&elf));
    outside[11] = 0xff;
    refused(&outside, "header says that the kernel has");
    refused(&bzimage(&[]), "no kernel in it");
    refused(&bzimage(b"abc"), "has 3 bytes");
}

#[test]
fn a_bomb_is_refused() {
    let zeros = vec![0; 3 << 20];
    for packed in [
        gzip(&zeros),
        zstd(&zeros),
        xz(&zeros),
        lzma(&zeros),
        lz4(&zeros),
    ] {
        let packed = decompress::Packed {
            stream: &packed,
            len: Some(1 << 20),
        };
        let error = format!("{:#}", decompress::unpack(packed).unwrap_err());
        assert!(
            error.contains("there is more than 1048576 bytes"),
            "{error}"
        );
    }
    refused(
        &bzimage(&with_len(zstd(b""), MAX + 1)),
        "no kernel has more than 512 MiB",
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    refused(b"", "no vmlinuz");
    refused(b"\x7fELF", "no vmlinuz");
    refused(&bzimage(b"BZh91AY\0\0\0\0"), "bzip2");
    refused(&bzimage(b"\x89LZO\0\0\0\0"), "LZO");
    refused(&bzimage(b"what is\0\0\0\0"), "not known");
    let elf = elf(&symbols(X86), X86);
    let mut old = bzimage(&gzip(&elf));
    old[0x206] = 7;
    refused(&old, "boot protocol 2.07");
    refused(&bzimage(&gzip(b"no ELF")), "64-bit ELF");
    let mut other = elf.clone();
    other[18] = 183;
    refused(&bzimage(&gzip(&other)), "another architecture");
    let mut short = elf.clone();
    short.truncate(300);
    refused(&bzimage(&gzip(&short)), "ends before its last section");
    let mut without = elf.clone();
    without[samples::TABLE..].fill(0);
    refused(&bzimage(&gzip(&without)), "CONFIG_KALLSYMS");
    refused(&gzip(b"no Image"), "no Image for arm64");
    let mut image = image(&symbols(BASE));
    image[0x180..0x188].fill(0);
    refused(&image, "no pointer");
    image[24] = 1;
    refused(&image, "big-endian");
}

#[test]
fn the_release_is_found_without_its_symbol() {
    let mut symbols = symbols(BASE);
    symbols.retain(|(_, name)| !name.ends_with("linux_banner"));
    assert_eq!(
        Vmlinuz::read(&image(&symbols)).unwrap().release,
        "7.3.4-sample"
    );
    let mut image = image(&symbols);
    image[0x100] = b'l';
    refused(&image, "of which release");
}
