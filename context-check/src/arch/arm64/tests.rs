// SPDX-License-Identifier: GPL-2.0

use super::*;
use crate::ops::{Address, Control, Lifted, Op, Operand, Value};
use object::elf::*;
use object::RelocationFlags;

/// Where the instructions are.
const AT: u64 = 0xffff_8000_8001_0ff0;

fn register(register: Register, size: u8) -> String {
    match (register, size) {
        (31, 8) => "sp".to_owned(),
        (31, _) => "wsp".to_owned(),
        (32.., 8) => format!("t{}", register - 32),
        (32.., _) => format!("t{}.{size}", register - 32),
        (_, 8) => format!("x{register}"),
        (_, 4) => format!("w{register}"),
        _ => format!("x{register}.{size}"),
    }
}

fn operand(operand: Operand, size: u8) -> String {
    match operand {
        Operand::Register(of) => register(of, size),
        Operand::Number(number) => format!("{number:#x}"),
    }
}

fn address(address: Address) -> String {
    let Address::Sum {
        base,
        index,
        offset,
    } = address
    else {
        return "[?]".to_owned();
    };
    let index = index.map(|index| {
        let sign = if index.signed { "signed " } else { "" };
        let of = register(index.register, index.size);
        format!("{sign}{of} << {}", index.shift)
    });
    let offset = (offset != 0).then(|| match base {
        Some(_) => format!("{offset}"),
        None => format!("{offset:#x}"),
    });
    let base = base.map(|base| register(base, 8));
    let parts: Vec<String> = [base, index, offset].into_iter().flatten().collect();
    format!("[{}]", parts.join(" + "))
}

fn value(value: Value, size: u8) -> String {
    let of = |number| operand(number, size);
    match value {
        Value::Copy(a) => of(a),
        Value::Add(a, b) => format!("{} + {}", of(a), of(b)),
        Value::Subtract(a, b) => format!("{} - {}", of(a), of(b)),
        Value::Multiply(a, b) => format!("{} * {}", of(a), of(b)),
        Value::And(a, b) => format!("{} & {}", of(a), of(b)),
        Value::Or(a, b) => format!("{} | {}", of(a), of(b)),
        Value::Xor(a, b) => format!("{} ^ {}", of(a), of(b)),
        Value::ShiftLeft(a, by) => format!("{} << {by}", of(a)),
        Value::ShiftRight(a, by) => format!("{} >> {by}", of(a)),
        Value::Select(condition, a, b) => format!("{condition:?} ? {} : {}", of(a), of(b)),
        Value::ZeroExtend(a, by) => format!("zero {}.{by}", of(a)),
        Value::SignExtend(a, by) => format!("sign {}.{by}", of(a)),
        Value::Mask(condition) => format!("mask {condition:?}"),
        Value::Address(at) => format!("address {}", address(at)),
        Value::Unknown => "?".to_owned(),
    }
}

fn op(op: &Op) -> String {
    match *op {
        Op::Set {
            to,
            size,
            value: from,
        } => format!("{} = {}", register(to, size), value(from, size)),
        Op::Load { to, size, from } => {
            format!("{} = {size} {}", register(to, 8), address(from))
        }
        Op::Store { to, size, value } => {
            format!("{size} {} = {}", address(to), operand(value, 8))
        }
        Op::Wipe { to, size } => {
            let size = size.map_or("?".to_owned(), |size| size.to_string());
            format!("wipe {size} {}", address(to))
        }
        Op::WipeAnywhere => "wipe".to_owned(),
        Op::Lose(of) => format!("lose {}", register(of, 8)),
        Op::Compare { size, a, b } => format!("{} ~ {}", operand(a, size), operand(b, size)),
        Op::Test { size, a, b } => format!("{} ~& {}", operand(a, size), operand(b, size)),
        Op::TestBit { value, bit } => format!("{} ~ bit {bit}", operand(value, 8)),
        Op::ForgetConditions => "~".to_owned(),
        Op::Read { .. } | Op::Copy { .. } => "of x86-64".to_owned(),
    }
}

/// All of it, in one line. Nothing is none.
fn text(word: u32) -> Option<String> {
    let mut lifted = Lifted::default();
    lift(&word.to_le_bytes(), AT, &mut lifted).then_some(())?;
    assert_eq!(lifted.length, 4);
    let mut parts: Vec<String> = lifted.ops.iter().map(op).collect();
    match lifted.control {
        Control::Next => {}
        Control::Jump(to) => parts.push(format!("jump {to:#x}")),
        Control::Branch(condition, to) => parts.push(format!("if {condition:?} {to:#x}")),
        Control::JumpTo(to) => parts.push(format!("jump {}", register(to, 8))),
        Control::Call(to) => parts.push(format!("call {to:#x}")),
        Control::CallTo(to) => parts.push(format!("call {}", register(to, 8))),
        Control::Return(to) => parts.push(format!("return {to:?}")),
        other => parts.push(format!("{other:?}").to_lowercase()),
    }
    if lifted.is_filler {
        parts.push("filler".to_owned());
    }
    if lifted.is_user_access {
        parts.push("user".to_owned());
    }
    Some(parts.join("; "))
}

#[track_caller]
fn check(rows: &[(u32, &str, &str)]) {
    for (word, assembly, expected) in rows {
        let text = text(*word);
        assert_eq!(text.as_deref(), Some(*expected), "{word:#x} {assembly}");
    }
}

