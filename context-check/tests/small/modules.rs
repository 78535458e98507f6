// SPDX-License-Identifier: GPL-2.0

//! What is found in small modules.

use crate::objects::{check, said, Builder, Code, Word, ATOMIC, GFP_ATOMIC, GFP_KERNEL, NMI};
use context_check::module::Module;
use iced_x86::code_asm::*;

/// A handler that is all there is.
fn handler(code: Code) -> Builder {
    Builder::new().function_in(ATOMIC, "h", code)
}

#[track_caller]
fn assert_said(builder: Builder, expected: &[&str]) {
    assert_eq!(said(&builder.check()), expected);
}

const NOTHING: &[&str] = &[];

/// Sleeps.
fn sleeper(builder: Builder, name: &str) -> Builder {
    builder.function(name, Code::new().call("msleep").ret())
}

#[test]
fn calls() {
    let code = || Code::new().call("f").ret();
    assert_said(
        sleeper(handler(code()), "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
    let f = Code::new().call("_printk").ret();
    assert_said(handler(code()).function("f", f), NOTHING);
}

#[test]
fn last_jumps() {
    assert_said(
        sleeper(handler(Code::new().jump("f")), "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
}

#[test]
fn what_nobody_has() {
    assert_said(
        handler(Code::new().call("theirs").ret()),
        &["unproven: h -> theirs (not in this kernel: another module's)"],
    );
    assert_said(
        handler(Code::new().call("jiffies").ret()),
        &["unproven: h -> jiffies (data that is called)"],
    );
}

/// A handler that has `f` allocate with these flags, through another function.
fn passes(flags: u32) -> Builder {
    let first = Code::new()
        .plain(|a| a.mov(edx, flags).unwrap())
        .call("f")
        .ret();
    let second = Code::new()
        .plain(|a| {
            a.push(rbx).unwrap();
            a.mov(ebx, edx).unwrap();
        })
        .call("_printk")
        .plain(|a| a.mov(esi, ebx).unwrap())
        .call("g")
        .plain(|a| a.pop(rbx).unwrap())
        .ret();
    handler(first)
        .function("f", second)
        .function("g", Code::new().jump("__kmalloc_noprof"))
}

#[test]
fn flags_through_calls() {
    assert_said(
        passes(GFP_KERNEL),
        &["refused: h -> f -> g -> __kmalloc_noprof (may sleep)"],
    );
    assert_said(passes(GFP_ATOMIC), NOTHING);
}

#[test]
fn flags_through_the_stack() {
    let code = |flags| {
        Code::new()
            .plain(|a| {
                a.sub(rsp, 0x18).unwrap();
                a.mov(dword_ptr(rsp + 8), flags).unwrap();
            })
            .call("_printk")
            .plain(|a| a.mov(esi, dword_ptr(rsp + 8)).unwrap())
            .call("__kmalloc_noprof")
            .plain(|a| a.add(rsp, 0x18).unwrap())
            .ret()
    };
    assert_said(handler(code(GFP_ATOMIC)), NOTHING);
    assert_said(
        handler(code(GFP_KERNEL)),
        &["refused: h -> __kmalloc_noprof (may sleep)"],
    );
}

#[test]
fn flags_that_somebody_may_have_changed() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x18).unwrap();
            a.mov(dword_ptr(rsp + 8), GFP_ATOMIC).unwrap();
            a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        })
        .call("take")
        .plain(|a| a.mov(esi, dword_ptr(rsp + 8)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.add(rsp, 0x18).unwrap())
        .ret();
    assert_said(
        handler(code),
        &["unproven: h -> __kmalloc_noprof (with unknown flags)"],
    );
}

#[test]
fn flags_of_two_kinds() {
    let code = |other| {
        Code::new()
            .plain(|a| {
                a.mov(esi, GFP_ATOMIC).unwrap();
                a.test(edi, edi).unwrap();
            })
            .unless_zero(Code::new().plain(|a| a.mov(esi, other).unwrap()))
            .call("__kmalloc_noprof")
            .ret()
    };
    // GFP_NOWAIT, without the other flags.
    assert_said(handler(code(0x800)), NOTHING);
    assert_said(
        handler(code(GFP_KERNEL)),
        &["unproven: h -> __kmalloc_noprof (with unknown flags)"],
    );
}

/// With a table for `dyn` whose one method sleeps.
fn table(builder: Builder) -> Builder {
    let words = [
        Word::Number(0),
        Word::Number(8),
        Word::Number(8),
        Word::Address("method", 0),
    ];
    sleeper(builder, "method").data(".rodata", "table", &words)
}

#[test]
fn methods_of_a_known_table() {
    let code = Code::new()
        .address_in_rax("table")
        .plain(|a| a.call(qword_ptr(rax + 0x18)).unwrap())
        .ret();
    assert_said(
        table(handler(code)),
        &["refused: h -> method -> msleep (may sleep)"],
    );
}

/// Calls the first method of an object that was found somewhere.
fn calls_method() -> Code {
    Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rdi + 0x28)).unwrap();
            a.mov(rdi, qword_ptr(rdi + 0x20)).unwrap();
            a.call(qword_ptr(rax + 0x18)).unwrap();
        })
        .ret()
}

