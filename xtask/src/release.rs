// SPDX-License-Identifier: GPL-2.0

//! The releases of Debian that kernels and compilers come from. Each has a toolbox of its own, since a module needs the
//! very compiler that its kernel was built with.

#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    pub suite: &'static str,
    /// How the name of its toolbox begins.
    pub toolbox: &'static str,
    pub packages: &'static [&'static str],
    /// The suite that has the kernels.
    pub kernels: &'static str,
    /// What makes that suite known to apt, if it is another one.
    pub add_suite: Option<&'static str>,
    /// The series of kernels that the project was tested with, the one to take first.
    pub series: &'static str,
}

/// Debian 13. Its toolbox also has the programs that need not be those that a kernel was built with.
pub static TRIXIE: Release = Release {
    suite: "trixie",
    toolbox: "toolbox",
    packages: &[COMPILERS, BUILD, ARCHIVES, MACHINES, PACKAGING],
    kernels: "trixie-backports",
    add_suite: Some(ADD_BACKPORTS),
    series: "7.3",
};

/// Debian 14, of which only the kernel is taken, and what it was built with.
pub static FORKY: Release = Release {
    suite: "forky",
    toolbox: "forky-toolbox",
    packages: &[COMPILERS, BUILD, ARCHIVES],
    kernels: "forky",
    add_suite: None,
    series: "7.2",
};

impl Release {
    pub const ALL: [&Release; 2] = [&TRIXIE, &FORKY];

    /// What mmdebstrap is told, so that apt knows the suite with the kernels.
    pub fn setup_hook(&self) -> Option<String> {
        self.add_suite
            .map(|script| format!("--setup-hook={script}"))
    }
}

/// rustc and rust-src are a matching pair.
const COMPILERS: &str = "rustc,rust-src,rustfmt,rust-clippy,bindgen,clang,lld,llvm,gcc";
/// What a kernel's build calls.
const BUILD: &str = "make,bc,flex,bison,libelf-dev,libssl-dev,libc6-dev,pahole,python3";
/// For archives, and the guest's programs.
const ARCHIVES: &str = "kmod,cpio,xz-utils,zstd,busybox-static,kexec-tools";
/// What guests run in, and what listens to them.
const MACHINES: &str = "qemu-system-x86,qemu-system-arm,tshark,netcat-openbsd";
/// What makes and takes the project's own Debian package.
const PACKAGING: &str = "debhelper,dh-dkms,dkms,librust-static-assertions-dev";

/// The kernel's source comes from the suite's backports. The suite's own first line says from
/// where: no mirror's name has to be known here.
const ADD_BACKPORTS: &str = r#"set -e; cd "$1"/etc/apt
sed -n '/ trixie /{s/ trixie / trixie-backports /p;q}' sources.list >sources.list.d/add.list"#;