#[test]
fn numbers_are_moved() {
    check(&[
        (0xd282_4680, "mov x0, #0x1234", "x0 = 0x1234"),
        (0x1280_0020, "mov w0, #-2", "w0 = 0xfffffffe"),
        (0x9280_0023, "mov x3, #-2", "x3 = 0xfffffffffffffffe"),
        (
            0xf2f0_0001,
            "movk x1, #0x8000, lsl #48",
            "x1 = x1 & 0xffffffffffff; x1 = x1 | 0x8000000000000000",
        ),
        (
            0x72b0_0001,
            "movk w1, #0x8000, lsl #16",
            "w1 = w1 & 0xffff; w1 = w1 | 0x80000000",
        ),
        (0xaa02_03e1, "mov x1, x2", "x1 = x2"),
        (0x2a02_03e1, "mov w1, w2", "w1 = w2"),
        (0xaa1f_03e1, "mov x1, xzr", "x1 = 0x0"),
        (0x9100_03fd, "mov x29, sp", "x29 = sp"),
        (0x9100_003f, "mov sp, x1", "sp = x1"),
        (0x1000_0040, "adr x0, .+8", "x0 = 0xffff800080010ff8"),
        (0xd000_0000, "adrp x0, #0x2000", "x0 = 0xffff800080012000"),
        (0xd503_201f, "nop", "filler"),
    ]);
}

#[test]
fn sums_are_made() {
    check(&[
        (0x9100_4020, "add x0, x1, #16", "x0 = x1 + 0x10"),
        (0x9140_07ff, "add sp, sp, #1, lsl #12", "sp = sp + 0x1000"),
        (0xd100_83ff, "sub sp, sp, #32", "sp = sp - 0x20"),
        (0x5100_0420, "sub w0, w1, #1", "w0 = w1 - 0x1"),
        (0x8b02_0020, "add x0, x1, x2", "x0 = x1 + x2"),
        (
            0x8b02_0c20,
            "add x0, x1, x2, lsl #3",
            "x0 = address [x1 + x2 << 3]",
        ),
        (
            0x0b02_0c20,
            "add w0, w1, w2, lsl #3",
            "t0.4 = w2 << 3; w0 = w1 + t0.4",
        ),
        (
            0x8b02_1420,
            "add x0, x1, x2, lsl #5",
            "t0 = x2 << 5; x0 = x1 + t0",
        ),
        (
            0x8b22_4be0,
            "add x0, sp, w2, uxtw #2",
            "x0 = address [sp + w2 << 2]",
        ),
        (
            0x8b22_c020,
            "add x0, x1, w2, sxtw",
            "x0 = address [x1 + signed w2 << 0]",
        ),
        (
            0x8b22_a820,
            "add x0, x1, w2, sxth #2",
            "t0 = sign x2.2; x0 = address [x1 + t0 << 2]",
        ),
        (
            0x8b22_8020,
            "add x0, x1, w2, sxtb",
            "t0 = sign x2.1; x0 = x1 + t0",
        ),
        (
            0x0b22_2020,
            "add w0, w1, w2, uxth",
            "t0.4 = zero w2.2; w0 = w1 + t0.4",
        ),
        (
            0xcb42_1020,
            "sub x0, x1, x2, lsr #4",
            "t0 = x2 >> 4; x0 = x1 - t0",
        ),
        (
            0xcb82_8020,
            "sub x0, x1, x2, asr #32",
            "t0 = x2 >> 32; t0 = sign t0.4; x0 = x1 - t0",
        ),
        (
            0x8b82_0c20,
            "add x0, x1, x2, asr #3",
            "lose x2; t0 = ?; x0 = x1 + t0",
        ),
        (0xcb01_03e0, "neg x0, x1", "x0 = 0x0 - x1"),
        (0x9a02_0020, "adc x0, x1, x2", "lose x1; lose x2; x0 = ?"),
        (
            0x7a02_0020,
            "sbcs w0, w1, w2",
            "lose x1; lose x2; ~; w0 = ?",
        ),
        (
            0x9b02_0c20,
            "madd x0, x1, x2, x3",
            "t0 = x1 * x2; x0 = x3 + t0",
        ),
        (
            0x1b02_8c20,
            "msub w0, w1, w2, w3",
            "lose x1; lose x2; t0.4 = ?; w0 = w3 - t0.4",
        ),
        (0x9b22_7c20, "smull x0, w1, w2", "lose x1; lose x2; x0 = ?"),
        (
            0x9ba2_0c20,
            "umaddl x0, w1, w2, x3",
            "lose x1; lose x2; t0 = ?; x0 = x3 + t0",
        ),
        (0x9ac2_0820, "udiv x0, x1, x2", "lose x1; lose x2; x0 = ?"),
    ]);
}