#[test]
fn methods_of_an_unknown_object() {
    let rust = "_RNvCs1234_1m7handler";
    let in_rust = || Builder::new().function_in(ATOMIC, rust, calls_method());
    let answer = table(in_rust()).check();
    assert_eq!(
        said(&answer),
        ["refused: m::handler -> method -> msleep (may sleep)"]
    );
    let assumed: Vec<_> = answer.assumed.iter().map(|one| &one.candidates).collect();
    assert_eq!(assumed, [&["method"]]);

    const UNKNOWN: &str = "indirect call (a pointer from an unknown place)";
    // There is no table in the module, or C has made the call.
    assert_eq!(
        said(&in_rust().check()),
        [format!("unproven: m::handler -> {UNKNOWN}")]
    );
    assert_eq!(
        said(&table(handler(calls_method())).check()),
        [format!("unproven: h -> {UNKNOWN}")]
    );
}

#[test]
fn pointers_that_may_be_null() {
    let code = Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rdi + 0x28)).unwrap();
            a.mov(rax, qword_ptr(rax + 0x18)).unwrap();
            a.test(rax, rax).unwrap();
        })
        .unless_zero(Code::new().plain(|a| a.call(rax).unwrap()))
        .ret();
    let builder = Builder::new().function_in(ATOMIC, "_RNvCs1234_1m7handler", code);
    assert_said(
        table(builder),
        &["unproven: m::handler -> indirect call (a pointer that may be null)"],
    );
}

