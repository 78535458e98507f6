// SPDX-License-Identifier: GPL-2.0

//! Small kernels for the tests.

/// Where a kernel for arm64 begins, with addresses of 48 bits.
pub const BASE: u64 = 0xffff_8000_8000_0000;

/// Where the table of symbols lies in a sample.
pub const TABLE: usize = 0x400;

const BANNER: &[u8] = b"Linux version 7.3.4-sample (nobody@nowhere) #1\n\0";

/// What the offsets are from.
#[derive(Clone, Copy, PartialEq)]
pub enum Offsets {
    Fields,
    Base(u64),
}

/// Address, and type with name.
pub type Named = (u64, String);

/// Names of all lengths, two of them at one address, and more than have one marker.
pub fn symbols(base: u64) -> Vec<Named> {
    let mut symbols = vec![
        (base, "T_text".to_owned()),
        (base + 0x80, "T_stext".to_owned()),
        (base + 0x80, "t__sys_alias".to_owned()),
        (base + 0x90, format!("t{}", "long".repeat(100))),
        (base + 0xc0, "T_etext".to_owned()),
        (base + 0x100, "Dlinux_banner".to_owned()),
        (base + 0x180, "D_data".to_owned()),
    ];
    for i in 0..300 {
        symbols.push((base + 0x190 + i, format!("b__sys_number_{i}")));
    }
    symbols
}

/// The table as scripts/kallsyms.c writes it, for that address, with tokens that are worth it.
pub fn table(symbols: &[Named], address: u64, offsets: Offsets) -> Vec<u8> {
    let mut tokens = vec![String::new(); 256];
    for letter in symbols.iter().flat_map(|(_, name)| name.bytes()) {
        tokens[usize::from(letter)] = char::from(letter).to_string();
    }
    tokens[0xff] = "__".to_owned();
    tokens[0xfe] = "__sys_".to_owned();

    let (mut names, mut markers) = (Vec::new(), Vec::new());
    for (number, (_, name)) in symbols.iter().enumerate() {
        if number % 256 == 0 {
            markers.extend((names.len() as u32).to_le_bytes());
        }
        let mut stored = Vec::new();
        let mut rest = &**name;
        while let Some(&letter) = rest.as_bytes().first() {
            let fits = |&token: &u8| rest.starts_with(&tokens[usize::from(token)]);
            let token = [0xfe, 0xff].into_iter().find(fits).unwrap_or(letter);
            stored.push(token);
            rest = &rest[tokens[usize::from(token)].len()..];
        }
        let len = stored.len();
        if len > 0x7f {
            names.extend([len as u8 & 0x7f | 0x80, (len >> 7) as u8]);
        } else {
            names.push(len as u8);
        }
        names.extend(stored);
    }
    let (mut strings, mut index) = (Vec::new(), Vec::new());
    for token in tokens {
        index.extend((strings.len() as u16).to_le_bytes());
        strings.extend(token.as_bytes());
        strings.push(0);
    }

    let mut table = Vec::new();
    for piece in [
        &(symbols.len() as u32).to_le_bytes()[..],
        &names,
        &markers,
        &strings,
        &index,
    ] {
        table.extend(piece);
        table.resize(table.len().next_multiple_of(4), 0);
    }
    for &(to, _) in symbols {
        let from = match offsets {
            Offsets::Fields => address + table.len() as u64,
            Offsets::Base(base) => base,
        };
        table.extend((to.wrapping_sub(from) as u32).to_le_bytes());
    }
    if let Offsets::Base(base) = offsets {
        table.resize(table.len().next_multiple_of(8), 0);
        table.extend(base.to_le_bytes());
    }
    table
}

/// An `Image` for arm64.
pub fn image(symbols: &[Named]) -> Vec<u8> {
    let mut image = vec![0; TABLE];
    image[..2].copy_from_slice(b"MZ");
    image[56..60].copy_from_slice(b"ARM\x64");
    image[0x100..][..BANNER.len()].copy_from_slice(BANNER);
    // A pointer to the banner.
    image[0x180..0x188].copy_from_slice(&(BASE + 0x100).to_le_bytes());
    image.extend(table(symbols, BASE + TABLE as u64, Offsets::Fields));
    image
}

/// An ELF file for x86-64 with one segment and no sections.
pub fn elf(symbols: &[Named], address: u64) -> Vec<u8> {
    let mut elf = vec![0; TABLE];
    elf[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    let mut put = |at: usize, bytes: &[u8]| elf[at..at + bytes.len()].copy_from_slice(bytes);
    // Type, machine, version; where the program headers are, and how many.
    put(16, &[2, 0, 62, 0, 1]);
    put(32, &[64]);
    put(52, &[64, 0, 56, 0, 1]);
    // To be loaded, readable and writable, all of the file.
    put(64, &[1, 0, 0, 0, 6]);
    put(80, &address.to_le_bytes());
    put(0x100, BANNER);
    elf.extend(table(symbols, address + TABLE as u64, Offsets::Fields));
    let len = (elf.len() as u64).to_le_bytes();
    elf[96..104].copy_from_slice(&len);
    elf[104..112].copy_from_slice(&len);
    elf
}

/// A bzImage with that payload.
pub fn bzimage(payload: &[u8]) -> Vec<u8> {
    let mut image = vec![0; 1024];
    image[0x1f1] = 1;
    image[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
    image[0x202..0x208].copy_from_slice(b"HdrS\x0f\x02");
    image[0x24c..0x250].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    image.extend(payload);
    image
}

/// An EFI image with that payload.
pub fn zboot(payload: &[u8]) -> Vec<u8> {
    let mut image = b"MZ\0\0zimg".to_vec();
    image.extend(64_u32.to_le_bytes());
    image.extend((payload.len() as u32).to_le_bytes());
    image.resize(64, 0);
    image.extend(payload);
    image
}
