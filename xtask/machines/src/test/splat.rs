// SPDX-License-Identifier: GPL-2.0

//! What a kernel says when something is broken that no test asked about.

use anyhow::{bail, Result};
use regex::Regex;

/// Warnings, bugs and stalls; lockdep; the sanitizers; leaks; Rust's own panics.
const SPLATS: &str = r"(?x)
      WARNING: | BUG: | Oops: | kernel\ BUG\ at | general\ protection\ fault
    | Internal\ error: | Unable\ to\ handle\ kernel | SError\ Interrupt | Insufficient\ stack\ space
    | KASAN: | KCSAN: | UBSAN: | KFENCE:
    | INFO:\ .*(lock|rcu|task|non-static\ key) | (possible|inconsistent).*(lock|deadlock) | suspicious\ RCU
    | kmemleak:\ \d+\ new\ suspected | unreferenced\ object
    | list_(add|del)\ corruption | refcount_t: | ODEBUG: | scheduling\ while\ atomic
    | unregister_netdevice:\ waiting | rust_kernel:\ panicked
";

/// The project's own kernels have no CPU hotplug. Those for arm64 then warn on their way to a crash kernel that the other
/// CPUs may be stale.
const NO_HOTPLUG: &str = "WARNING: arch/arm64/kernel/machine_kexec.c:";

/// Looks through a console.
pub fn none_in(console: &[String]) -> Result<()> {
    let splat = Regex::new(SPLATS)?;
    let complains = |line: &String| splat.is_match(line) && !line.contains(NO_HOTPLUG);
    let found = console.iter().position(complains);
    if let Some(at) = found {
        let end = console.len().min(at + 12);
        bail!(
            "the kernel complains:\n    {}",
            console[at..end].join("\n    ")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complains(line: &str) -> bool {
        none_in(&[
            "[    0.1] fine".to_owned(),
            format!("[    1.234567] {line}"),
        ])
        .is_err()
    }

    #[test]
    fn what_kernels_say_is_understood() {
        for line in [
            "WARNING: kernel/notifier.c:23 at notifier_chain_register+0x1/0x2, CPU#0: insmod/61",
            "WARNING: possible circular locking dependency detected",
            "WARNING: suspicious RCU usage",
            "BUG: KASAN: slab-use-after-free in f+0x1/0x2",
            "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:591",
            "BUG: unable to handle page fault for address: 0000000000001000",
            "INFO: rcu_sched self-detected stall on CPU",
            "INFO: task insmod:61 blocked for more than 120 seconds.",
            "INFO: trying to register non-static key.",
            "kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
            "unreferenced object 0xffff888004a4a000 (size 64):",
            "refcount_t: underflow; use-after-free.",
            "unregister_netdevice: waiting for eth0 to become free. Usage count = 2",
            "Internal error: Oops - BUG: 00000000f2000800 [#1]  SMP",
            "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000",
            "rust_kernel: panicked at src/raw.rs:1:2:",
            "Oops: general protection fault, probably for non-canonical address",
        ] {
            assert!(complains(line), "{line}");
        }
    }

    #[test]
    fn what_kernels_say_on_a_good_day_passes() {
        for line in [
            "Kernel panic - not syncing: sysrq triggered crash",
            "kmemleak: Kernel memory leak detector initialized (mem pool available: 15683)",
            "rcu: RCU lockdep checking is enabled.",
            "Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar",
            "panic_broadcaster: eth0 has no carrier yet",
        ] {
            assert!(!complains(line), "{line}");
        }
    }
}