#[test]
fn retpolines() {
    let known = Code::new()
        .address_in_r11("f")
        .call("__x86_indirect_thunk_r11")
        .ret();
    assert_said(
        sleeper(handler(known), "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
    let unknown = Code::new()
        .plain(|a| a.mov(r11, qword_ptr(rdi)).unwrap())
        .jump("__x86_indirect_thunk_r11");
    assert_said(
        handler(unknown),
        &["unproven: h -> indirect call (a pointer from an unknown place)"],
    );
}

#[test]
fn jump_tables() {
    let head = Code::new().jump_by_table("cases", 0);
    let (first, second) = (head.len() as i64, head.len() as i64 + 1);
    let code = head.ret().call("msleep").ret();
    let cases = [Word::Address("h", first), Word::Address("h", second)];
    assert_said(
        handler(code).data(".rodata", "cases", &cases),
        &["refused: h -> msleep (may sleep)"],
    );
}

/// By a byte that is compared with nothing, as of an `enum`. Behind the table is that of another
/// function.
fn jumps_by_a_byte(second: &str) -> Builder {
    let byte = |a: &mut CodeAssembler| a.movzx(eax, byte_ptr(rdi)).unwrap();
    let head = Code::new().plain(byte).jump_by_table("cases", 0);
    let at = head.len() as i64;
    let cases = [Word::Address("h", at), Word::Address("h", at + 1)];
    let others = [Word::Address("g", 1), Word::Address("g", 1)];
    handler(head.ret().call(second).ret())
        .function("g", Code::new().ret().call("msleep").ret())
        .data(".rodata", "cases", &cases)
        .data(".rodata", "others", &[others; 130].concat())
}

#[test]
fn jump_tables_of_which_a_byte_is_the_number() {
    assert_said(jumps_by_a_byte("_printk"), NOTHING);
    assert_said(
        jumps_by_a_byte("msleep"),
        &["refused: h -> msleep (may sleep)"],
    );
}

#[test]
fn static_branches() {
    let code = Code::new()
        .plain(|a| a.nop().unwrap())
        .ret()
        .call("msleep")
        .ret();
    let label = [
        Word::Relative("h", 0),
        Word::Relative("h", 2),
        Word::Number(0),
    ];
    assert_said(handler(code), NOTHING);
    let code = Code::new()
        .plain(|a| a.nop().unwrap())
        .ret()
        .call("msleep")
        .ret();
    assert_said(
        handler(code).data("__jump_table", "label", &label),
        &["refused: h -> msleep (may sleep)"],
    );
}

#[test]
fn alternatives() {
    let code = Code::new()
        .plain(|a| (0..5).for_each(|_| a.nop().unwrap()))
        .ret();
    let builder = handler(code)
        .function_in(".altinstr_replacement", "other", Code::new().call("msleep"))
        .data(
            ".altinstructions",
            "alternative",
            &[
                Word::Relative("h", 0),
                Word::Relative("other", 0),
                Word::Bytes(&[0, 0, 0, 0, 5, 5]),
            ],
        );
    assert_said(builder, &["refused: h -> msleep (may sleep)"]);
}

#[test]
fn what_runs_later() {
    let given = |to: &str| Code::new().address_in_rsi("f").call(to).ret();
    assert_said(sleeper(handler(given("call_rcu")), "f"), NOTHING);
    assert_said(
        sleeper(handler(given("take")), "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
    let both = Code::new()
        .address_in_rsi("f")
        .plain(|a| a.mov(qword_ptr(rdi), rsi).unwrap())
        .call("call_rcu")
        .ret();
    assert_said(
        sleeper(handler(both), "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
}

#[test]
fn addresses_that_are_taken() {
    let code = Code::new().address_in_rsi("f").call("take").ret();
    assert_said(
        sleeper(handler(code), "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
    // By way of a table of functions that is handed over.
    let code = Code::new().address_in_rsi("table").call("take").ret();
    assert_said(
        table(handler(code)),
        &["refused: h -> method -> msleep (may sleep)"],
    );
}

#[test]
fn what_lies_behind_the_end() {
    let code = Code::new().call("panic").call("msleep");
    assert_said(handler(code), NOTHING);
    let dies = Code::new().call("_printk").plain(|a| a.ud2().unwrap());
    let code = Code::new().call("dies").call("msleep");
    assert_said(handler(code).function("dies", dies), NOTHING);
}

#[test]
fn classes() {
    let code = || Code::new().call("_raw_spin_lock").ret();
    assert_said(handler(code()), NOTHING);
    assert_said(
        Builder::new().function_in(NMI, "n", code()),
        &["refused: n -> _raw_spin_lock (waits for a lock)"],
    );
    let code = Code::new()
        .plain(|a| a.mov(esi, GFP_ATOMIC).unwrap())
        .call("__kmalloc_noprof")
        .ret();
    assert_said(
        Builder::new().function_in(NMI, "n", code),
        &["refused: n -> __kmalloc_noprof (allocates or frees)"],
    );
}

#[test]
fn stripped() {
    let code = Code::new().call("f").ret();
    let builder = sleeper(
        Builder::new().stripped().function_in(ATOMIC, "h", code),
        "f",
    );
    let answer = builder.check();
    assert_eq!(
        said(&answer),
        ["refused: .text..notifier_chain.atomic+0x0 -> .text+0x0 -> msleep (may sleep)"]
    );
}

#[test]
fn allowed() {
    let file = || sleeper(handler(Code::new().call("f").ret()), "f").build();
    let answer = check(&file(), "h -> f: it is short\nh -> g: nothing");
    assert_eq!(said(&answer), NOTHING);
    assert_eq!(Vec::from_iter(answer.used), ["allow:1"]);
    let answer = check(&file(), "other -> f: not this one");
    assert_eq!(said(&answer).len(), 1);
}

#[test]
fn names_of_the_kernel_in_a_module() {
    // In the kernel, `lockdep_*` is a hook that is passed over.
    assert_said(
        sleeper(handler(Code::new().call("lockdep_f").ret()), "lockdep_f"),
        &["refused: h -> lockdep_f -> msleep (may sleep)"],
    );
    let mark = Code::new().call("notifier_chain_might_sleep").ret();
    assert_said(
        handler(mark).function("notifier_chain_might_sleep", Code::new().ret()),
        &["refused: h -> notifier_chain_might_sleep (may sleep)"],
    );
}

#[test]
fn calls_of_handlers() {
    let bridge = |section, name| {
        let code = Code::new()
            .plain(|a| a.mov(rax, qword_ptr(rdi + 32)).unwrap())
            .plain(|a| a.call(qword_ptr(rax)).unwrap());
        handler(Code::new().call("bridge").ret()).function_in(
            section,
            "bridge",
            code.call(name).ret(),
        )
    };
    const BRIDGE: &str = ".text..notifier_chain.calls_nmi";
    assert_said(bridge(BRIDGE, "_printk"), NOTHING);
    assert_said(
        bridge(BRIDGE, "msleep"),
        &["refused: h -> bridge -> msleep (may sleep)"],
    );
    assert_said(
        bridge(".text.bridge", "_printk"),
        &["unproven: h -> bridge -> indirect call (a pointer from an unknown place)"],
    );
}

#[test]
fn flags_behind_a_pointer() {
    let code = |flags| {
        Code::new()
            .plain(|a| {
                a.sub(rsp, 0x18).unwrap();
                a.mov(dword_ptr(rsp + 8), flags).unwrap();
                a.lea(rdi, qword_ptr(rsp)).unwrap();
            })
            .call("f")
            .plain(|a| a.add(rsp, 0x18).unwrap())
            .ret()
    };
    let f = || {
        Code::new()
            .plain(|a| a.mov(esi, dword_ptr(rdi + 8)).unwrap())
            .jump("__kmalloc_noprof")
    };
    assert_said(handler(code(GFP_ATOMIC)).function("f", f()), NOTHING);
    assert_said(
        handler(code(GFP_KERNEL)).function("f", f()),
        &["refused: h -> f -> __kmalloc_noprof (may sleep)"],
    );
}

#[test]
fn loops_end() {
    let code = Code::new()
        .plain(|a| {
            let mut again = a.create_label();
            a.set_label(&mut again).unwrap();
            a.add(esi, 1).unwrap();
            a.push(rsi).unwrap();
            a.jmp(again).unwrap();
        })
        .call("h");
    assert_said(handler(code), NOTHING);
}

#[test]
fn files_that_are_no_modules() {
    let file = handler(Code::new().call("msleep").ret()).build();
    // Cut off anywhere: an error, or less than was there, and no panic.
    for len in 0..file.len() {
        if let Ok(module) = Module::read(&file[..len]) {
            drop(module);
        }
    }
    let error = |file: &[u8]| match Module::read(file) {
        Ok(_) => "read".to_owned(),
        Err(error) => format!("{error:#}"),
    };
    assert!(error(b"").contains("not an ELF file"));
    assert!(error(&file[..file.len() / 2]).contains("cut off"));
    let mut other = file.clone();
    other[18] = 243;
    assert!(
        error(&other).contains("another architecture"),
        "{}",
        error(&other)
    );
    let mut other = file;
    other[16] = 2;
    assert!(
        error(&other).contains("no kernel module"),
        "{}",
        error(&other)
    );
}

#[test]
fn relocations_that_are_missing() {
    const NEVER: &str = "indirect call (a call that was never filled in)";
    for opcode in [&[0xe8][..], &[0xe9], &[0x0f, 0x84]] {
        let code = Code::new().unfilled(opcode).ret();
        assert_said(handler(code), &[&format!("unproven: h -> {NEVER}")]);
    }
}

#[test]
fn relocations_that_cannot_be_read() {
    let mut file = handler(Code::new().call("msleep").ret()).build();
    let number = |file: &[u8], at: usize, len: usize| {
        let mut bytes = [0; 8];
        bytes[..len].copy_from_slice(&file[at..at + len]);
        u64::from_le_bytes(bytes) as usize
    };
    let (table, count) = (number(&file, 0x28, 8), number(&file, 0x3c, 2));
    for section in (0..count).map(|n| table + n * 64) {
        if number(&file, section + 4, 4) == 4 {
            // sh_offset
            file[section + 0x18..section + 0x20].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        }
    }
    let error = Module::read(&file).err().unwrap();
    assert!(error.to_string().contains("relocations"), "{error:#}");
}

#[test]
fn one_place_with_two_findings() {
    // First with flags that nobody knows, then with those that let it sleep.
    let code = Code::new()
        .plain(|a| a.mov(esi, dword_ptr(rdi)).unwrap())
        .call("g")
        .plain(|a| a.mov(esi, GFP_KERNEL).unwrap())
        .call("g")
        .ret();
    assert_said(
        handler(code).function("g", Code::new().jump("__kmalloc_noprof")),
        &[
            "unproven: h -> g -> __kmalloc_noprof (with unknown flags)",
            "refused: h -> g -> __kmalloc_noprof (may sleep)",
        ],
    );
}

#[test]
fn negative_numbers_in_memory() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x18).unwrap();
            a.mov(dword_ptr(rsp + 8), -1).unwrap();
            a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        })
        .call("g")
        .plain(|a| a.add(rsp, 0x18).unwrap())
        .ret();
    // Sleeps if it is -1: the jump is not taken.
    let g = Code::new()
        .plain(|a| {
            let mut other = a.create_label();
            a.cmp(dword_ptr(rdi), -1).unwrap();
            a.je(other).unwrap();
            a.ret().unwrap();
            a.set_label(&mut other).unwrap();
            a.nop().unwrap();
        })
        .call("msleep")
        .ret();
    assert_said(
        handler(code).function("g", g),
        &["refused: h -> g -> msleep (may sleep)"],
    );
}

/// Allocates with a word of the stack, once somebody may have written to it.
fn allocates_after(write: impl FnOnce(&mut CodeAssembler)) -> Builder {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x28).unwrap();
            a.mov(dword_ptr(rsp + 8), GFP_ATOMIC).unwrap();
            a.mov(dword_ptr(rsp + 16), GFP_ATOMIC).unwrap();
        })
        .plain(write)
        .plain(|a| a.mov(esi, dword_ptr(rsp + 8)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.add(rsp, 0x28).unwrap())
        .ret();
    handler(code)
}

const FLAGS: &[&str] = &["unproven: h -> __kmalloc_noprof (with unknown flags)"];

#[test]
fn one_of_two_words() {
    let either = |a: &mut CodeAssembler| {
        a.lea(rax, qword_ptr(rsp + 8)).unwrap();
        a.lea(rcx, qword_ptr(rsp + 16)).unwrap();
        a.test(rdi, rdi).unwrap();
    };
    assert_said(
        allocates_after(|a| {
            either(a);
            a.cmove(rax, rcx).unwrap();
            a.mov(dword_ptr(rax), GFP_KERNEL).unwrap();
        }),
        FLAGS,
    );
    assert_said(
        allocates_after(|a| {
            either(a);
            let mut other = a.create_label();
            a.je(other).unwrap();
            a.mov(rax, rcx).unwrap();
            a.set_label(&mut other).unwrap();
            a.mov(dword_ptr(rax), GFP_KERNEL).unwrap();
        }),
        FLAGS,
    );
}

#[test]
fn words_by_an_unknown_index() {
    assert_said(
        allocates_after(|a| a.mov(dword_ptr(rsp + rdi * 4 + 8), GFP_KERNEL).unwrap()),
        FLAGS,
    );
    assert_said(
        allocates_after(|a| {
            a.lea(rax, qword_ptr(rsp + rdi * 4 + 8)).unwrap();
            a.mov(dword_ptr(rax), GFP_KERNEL).unwrap();
        }),
        FLAGS,
    );
    assert_said(
        allocates_after(|a| {
            a.lea(rax, qword_ptr(rsp + 12)).unwrap();
            a.add(rax, rdi).unwrap();
            a.mov(dword_ptr(rax), GFP_KERNEL).unwrap();
        }),
        FLAGS,
    );
    // Only read.
    assert_said(
        allocates_after(|a| a.mov(eax, dword_ptr(rsp + rdi * 4 + 8)).unwrap()),
        NOTHING,
    );
}

/// As a closure does that has borrowed it.
#[test]
fn words_behind_what_is_handed_over() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x28).unwrap();
            a.mov(dword_ptr(rsp + 8), GFP_ATOMIC).unwrap();
            a.lea(rax, qword_ptr(rsp + 8)).unwrap();
            a.mov(qword_ptr(rsp + 16), rax).unwrap();
            a.lea(rdi, qword_ptr(rsp + 16)).unwrap();
        })
        .call("take")
        .plain(|a| a.mov(esi, dword_ptr(rsp + 8)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.add(rsp, 0x28).unwrap())
        .ret();
    assert_said(handler(code), FLAGS);
}

