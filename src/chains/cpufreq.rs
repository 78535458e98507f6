// SPDX-License-Identifier: GPL-2.0

//! The chains of cpufreq, by which the kernel controls the frequencies of CPUs.
//!
//! C header: [`include/linux/cpufreq.h`](srctree/include/linux/cpufreq.h)

use kernel::{
    bindings::{
        self,
        cpufreq_policy,
        notifier_block, //
    },
    cpu::CpuId,
    cpumask::{
        Cpumask,
        CpumaskVar, //
    },
    error::to_result,
    prelude::*,
    types::Opaque, //
};

pub mod policy;
pub mod transition;

/// CPUs that have one frequency, and how it is chosen: `struct cpufreq_policy`.
///
/// This is not [`kernel::cpufreq::Policy`], which lends what a driver may have freed when
/// [`policy::Action::Remove`] is told, and what changes during a callback.
///
/// # Invariants
///
/// The policy lives, and its `related_cpus` are set, as long as it is borrowed.
#[repr(transparent)]
pub struct Policy(Opaque<cpufreq_policy>);

impl Policy {
    /// Returns the CPU that stands for the others.
    #[inline]
    pub fn cpu(&self) -> CpuId {
        // SAFETY: By the type invariants, the policy lives. Its CPU may become another one, which
        // is a CPU as well.
        unsafe { CpuId::from_u32_unchecked((&raw const (*self.as_ptr()).cpu).read_volatile()) }
    }

    /// Returns all CPUs of the policy, also those that are offline.
    #[inline]
    pub fn related_cpus(&self) -> &Cpumask {
        // SAFETY: By the type invariants, the policy lives, and so does this mask of CPUs.
        unsafe { CpumaskVar::from_raw(&raw const (*self.as_ptr()).related_cpus) }
    }

    /// Returns the policy that C knows. It lives as long as `self` is borrowed.
    #[inline]
    pub fn as_ptr(&self) -> *mut cpufreq_policy {
        self.0.get()
    }
}

/// Registers on one of the two chains.
///
/// # Safety
///
/// Those of [`Chain::register()`](crate::Chain::register) for the chain `list`.
unsafe fn register(block: *mut notifier_block, list: c_uint) -> Result {
    // SAFETY: By the safety requirements.
    to_result(unsafe { bindings::cpufreq_register_notifier(block, list) })
}

/// Unregisters from one of the two chains. Panics if cpufreq has been disabled since.
///
/// # Safety
///
/// Those of [`Chain::unregister()`](crate::Chain::unregister) for the chain `list`.
unsafe fn unregister(block: *mut notifier_block, list: c_uint) {
    // SAFETY: By the safety requirements.
    let result = to_result(unsafe { bindings::cpufreq_unregister_notifier(block, list) });
    // The block is still on the chain then, which must not call what is freed.
    assert!(
        result.is_ok(),
        "cpufreq is disabled and keeps its notifiers: {result:?}"
    );
}
