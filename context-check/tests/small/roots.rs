// SPDX-License-Identifier: GPL-2.0

//! What the kernel enters that is no handler of the library.

use crate::objects::{check, said, Builder, Code, Word, ATOMIC};
use context_check::{check::Answer, module::Class};
use iced_x86::code_asm::*;

/// A function that sleeps.
fn sleeps() -> Code {
    Code::new().call("msleep").ret()
}

/// Registers what is in rsi.
fn request(code: Code) -> Code {
    code.call("request_threaded_irq").ret()
}

fn handlers(answer: &Answer) -> Vec<(Class, &str)> {
    let handlers = answer.handlers.iter();
    handlers.map(|it| (it.class, it.name.as_str())).collect()
}

#[test]
fn an_interrupt_handler() {
    let answer = Builder::new()
        .function("irq", sleeps())
        .function("setup", request(Code::new().address_in_rsi("irq")))
        .check();
    assert_eq!(handlers(&answer), [(Class::Atomic, "irq")]);
    let registered = answer.handlers[0].registered.as_ref().unwrap();
    assert_eq!(registered.kind, "interrupt handler");
    assert_eq!(registered.by, "request_threaded_irq");
    assert_eq!(registered.at, "setup+0x7");
    assert_eq!(said(&answer), ["refused: irq -> msleep (may sleep)"]);
}

#[test]
fn registered_by_another_function() {
    let answer = Builder::new()
        .function("irq", sleeps())
        .function("second", request(Code::new()))
        .function("first", Code::new().jump("second"))
        .function(
            "setup",
            Code::new().address_in_rsi("irq").call("first").ret(),
        )
        .check();
    assert_eq!(handlers(&answer), [(Class::Atomic, "irq")]);
    assert_eq!(said(&answer), ["refused: irq -> msleep (may sleep)"]);
}

#[test]
fn none_of_the_module_s() {
    let answer = Builder::new()
        .function(
            "setup",
            request(Code::new().plain(|a| a.xor(esi, esi).unwrap())),
        )
        .function("other", request(Code::new().address_in_rsi("msleep")))
        .check();
    assert_eq!(handlers(&answer), []);
    assert_eq!(said(&answer), [""; 0]);
}

#[test]
fn one_that_is_not_known() {
    let setup = || request(Code::new().plain(|a| a.mov(rsi, qword_ptr(rdi)).unwrap()));
    let expected = "unproven: setup -> request_threaded_irq \
                    (interrupt handler, and one cannot tell which function that is)";
    let builder = || Builder::new().function("setup", setup());
    assert_eq!(said(&builder().check()), [expected]);
    let allowed = "setup -> request_threaded_irq: a test\n";
    assert_eq!(said(&check(&builder().build(), allowed)), [""; 0]);
}

#[test]
fn in_an_object() {
    let block = [Word::Number(0), Word::Number(0), Word::Address("nmi", 0)];
    let waits = Code::new().call("_raw_spin_lock").ret();
    let answer = Builder::new()
        .function("nmi", waits)
        .data(".data", "block", &block)
        .function(
            "setup",
            Code::new()
                .address_in_rsi("block")
                .call("__register_nmi_handler")
                .ret(),
        )
        .check();
    assert_eq!(handlers(&answer), [(Class::Nmi, "nmi")]);
    assert_eq!(
        said(&answer),
        ["refused: nmi -> _raw_spin_lock (waits for a lock)"]
    );
}

/// Puts the address of `nmi` at that place behind rax, and registers what is 8 bytes behind rax.
fn fill_in(code: Code, at: i32) -> Code {
    let code = code.address_in_r11("nmi").plain(|a| {
        a.mov(qword_ptr(rax + at), r11).unwrap();
        a.lea(rsi, qword_ptr(rax + 8)).unwrap();
    });
    code.call("__register_nmi_handler").ret()
}

#[test]
fn in_an_object_that_is_filled_in() {
    let check = |code: Code, at| {
        let answer = Builder::new()
            .function("nmi", Code::new().call("_raw_spin_lock").ret())
            .data(".data", "object", &[Word::Number(0), Word::Number(0)])
            .function("setup", fill_in(code, at))
            .check();
        said(&answer)
    };
    let refused = ["refused: nmi -> _raw_spin_lock (waits for a lock)"];
    let allocated = || Code::new().call("take");
    assert_eq!(check(allocated(), 24), refused);
    assert_eq!(check(Code::new().address_in_rax("object"), 24), refused);
    assert_eq!(check(allocated(), 32), [UNKNOWN_NMI]);
}

#[test]
fn the_deepest_stack() {
    let uses = |bytes: i32, code: Code| code.plain(|a| a.sub(rsp, bytes).unwrap());
    let frees = |bytes: i32, code: Code| code.plain(|a| a.add(rsp, bytes).unwrap()).ret();
    let h = uses(0x10, Code::new()).call("wide").call("deep");
    let deep = uses(0x40, Code::new()).call("_printk");
    let shallow = uses(0x80, Code::new());
    let answer = Builder::new()
        .function_in(ATOMIC, "h", frees(0x10, h))
        .function("deep", frees(0x40, deep))
        .function("wide", frees(0x80, shallow))
        .check();
    let stack = &answer.handlers[0].stack;
    // What another one uses is not there at the same time. A call leaves a return address.
    let deepest = [("h", 0x18), ("wide", 0x80)];
    let deepest = deepest.map(|(name, used)| (name.to_owned(), used));
    assert_eq!(stack.deepest, deepest);
    assert_eq!((stack.bytes, stack.at_least), (0x18 + 0x80, false));
}