#[test]
fn addresses_from_constant_tables() {
    const SLEEPS: &[&str] = &["refused: h -> f -> msleep (may sleep)"];
    let given = |code: Code| {
        sleeper(handler(code), "f").data(".rodata", "functions", &[Word::Address("f", 0)])
    };
    let load = || Code::new().load_in_rdi("functions");
    assert_said(given(load().call("take").ret()), SLEEPS);
    assert_said(
        given(load().plain(|a| a.mov(qword_ptr(rsi), rdi).unwrap()).ret()),
        SLEEPS,
    );
    let later = load()
        .plain(|a| a.mov(rsi, rdi).unwrap())
        .plain(|a| a.xor(edi, edi).unwrap())
        .call("call_rcu")
        .ret();
    assert_said(given(later), NOTHING);
    // Some entry of it.
    let some = Code::new().load_by_table("functions").call("take").ret();
    assert_said(given(some), SLEEPS);
}

#[test]
fn addresses_of_what_nobody_has() {
    assert_said(
        handler(Code::new().address_in_rsi("theirs").call("take").ret()),
        &["unproven: h -> theirs (not in this kernel: another module's)"],
    );
    assert_said(
        handler(Code::new().address_in_rsi("jiffies").call("take").ret()),
        NOTHING,
    );
}

