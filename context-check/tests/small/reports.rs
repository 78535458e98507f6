// SPDX-License-Identifier: GPL-2.0

//! What is printed of small modules.

use crate::{
    objects::{check, Builder, Code, Word, ATOMIC, NMI},
    sources,
};
use context_check::{
    allow::{self, PLACEHOLDER},
    report,
};
use iced_x86::code_asm::*;

/// A handler that calls `f`, which sleeps.
fn sleeps() -> Builder {
    Builder::new()
        .function_in(ATOMIC, "h", Code::new().call("f").ret())
        .function("f", Code::new().call("msleep").ret())
}

#[test]
fn a_refusal() {
    let text = report::text("m.ko", &sleeps().check());
    let (stack, lines): (Vec<_>, Vec<_>) =
        text.lines().partition(|line| line.starts_with("stack: "));
    let deepest = "stack: h uses the most, 0 bytes: h 0";
    assert_eq!(stack, [deepest]);
    let expected = "\
m.ko: refused: h may sleep: calls msleep
  h (atomic handler) at h+0x0
  -> f at f+0x0
  -> msleep in the kernel
  help: call it from a work item that the handler queues, or from a threaded interrupt handler
  or allow it: copy this line to context-check.allow, and put your reason for WHY
    h -> msleep: WHY
m.ko: 1 atomic handler, 0 NMI handlers: refused
";
    assert_eq!(lines, Vec::from_iter(expected.lines()));
}

#[test]
fn editors_find_the_line() {
    let (folder, answer) = sources::in_c();
    let text = report::text("m.ko", &answer);
    let file = folder.path().join("h.c");
    let head = format!("{}:4: refused: h may sleep: calls msleep", file.display());
    assert_eq!(text.lines().next(), Some(&*head));
}

#[test]
fn json_has_all_of_it() {
    let (_folder, answer) = sources::in_c();
    let json = report::json("m.ko", &answer);
    let finding = &json["findings"][0];
    assert_eq!(finding["path"][1]["function"], "f");
    assert_eq!(finding["path"][1]["line"], 4);
    assert!(finding["path"][1]["file"]
        .as_str()
        .unwrap()
        .ends_with("/h.c"));
    assert_eq!(finding["allow"], "h -> msleep: WHY");
    assert!(finding["help"].as_str().unwrap().contains("work item"));
}

/// One module for each kind of finding.
fn of_each_kind() -> Vec<Builder> {
    let in_class = |class, code: Code| Builder::new().function_in(class, "h", code);
    let atomic = |code| in_class(ATOMIC, code);
    vec![
        sleeps(),
        in_class(NMI, Code::new().call("_raw_spin_lock").ret()),
        in_class(NMI, Code::new().call("__kmalloc_noprof").ret()),
        atomic(Code::new().call("__kmalloc_noprof").ret()),
        atomic(Code::new().call("theirs").ret()),
        atomic(Code::new().call("jiffies").ret()),
        atomic(Code::new().plain(|a| a.call(qword_ptr(rdi)).unwrap()).ret()),
        atomic(Code::new().plain(|a| a.stac().unwrap()).ret()),
        atomic(Code::new().call("sort").ret()),
    ]
}

/// What is told to be copied to an allowlist is taken there, and is enough.
#[test]
fn the_lines_to_copy_are_enough() {
    for builder in of_each_kind() {
        let file = builder.build();
        let answer = check(&file, "");
        let text = report::text("m.ko", &answer);
        let to_copy = |line: &&str| line.contains(" -> ") && line.ends_with(PLACEHOLDER);
        let lines: Vec<_> = text.lines().filter(to_copy).collect();
        assert!(!lines.is_empty(), "{text}");
        let lines = lines.join("\n");
        assert!(allow::parse(&lines, "allow").is_err(), "{lines}");
        let lines = lines.replace(PLACEHOLDER, "this is a test");
        let answer = check(&file, &lines);
        assert_eq!(answer.findings, [], "{lines}");
    }
}

#[test]
fn lines_of_a_report_allow_nothing() {
    for builder in of_each_kind() {
        let text = report::text("m.ko", &builder.check());
        for line in text.lines() {
            assert!(allow::parse(line, "allow").is_err(), "{line}");
        }
    }
}

#[test]
fn no_line_is_too_long() {
    // A function's name, as Rust makes them: m::handler::<a::b::…>.
    let name = format!(
        "_RINvCs1234_1m{}NtCs1234_1a{}E",
        "7handler",
        "40".to_owned() + &"b".repeat(40)
    );
    let object = Code::new()
        .plain(|a| {
            a.mov(rax, qword_ptr(rdi + 0x28)).unwrap();
            a.call(qword_ptr(rax + 0x18)).unwrap();
        })
        .ret();
    let words = [
        Word::Number(0),
        Word::Number(8),
        Word::Number(8),
        Word::Address("method_of_a_long_name_that_goes_on_and_on_for_a_while", 0),
    ];
    let one = Builder::new()
        .function_in(ATOMIC, &name, object)
        .function(
            "method_of_a_long_name_that_goes_on_and_on_for_a_while",
            Code::new().call("msleep").ret(),
        )
        .data(".rodata", "table", &words);
    for builder in of_each_kind().into_iter().chain([one]) {
        let text = report::text("m.ko", &builder.check());
        for line in text.lines().filter(|line| !line.ends_with("WHY")) {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn the_graph_has_the_path_in_color() {
    let builder = sleeps().function("g", Code::new().ret());
    let dot = report::dot("m.ko", &builder.check());
    for (label, shape) in [
        ("h", "box, peripheries=2"),
        ("f", "box"),
        ("msleep", "ellipse"),
    ] {
        let node = format!("[label=\"{label}\", tooltip=\"{label}\", shape={shape}, color=red");
        assert!(dot.contains(&node), "{node}\n{dot}");
    }
    assert_eq!(dot.matches(" -> ").count(), 2, "{dot}");
    assert!(!dot.contains("label=\"g\""), "{dot}");
}

#[test]
fn names_that_look_like_a_report() {
    let name = "f\nm.ko: 1 atomic handlers, 0 NMI handlers: proven\n\u{1b}[2K";
    let answer = Builder::new()
        .function_in(ATOMIC, name, Code::new().call("msleep").ret())
        .check();
    let text = report::text("m.ko", &answer);
    assert!(
        !text.lines().any(|line| line.ends_with(": proven")),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn names_of_any_length() {
    let name = "a::".repeat(100_000);
    let answer = Builder::new()
        .function_in(ATOMIC, &name, Code::new().call("msleep").ret())
        .check();
    let began = std::time::Instant::now();
    report::text("m.ko", &answer);
    assert!(began.elapsed().as_secs() < 5);
}