#[test]
fn conditions_are_set() {
    check(&[
        (0xf100_141f, "cmp x0, #5", "x0 ~ 0x5"),
        (0x6b01_001f, "cmp w0, w1", "w0 ~ w1"),
        (0xeb21_63ff, "cmp sp, x1", "sp ~ x1"),
        (0xeb21_001f, "cmp x0, w1, uxtb", "t0 = zero x1.1; x0 ~ t0"),
        (0xf100_0400, "subs x0, x0, #1", "x0 ~ 0x1; x0 = x0 - 0x1"),
        (
            0xb140_041f,
            "cmn x0, #1, lsl #12",
            "x0 ~ 0xfffffffffffff000",
        ),
        (0x3100_101f, "cmn w0, #4", "w0 ~ 0xfffffffc"),
        (0xb100_001f, "cmn x0, #0", "~"),
        (0xab01_001f, "cmn x0, x1", "~"),
        (0xab02_0020, "adds x0, x1, x2", "~; x0 = x1 + x2"),
        (0x7200_1c1f, "tst w0, #0xff", "w0 ~& 0xff"),
        (0xea01_001f, "tst x0, x1", "x0 ~& x1"),
        (0x7200_0000, "ands w0, w0, #1", "w0 ~& 0x1; w0 = w0 & 0x1"),
        (
            0xea22_0020,
            "bics x0, x1, x2",
            "t0 = x2 ^ 0xffffffffffffffff; x1 ~& t0; x0 = x1 & t0",
        ),
        (0xfa41_1804, "ccmp x0, #1, #4, ne", "~"),
        (0x1e61_2000, "fcmp d0, d1", "~"),
    ]);
}

#[test]
fn bits_are_combined() {
    check(&[
        (0x9278_1c20, "and x0, x1, #0xff00", "x0 = x1 & 0xff00"),
        (0x0a02_0020, "and w0, w1, w2", "w0 = w1 & w2"),
        (0x3218_0000, "orr w0, w0, #0x100", "w0 = w0 | 0x100"),
        (
            0xaa02_8020,
            "orr x0, x1, x2, lsl #32",
            "t0 = x2 << 32; x0 = x1 | t0",
        ),
        (
            0xaac2_0c20,
            "orr x0, x1, x2, ror #3",
            "lose x2; t0 = ?; x0 = x1 | t0",
        ),
        (0xca01_0020, "eor x0, x1, x1", "x0 = x1 ^ x1"),
        (
            0x4a42_2020,
            "eor w0, w1, w2, lsr #8",
            "t0.4 = w2 >> 8; w0 = w1 ^ t0.4",
        ),
        (
            0x8a22_0020,
            "bic x0, x1, x2",
            "t0 = x2 ^ 0xffffffffffffffff; x0 = x1 & t0",
        ),
        (
            0x0a22_0820,
            "bic w0, w1, w2, lsl #2",
            "t0.4 = w2 << 2; t0.4 = t0.4 ^ 0xffffffff; w0 = w1 & t0.4",
        ),
        (
            0x2a22_0020,
            "orn w0, w1, w2",
            "t0.4 = w2 ^ 0xffffffff; w0 = w1 | t0.4",
        ),
        (
            0xaa21_03e0,
            "mvn x0, x1",
            "t0 = x1 ^ 0xffffffffffffffff; x0 = t0",
        ),
        (
            0xca22_0020,
            "eon x0, x1, x2",
            "t0 = x2 ^ 0xffffffffffffffff; x0 = x1 ^ t0",
        ),
    ]);
}

#[test]
fn bits_are_moved() {
    check(&[
        (0xd37d_f020, "lsl x0, x1, #3", "x0 = x1 << 3"),
        (0x5301_0020, "lsl w0, w1, #31", "w0 = w1 << 31"),
        (0xd34c_fc00, "lsr x0, x0, #12", "x0 = x0 >> 12"),
        (0x5304_7c20, "lsr w0, w1, #4", "w0 = w1 >> 4"),
        (0x9343_fc20, "asr x0, x1, #3", "lose x1; x0 = ?"),
        (
            0x9360_fc20,
            "asr x0, x1, #32",
            "x0 = x1 >> 32; x0 = sign x0.4",
        ),
        (
            0xd344_2c20,
            "ubfx x0, x1, #4, #8",
            "x0 = x1 >> 4; x0 = x0 & 0xff",
        ),
        (0x5300_1020, "ubfx w0, w1, #0, #5", "w0 = w1 & 0x1f"),
        (
            0xd37c_1c20,
            "ubfiz x0, x1, #4, #8",
            "x0 = zero x1.1; x0 = x0 << 4",
        ),
        (0x5300_1c20, "uxtb w0, w1", "w0 = zero w1.1"),
        (0x5300_3c20, "uxth w0, w1", "w0 = zero w1.2"),
        (0x9340_1c20, "sxtb x0, w1", "x0 = sign x1.1"),
        (0x1300_3c20, "sxth w0, w1", "w0 = sign w1.2"),
        (0x9340_7c20, "sxtw x0, w1", "x0 = sign x1.4"),
        (
            0x937e_7c20,
            "sbfiz x0, x1, #2, #32",
            "x0 = sign x1.4; x0 = x0 << 2",
        ),
        (0x9343_1c20, "sbfx x0, x1, #3, #5", "lose x1; x0 = ?"),
        (
            0x3318_0c20,
            "bfi w0, w1, #8, #4",
            "t0.4 = w1 & 0xf; t0.4 = t0.4 << 8; w0 = w0 & 0xfffff0ff; w0 = w0 | t0.4",
        ),
        (
            0xb348_2c20,
            "bfxil x0, x1, #8, #4",
            "t0 = x1 >> 8; t0 = t0 & 0xf; x0 = x0 & 0xfffffffffffffff0; x0 = x0 | t0",
        ),
        (
            0xb37c_0fe0,
            "bfc x0, #4, #4",
            "x0 = x0 & 0xffffffffffffff0f",
        ),
        (0xd344_2c3f, "ubfx xzr, x1, #4, #8", ""),
        (0x9ac2_2020, "lsl x0, x1, x2", "lose x1; lose x2; x0 = ?"),
        (0x93c1_0c20, "ror x0, x1, #3", "lose x1; lose x1; x0 = ?"),
        (
            0x93c2_0c20,
            "extr x0, x1, x2, #3",
            "lose x1; lose x2; x0 = ?",
        ),
        (0xdac0_0c20, "rev x0, x1", "lose x1; x0 = ?"),
    ]);
}