#[test]
fn addresses_behind_many_others() {
    let code = Code::new().address_in_rsi("a").call("take").ret();
    let mut builder = sleeper(handler(code), "f");
    for (from, to) in [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f")] {
        builder = builder.data(".rodata", from, &[Word::Address(to, 0)]);
    }
    assert_said(builder, &["refused: h -> f -> msleep (may sleep)"]);
}

#[test]
fn running_into_what_comes_next() {
    let falls = |code: Code| {
        let builder = handler(Code::new().call("f").ret()).function("f", code);
        sleeper(builder, "next")
    };
    // As long as the space for it, so that there is nothing in between.
    let nops = |n| Code::new().plain(|a| (0..n).for_each(|_| a.nop().unwrap()));
    assert_said(
        falls(nops(16)),
        &["refused: h -> f -> next -> msleep (may sleep)"],
    );
    // A call may return, unless the function is known never to.
    assert_said(
        falls(nops(11).call("_printk")),
        &["refused: h -> f -> next -> msleep (may sleep)"],
    );
    assert_said(falls(nops(11).call("panic")), NOTHING);
    assert_said(falls(nops(14).plain(|a| a.ud2().unwrap())), NOTHING);
}

#[test]
fn tables_with_gaps() {
    // The table of a trait that this one is built on, or a method that is not there.
    for gap in [Word::Address("table", 0), Word::Number(0)] {
        let code = Code::new().plain(|a| {
            a.mov(rax, qword_ptr(rdi + 8)).unwrap();
            a.mov(rdi, qword_ptr(rdi)).unwrap();
            a.jmp(qword_ptr(rax + 0x28)).unwrap();
        });
        let words = [
            Word::Number(0),
            Word::Number(8),
            Word::Number(8),
            Word::Address("good", 0),
            gap,
            Word::Address("method", 0),
        ];
        let builder = Builder::new()
            .function_in(ATOMIC, "_RNvCs1234_1m7handler", code)
            .function("good", Code::new().ret())
            .data(".rodata", "table", &words);
        assert_said(
            sleeper(builder, "method"),
            &["refused: m::handler -> method -> msleep (may sleep)"],
        );
    }
}

