// SPDX-License-Identifier: GPL-2.0

//! arm64 has the kinds that all have, and tells by the mode in PSTATE whose registers they are.

#[path = "generic.rs"]
mod generic;

use kernel::{
    bindings,
    prelude::*,
    sync::rcu, //
};
use notifier_chain::chains::die;

pub(super) use self::generic::{
    KINDS,
    SETTLED, //
};
use super::Recorder;
use crate::chains::tell;

unsafe extern "C" {
    safe fn notifier_chain_kunit_die_registers(pc: usize, pstate: usize) -> *mut c_void;
}

#[kunit_tests(notifier_chain_die_arm64)]
mod tests {
    use super::*;

    /// Where the kernel is.
    const PC: usize = 0xffff_8000_8001_0234;

    /// Returns what a handler makes of such registers.
    fn registers(pstate: u32) -> Result<Option<(usize, bool)>> {
        let recorder = Recorder::new()?;
        let args = notifier_chain_kunit_die_registers(PC, pstate as usize);
        // SAFETY: These are the arguments of `notify_die()`.
        unsafe { tell::<die::Chain, _>(&recorder, 1, args, &rcu::read_lock()) };
        Ok(recorder.heard().ok_or(ENODATA)?.registers)
    }

    #[test]
    fn the_kernel_runs_in_el1_or_el2() -> Result {
        for mode in [
            bindings::PSR_MODE_EL1t,
            bindings::PSR_MODE_EL1h,
            bindings::PSR_MODE_EL2t,
            bindings::PSR_MODE_EL2h,
        ] {
            assert_eq!(registers(mode)?, Some((PC, false)));
            assert_eq!(registers(mode | bindings::PSR_D_BIT)?, Some((PC, false)));
        }
        Ok(())
    }

    /// Also one of 32 bits.
    #[test]
    fn a_process_runs_in_el0() -> Result {
        for mode in [bindings::PSR_MODE_EL0t, bindings::PSR_MODE32_BIT] {
            assert_eq!(registers(mode)?, Some((PC, true)));
            assert_eq!(registers(mode | bindings::PSR_N_BIT)?, Some((PC, true)));
        }
        Ok(())
    }
}
