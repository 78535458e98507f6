// SPDX-License-Identifier: GPL-2.0

//! Ways to a function that sleeps, each of which was once called proven.

use crate::objects::{said, Builder, Code, Word, ATOMIC, GFP_ATOMIC, GFP_KERNEL, NMI};
use context_check::{
    arch::Arch,
    flow::{Entry, Interpreter},
    image::{Function, Image, Kind, Segment},
    known::Known,
};
use iced_x86::code_asm::*;

fn handler(code: Code) -> Builder {
    Builder::new().function_in(ATOMIC, "h", code)
}

#[track_caller]
fn assert_said(builder: Builder, expected: &[&str]) {
    assert_eq!(said(&builder.check()), expected);
}

fn sleeper(builder: Builder, name: &str) -> Builder {
    builder.function(name, Code::new().call("msleep").ret())
}

/// Calls a function with so many bytes on the stack.
fn frame(size: i32, write: impl FnOnce(&mut CodeAssembler), callee: &str) -> Code {
    Code::new()
        .plain(|a| {
            a.sub(rsp, size).unwrap();
            write(a);
        })
        .call(callee)
        .plain(|a| a.add(rsp, size).unwrap())
        .ret()
}

const NOTHING: &[&str] = &[];

const FROM_ANYWHERE: &str = "unproven: h -> indirect call (a pointer from an unknown place)";

#[test]
fn a_return_to_what_was_pushed() {
    let code = Code::new().plain(|a| {
        a.push(qword_ptr(rdi)).unwrap();
        a.ret().unwrap();
    });
    assert_said(handler(code), &[FROM_ANYWHERE]);
}

#[test]
fn a_return_to_what_was_put_over_the_address() {
    let code = Code::new().plain(|a| {
        a.mov(rax, qword_ptr(rdi)).unwrap();
        a.mov(qword_ptr(rsp), rax).unwrap();
        a.ret().unwrap();
    });
    assert_said(handler(code), &[FROM_ANYWHERE]);
}

#[test]
fn a_register_that_is_not_put_back() {
    let code = Code::new()
        .plain(|a| a.push(rbx).unwrap())
        .call("g")
        .plain(|a| a.pop(rbx).unwrap())
        .ret();
    let why = "unproven: h -> g -> indirect call (a register that the caller relies on is changed)";
    let g = |put_back: bool| {
        Code::new().plain(|a| {
            a.push(rbx).unwrap();
            a.mov(rbx, qword_ptr(rdi)).unwrap();
            if put_back {
                a.pop(rbx).unwrap();
            } else {
                a.pop(rax).unwrap();
            }
            a.ret().unwrap();
        })
    };
    assert_said(handler(code).function("g", g(false)), &[why]);
    let code = Code::new().call("g").ret();
    assert_said(handler(code).function("g", g(true)), NOTHING);
}

/// Calls `g` with the address of flags, and with that or another address once more.
fn with_two_pointers(other: i32) -> Builder {
    let write = |a: &mut CodeAssembler| {
        a.mov(dword_ptr(rsp + 8), GFP_ATOMIC).unwrap();
        a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        a.lea(rsi, qword_ptr(rsp + other)).unwrap();
    };
    let code = frame(0x28, write, "g");
    // Writes through the second, and reads through the first.
    let g = Code::new()
        .plain(|a| {
            a.mov(dword_ptr(rsi), GFP_KERNEL).unwrap();
            a.mov(esi, dword_ptr(rdi)).unwrap();
        })
        .jump("__kmalloc_noprof");
    handler(code).function("g", g)
}

#[test]
fn two_pointers_to_one_thing() {
    let refused = "refused: h -> g -> __kmalloc_noprof (may sleep)";
    assert_said(with_two_pointers(8), &[refused]);
}

#[test]
fn two_pointers_to_what_is_written_later() {
    let write = |a: &mut CodeAssembler| {
        a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        a.lea(rsi, qword_ptr(rsp + 4)).unwrap();
    };
    let code = frame(0x28, write, "g");
    // Writes through the first, through the second, and reads through the first.
    let g = Code::new()
        .plain(|a| {
            a.mov(dword_ptr(rdi), GFP_ATOMIC).unwrap();
            a.mov(dword_ptr(rsi + 4), GFP_KERNEL).unwrap();
            a.mov(esi, dword_ptr(rdi)).unwrap();
        })
        .jump("__kmalloc_noprof");
    assert_said(
        handler(code).function("g", g),
        &["refused: h -> g -> __kmalloc_noprof (may sleep)"],
    );
}

