// SPDX-License-Identifier: GPL-2.0

//! Tables that a function jumps by, of which an entry that sleeps is easily passed over.

use crate::objects::{kernel, said, Builder, Code, Word, ATOMIC};
use context_check::{allow, arch::Arch, check::Checker, module::Module, rules::Rules};
use iced_x86::code_asm::*;
use object::{
    elf, write, Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags,
    SymbolKind, SymbolScope,
};

const SLEEPS: &[&str] = &["refused: h -> msleep (may sleep)"];
const UNKNOWN: &[&str] = &["unproven: h -> indirect call (a table of unknown pointers)"];
const NOTHING: &[&str] = &[];

fn handler(code: Code) -> Builder {
    Builder::new().function_in(ATOMIC, "h", code)
}

#[track_caller]
fn assert_said(builder: Builder, expected: &[&str]) {
    assert_eq!(said(&builder.check()), expected);
}

/// A number that can be any, in rax.
fn number() -> Code {
    Code::new().plain(|a| a.mov(rax, qword_ptr(rdi)).unwrap())
}

/// The address of a symbol in rdx.
const IN_RDX: &[u8] = &[0x48, 0x8d, 0x15];

fn in_rdx(code: Code, name: &str) -> Code {
    code.named(IN_RDX, name, elf::R_X86_64_PC32, -4)
}

#[test]
fn of_functions_of_which_one_is_its_own() {
    let at = number().jump_by_table("ops", 0).len() as i64;
    let (own, label) = (Word::Address("h", 0), Word::Address("h", at));
    let (sleeps, null) = (Word::Address("msleep", 0), Word::Number(0));
    for ops in [[own, sleeps], [sleeps, own], [label, sleeps]] {
        let code = number().jump_by_table("ops", 0).ret();
        assert_said(handler(code).data(".rodata", "ops", &ops), SLEEPS);
    }
    for between in [Word::Address("_printk", 0), null] {
        let code = number().jump_by_table("ops", 0).ret().call("msleep").ret();
        let ops = [label, between, Word::Address("h", at + 1)];
        assert_said(handler(code).data(".rodata", "ops", &ops), SLEEPS);
    }
    let code = number().jump_by_table("ops", 0).ret();
    let g = Code::new().ret().call("msleep").ret();
    assert_said(
        handler(code)
            .function("g", g)
            .data(".rodata", "ops", &[label, Word::Address("g", 1)]),
        &["refused: h -> g -> msleep (may sleep)"],
    );
}

#[test]
fn with_a_symbol_between_its_entries() {
    let head = number()
        .plain(|a| a.and(eax, 3).unwrap())
        .jump_by_table("cases", 0);
    let own = Word::Address("h", head.len() as i64);
    let sleeps = Word::Address("msleep", 0);
    let builder = handler(head.ret())
        .data(".rodata", "cases", &[own, own])
        .data(".rodata", "others", &[sleeps, sleeps]);
    assert_said(builder, SLEEPS);
}

#[test]
fn counted_from_its_middle() {
    let signed = |a: &mut CodeAssembler| a.movsx(rax, byte_ptr(rdi)).unwrap();
    let head = Code::new().plain(signed).jump_by_table("cases", 16);
    let at = head.len() as i64;
    let (ends, sleeps) = (Word::Address("h", at), Word::Address("h", at + 1));
    let code = head.ret().call("msleep").ret();
    let cases = [sleeps, sleeps, ends, ends];
    assert_said(handler(code).data(".rodata", "cases", &cases), SLEEPS);
}

#[test]
fn counted_from_the_table_before() {
    let head = number().jump_by_table("cases", -8);
    let at = head.len() as i64;
    let (ends, sleeps) = (Word::Address("h", at), Word::Address("h", at + 1));
    let builder = handler(head.ret().call("msleep").ret())
        .data(".rodata", "others", &[ends, ends])
        .data(".rodata", "cases", &[ends, sleeps]);
    assert_said(builder, SLEEPS);
}