#[test]
fn one_of_two_is_selected() {
    check(&[
        (0x9a82_0020, "csel x0, x1, x2, eq", "x0 = Equal ? x1 : x2"),
        (0x1a9f_4020, "csel w0, w1, wzr, mi", "w0 = Other ? w1 : 0x0"),
        (0x1a9f_27e0, "cset w0, lo", "w0 = AtLeast ? 0x0 : 0x1"),
        (0xda9f_d3e0, "csetm x0, gt", "x0 = mask Greater"),
        (
            0x9a81_0420,
            "cinc x0, x1, ne",
            "t0 = x1 + 0x1; x0 = Equal ? x1 : t0",
        ),
        (
            0x9a9f_2420,
            "csinc x0, x1, xzr, hs",
            "x0 = AtLeast ? x1 : 0x1",
        ),
        (
            0x5a82_8020,
            "csinv w0, w1, w2, hi",
            "t0.4 = w2 ^ 0xffffffff; w0 = Above ? w1 : t0.4",
        ),
        (
            0xda82_d420,
            "csneg x0, x1, x2, le",
            "t0 = 0x0 - x2; x0 = LessOrEqual ? x1 : t0",
        ),
        (0x9a82_e020, "csel x0, x1, x2, al", "x0 = x1"),
    ]);
}

#[test]
fn memory_is_read() {
    check(&[
        (0xf940_0020, "ldr x0, [x1]", "x0 = 8 [x1]"),
        (0xb940_0820, "ldr w0, [x1, #8]", "x0 = 4 [x1 + 8]"),
        (0xf940_003f, "ldr xzr, [x1]", ""),
        (0xf85f_03a0, "ldur x0, [x29, #-16]", "x0 = 8 [x29 + -16]"),
        (0x3940_0420, "ldrb w0, [x1, #1]", "x0 = 1 [x1 + 1]"),
        (0x7940_07e0, "ldrh w0, [sp, #2]", "x0 = 2 [sp + 2]"),
        (0x3980_0020, "ldrsb x0, [x1]", "x0 = 1 [x1]; x0 = sign x0.1"),
        (0x39c0_0020, "ldrsb w0, [x1]", "x0 = 1 [x1]; w0 = sign w0.1"),
        (
            0x78e2_7820,
            "ldrsh w0, [x1, x2, lsl #1]",
            "x0 = 2 [x1 + x2 << 1]; w0 = sign w0.2",
        ),
        (
            0xb880_4c20,
            "ldrsw x0, [x1, #4]!",
            "x1 = x1 + 0x4; x0 = 4 [x1]; x0 = sign x0.4",
        ),
        (
            0xf840_8420,
            "ldr x0, [x1], #8",
            "x0 = 8 [x1]; x1 = x1 + 0x8",
        ),
        (
            0xf862_7820,
            "ldr x0, [x1, x2, lsl #3]",
            "x0 = 8 [x1 + x2 << 3]",
        ),
        (
            0xf862_d820,
            "ldr x0, [x1, w2, sxtw #3]",
            "x0 = 8 [x1 + signed w2 << 3]",
        ),
        (
            0xb862_4820,
            "ldr w0, [x1, w2, uxtw]",
            "x0 = 4 [x1 + w2 << 0]",
        ),
        (0x5800_0080, "ldr x0, .+16", "x0 = 8 [0xffff800080011000]"),
        (
            0x98ff_ff80,
            "ldrsw x0, .-16",
            "x0 = 4 [0xffff800080010fe0]; x0 = sign x0.4",
        ),
        (
            0xa8c1_7bfd,
            "ldp x29, x30, [sp], #16",
            "x29 = 8 [sp]; x30 = 8 [sp + 8]; sp = sp + 0x10",
        ),
        (
            0xa940_0400,
            "ldp x0, x1, [x0]",
            "x1 = 8 [x0 + 8]; x0 = 8 [x0]",
        ),
        (
            0x2941_0440,
            "ldp w0, w1, [x2, #8]",
            "x0 = 4 [x2 + 8]; x1 = 4 [x2 + 12]",
        ),
        (
            0x6941_0440,
            "ldpsw x0, x1, [x2, #8]",
            "x0 = 4 [x2 + 8]; x1 = 4 [x2 + 12]; x0 = sign x0.4; x1 = sign x1.4",
        ),
        (
            0xa840_0440,
            "ldnp x0, x1, [x2]",
            "x0 = 8 [x2]; x1 = 8 [x2 + 8]",
        ),
        (0xc8df_fc20, "ldar x0, [x1]", "x0 = 8 [x1]"),
        (0x08df_fc20, "ldarb w0, [x1]", "x0 = 1 [x1]"),
        (0xb8bf_c020, "ldapr w0, [x1]", "x0 = 4 [x1]"),
        (0xc85f_fc20, "ldaxr x0, [x1]", "x0 = 8 [x1]"),
        (
            0xc87f_0440,
            "ldxp x0, x1, [x2]",
            "x0 = 8 [x2]; x1 = 8 [x2 + 8]",
        ),
        (
            0x999f_c020,
            "ldapursw x0, [x1, #-4]",
            "x0 = 4 [x1 + -4]; x0 = sign x0.4",
        ),
        (0xf840_0820, "ldtr x0, [x1]", "x0 = 8 [x1]; user"),
        (
            0x38c0_1820,
            "ldtrsb w0, [x1, #1]",
            "x0 = 1 [x1 + 1]; w0 = sign w0.1; user",
        ),
        (
            0x3dc0_0420,
            "ldr q0, [x1, #16]",
            "t0 = 8 [x1 + 16]; lose t0; t0 = 8 [x1 + 24]; lose t0",
        ),
        (
            0x6cc1_07e0,
            "ldp d0, d1, [sp], #16",
            "t0 = 8 [sp]; lose t0; t0 = 8 [sp + 8]; lose t0; sp = sp + 0x10",
        ),
        (
            0x4cdf_7000,
            "ld1 {v0.16b}, [x0], #16",
            "t0 = 8 [x0]; lose t0; t0 = 8 [x0 + 8]; lose t0; x0 = x0 + 0x10",
        ),
        (
            0x4dc1_cc00,
            "ld1r {v0.2d}, [x0], x1",
            "t0 = 8 [x0]; lose t0; t0 = 8 [x0 + 8]; lose t0; x0 = x0 + x1",
        ),
        (0xf980_0000, "prfm pldl1keep, [x0]", ""),
    ]);
}