const CALLERS_STACK: &str =
    "unproven: h -> g -> indirect call (it writes to the stack of its caller)";

/// Has `g` write an unknown word so far from where its argument points, which is 16 bytes into a
/// frame of 40 bytes.
fn writes_around(by: i32) -> Builder {
    let code = frame(0x28, |a| a.lea(rdi, qword_ptr(rsp + 0x10)).unwrap(), "g");
    let g = Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rsi)).unwrap();
            a.mov(qword_ptr(rdi + by), rax).unwrap();
        })
        .ret();
    handler(code).function("g", g)
}

#[test]
fn a_return_address_below_an_argument() {
    assert_said(writes_around(-0x10), NOTHING);
    for by in [-0x18, -0x14, -0x200] {
        assert_said(writes_around(by), &[CALLERS_STACK]);
    }
}

#[test]
fn the_callers_return_address_above_an_argument() {
    assert_said(writes_around(0x10), NOTHING);
    for by in [0x14, 0x18, 0x200] {
        assert_said(writes_around(by), &[CALLERS_STACK]);
    }
}

/// As before, by way of a function that has a frame of its own.
fn passed_on_by(own: i32) -> Builder {
    let code = frame(0x28, |a| a.lea(rdi, qword_ptr(rsp + 8)).unwrap(), "f");
    let f = frame(own, |a| a.add(rdi, 8).unwrap(), "g");
    let g = Code::new()
        .plain(|a| a.mov(qword_ptr(rdi - 0x18), rsi).unwrap())
        .ret();
    handler(code).function("f", f).function("g", g)
}

#[test]
fn a_return_address_below_an_argument_that_is_passed_on() {
    let why = "unproven: h -> f -> g -> indirect call (it writes to the stack of its caller)";
    for own in [8, 0x28] {
        assert_said(passed_on_by(own), &[why]);
    }
}

#[test]
fn a_saved_register_beside_an_argument() {
    let code = |by: i32| {
        let code = Code::new()
            .plain(|a| {
                a.push(rbx).unwrap();
                a.sub(rsp, 0x10).unwrap();
                a.mov(rdi, rsp).unwrap();
            })
            .call("g")
            .plain(|a| {
                a.add(rsp, 0x10).unwrap();
                a.pop(rbx).unwrap();
            })
            .ret();
        let g = Code::new()
            .plain(|a| a.mov(qword_ptr(rdi + by), rsi).unwrap())
            .ret();
        handler(code).function("g", g)
    };
    assert_said(code(8), NOTHING);
    assert_said(code(0x10), &[CALLERS_STACK]);
}

#[test]
fn a_saved_register_below_the_stack_pointer() {
    // What is called writes there: its return address, at least.
    let code = Code::new()
        .plain(|a| {
            a.push(rbx).unwrap();
            a.mov(ebx, esi).unwrap();
            a.add(rsp, 8).unwrap();
        })
        .call("take")
        .plain(|a| a.mov(rbx, qword_ptr(rsp - 8)).unwrap())
        .ret();
    let changed = "unproven: h -> indirect call (a register that the caller relies on is changed)";
    assert_said(handler(code), &[changed]);
}

#[test]
fn a_write_that_begins_at_the_return_address() {
    // It puts the return address back, and what lies above it is another.
    let g = Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rsp)).unwrap();
            a.movups(xmmword_ptr(rsp), xmm0).unwrap();
            a.mov(qword_ptr(rsp), rax).unwrap();
        })
        .ret();
    let write = |a: &mut CodeAssembler| a.mov(dword_ptr(rsp), GFP_ATOMIC).unwrap();
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x28).unwrap();
            write(a);
        })
        .call("g")
        .plain(|a| a.mov(esi, dword_ptr(rsp)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.add(rsp, 0x28).unwrap())
        .ret();
    assert_said(handler(code).function("g", g), &[CALLERS_STACK]);
}

#[test]
fn a_handler_of_the_other_class_that_a_chain_calls() {
    let answer = handler(Code::new().call("_raw_spin_lock").ret())
        .function_in(
            NMI,
            "n",
            Code::new().call("atomic_notifier_call_chain").ret(),
        )
        .data(".data", "block", &[Word::Address("h", 0)])
        .check();
    assert_eq!(
        said(&answer),
        ["unproven: n -> atomic_notifier_call_chain (may call h, whose address is taken)"]
    );
}

