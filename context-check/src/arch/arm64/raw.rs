// SPDX-License-Identifier: GPL-2.0

//! Instructions that the decoder does not know and kernels have.

use super::lift::{read, written, Lifter};
use crate::ops::{Address, Op, Operand, Register, Value};

pub(super) fn lift(lifter: &mut Lifter) -> bool {
    let word = lifter.word;
    let field = |at: u32| (word >> at & 31) as u16;
    let (d, n, second, m) = (field(0), field(5), field(10), field(16));
    let base = n as Register;
    let at = Address::behind(base, 0);
    let size = if word >> 30 & 1 == 0 { 4 } else { 8 };
    let is = |mask: u32, value: u32| word & mask == value;

    // `cpy*` and `set*`: copies and fills in three steps, with what is left in the registers.
    if is(0xfb20_0c00, 0x1900_0400) {
        let is_fill = word >> 22 & 3 == 3;
        let how = word >> 12 & 3;
        lifter.to.is_user_access = if is_fill { how & 1 != 0 } else { how != 0 };
        lifter.lose(read(d));
        if !is_fill {
            lifter.lose(read(m));
        }
        match written(d) {
            Some(to) => lifter.wipe(Address::behind(to, 0), None),
            None => lifter.push(Op::WipeAnywhere),
        }
        lifter.push(Op::ForgetConditions);
        for register in [Some(d), Some(n), (!is_fill).then_some(m)] {
            lifter.set(register.and_then(written), 8, Value::Unknown);
        }
        return true;
    }
    // `wfet` and `wfit`: wait.
    if is(0xffff_ffc0, 0xd503_1000) {
        return true;
    }
    // `addg` and `subg`, with a tag besides.
    if is(0xbfc0_0000, 0x9180_0000) {
        let by = Operand::Number(u64::from(word >> 16 & 63) * 16);
        let from = Operand::Register(base);
        let value = match word >> 30 & 1 {
            0 => Value::Add(from, by),
            _ => Value::Subtract(from, by),
        };
        lifter.set(Some(d as Register), 8, value);
        return true;
    }
    // `stgp`: two, with a tag. `ldtp` and `sttp`: two of the user's, or with `t` left out a hint.
    let is_tagged = is(0xfe40_0000, 0x6800_0000) && word >> 23 & 3 != 0;
    if is_tagged || is(0xfa00_0000, 0xe800_0000) {
        let is_vector = word >> 26 & 1 == 1;
        let scale = if is_tagged || is_vector { 16 } else { 8 };
        // Seven bits with a sign.
        let offset = i64::from((word << 10) as i32 >> 25) * scale;
        let moved = Value::Add(Operand::Register(base), Operand::Number(offset as u64));
        let (before, after, at) = match word >> 23 & 3 {
            1 => (None, Some((base, moved)), at),
            3 => (Some((base, moved)), None, at),
            _ => (None, None, Address::behind(base, offset)),
        };
        lifter.to.is_user_access = !is_tagged;
        lifter.update(before);
        match (is_vector, word >> 22 & 1) {
            (true, 0) => lifter.wipe(at, Some(32)),
            (true, _) => lifter.lose_memory(at, 32),
            (false, 0) => {
                lifter.store(at, 8, read(d));
                lifter.store(lifter.behind(at, 8), 8, read(second));
            }
            (false, _) => lifter.load_two([written(d), written(second)], 8, at),
        }
        lifter.update(after);
        return true;
    }
    // Of two registers at once: `ldclrp`, `ldsetp`, `swpp`.
    if is(0xff20_0c00, 0x1920_0000) {
        lifter.lose_memory(at, 16);
        lifter.lose(read(d));
        lifter.lose(read(m));
        lifter.wipe(at, Some(16));
        lifter.set(written(d), 8, Value::Unknown);
        lifter.set(written(m), 8, Value::Unknown);
        return true;
    }
    // Of the user's memory: `ldtadd`, `ldtclr`, `ldtset` and `swpt`; `cast` and `caspt`;
    // `ldtxr` and `sttxr`.
    if is(0xbf20_0c00, 0x1920_0400) || is(0x3f00_7c00, 0x0900_7c00) {
        lifter.to.is_user_access = true;
        lifter.lose_memory(at, 16);
        // Also the second of each, if it is two.
        let is_two = is(0xff80_7c00, 0x4980_7c00);
        for register in [d, m] {
            for register in [register, register + 1]
                .into_iter()
                .take(1 + usize::from(is_two))
            {
                lifter.lose(read(register));
                lifter.set(written(register), 8, Value::Unknown);
            }
        }
        lifter.wipe(at, Some(16));
        return true;
    }
    // System registers of 128 bits: `mrrs` and `msrr`; and `sysp`.
    if is(0xffc0_0000, 0xd540_0000) {
        for register in [d, d + 1] {
            match word >> 21 & 1 {
                0 => lifter.lose(read(register)),
                _ => lifter.set(written(register), 8, Value::Unknown),
            }
        }
        return true;
    }
    // `ldiapp` and `stilp`, two in order; `ldapr` and `stlr` that move their base.
    if is(0xbf20_0c00, 0x9900_0800) {
        let is_pair = word >> 23 & 1 == 0;
        let is_load = word >> 22 & 1 == 1;
        let length = if is_pair {
            u64::from(size) * 2
        } else {
            size.into()
        };
        let moved = match is_load {
            true => Value::Add(Operand::Register(base), Operand::Number(length)),
            false => Value::Subtract(Operand::Register(base), Operand::Number(length)),
        };
        let moved = (!is_pair || word >> 12 & 15 == 0).then_some((base, moved));
        if !is_load {
            lifter.update(moved);
        }
        match (is_load, is_pair) {
            (true, true) => lifter.load_two([written(d), written(m)], size, at),
            (true, false) => lifter.load(written(d), size, at),
            (false, _) => {
                lifter.store(at, size, read(d));
                if is_pair {
                    lifter.store(lifter.behind(at, size), size, read(m));
                }
            }
        }
        if is_load {
            lifter.update(moved);
        }
        return true;
    }
    // `gcsstr` and `gcssttr`: onto a shadow stack, the latter onto the user's.
    if is(0xffff_ec00, 0xd91f_0c00) {
        lifter.to.is_user_access = word >> 12 & 1 == 1;
        lifter.lose(read(d));
        lifter.wipe(at, Some(8));
        return true;
    }
    // Minima and maxima; `abs`, `cnt` and `ctz`.
    let is_single = is(0x7fff_e000, 0x5ac0_0000) && matches!(word >> 10 & 7, 6 | 7)
        || is(0x7fff_fc00, 0x5ac0_2000);
    let is_extreme = is(0x7fe0_f000, 0x1ac0_6000);
    if is(0x7ff0_0000, 0x11c0_0000) || is_single || is_extreme {
        let size = if word >> 31 == 0 { 4 } else { 8 };
        let from = [read(n), read(if is_extreme { m } else { 31 })];
        lifter.unknown(written(d), size, &from);
        return true;
    }
    vectors(lifter)
}

/// Instructions on vectors of any length and on matrices, which the kernel only has to save and to
/// restore: all that one of them may do.
fn vectors(lifter: &mut Lifter) -> bool {
    let word = lifter.word;
    let group = word >> 25 & 15;
    let is_matrix = group == 0 && word >> 31 == 1;
    if group != 2 && !is_matrix {
        return false;
    }
    let field = |at: u32| (word >> at & 31) as u16;
    let is_memory = match is_matrix {
        true => word >> 29 == 7,
        false => word >> 31 == 1,
    };
    if is_memory {
        lifter.push(Op::Lose(field(5) as Register));
        lifter.lose(read(field(16)));
        lifter.push(Op::WipeAnywhere);
        return true;
    }
    for at in [0, 5, 16] {
        lifter.lose(read(field(at)));
    }
    // `addvl` and `addpl` and their like: the one time that the stack pointer is meant.
    if word & 0xffa0_f000 == 0x0420_5000 {
        lifter.push(Op::Lose(field(16) as Register));
        lifter.set(Some(field(0) as Register), 8, Value::Unknown);
    } else {
        lifter.set(written(field(0)), 8, Value::Unknown);
    }
    lifter.push(Op::ForgetConditions);
    true
}