/// A half word with a sign is shifted, and its lower half then compared with zero.
#[test]
fn of_offsets_whose_upper_half_is_left_out() {
    let code = in_rdx(number(), "offsets")
        .plain(|a| {
            a.movsx(rcx, word_ptr(rdx + rax * 2)).unwrap();
            a.shl(rcx, 20).unwrap();
            a.test(ecx, ecx).unwrap();
        })
        .unless_zero(Code::new().ret())
        .plain(|a| a.test(rcx, rcx).unwrap())
        .unless_zero(Code::new().call("msleep").ret())
        .ret();
    let offsets = [Word::Bytes(&[0, 0, 0, 0x10, 0, 0x20, 0, 0])];
    assert_said(handler(code).data(".rodata", "offsets", &offsets), SLEEPS);
}

/// All bits are shifted out, and it jumps to its own beginning.
#[test]
fn of_offsets_that_are_shifted_away() {
    let code = in_rdx(number(), "offsets").address_in_rsi("h").plain(|a| {
        a.movzx(ecx, byte_ptr(rdx + rax)).unwrap();
        a.shl(rcx, 40).unwrap();
        a.shl(rcx, 40).unwrap();
        a.add(rcx, rsi).unwrap();
        a.jmp(rcx).unwrap();
    });
    let offsets = [Word::Bytes(&[0, 1, 2, 3, 0, 0, 0, 0])];
    assert_said(handler(code).data(".rodata", "offsets", &offsets), NOTHING);
}

#[test]
fn of_offsets_of_which_one_is_elsewhere() {
    let head = in_rdx(number(), "offsets").plain(|a| {
        a.movsxd(rax, dword_ptr(rdx + rax * 4)).unwrap();
        a.add(rax, rdx).unwrap();
        a.jmp(rax).unwrap();
    });
    let own = Word::Relative("h", head.len() as i64);
    let offsets = [own, Word::Relative("msleep", 4)];
    assert_said(
        handler(head.ret()).data(".rodata", "offsets", &offsets),
        SLEEPS,
    );
}

/// Only the last entry sleeps. A number below the bound is jumped by.
fn long(entries: usize, bound: Option<i32>) -> Builder {
    const OVER_RET: &[u8] = &[0x76, 1];
    let head = match bound {
        None => number(),
        Some(bound) => number()
            .plain(|a| {
                a.mov(eax, eax).unwrap();
                a.cmp(eax, bound).unwrap();
                a.db(OVER_RET).unwrap();
            })
            .ret(),
    };
    let head = head.jump_by_table("cases", 0);
    let at = head.len() as i64;
    let mut cases = vec![Word::Address("h", at); entries - 1];
    cases.push(Word::Address("h", at + 1));
    handler(head.ret().call("msleep").ret()).data(".rodata", "cases", &cases)
}

#[test]
fn of_many_entries() {
    assert_said(long(1000, None), SLEEPS);
    assert_said(long(1500, Some(1499)), SLEEPS);
    assert_said(long(1500, None), UNKNOWN);
    assert_said(long(5000, Some(4999)), UNKNOWN);
}

/// What is lost sight of is one of a table or another, and the table has a function that sleeps.
#[test]
fn whose_entries_are_given_away() {
    for first in ["h", "q"] {
        let load = Code::new().named(&[0x48, 0x8b, 0x04, 0xc5], "ops", elf::R_X86_64_32S, 0);
        let code = number()
            .plain(|a| a.test(rax, rax).unwrap())
            .unless_zero(load)
            .plain(|a| a.mov(qword_ptr(rsi), rax).unwrap())
            .ret();
        let ops = [Word::Address(first, 0), Word::Address("s", 0)];
        let builder = handler(code)
            .function("s", Code::new().call("msleep").ret())
            .function("q", Code::new().ret())
            .data(".rodata", "ops", &ops);
        assert_said(builder, &["refused: h -> s -> msleep (may sleep)"]);
    }
}