#[test]
fn the_same_argument_with_less_room() {
    // The first call of `g` is good, the second one is not.
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x28).unwrap();
            a.lea(rdi, qword_ptr(rsp + 0x10)).unwrap();
        })
        .call("g")
        .plain(|a| a.mov(rdi, rsp).unwrap())
        .call("g")
        .plain(|a| a.add(rsp, 0x28).unwrap())
        .ret();
    let g = Code::new()
        .plain(|a| a.mov(dword_ptr(rdi - 8), esi).unwrap())
        .ret();
    assert_said(handler(code).function("g", g), &[CALLERS_STACK]);
}

#[test]
fn a_kept_pointer_to_what_is_written_later() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x18).unwrap();
            a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        })
        .call("take")
        .plain(|a| a.lea(rdi, qword_ptr(rsp + 8)).unwrap())
        .call("g")
        .plain(|a| a.add(rsp, 0x18).unwrap())
        .ret();
    let g = Code::new()
        .plain(|a| {
            a.push(rbx).unwrap();
            a.mov(rbx, rdi).unwrap();
            a.mov(dword_ptr(rbx), GFP_ATOMIC).unwrap();
        })
        .call("_printk")
        .plain(|a| a.mov(esi, dword_ptr(rbx)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.pop(rbx).unwrap())
        .ret();
    assert_said(
        handler(code).function("g", g),
        &["unproven: h -> g -> __kmalloc_noprof (with unknown flags)"],
    );
}

#[test]
fn bits_that_two_unknown_words_share() {
    // That they share none does not make the first of them zero.
    let code = Code::new()
        .plain(|a| {
            let (mut on, mut end) = (a.create_label(), a.create_label());
            a.mov(eax, dword_ptr(rdi)).unwrap();
            a.mov(ecx, dword_ptr(rdi + 4)).unwrap();
            a.test(eax, ecx).unwrap();
            a.je(on).unwrap();
            a.ret().unwrap();
            a.set_label(&mut on).unwrap();
            a.test(eax, eax).unwrap();
            a.je(end).unwrap();
            a.mov(edi, 1).unwrap();
            a.jmp(end).unwrap();
            a.set_label(&mut end).unwrap();
            a.mov(esi, eax).unwrap();
        })
        .jump("__kmalloc_noprof");
    let unknown = "unproven: h -> __kmalloc_noprof (with unknown flags)";
    assert_said(handler(code), &[unknown]);
}

#[test]
fn a_pointer_that_was_kept_by_others() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x18).unwrap();
            a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        })
        .call("take")
        .plain(|a| {
            a.mov(dword_ptr(rsp + 8), GFP_ATOMIC).unwrap();
            a.lea(rdi, qword_ptr(rsp + 8)).unwrap();
        })
        .call("g")
        .plain(|a| a.add(rsp, 0x18).unwrap())
        .ret();
    // What it calls may write there.
    let g = Code::new()
        .plain(|a| {
            a.push(rbx).unwrap();
            a.mov(rbx, rdi).unwrap();
        })
        .call("_printk")
        .plain(|a| a.mov(esi, dword_ptr(rbx)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.pop(rbx).unwrap())
        .ret();
    assert_said(
        handler(code).function("g", g),
        &["unproven: h -> g -> __kmalloc_noprof (with unknown flags)"],
    );
}

#[test]
fn an_argument_on_the_stack() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x28).unwrap();
            a.mov(dword_ptr(rsp + 0x18), GFP_ATOMIC).unwrap();
            a.lea(rax, qword_ptr(rsp + 0x18)).unwrap();
            a.mov(qword_ptr(rsp), rax).unwrap();
        })
        .call("take")
        .plain(|a| a.mov(esi, dword_ptr(rsp + 0x18)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.add(rsp, 0x28).unwrap())
        .ret();
    let unknown = "unproven: h -> __kmalloc_noprof (with unknown flags)";
    assert_said(handler(code), &[unknown]);
}