#[test]
fn memory_is_written() {
    check(&[
        (0xf900_0020, "str x0, [x1]", "8 [x1] = x0"),
        (0xf900_043f, "str xzr, [x1, #8]", "8 [x1 + 8] = 0x0"),
        (0x3822_6820, "strb w0, [x1, x2]", "1 [x1 + x2 << 0] = x0"),
        (
            0x7800_2420,
            "strh w0, [x1], #2",
            "2 [x1] = x0; x1 = x1 + 0x2",
        ),
        (0xb81f_c020, "stur w0, [x1, #-4]", "4 [x1 + -4] = x0"),
        (
            0xa9be_7bfd,
            "stp x29, x30, [sp, #-32]!",
            "sp = sp + 0xffffffffffffffe0; 8 [sp] = x29; 8 [sp + 8] = x30",
        ),
        (
            0x2901_045f,
            "stp wzr, w1, [x2, #8]",
            "4 [x2 + 8] = 0x0; 4 [x2 + 12] = x1",
        ),
        (
            0xa800_0440,
            "stnp x0, x1, [x2]",
            "8 [x2] = x0; 8 [x2 + 8] = x1",
        ),
        (0xc89f_fc20, "stlr x0, [x1]", "8 [x1] = x0"),
        (0x489f_fc20, "stlrh w0, [x1]", "2 [x1] = x0"),
        (0xd91f_8020, "stlur x0, [x1, #-8]", "8 [x1 + -8] = x0"),
        (0xb800_4820, "sttr w0, [x1, #4]", "4 [x1 + 4] = x0; user"),
        (
            0xc800_7c41,
            "stxr w0, x1, [x2]",
            "lose x1; wipe 8 [x2]; w0 = ?",
        ),
        (
            0x0800_fc41,
            "stlxrb w0, w1, [x2]",
            "lose x1; wipe 1 [x2]; w0 = ?",
        ),
        (
            0xc820_0861,
            "stxp w0, x1, x2, [x3]",
            "lose x1; lose x2; wipe 16 [x3]; w0 = ?",
        ),
        (
            0xf820_8041,
            "swp x0, x1, [x2]",
            "t0 = 8 [x2]; 8 [x2] = x0; x1 = t0",
        ),
        (
            0x38e0_8041,
            "swpalb w0, w1, [x2]",
            "t0 = 1 [x2]; 1 [x2] = x0; w1 = t0.4",
        ),
        (
            0xf820_0041,
            "ldadd x0, x1, [x2]",
            "t0 = 8 [x2]; lose x0; wipe 8 [x2]; x1 = t0",
        ),
        (0xb820_103f, "stclr w0, [x1]", "lose x0; wipe 4 [x1]"),
        (
            0x78e0_3041,
            "ldsetalh w0, w1, [x2]",
            "t0 = 2 [x2]; lose x0; wipe 2 [x2]; w1 = t0.4",
        ),
        (
            0xc8a0_7c41,
            "cas x0, x1, [x2]",
            "t0 = 8 [x2]; lose x1; wipe 8 [x2]; x0 = t0",
        ),
        (
            0x08e0_fc41,
            "casalb w0, w1, [x2]",
            "t0 = 1 [x2]; lose x1; wipe 1 [x2]; w0 = t0.4",
        ),
        (
            0x4860_fc82,
            "caspal x0, x1, x2, x3, [x4]",
            "t0 = 8 [x4]; t1 = 8 [x4 + 8]; lose x2; lose x3; wipe 16 [x4]; x0 = t0; x1 = t1",
        ),
        (
            0x3c81_0c20,
            "str q0, [x1, #16]!",
            "x1 = x1 + 0x10; wipe 16 [x1]",
        ),
        (0xad01_0440, "stp q0, q1, [x2, #32]", "wipe 32 [x2 + 32]"),
        (
            0x4c81_6800,
            "st1 {v0.4s, v1.4s, v2.4s}, [x0], x1",
            "wipe 48 [x0]; x0 = x0 + x1",
        ),
        (0x4d00_8400, "st1 {v0.d}[1], [x0]", "wipe 8 [x0]"),
        (0xd50b_7420, "dc zva, x0", "wipe ? [x0]"),
        (0xd50b_7e20, "dc civac, x0", ""),
        (0xd920_1420, "stg x0, [x1], #16", "x1 = x1 + 0x10"),
        (0xd960_0820, "stzg x0, [x1]", "wipe 16 [x1]"),
        (
            0x69bf_07e0,
            "stgp x0, x1, [sp, #-32]!",
            "sp = sp + 0xffffffffffffffe0; 8 [sp] = x0; 8 [sp + 8] = x1",
        ),
    ]);
}

