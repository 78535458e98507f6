// SPDX-License-Identifier: GPL-2.0

//! x86 has many kinds, and a breakpoint that can be settled.

use kernel::prelude::*;
use notifier_chain::{
    chains::die,
    Priority, //
};

use super::register;

unsafe extern "C" {
    fn notifier_chain_kunit_int3() -> usize;
}

/// The numbers of `enum die_val` in their order, from 1.
pub(super) const KINDS: [die::Kind; 12] = [
    die::Kind::Oops,
    die::Kind::Int3,
    die::Kind::Debug,
    die::Kind::Panic,
    die::Kind::Nmi,
    die::Kind::Die,
    die::Kind::KernelDebug,
    die::Kind::Trap,
    die::Kind::GeneralProtection,
    die::Kind::Call,
    die::Kind::PageFault,
    die::Kind::UnknownNmi,
];

/// Those that a handler can settle.
pub(super) const SETTLED: &[die::Kind] = &[
    die::Kind::Int3,
    die::Kind::Debug,
    die::Kind::Trap,
    die::Kind::GeneralProtection,
];

#[kunit_tests(notifier_chain_die_x86)]
mod tests {
    use super::*;

    /// A breakpoint that a handler settles does no harm.
    #[test]
    fn a_breakpoint_is_told_and_settled() -> Result {
        let recorder = register(die::Chain, Priority::FIRST)?;
        // SAFETY: The handler settles it.
        let behind = unsafe { notifier_chain_kunit_int3() };

        let heard = recorder.handler().heard().ok_or(ENODATA)?;
        assert_eq!(heard.kind, die::Kind::Int3);
        assert_eq!(&heard.message, b"int3\0\0\0\0");
        assert_eq!(heard.numbers, (0, 3, 5));
        assert_eq!(heard.registers, Some((behind, false)));
        Ok(())
    }
}