#[test]
fn flags_far_into_an_object() {
    let code = Code::new()
        .plain(|a| {
            a.sub(rsp, 0x218).unwrap();
            a.mov(dword_ptr(rsp + 0x200), GFP_ATOMIC).unwrap();
            a.lea(rdi, qword_ptr(rsp)).unwrap();
        })
        .call("take")
        .plain(|a| a.mov(esi, dword_ptr(rsp + 0x200)).unwrap())
        .call("__kmalloc_noprof")
        .plain(|a| a.add(rsp, 0x218).unwrap())
        .ret();
    let unknown = "unproven: h -> __kmalloc_noprof (with unknown flags)";
    assert_said(handler(code), &[unknown]);
}

/// Calls by a table whose address the compiler has moved back by three entries.
fn by_folded_table(bound: Option<u32>) -> Builder {
    let code = Code::new()
        .plain(|a| {
            a.mov(eax, edi).unwrap();
            if let Some(bound) = bound {
                let mut on = a.create_label();
                a.lea(ecx, dword_ptr(rax - 3)).unwrap();
                a.cmp(ecx, bound).unwrap();
                a.jb(on).unwrap();
                a.ret().unwrap();
                a.set_label(&mut on).unwrap();
                a.nop().unwrap();
            }
        })
        .jump_by_table("loud", -24);
    let words = |name| {
        [
            Word::Address(name, 0),
            Word::Address(name, 0),
            Word::Address(name, 0),
        ]
    };
    let builder = handler(code)
        .function("quiet", Code::new().ret())
        .data(".rodata", "soft", &words("quiet"))
        .data(".rodata", "loud", &words("napping"));
    sleeper(builder, "napping")
}

#[test]
fn a_table_that_begins_before_itself() {
    let refused = "refused: h -> napping -> msleep (may sleep)";
    assert_said(by_folded_table(Some(3)), &[refused]);
    // Which entries count is not known.
    let unknown = "unproven: h -> indirect call (a table of unknown pointers)";
    assert_said(by_folded_table(None), &[unknown]);
}

#[test]
fn constant_only_once_the_module_is_up() {
    let builder = |section: &str| {
        let code = Code::new()
            .load_in_rdi("hook")
            .plain(|a| a.jmp(rdi).unwrap());
        let builder = handler(code).function("quiet", Code::new().ret());
        builder.data(section, "hook", &[Word::Address("quiet", 0)])
    };
    assert_said(builder(".rodata"), NOTHING);
    assert_said(builder(".data..ro_after_init"), &[FROM_ANYWHERE]);
}

#[test]
fn where_a_fault_leads() {
    let code = Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rdi)).unwrap();
            a.ret().unwrap();
        })
        .call("msleep")
        .ret();
    let entry = [
        Word::Relative("h", 0),
        Word::Relative("h", 4),
        Word::Bytes(&[1, 0, 0, 0]),
    ];
    assert_said(
        handler(code).data("__ex_table", "table", &entry),
        &["refused: h -> msleep (may sleep)"],
    );
}

#[test]
fn the_users_memory() {
    let code = Code::new().plain(|a| {
        a.stac().unwrap();
        a.mov(rax, qword_ptr(rdi)).unwrap();
        a.clac().unwrap();
        a.ret().unwrap();
    });
    assert_said(
        handler(code),
        &["refused: h -> access to user memory (may sleep)"],
    );
}

#[test]
fn a_hook_that_is_handed_to_the_kernel() {
    let code = |unknown: bool| {
        let code = if unknown {
            Code::new().plain(|a| a.mov(rcx, qword_ptr(rdi)).unwrap())
        } else {
            Code::new()
                .address_in_rax("compare")
                .plain(|a| a.mov(rcx, rax).unwrap())
        };
        handler(code.call("sort").ret())
    };
    let unknown = "unproven: h -> sort (calls a function that it is given, from an unknown place)";
    assert_said(code(true), &[unknown]);
    let quiet = code(false).function("compare", Code::new().ret());
    assert_said(quiet, NOTHING);
    assert_said(
        sleeper(code(false), "compare"),
        &["refused: h -> compare -> msleep (may sleep)"],
    );
}