#[test]
fn the_code_goes_elsewhere() {
    check(&[
        (0x1400_0002, "b .+8", "jump 0xffff800080010ff8"),
        (0x54ff_ffc0, "b.eq .-8", "if Equal 0xffff800080010fe8"),
        (0x5400_0042, "b.hs .+8", "if AtLeast 0xffff800080010ff8"),
        (0x5400_004b, "b.lt .+8", "if Less 0xffff800080010ff8"),
        (0x5400_0046, "b.vs .+8", "if Other 0xffff800080010ff8"),
        (0x5400_004e, "b.al .+8", "jump 0xffff800080010ff8"),
        (
            0xb400_0040,
            "cbz x0, .+8",
            "x0 ~ 0x0; if Equal 0xffff800080010ff8",
        ),
        (
            0x35ff_ff81,
            "cbnz w1, .-16",
            "w1 ~ 0x0; if NotEqual 0xffff800080010fe0",
        ),
        (
            0x3618_0040,
            "tbz w0, #3, .+8",
            "w0 ~& 0x8; if Equal 0xffff800080010ff8",
        ),
        (
            0xb708_0040,
            "tbnz x0, #33, .+8",
            "x0 ~& 0x200000000; if NotEqual 0xffff800080010ff8",
        ),
        (
            0x3400_005f,
            "cbz wzr, .+8",
            "0x0 ~ 0x0; if Equal 0xffff800080010ff8",
        ),
        (
            0x9400_0040,
            "bl .+0x100",
            "x30 = 0xffff800080010ff4; call 0xffff8000800110f0",
        ),
        (0xd63f_0100, "blr x8", "x30 = 0xffff800080010ff4; call x8"),
        (
            0xd63f_03c0,
            "blr x30",
            "t0 = x30; x30 = 0xffff800080010ff4; call t0",
        ),
        (
            0xd73f_091f,
            "blraa x8, sp",
            "x30 = 0xffff800080010ff4; call x8",
        ),
        (0xd61f_0200, "br x16", "jump x16"),
        (0xd61f_0a1f, "braaz x16", "jump x16"),
        (0xd65f_03c0, "ret", "return Some(30)"),
        (0xd65f_0020, "ret x1", "return Some(1)"),
        (0xd65f_0bff, "retaa", "return Some(30)"),
        (0xd69f_03e0, "eret", "strange"),
        (0xd421_0000, "brk #0x800", "trap"),
        (0xd440_0000, "hlt #0", "trap"),
        (0x0000_0000, "udf #0", "trap; filler"),
        (0x0000_0001, "udf #1", "trap"),
    ]);
}

#[test]
fn the_system_is_asked() {
    check(&[
        (0xd503_201f, "nop", "filler"),
        (0xd503_245f, "bti c", ""),
        (0xd503_233f, "paciasp", ""),
        (0xd503_23bf, "autiasp", ""),
        (0xdac1_0020, "pacia x0, x1", ""),
        (0xdac1_1820, "autda x0, x1", ""),
        (0xd503_20ff, "xpaclri", ""),
        (0xdac1_43e0, "xpaci x0", ""),
        (0x9ac2_3020, "pacga x0, x1, x2", "lose x1; lose x2; x0 = ?"),
        (0xd503_203f, "yield", ""),
        (0xd503_207f, "wfi", ""),
        (0xd503_1003, "wfet x3", ""),
        (0xd503_30ff, "sb", ""),
        (0xd503_3fdf, "isb", ""),
        (0xd503_3b9f, "dsb ish", ""),
        (0xd503_3f5f, "clrex", ""),
        (0xd503_251f, "chkfeat x16", "x16 = ?"),
        (0xd538_4100, "mrs x0, sp_el0", "x0 = ?"),
        (0xd53b_2400, "mrs x0, rndr", "~; x0 = ?"),
        (0xd518_4114, "msr sp_el0, x20", "lose x20"),
        (0xd51b_4200, "msr nzcv, x0", "lose x0; ~"),
        (0xd503_42df, "msr daifset, #2", ""),
        (0xd500_409f, "msr pan, #0", "user"),
        (0xd500_419f, "msr pan, #1", ""),
        (0xd500_40bf, "msr spsel, #0", "sp = ?"),
        (0xd500_401f, "cfinv", "~"),
        (0x3a00_080d, "setf8 w0", "~"),
        (0xd52b_7100, "sysl x0, #3, c7, c1, #0", "x0 = ?"),
        (0x9adf_1020, "irg x0, x1", "x0 = x1"),
        (0xd960_0020, "ldg x0, [x1]", ""),
        (0x9e66_0020, "fmov x0, d1", "lose x0; x0 = ?; ~"),
        (0x9e67_0001, "fmov d1, x0", "lose x0; x0 = ?; ~"),
        (0x0e04_3c20, "umov w0, v1.s[0]", "lose x0; x0 = ?; ~"),
        (0x4ea2_8420, "add v0.4s, v1.4s, v2.4s", "~"),
    ]);
}