#[test]
fn a_stack_that_is_aligned() {
    let h = Code::new()
        .plain(|a| {
            a.push(rbp).unwrap();
            a.mov(rbp, rsp).unwrap();
            a.and(rsp, -64).unwrap();
            a.sub(rsp, 0x100).unwrap();
        })
        .call("_printk")
        .plain(|a| {
            a.mov(rsp, rbp).unwrap();
            a.pop(rbp).unwrap();
        })
        .ret();
    let answer = Builder::new().function_in(ATOMIC, "h", h).check();
    assert!(answer.handlers[0].stack.at_least);
}

const UNKNOWN_NMI: &str = "unproven: setup -> __register_nmi_handler \
                           (NMI handler, and one cannot tell which function that is)";

fn waits() -> Code {
    Code::new().call("_raw_spin_lock").ret()
}

/// Registers the object at rsi.
fn register(code: Code) -> Code {
    code.call("__register_nmi_handler").ret()
}

#[test]
fn one_of_two_in_an_object() {
    let code = Code::new()
        .call("take")
        .address_in_r11("nmi")
        .address_in_rsi("other")
        .plain(|a| {
            a.test(edi, edi).unwrap();
            a.cmove(r11, rsi).unwrap();
            a.mov(qword_ptr(rax + 16), r11).unwrap();
            a.mov(rsi, rax).unwrap();
        });
    let answer = Builder::new()
        .function("nmi", waits())
        .function("other", waits())
        .function("setup", register(code))
        .check();
    assert_eq!(
        handlers(&answer),
        [(Class::Nmi, "nmi"), (Class::Nmi, "other")]
    );
}

#[test]
fn in_an_object_on_the_stack() {
    let code = Code::new()
        .address_in_r11("nmi")
        .plain(|a| {
            a.sub(rsp, 0x28).unwrap();
            a.mov(qword_ptr(rsp + 0x18), r11).unwrap();
            a.lea(rsi, qword_ptr(rsp + 8)).unwrap();
        })
        .call("__register_nmi_handler")
        .plain(|a| a.add(rsp, 0x28).unwrap())
        .ret();
    let answer = Builder::new()
        .function("nmi", waits())
        .function("setup", code)
        .check();
    assert_eq!(handlers(&answer), [(Class::Nmi, "nmi")]);
}

#[test]
fn in_an_object_of_which_nothing_is_known() {
    let loads = register(Code::new().plain(|a| a.mov(rsi, qword_ptr(rdi)).unwrap()));
    let answer = Builder::new().function("setup", loads).check();
    assert_eq!(said(&answer), [UNKNOWN_NMI]);
}

#[test]
fn in_an_object_that_another_function_fills_in() {
    let code = Code::new().address_in_r11("block").plain(|a| {
        a.mov(qword_ptr(r11 + 16), rsi).unwrap();
        a.mov(rsi, r11).unwrap();
    });
    let answer = Builder::new()
        .function("nmi", waits())
        .data(".data", "block", &[Word::Number(0); 3])
        .function("register", register(code))
        .function(
            "setup",
            Code::new().address_in_rsi("nmi").call("register").ret(),
        )
        .check();
    assert_eq!(handlers(&answer), [(Class::Nmi, "nmi")]);
}

#[test]
fn an_unknown_function_in_an_object() {
    let block = [Word::Number(0), Word::Number(0), Word::Address("nmi", 0)];
    let code = Code::new().address_in_rsi("block").plain(|a| {
        a.mov(rax, qword_ptr(rdi)).unwrap();
        a.mov(qword_ptr(rsi + 16), rax).unwrap();
    });
    let answer = Builder::new()
        .function("nmi", Code::new().ret())
        .data(".data", "block", &block)
        .function("setup", register(code))
        .check();
    assert_eq!(said(&answer), [UNKNOWN_NMI]);
}

#[test]
fn registered_by_a_function_that_a_pointer_may_point_to() {
    let answer = Builder::new()
        .function("irq", sleeps())
        .function("setup", request(Code::new()))
        .data(".data", "operations", &[Word::Address("setup", 0)])
        .check();
    let expected = "unproven: setup -> request_threaded_irq \
                    (interrupt handler, and one cannot tell which function that is)";
    assert_eq!(said(&answer), [expected]);
}

#[test]
fn registered_by_a_function_without_a_name() {
    let code = Code::new()
        .plain(|a| {
            let mut setup = a.create_label();
            a.call(setup).unwrap();
            a.ret().unwrap();
            a.set_label(&mut setup).unwrap();
            a.nop().unwrap();
        })
        .address_in_rsi("irq");
    let answer = Builder::new()
        .function_in(".text.irq", "irq", sleeps())
        .stripped()
        .function("init", request(code))
        .check();
    assert_eq!(handlers(&answer), [(Class::Atomic, "irq")]);
}

#[test]
fn the_deepest_stack_is_deeper_than_any_number() {
    let deep = |next: Option<&str>| {
        let code = Code::new().plain(|a| a.sub(rsp, 0x7fff_ff00).unwrap());
        let code = match next {
            Some(next) => code.call(next),
            None => code,
        };
        code.plain(|a| a.add(rsp, 0x7fff_ff00).unwrap()).ret()
    };
    let answer = Builder::new()
        .function_in(ATOMIC, "h", deep(Some("f")))
        .function("f", deep(Some("g")))
        .function("g", deep(None))
        .check();
    assert_eq!(answer.handlers[0].stack.bytes, u32::MAX);
}