/// `h` of arm64 jumps by a table of bytes without a bound. Behind it lies `array`, of which `g` uses the address plus
/// `bias`.
fn bytes_before_an_array(bias: i64) -> Vec<u8> {
    // ldr x0, [x0]; adrp, add x1, table; ldrb w0, [x1, x0]; adr x1, 1f; add x0, x1, w0, sxtb #2; br x0;
    // 1: ret; b msleep
    const H: &[u32] = &[
        0xf940_0000,
        0x9000_0001,
        0x9100_0021,
        0x3860_6820,
        0x1000_0061,
        0x8b20_8820,
        0xd61f_0000,
        0xd65f_03c0,
        0x1400_0000,
    ];
    // adrp, add x1, array + bias; ldr w0, [x1, x0, lsl #2]; ret
    const G: &[u32] = &[0x9000_0001, 0x9100_0021, 0xb860_7820, 0xd65f_03c0];
    const TABLE: &[u8] = &[0, 0, 0, 0, 1, 1, 1, 1];
    let words = |code: &[u32]| {
        code.iter()
            .flat_map(|it| it.to_le_bytes())
            .collect::<Vec<_>>()
    };

    let mut object =
        write::Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
    let mut section = |name: &str, kind, content: &[u8]| {
        let id = object.add_section(vec![], name.as_bytes().to_vec(), kind);
        object.append_section_data(id, content, 8);
        id
    };
    section(".modinfo", SectionKind::ReadOnlyData, b"vermagic=test \0");
    let atomic = section(ATOMIC, SectionKind::Text, &words(H));
    let text = section(".text", SectionKind::Text, &words(G));
    let constants = [TABLE, &[0xff; 16]].concat();
    let constants = section(".rodata", SectionKind::ReadOnlyData, &constants);
    let mut symbol = |name: &str, section, (value, size), kind| {
        object.add_symbol(write::Symbol {
            name: name.as_bytes().to_vec(),
            value,
            size,
            kind,
            scope: SymbolScope::Compilation,
            weak: false,
            section,
            flags: SymbolFlags::None,
        })
    };
    let of = write::SymbolSection::Section;
    let length = |code: &[u32]| 4 * code.len() as u64;
    symbol("h", of(atomic), (0, length(H)), SymbolKind::Text);
    symbol("g", of(text), (0, length(G)), SymbolKind::Text);
    symbol("array", of(constants), (8, 16), SymbolKind::Data);
    let undefined = write::SymbolSection::Undefined;
    let msleep = symbol("msleep", undefined, (0, 0), SymbolKind::Unknown);
    let base = object.section_symbol(constants);
    let mut relocate = |section, offset, symbol, addend, r_type| {
        let relocation = write::Relocation {
            offset,
            symbol,
            addend,
            flags: RelocationFlags::Elf { r_type },
        };
        object.add_relocation(section, relocation).unwrap();
    };
    for (section, first, addend) in [(atomic, 4, 0), (text, 0, 8 + bias)] {
        relocate(
            section,
            first,
            base,
            addend,
            elf::R_AARCH64_ADR_PREL_PG_HI21,
        );
        relocate(
            section,
            first + 4,
            base,
            addend,
            elf::R_AARCH64_ADD_ABS_LO12_NC,
        );
    }
    relocate(atomic, 32, msleep, 0, elf::R_AARCH64_JUMP26);
    object.write().unwrap()
}

#[test]
fn before_an_array_that_is_counted_from_one() {
    for bias in [0, -4] {
        let file = bytes_before_an_array(bias);
        let module = Module::read(&file).unwrap();
        let rules = Rules::built_in(|_| false).unwrap();
        let mut kernel = kernel();
        kernel.arch = Arch::Arm64;
        let allowed = allow::parse("", "").unwrap();
        let answer = Checker::new(&module, &kernel, &rules).check(&allowed);
        assert_eq!(said(&answer), SLEEPS, "{bias}");
    }
}

#[test]
fn whose_entries_all_end() {
    let head = number()
        .plain(|a| a.and(eax, 1).unwrap())
        .jump_by_table("cases", 0);
    let own = Word::Address("h", head.len() as i64);
    let builder = handler(head.ret()).data(".rodata", "cases", &[own, own]);
    assert_said(builder, NOTHING);
}
