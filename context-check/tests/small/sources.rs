// SPDX-License-Identifier: GPL-2.0

//! Modules that compilers make, and the lines of their sources.

use crate::objects::check;
use context_check::{
    check::{Answer, Call},
    lines,
    module::Module,
};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    let status = command.current_dir(folder).args(arguments).status();
    assert!(status.unwrap().success(), "{program} {arguments:?}");
}

/// What is found in an object, with lines.
fn found(object: &Path) -> Answer {
    let file = fs::read(object).unwrap();
    let mut answer = check(&file, "");
    lines::add(&Module::read(&file).unwrap(), &mut answer);
    answer
}

/// The file, without the folders, and the line.
fn line(call: &Call) -> String {
    let line = call.source.line.as_ref().unwrap();
    let (_, file) = line.file.rsplit_once('/').unwrap();
    format!("{file}:{}", line.line)
}

/// A driver in C, in a folder that may be removed after that.
pub fn in_c() -> (TempDir, Answer) {
    let source = "void msleep(int);\n\
        static __attribute__((noinline)) void f(void)\n\
        {\n\
        \tmsleep(1);\n\
        }\n\
        __attribute__((section(\".text..notifier_chain.atomic\")))\n\
        void h(void)\n\
        {\n\
        \tf();\n\
        }\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("h.c"), source).unwrap();
    let flags = ["-g", "-O1", "-fno-pic", "-fcf-protection=none"];
    let flags = [&flags[..], &["-fno-optimize-sibling-calls", "-c", "h.c"]];
    run(folder.path(), "cc", &flags.concat());
    let answer = found(&folder.path().join("h.o"));
    (folder, answer)
}

#[test]
fn each_step_has_its_line() {
    let (_folder, answer) = in_c();
    let path = &answer.findings[0].path;
    let lines: Vec<_> = path.iter().map(line).collect();
    assert_eq!(lines, ["h.c:9", "h.c:4"]);
}

const KERNEL: &str = "#![no_std]
extern \"C\" {
    fn msleep(n: i32);
}
#[inline(always)]
pub fn sleep() {
    unsafe { msleep(1) };
}
";

const DRIVER: &str = "#![no_std]
#[inline(always)]
fn rests() {
    kernel::sleep();
}
#[no_mangle]
#[link_section = \".text..notifier_chain.atomic\"]
pub extern \"C\" fn handler() {
    rests();
    unsafe { core::ptr::read_volatile(&0) };
}
";

/// A driver in Rust, which has a function of the kernel's crate in it.
#[test]
fn what_was_inlined() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    fs::create_dir_all(place.join("rust/kernel")).unwrap();
    fs::write(place.join("rust/kernel/lib.rs"), KERNEL).unwrap();
    fs::write(place.join("driver.rs"), DRIVER).unwrap();
    let flags = ["--edition=2021", "-O", "-g", "-Cpanic=abort"];
    let flags = [
        &flags[..],
        &["-Crelocation-model=static", "-Csymbol-mangling-version=v0"],
    ];
    let kernel = ["--crate-type=rlib", "--crate-name=kernel"];
    let kernel = [&kernel[..], &["rust/kernel/lib.rs"]].concat();
    run(place, "rustc", &[flags.concat(), kernel].concat());
    let driver = ["--crate-type=lib", "--emit=obj", "-L.", "--extern=kernel"];
    let driver = [&driver[..], &["driver.rs"]].concat();
    run(place, "rustc", &[flags.concat(), driver].concat());

    let answer = found(&place.join("driver.o"));
    let [call] = &answer.findings[0].path[..] else {
        panic!("{:#?}", answer.findings);
    };
    assert_eq!(line(call), "driver.rs:4");
    let library = call.source.library.as_ref().unwrap();
    assert!(library.file.ends_with("rust/kernel/lib.rs") && library.line == 7);
    let functions = call.source.inlined.iter();
    let functions: Vec<_> = functions.map(|one| one.function.as_str()).collect();
    assert_eq!(functions, ["handler", "driver::rests", "kernel::sleep"]);
}
