// SPDX-License-Identifier: GPL-2.0

//! Threads that call a chain while a test changes it.

use core::ptr::NonNull;

use kernel::{
    new_mutex,
    prelude::*,
    sync::Arc, //
};

mod c {
    use kernel::prelude::*;

    #[repr(C)]
    pub(super) struct Caller {
        _opaque: [u8; 0],
    }

    unsafe extern "C" {
        pub(super) fn notifier_chain_kunit_caller_start(
            nth: c_uint,
            step: unsafe extern "C" fn(*mut c_void),
            data: *mut c_void,
        ) -> *mut Caller;
        pub(super) fn notifier_chain_kunit_caller_stop(caller: *mut Caller);
        pub(super) safe fn notifier_chain_kunit_tick();
    }
}

/// A thread that does a step again and again, until this is dropped.
///
/// # Invariants
///
/// `caller` is valid, and its `data` is the address of `step`.
pub(crate) struct Caller<F> {
    caller: NonNull<c::Caller>,
    // Used by the thread until it is stopped.
    _step: KBox<F>,
}

impl<F: Fn() + Send + Sync + 'static> Caller<F> {
    /// Starts a thread on the `nth` CPU, or on the first if there are fewer.
    pub(crate) fn start(nth: u32, step: F) -> Result<Self> {
        let step = KBox::new(step, GFP_KERNEL)?;
        let data = (&raw const *step).cast_mut().cast();

        // SAFETY: `data` points to an `F`, which stays where it is until the thread is stopped;
        // even if `Self` is leaked, for then the box is.
        let caller = unsafe { c::notifier_chain_kunit_caller_start(nth, run::<F>, data) };

        // INVARIANT: It was started with just that.
        Ok(Self {
            caller: NonNull::new(caller).ok_or(ENOMEM)?,
            _step: step,
        })
    }
}

impl<F> Drop for Caller<F> {
    fn drop(&mut self) {
        // SAFETY: The caller is valid by the type invariants, and this is the only time.
        unsafe { c::notifier_chain_kunit_caller_stop(self.caller.as_ptr()) };
    }
}

/// Does one step.
///
/// # Safety
///
/// `step` must point to an `F`.
unsafe extern "C" fn run<F: Fn()>(step: *mut c_void) {
    // SAFETY: By the safety requirements.
    let step = unsafe { &*step.cast::<F>() };
    step();
}

/// Lets others run until `condition` holds.
///
/// # Errors
///
/// `ETIMEDOUT` if it does not come to that.
pub(crate) fn wait_until(condition: impl Fn() -> bool) -> Result {
    // Some seconds, wherever this runs.
    for _ in 0..2500 {
        if condition() {
            return Ok(());
        }
        c::notifier_chain_kunit_tick();
    }
    Err(ETIMEDOUT)
}

/// Drops many values at the same time, for those whose destructors wait for long.
pub(crate) fn drop_together<T: Send + 'static>(values: KVec<T>) -> Result {
    let values = Arc::pin_init(new_mutex!(values), GFP_KERNEL)?;
    let mut callers = KVec::new();
    for nth in 0..values.lock().len().min(64) as u32 {
        let values = values.clone();
        let caller = Caller::start(nth % 2, move || {
            let value = values.lock().pop();
            if value.is_none() {
                // Nothing is left but to be stopped.
                c::notifier_chain_kunit_tick();
            }
        })?;
        callers.push(caller, GFP_KERNEL)?;
    }
    wait_until(|| values.lock().is_empty())
}