#[test]
fn a_pointer_that_looks_like_a_method() {
    let rust = "_RNvCs1234_1m7handler";
    let handler = Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rdi + 0x28)).unwrap();
            a.call(qword_ptr(rax + 0x18)).unwrap();
        })
        .ret();
    // The address of one is kept in memory, at any place.
    let init = Code::new()
        .address_in_rax("napping")
        .plain(|a| a.mov(qword_ptr(rdi), rax).unwrap())
        .ret();
    let words = [
        Word::Number(0),
        Word::Number(8),
        Word::Number(8),
        Word::Address("method", 0),
    ];
    let builder = |init: Option<Code>| {
        let builder = Builder::new()
            .function_in(ATOMIC, rust, handler.clone())
            .function("method", Code::new().ret())
            .data(".rodata", "table", &words);
        let builder = match init {
            Some(init) => builder.function("init", init),
            None => builder,
        };
        sleeper(builder, "napping")
    };
    let why = "unproven: m::handler -> indirect call (it may be napping, whose address is taken)";
    assert_said(builder(Some(init)), &[why]);
    assert_said(builder(None), NOTHING);
}

#[test]
fn pointers_that_go_through_vector_registers() {
    let code = |instructions: fn(&mut CodeAssembler)| {
        let words = [Word::Address("napping", 0), Word::Number(0)];
        let code = Code::new()
            .address_in_rax("table")
            .plain(instructions)
            .ret();
        sleeper(handler(code).data(".rodata", "table", &words), "napping")
    };
    let copies = code(|a| {
        a.movups(xmm0, xmmword_ptr(rax)).unwrap();
        a.movups(xmmword_ptr(rdi), xmm0).unwrap();
    });
    assert_said(copies, &["refused: h -> napping -> msleep (may sleep)"]);
}

#[test]
fn a_table_of_the_kernel_only_at_first() {
    let calls = |again: fn(&mut CodeAssembler)| {
        let code = Code::new().address_in_rax("pv_ops").plain(|a| {
            a.push(rbx).unwrap();
            a.push(r12).unwrap();
            a.mov(r12, rdi).unwrap();
            a.mov(rbx, rax).unwrap();
        });
        let code = code.plain(again).plain(|a| {
            a.pop(r12).unwrap();
            a.pop(rbx).unwrap();
        });
        handler(code.ret())
    };
    let once = |a: &mut CodeAssembler| {
        a.mov(rax, qword_ptr(rbx)).unwrap();
        a.call(rax).unwrap();
    };
    assert_said(calls(once), NOTHING);
    let in_a_loop = |a: &mut CodeAssembler| {
        let mut again = a.create_label();
        a.set_label(&mut again).unwrap();
        a.mov(rax, qword_ptr(rbx)).unwrap();
        a.call(rax).unwrap();
        a.mov(rbx, qword_ptr(r12)).unwrap();
        a.test(rbx, rbx).unwrap();
        a.jne(again).unwrap();
    };
    assert_said(calls(in_a_loop), &[FROM_ANYWHERE]);
}

#[test]
fn an_instruction_that_goes_anywhere() {
    let code = Code::new().plain(|a| a.iretq().unwrap());
    let why = "unproven: h -> indirect call (an instruction that goes anywhere)";
    assert_said(handler(code), &[why]);
}

#[test]
fn flags_by_arithmetic() {
    let allocates = |write: fn(&mut CodeAssembler)| {
        handler(Code::new().plain(write).call("__kmalloc_noprof").ret())
    };
    // GFP_ATOMIC, and more flags if bits are set.
    assert_said(
        allocates(|a| {
            a.mov(esi, edi).unwrap();
            a.and(esi, 1).unwrap();
            a.shl(esi, 8).unwrap();
            a.add(esi, 0x820).unwrap();
        }),
        NOTHING,
    );
    // As GCC chooses between two: the carry, as a mask.
    let by_carry = |one: i32| {
        move |a: &mut CodeAssembler| {
            a.cmp(edi, 1).unwrap();
            a.sbb(esi, esi).unwrap();
            a.and(esi, one).unwrap();
            a.add(esi, 0x820).unwrap();
        }
    };
    let choose = |one| {
        handler(
            Code::new()
                .plain(by_carry(one))
                .call("__kmalloc_noprof")
                .ret(),
        )
    };
    assert_said(choose(0x100), NOTHING);
    assert_said(
        choose(0x400),
        &["unproven: h -> __kmalloc_noprof (with unknown flags)"],
    );
}

