// SPDX-License-Identifier: GPL-2.0

//! What the program says of inputs that it cannot use.

use crate::objects::{Builder, Code, ATOMIC};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A folder with a kernel's headers and a module, both of the release `test`.
struct Inputs {
    folder: TempDir,
}

impl Inputs {
    fn new() -> Self {
        let this = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        this.write("kdir/include/config/kernel.release", b"test\n");
        this.write("kdir/include/config/auto.conf", b"");
        this.write(
            "kdir/include/linux/gfp_types.h",
            b"enum {\n\t___GFP_DIRECT_RECLAIM_BIT,\n};\n",
        );
        let module = Builder::new().function_in(ATOMIC, "h", Code::new().ret());
        this.write("m.ko", &module.build());
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, data: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, data).unwrap();
    }

    /// A file that has code, and of a kernel no more than its banner.
    fn write_vmlinux(&self, name: &str, release: &str) {
        let source = format!(
            "const char linux_banner[] = \"Linux version {release} (us)\";\n\
             void _start(void) {{ for (;;); }}\n"
        );
        self.write("vmlinux.c", source.as_bytes());
        let mut cc = Command::new("cc");
        cc.args(["-nostdlib", "-static", "-o"]).arg(self.path(name));
        assert!(cc.arg(self.path("vmlinux.c")).status().unwrap().success());
    }

    /// What the program says of a module, and fails.
    fn said(&self, module: &str, vmlinux: Option<&str>) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_context-check"));
        command.arg(self.path(module));
        command.arg("--kernel").arg(self.path("kdir"));
        if let Some(vmlinux) = vmlinux {
            command.arg("--vmlinux").arg(self.path(vmlinux));
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        String::from_utf8(output.stderr).unwrap()
    }
}

/// One line, which says that.
#[track_caller]
fn assert_says(said: &str, what: &str) {
    assert!(said.contains(what) && said.lines().count() == 1, "{said}");
}

#[test]
fn a_kernel_of_another_release() {
    let inputs = Inputs::new();
    inputs.write_vmlinux("vmlinux", "7.0.0");
    let said = inputs.said("m.ko", Some("vmlinux"));
    assert_says(&said, "this is a kernel 7.0.0, and ");
}

#[test]
fn modules_come_before_the_kernel() {
    let inputs = Inputs::new();
    assert_says(&inputs.said("none.ko", None), "none.ko: cannot be read");
    inputs.write("text.ko", b"no module");
    assert_says(&inputs.said("text.ko", None), "text.ko: not an ELF file");
    inputs.write("kdir/include/config/kernel.release", b"7.0.0\n");
    assert_says(&inputs.said("m.ko", None), "for test, and ");
}

#[test]
fn files_that_are_no_kernels() {
    let inputs = Inputs::new();
    inputs.write("text", b"no kernel");
    inputs.write_vmlinux("program", "test");
    for (file, what) in [
        ("text", "text is no kernel of x86-64 or arm64"),
        ("kdir", "kdir is a folder; give the vmlinux"),
        ("m.ko", "m.ko: this is a module or another object file"),
        ("program", "program: exports nothing"),
        ("none", "cannot read"),
    ] {
        assert_says(&inputs.said("m.ko", Some(file)), what);
    }
}

#[test]
fn links_that_lead_nowhere() {
    let inputs = Inputs::new();
    let link = |name: &str, to: &str| {
        let path = inputs.path(name);
        let moved = path.with_extension("moved");
        fs::rename(&path, moved).unwrap();
        symlink(Path::new(to), path).unwrap();
    };
    link("kdir/include/linux", "/none/linux");
    assert_says(
        &inputs.said("m.ko", Some("m.ko")),
        "kdir/include/linux is a link to /none/linux, which is not here",
    );
    link("kdir/include", "/none/include");
    assert_says(
        &inputs.said("m.ko", None),
        "kdir/include is a link to /none/include, which is not here",
    );
    link("kdir", "/none/kdir");
    assert_says(
        &inputs.said("m.ko", None),
        "kdir is a link to /none/kdir, which is not here",
    );
}

#[test]
fn headers_that_are_elsewhere() {
    let inputs = Inputs::new();
    inputs.write("kdir/Makefile", b"include /none/common/Makefile\n");
    assert_says(
        &inputs.said("m.ko", None),
        "kdir/Makefile includes /none/common/Makefile, and that folder is not here",
    );
}
