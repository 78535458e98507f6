// SPDX-License-Identifier: GPL-2.0

//! What `scripts/rust-metadata` must refuse.

/// What is planted in the toolbox, and what comes of it.
pub struct Planted {
    pub name: &'static str,
    /// The files that are others. In all of these, `RELEASE` is the kernel's, and `SERIES` its series.
    pub changes: &'static [(&'static str, Content)],
    /// Where the tree goes. `PLACE` is a folder of the test's own.
    pub output: &'static str,
    /// How a shell calls what it is given.
    pub call: &'static str,
    pub says: &'static str,
}

pub enum Content {
    /// Nothing, and no program.
    Gone,
    /// A program that says this of its version.
    Program(&'static str),
    /// The same file, with the third in place of the second, the first time that it comes after the first.
    Edited(&'static str, &'static str, &'static str),
    /// The same file without the first line that has this.
    Without(&'static str),
    /// The same archive, with the third in place of the second in one of its files.
    Archive(&'static str, &'static str, &'static str),
}

use Content::{Archive, Edited, Gone, Program, Without};

const NOTHING: Planted = Planted {
    name: "",
    changes: &[],
    output: "PLACE/output",
    call: r#""$@""#,
    says: "",
};

/// What is refused before anything is built.
pub const BEFORE: [Planted; 18] = [
    Planted {
        name: "pahole is absent",
        changes: &[("/usr/bin/pahole", Gone)],
        says: "these packages are missing; as root: apt-get install pahole",
        ..NOTHING
    },
    Planted {
        name: "pahole is absent, and only root can install it",
        changes: &[("/usr/bin/pahole", Gone)],
        call: r#"unshare --user "$@" --install"#,
        says: "only root can install them; run this with sudo: pahole",
        ..NOTHING
    },
    Planted {
        name: "another pahole",
        changes: &[("/usr/bin/pahole", Program("v1.29"))],
        says: "this kernel was built with pahole \"130\", and the one here is \"129\"",
        ..NOTHING
    },
    Planted {
        name: "another rustc",
        changes: &[("/usr/bin/rustc", Program("rustc 1.0.0"))],
        says: "and the one here is \"rustc 1.0.0\": install that one with apt, from the release of Debian that this kernel is of",
        ..NOTHING
    },
    Planted {
        name: "another bindgen",
        changes: &[("/usr/bin/bindgen", Program("bindgen 0.1.0"))],
        says: "and the one here is \"bindgen 0.1.0\": install that one with apt, from the release",
        ..NOTHING
    },
    Planted {
        name: "another GCC",
        changes: &[("/usr/bin/x86_64-linux-gnu-gcc-14", Program("gcc 14.99"))],
        says: "and the one here is \"gcc 14.99\": install that one",
        ..NOTHING
    },
    Planted {
        name: "no Rust, and nothing is installed for it",
        changes: &[
            (CONFIG, Edited("", "CONFIG_RUST=y", "")),
            ("/usr/bin/pahole", Gone),
        ],
        says: "this kernel has no Rust support (CONFIG_RUST); use one that has",
        ..NOTHING
    },
    Planted {
        name: "MODVERSIONS",
        changes: &[(
            CONFIG,
            Edited("", "CONFIG_RUST=y", "CONFIG_RUST=y\nCONFIG_MODVERSIONS=y"),
        )],
        says: "this kernel has CONFIG_MODVERSIONS without GENDWARFKSYMS, which modules in Rust cannot have; use one",
        ..NOTHING
    },
    Planted {
        name: "an option has changed",
        changes: &[(
            CONFIG,
            Edited("", "CONFIG_RUST=y", "CONFIG_RUST=y\nCONFIG_DEBUG_NOTIFIERS=y"),
        )],
        says: "the configuration in its headers differs from the kernel's (< is the kernel's): > CONFIG_DEBUG_NOTIFIERS=y; reinstall linux-headers-RELEASE",
        ..NOTHING
    },
    Planted {
        name: "source of another version",
        changes: &[(
            "/var/lib/dpkg/status",
            Edited("Package: linux-source-SERIES\n", "Version: 7", "Version: 6"),
        )],
        says: "install the source of that version, or the kernel of the other",
        ..NOTHING
    },
    Planted {
        name: "source that is not from a package",
        changes: &[("/var/lib/dpkg/status", NO_SOURCE_PACKAGE)],
        says: "these are not from Debian's packages, so that nothing tells whether they belong together; install both with apt",
        ..NOTHING
    },
    Planted {
        name: "no source",
        changes: &[(SOURCE, Gone)],
        says: "these packages are missing; as root: apt-get install linux-source-SERIES",
        ..NOTHING
    },
    Planted {
        name: "no source in the archive",
        changes: &[
            (SOURCE, Gone),
            ("/var/lib/dpkg/status", NO_SOURCE_PACKAGE),
        ],
        says: "apt knows no package linux-source-SERIES, which the metadata is made from; run apt-get update, or use",
        ..NOTHING
    },
    Planted {
        name: "no kernel of that name",
        call: r#"sh "$2" --output "$4" 7.3.0-nosuch"#,
        says: "7.3.0-nosuch: apt knows no kernel of Debian's by this name; run apt-get update, or name one that it knows",
        ..NOTHING
    },
    Planted {
        name: "a folder that rust-metadata did not make",
        output: "/dev/shm/theirs",
        call: r#"mkdir /dev/shm/theirs; "$@""#,
        says: "/dev/shm/theirs: this was not made by rust-metadata; name another folder with --output",
        ..NOTHING
    },
    Planted {
        name: "a folder that only root may write to",
        output: "/proc/output",
        call: r#"unshare --user "$@""#,
        says: "/proc: cannot write there; run this as root, or name another folder with --output",
        ..NOTHING
    },
    Planted {
        name: "a folder with a space in its name",
        output: "PLACE/out put",
        says: "out put: the kernel's build takes no folder with spaces in its name; name another one with --output",
        ..NOTHING
    },
    Planted {
        name: "a disk without room",
        output: "/mnt/output",
        call: r#"unshare --map-root-user --mount sh -c '
            busybox mount -t tmpfs -o size=100m none /mnt || exit 1
            "$@" || { find /mnt -mindepth 1 -printf "rust-metadata: left: %p\n"; exit 1; }' sh "$@""#,
        says: "/mnt: 2500 MB are needed while the metadata is made, and 100 MB are free; make room, or name a folder on another disk",
        ..NOTHING
    },
];

/// What is refused once the metadata is made.
pub const AFTER: [Planted; 2] = [
    Planted {
        name: "a Rust symbol is not the kernel's",
        changes: &[(
            "/usr/src/linux-headers-RELEASE/Module.symvers",
            Without("\t_R"),
        )],
        says: "its Rust symbols are others than those made here (< is the kernel's): > _R",
        ..NOTHING
    },
    Planted {
        name: "a struct has another size",
        changes: &[(
            SOURCE,
            Archive(
                "linux-source-SERIES/include/linux/cred.h",
                "struct cred {\n",
                "struct cred {\n\tlong planted[8];\n",
            ),
        )],
        says: "layouts differ from the kernel's: struct cred has",
        ..NOTHING
    },
];

const CONFIG: &str = "/usr/src/linux-headers-RELEASE/.config";
const SOURCE: &str = "/usr/src/linux-source-SERIES.tar.xz";
const NO_SOURCE_PACKAGE: Content = Edited("", "Package: linux-source-SERIES\n", "Package: other\n");
