// SPDX-License-Identifier: GPL-2.0

//! Compiled as for a kernel, nothing in the crate can panic: it calls nothing that could.

use object::{
    Object,
    ObjectSymbol, //
};
use std::{
    env,
    ffi::OsStr,
    path::{
        Path,
        PathBuf, //
    },
    process::Command,
};

/// Runs the compiler as the kernel's Makefile does, with its check of overflows, which would panic.
fn compile(source: &Path, name: &str, arguments: &[&OsStr]) {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition=2021", "--crate-type=rlib", "--crate-name", name])
        .args(["-Copt-level=2", "-Ccodegen-units=1", "-Cpanic=abort"])
        .args(["-Coverflow-checks=y", "-Cdebug-assertions=n"])
        .args(arguments)
        .arg(source)
        .status()
        .unwrap();
    assert!(status.success());
}

/// Compiles an object; returns what it calls outside of itself and `panic_wire`.
fn calls(source: &Path, name: &str, arguments: &[&OsStr]) -> Vec<String> {
    let object = folder(name).join("object.o");
    let emit = ["--emit=obj".as_ref(), "-o".as_ref(), object.as_os_str()];
    compile(source, name, &[&emit, arguments].concat());

    let object = std::fs::read(object).unwrap();
    let object = object::File::parse(&*object).unwrap();
    object
        .symbols()
        .filter(|symbol| symbol.is_undefined())
        .map(|symbol| symbol.name().unwrap().to_owned())
        .filter(|symbol| !symbol.is_empty() && !symbol.contains("panic_wire"))
        .collect()
}

/// Returns a folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns a file of this package.
fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Refuses what may panic: anything but copying, comparing, and a formatter's own way to write.
fn assert_harmless(calls: &[String]) {
    for call in calls {
        let known = ["memcpy", "memmove", "memset", "memcmp", "bcmp"].contains(&call.as_str());
        assert!(known || call.contains("9write_str"), "{call} in {calls:?}");
    }
}

#[test]
fn nothing_in_the_crate_can_panic() {
    let calls = calls(&source("src/lib.rs"), "panic_wire", &[]);
    assert!(!calls.is_empty());
    assert_harmless(&calls);
}

#[test]
fn nothing_compiled_into_its_users_can_panic() {
    let rlib = folder("used").join("libpanic_wire.rlib");
    let source_of = source("src/lib.rs");
    compile(&source_of, "panic_wire", &["-o".as_ref(), rlib.as_ref()]);

    let mut named = std::ffi::OsString::from("panic_wire=");
    named.push(&rlib);
    let calls = calls(
        &source("tests/no_panic/every_function.rs"),
        "every_function",
        &["--extern".as_ref(), &named],
    );
    assert!(!calls.is_empty());
    assert_harmless(&calls);
}

#[test]
fn what_can_panic_is_noticed() {
    for (name, body) in [
        ("indexes", "bytes[at]"),
        ("slices", "bytes[at..].len() as u8"),
        ("unwraps", "*bytes.get(at).unwrap()"),
        ("adds", "(at + bytes.len()) as u8"),
    ] {
        let source = folder(name).join("source.rs");
        let code =
            format!("#![no_std] #[no_mangle] pub fn f(bytes: &[u8], at: usize) -> u8 {{ {body} }}");
        std::fs::write(&source, code).unwrap();
        let calls = calls(&source, name, &[]);
        let noticed = std::panic::catch_unwind(|| assert_harmless(&calls));
        assert!(noticed.is_err(), "{name}: {calls:?}");
    }
}