#[test]
fn what_only_some_machines_have() {
    check(&[
        (
            0x1901_2440,
            "cpyfprt [x0]!, [x1]!, x2!",
            "lose x0; lose x1; wipe ? [x0]; ~; x0 = ?; x2 = ?; x1 = ?; user",
        ),
        (
            0x1941_4440,
            "cpyfmwn [x0]!, [x1]!, x2!",
            "lose x0; lose x1; wipe ? [x0]; ~; x0 = ?; x2 = ?; x1 = ?",
        ),
        (
            0x1d81_0440,
            "cpye [x0]!, [x1]!, x2!",
            "lose x0; lose x1; wipe ? [x0]; ~; x0 = ?; x2 = ?; x1 = ?",
        ),
        (
            0x19c2_0420,
            "setp [x0]!, x1!, x2",
            "lose x0; wipe ? [x0]; ~; x0 = ?; x1 = ?",
        ),
        (
            0x19df_5420,
            "setmt [x0]!, x1!, xzr",
            "lose x0; wipe ? [x0]; ~; x0 = ?; x1 = ?; user",
        ),
        (0x9181_0420, "addg x0, x1, #16, #1", "x0 = x1 + 0x10"),
        (0xd182_03ff, "subg sp, sp, #32, #0", "sp = sp - 0x20"),
        (
            0x1921_8040,
            "swpp x0, x1, [x2]",
            "t0 = 8 [x2]; lose t0; t0 = 8 [x2 + 8]; lose t0; lose x0; lose x1; \
             wipe 16 [x2]; x0 = ?; x1 = ?",
        ),
        (
            0xd941_0840,
            "ldiapp x0, x1, [x2], #16",
            "x0 = 8 [x2]; x1 = 8 [x2 + 8]; x2 = x2 + 0x10",
        ),
        (
            0x9901_1840,
            "stilp w0, w1, [x2]",
            "4 [x2] = x0; 4 [x2 + 4] = x1",
        ),
        (
            0xd9c0_0820,
            "ldapr x0, [x1], #8",
            "x0 = 8 [x1]; x1 = x1 + 0x8",
        ),
        (
            0x9980_0820,
            "stlr w0, [x1, #-4]!",
            "x1 = x1 - 0x4; 4 [x1] = x0",
        ),
        (0xd578_2000, "mrrs x0, x1, TTBR0_EL1", "x0 = ?; x1 = ?"),
        (0xd558_2000, "msrr TTBR0_EL1, x0, x1", "lose x0; lose x1"),
        (0x9ac2_6020, "smax x0, x1, x2", "lose x1; lose x2; x0 = ?"),
        (0x5ac0_1820, "ctz w0, w1", "lose x1; w0 = ?"),
        (
            0x0420_57ff,
            "addvl sp, x0, #-1",
            "lose x0; lose x0; sp = ?; ~",
        ),
        (0x04bf_5020, "rdvl x0, #1", "lose x0; lose x1; x0 = ?; ~"),
        (0xe580_4020, "str z0, [x1]", "lose x1; lose x0; wipe"),
        (
            0xe120_0020,
            "str za[w12, 0], [x1]",
            "lose x1; lose x0; wipe",
        ),
    ]);
}

/// What the decoder takes and no processor has.
#[test]
fn what_is_no_instruction_is_refused() {
    for word in [
        // `movz w0, #0, lsl #32`
        0x52c0_0000,
        // `and w0, w1, w2, lsl #32`
        0x0a02_8020,
        // `add x0, x1, w2, uxtb #5`
        0x8b22_1420,
        // `ldr d0, [x1, w2, uxtb]`
        0xfc62_0820,
        0xffff_ffff,
    ] {
        assert_eq!(text(word), None, "{word:#x}");
    }
    let mut lifted = Lifted::default();
    assert!(!lift(&[0x1f, 0x20, 0x03], AT, &mut lifted));
}