#[test]
fn a_bit_far_from_where_the_operand_is() {
    let sets_bit = |far: bool| {
        let write = |a: &mut CodeAssembler| {
            a.mov(dword_ptr(rsp + 8), GFP_ATOMIC).unwrap();
            if far {
                a.bts(qword_ptr(rsp + 0x18), rdi).unwrap();
            } else {
                a.bts(qword_ptr(rsp + 0x18), 10).unwrap();
            }
            a.mov(esi, dword_ptr(rsp + 8)).unwrap();
        };
        handler(frame(0x28, write, "__kmalloc_noprof"))
    };
    assert_said(sets_bit(false), NOTHING);
    let unknown = "unproven: h -> __kmalloc_noprof (with unknown flags)";
    assert_said(sets_bit(true), &[unknown]);
}

#[test]
fn flags_that_an_instruction_changes() {
    // The first argument, of which nothing is known, gets into the second.
    let instructions: [fn(&mut CodeAssembler); 9] = [
        |a| a.cmpxchg(esi, edi).unwrap(),
        |a| a.cmpxchg(dword_ptr(rsp + 8), esi).unwrap(),
        |a| a.xchg(esi, edi).unwrap(),
        |a| a.xchg(dword_ptr(rsp + 8), esi).unwrap(),
        |a| a.xadd(esi, edi).unwrap(),
        |a| a.xadd(dword_ptr(rsp + 8), esi).unwrap(),
        |a| a.cmove(esi, edi).unwrap(),
        |a| a.bsf(esi, edi).unwrap(),
        |a| a.bsr(esi, edi).unwrap(),
    ];
    let unknown = "unproven: h -> __kmalloc_noprof (with unknown flags)";
    for (n, instruction) in instructions.into_iter().enumerate() {
        let write = |a: &mut CodeAssembler| {
            a.mov(esi, GFP_ATOMIC).unwrap();
            a.mov(eax, GFP_ATOMIC).unwrap();
            a.mov(dword_ptr(rsp + 8), edi).unwrap();
            instruction(a);
            if n == 1 {
                a.mov(esi, dword_ptr(rsp + 8)).unwrap();
            }
        };
        let code = frame(0x28, write, "__kmalloc_noprof");
        assert_eq!(said(&handler(code).check()), [unknown], "{n}");
    }
}

#[test]
fn an_argument_that_may_be_null() {
    let frees = |write: fn(&mut CodeAssembler)| {
        let code = Code::new().plain(write);
        handler(code.call("kvfree_call_rcu").ret())
    };
    let refused = "refused: h -> kvfree_call_rcu (may sleep)";
    assert_said(frees(|a| a.xor(edi, edi).unwrap()), &[refused]);
    let unproven = "unproven: h -> kvfree_call_rcu (with an argument that may be null)";
    // One of two numbers, and a word of which nothing is known.
    assert_said(
        frees(|a| {
            a.and(edi, 8).unwrap();
        }),
        &[unproven],
    );
    assert_said(frees(|a| a.mov(rdi, qword_ptr(rdi)).unwrap()), &[unproven]);
    // A part of an object.
    assert_said(frees(|a| a.add(rdi, 0x10).unwrap()), NOTHING);
}

#[test]
fn an_argument_that_is_not_null() {
    let checks = |size: u8| {
        let code = Code::new().plain(|a| {
            let mut on = a.create_label();
            if size == 8 {
                a.test(rdi, rdi).unwrap();
            } else {
                a.test(edi, edi).unwrap();
            }
            a.jne(on).unwrap();
            a.ret().unwrap();
            a.set_label(&mut on).unwrap();
            a.nop().unwrap();
        });
        handler(code.call("kvfree_call_rcu").ret())
    };
    assert_said(checks(8), NOTHING);
    let unproven = "unproven: h -> kvfree_call_rcu (with an argument that may be null)";
    assert_said(checks(4), &[unproven]);
}

#[test]
fn memory_that_ends_with_the_last_address() {
    let start = u64::MAX - 7;
    let nops = Segment {
        name: ".text".to_owned(),
        start,
        bytes: vec![0x90; 16].into(),
        kind: Kind::Code,
    };
    let function = Function {
        start,
        end: 0,
        name: None,
    };
    let image = Image::new(Arch::X86_64, vec![nops], vec![function]);
    let known = Known::new(&image);
    let interpreter = Interpreter {
        image: &image,
        known: &known,
        bit: 1 << 10,
        memory: true,
    };
    assert_eq!(interpreter.run(start, &Entry::unknown()).steps, 7);
}
