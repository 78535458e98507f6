// SPDX-License-Identifier: GPL-2.0

//! Relocations: those that the kernel's own loader takes (`arch/arm64/kernel/module.c`).

use crate::arch::Fixed;
use object::elf::*;
use object::RelocationFlags;

/// Where an instruction has its number.
#[derive(Clone, Copy)]
enum Field {
    /// From this bit on, so many.
    At(u32, u32),
    /// The lowest two bits apart from the others: of `adr` and `adrp`.
    Split,
}

impl Field {
    fn put(self, word: u32, number: u64) -> u32 {
        let number = number as u32;
        match self {
            Field::At(at, length) => {
                let mask = (1 << length) - 1;
                word & !(mask << at) | (number & mask) << at
            }
            Field::Split => {
                let word = Field::At(29, 2).put(word, u64::from(number));
                Field::At(5, 19).put(word, u64::from(number >> 2))
            }
        }
    }
}

pub fn relocate(flags: RelocationFlags, field: u64, target: u64, bytes: &[u8]) -> Option<Fixed> {
    let RelocationFlags::Elf { r_type } = flags else {
        return None;
    };
    let relative = target.wrapping_sub(field);
    let data = |value: u64, size: usize| {
        Some(Fixed {
            value,
            size,
            is_address: false,
            is_page: false,
        })
    };
    let word = || Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?));
    let put = |place: Field, number: u64| {
        let value = u64::from(place.put(word()?, number));
        data(value, 4)
    };
    // A distance that has to fit into so many bits, with a sign. The kernel puts code in between
    // where one of a branch does not.
    let signed = |value: u64, shift: u32, place: Field| {
        let bits = match place {
            Field::At(_, length) => length,
            Field::Split => 21,
        };
        let number = value as i64 >> shift;
        let rest = number >> (bits - 1);
        (rest == 0 || rest == -1).then_some(())?;
        put(place, number as u64)
    };
    // 16 bits of a number, of which no higher ones may be left over.
    let part = |value: u64, at: u32, is_checked: bool| {
        let number = value as i64 >> at;
        (!is_checked || (0..=0xffff).contains(&number)).then_some(())?;
        put(Field::At(5, 16), number as u64)
    };
    // The same with a sign, which `movz` or `movn` has.
    let signed_part = |value: u64, at: u32, is_checked: bool| {
        let number = value as i64 >> at;
        let (opcode, number) = match value as i64 {
            0.. => (2, number),
            _ => (0, !number),
        };
        (!is_checked || (0..=0xffff).contains(&number)).then_some(())?;
        let word = Field::At(29, 2).put(word()?, opcode);
        data(u64::from(Field::At(5, 16).put(word, number as u64)), 4)
    };
    let low = |shift: u32| put(Field::At(10, 12), (target & 0xfff) >> shift);
    match r_type {
        R_AARCH64_ABS64 => Some(Fixed {
            value: target,
            size: 8,
            is_address: true,
            is_page: false,
        }),
        // No address of the kernel's is as short.
        R_AARCH64_ABS32 => u32::try_from(target).ok().and_then(|_| data(target, 4)),
        R_AARCH64_ABS16 => u16::try_from(target).ok().and_then(|_| data(target, 2)),
        R_AARCH64_PREL64 => data(relative, 8),
        R_AARCH64_PREL32 | R_AARCH64_PLT32 => {
            let value = i32::try_from(relative as i64).ok()?;
            data(u64::from(value as u32), 4)
        }
        R_AARCH64_PREL16 => {
            let value = i16::try_from(relative as i64).ok()?;
            data(u64::from(value as u16), 2)
        }
        R_AARCH64_MOVW_UABS_G0_NC => part(target, 0, false),
        R_AARCH64_MOVW_UABS_G0 => part(target, 0, true),
        R_AARCH64_MOVW_UABS_G1_NC => part(target, 16, false),
        R_AARCH64_MOVW_UABS_G1 => part(target, 16, true),
        R_AARCH64_MOVW_UABS_G2_NC => part(target, 32, false),
        R_AARCH64_MOVW_UABS_G2 => part(target, 32, true),
        R_AARCH64_MOVW_UABS_G3 => part(target, 48, false),
        R_AARCH64_MOVW_SABS_G0 => signed_part(target, 0, true),
        R_AARCH64_MOVW_SABS_G1 => signed_part(target, 16, true),
        R_AARCH64_MOVW_SABS_G2 => signed_part(target, 32, true),
        R_AARCH64_MOVW_PREL_G0_NC => part(relative, 0, false),
        R_AARCH64_MOVW_PREL_G0 => signed_part(relative, 0, true),
        R_AARCH64_MOVW_PREL_G1_NC => part(relative, 16, false),
        R_AARCH64_MOVW_PREL_G1 => signed_part(relative, 16, true),
        R_AARCH64_MOVW_PREL_G2_NC => part(relative, 32, false),
        R_AARCH64_MOVW_PREL_G2 => signed_part(relative, 32, true),
        R_AARCH64_MOVW_PREL_G3 => signed_part(relative, 48, false),
        R_AARCH64_LD_PREL_LO19 | R_AARCH64_CONDBR19 => signed(relative, 2, Field::At(5, 19)),
        R_AARCH64_TSTBR14 => signed(relative, 2, Field::At(5, 14)),
        R_AARCH64_JUMP26 | R_AARCH64_CALL26 => signed(relative, 2, Field::At(0, 26)),
        R_AARCH64_ADR_PREL_LO21 => signed(relative, 0, Field::Split),
        R_AARCH64_ADR_PREL_PG_HI21 | R_AARCH64_ADR_PREL_PG_HI21_NC => {
            let pages = (target & !0xfff).wrapping_sub(field & !0xfff);
            let fixed = match r_type {
                R_AARCH64_ADR_PREL_PG_HI21 => signed(pages, 12, Field::Split),
                _ => put(Field::Split, pages >> 12),
            }?;
            Some(Fixed {
                is_page: true,
                ..fixed
            })
        }
        R_AARCH64_ADD_ABS_LO12_NC | R_AARCH64_LDST8_ABS_LO12_NC => low(0),
        R_AARCH64_LDST16_ABS_LO12_NC => low(1),
        R_AARCH64_LDST32_ABS_LO12_NC => low(2),
        R_AARCH64_LDST64_ABS_LO12_NC => low(3),
        R_AARCH64_LDST128_ABS_LO12_NC => low(4),
        _ => None,
    }
}