#[test]
fn relocations_are_as_the_loader_does_them() {
    let of = |r_type, word: u32, target: u64| {
        let bytes = word.to_le_bytes();
        let fixed = relocate(RelocationFlags::Elf { r_type }, AT, target, &bytes)?;
        Some((fixed.value, fixed.size, fixed.is_address))
    };
    let instruction = |word: u32| Some((u64::from(word), 4, false));
    let far = AT + 0x1234_5678;
    assert_eq!(of(R_AARCH64_ABS64, 0, far), Some((far, 8, true)));
    assert_eq!(of(R_AARCH64_ABS32, 0, 0x1234), Some((0x1234, 4, false)));
    assert_eq!(of(R_AARCH64_ABS32, 0, far), None);
    assert_eq!(of(R_AARCH64_ABS16, 0, 0x1234), Some((0x1234, 2, false)));
    assert_eq!(
        of(R_AARCH64_PREL64, 0, AT - 8),
        Some((-8i64 as u64, 8, false))
    );
    let near = Some((0xffff_fff8, 4, false));
    assert_eq!(of(R_AARCH64_PREL32, 0, AT - 8), near);
    assert_eq!(of(R_AARCH64_PLT32, 0, AT - 8), near);
    assert_eq!(of(R_AARCH64_PREL32, 0, 0), None);
    assert_eq!(of(R_AARCH64_PREL16, 0, AT - 8), Some((0xfff8, 2, false)));
    // `movz x0, #0` and `movk x0, #0, lsl #16`
    let (movz, movk) = (0xd280_0000, 0xf2a0_0000);
    let address = 0xffff_8000_8123_4567;
    assert_eq!(
        of(R_AARCH64_MOVW_UABS_G0_NC, movz, address),
        instruction(movz | 0x4567 << 5)
    );
    assert_eq!(of(R_AARCH64_MOVW_UABS_G0, movz, address), None);
    assert_eq!(
        of(R_AARCH64_MOVW_UABS_G1_NC, movk, address),
        instruction(movk | 0x8123 << 5)
    );
    assert_eq!(
        of(R_AARCH64_MOVW_UABS_G2_NC, movk, address),
        instruction(movk | 0x8000 << 5)
    );
    assert_eq!(
        of(R_AARCH64_MOVW_UABS_G3, movk, address),
        instruction(movk | 0xffff << 5)
    );
    // `movn x0, #1`
    assert_eq!(
        of(R_AARCH64_MOVW_SABS_G0, movz, -2i64 as u64),
        instruction(0x9280_0020)
    );
    assert_eq!(
        of(R_AARCH64_MOVW_PREL_G0, movz, AT + 2),
        instruction(movz | 2 << 5)
    );
    // `ldr x0, .`, `b.eq .`, `tbz w0, #0, .`, `bl .`, `adr x0, .`, `adrp x0, .`
    assert_eq!(
        of(R_AARCH64_LD_PREL_LO19, 0x5800_0000, AT + 8),
        instruction(0x5800_0040)
    );
    assert_eq!(
        of(R_AARCH64_CONDBR19, 0x5400_0000, AT - 4),
        instruction(0x54ff_ffe0)
    );
    assert_eq!(
        of(R_AARCH64_TSTBR14, 0x3600_0000, AT - 4),
        instruction(0x3607_ffe0)
    );
    assert_eq!(of(R_AARCH64_TSTBR14, 0x3600_0000, AT + 0x8000), None);
    assert_eq!(
        of(R_AARCH64_CALL26, 0x9400_0000, AT - 4),
        instruction(0x97ff_ffff)
    );
    assert_eq!(
        of(R_AARCH64_JUMP26, 0x1400_0000, AT + 0x7ff_fffc),
        instruction(0x15ff_ffff)
    );
    assert_eq!(of(R_AARCH64_JUMP26, 0x1400_0000, AT + 0x800_0000), None);
    assert_eq!(
        of(R_AARCH64_ADR_PREL_LO21, 0x1000_0000, AT + 7),
        instruction(0x7000_0020)
    );
    let page = instruction(0xb000_0000);
    assert_eq!(of(R_AARCH64_ADR_PREL_PG_HI21, 0x9000_0000, AT + 0x10), page);
    assert_eq!(
        of(R_AARCH64_ADR_PREL_PG_HI21_NC, 0x9000_0000, AT + 0x10),
        page
    );
    assert_eq!(of(R_AARCH64_ADR_PREL_PG_HI21, 0x9000_0000, 0), None);
    // `add x0, x0, #0`, and `ldr` of 1, 2, 4, 8 and 16 bytes
    for (r_type, word, number) in [
        (R_AARCH64_ADD_ABS_LO12_NC, 0x9100_0000, 0xff0),
        (R_AARCH64_LDST8_ABS_LO12_NC, 0x3940_0000, 0xff0),
        (R_AARCH64_LDST16_ABS_LO12_NC, 0x7940_0000, 0x7f8),
        (R_AARCH64_LDST32_ABS_LO12_NC, 0xb940_0000, 0x3fc),
        (R_AARCH64_LDST64_ABS_LO12_NC, 0xf940_0000, 0x1fe),
        (R_AARCH64_LDST128_ABS_LO12_NC, 0x3dc0_0000, 0xff),
    ] {
        assert_eq!(of(r_type, word, AT), instruction(word | number << 10));
    }
    assert_eq!(
        of(R_AARCH64_CALL26, 0x9400_0000, AT),
        instruction(0x9400_0000)
    );
    assert_eq!(of(R_AARCH64_TLSDESC, 0, AT), None);
    let no_bytes = RelocationFlags::Elf {
        r_type: R_AARCH64_CALL26,
    };
    assert!(relocate(no_bytes, AT, AT, &[0; 3]).is_none());
}

#[test]
fn a_fault_changes_what_its_entry_says() {
    let of = |data| {
        let fault = fault(data);
        (fault.changed, fault.is_user)
    };
    assert_eq!(of(2 | (3 | 4 << 5) << 16), ([Some(3), Some(4)], true));
    assert_eq!(of(2 | (31 | 31 << 5) << 16), ([None, None], true));
    assert_eq!(of(3 | (31 | 4 << 5) << 16), ([None, Some(4)], false));
    assert_eq!(of(4 | 1 << 16), ([None, None], true));
    assert_eq!(of(5 | (3 | 4 << 5) << 16), ([Some(3), None], false));
    assert_eq!(of(1), ([None, None], false));
}

#[test]
fn a_call_of_the_firmware_changes_what_is_its() {
    // `svc #0`, `hvc #0`, `smc #0`
    for word in [0xd400_0001u32, 0xd400_0002, 0xd400_0003] {
        let mut lifted = Lifted::default();
        assert!(lift(&word.to_le_bytes(), AT, &mut lifted));
        assert_eq!(lifted.control, Control::Next);
        let changed = lifted.ops.iter().filter_map(|op| match op {
            Op::Set {
                to,
                size: 8,
                value: Value::Unknown,
            } => Some(*to),
            _ => None,
        });
        assert!(changed.eq(0..=17));
    }
}