#[test]
fn own_functions_with_names_of_the_kernels() {
    let mine = Code::new().call("vfs_mine").ret();
    assert_said(
        handler(mine).function("vfs_mine", Code::new().ret()),
        NOTHING,
    );
    let given = Code::new().address_in_rsi("f").call("call_rcu").ret();
    let builder = handler(given).function("call_rcu", Code::new().jump("take"));
    assert_said(
        sleeper(builder, "f"),
        &["refused: h -> f -> msleep (may sleep)"],
    );
}

#[test]
fn handlers_of_which_some_have_names() {
    let builder = handler(Code::new().ret())
        .stripped()
        .function_in(ATOMIC, "second", Code::new().call("msleep").ret())
        .data(".rodata", "handlers", &[Word::Address("second", 16)]);
    assert_said(
        builder,
        &["refused: .text..notifier_chain.atomic+0x10 -> msleep (may sleep)"],
    );
}

#[test]
fn the_number_of_a_type_is_no_handler() {
    // As Clang does it for kCFI.
    let number = || {
        Code::new().plain(|a| {
            (0..11).for_each(|_| a.nop().unwrap());
            a.mov(eax, 0x1234_5678).unwrap();
        })
    };
    let answer = Builder::new()
        .function_in(NMI, "__cfi_h", number())
        .function_in(NMI, "h", Code::new().call("_printk").ret())
        .check();
    let names: Vec<_> = answer.handlers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["h"]);
}
