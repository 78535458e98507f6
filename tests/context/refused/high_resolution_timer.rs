// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a timer.
//!
//! Refused: fsleep
//!
//! Not under PREEMPT_RT.

use kernel::{
    impl_has_hr_timer,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow, //
    },
    time::{
        delay::fsleep,
        hrtimer::{
            HrTimer,
            HrTimerCallback,
            HrTimerCallbackContext,
            HrTimerRestart,
            RelativeMode, //
        },
        Delta,
        Monotonic, //
    },
};

#[pin_data]
pub(super) struct Handler {
    #[pin]
    timer: HrTimer<Self>,
}

impl Handler {
    pub(super) fn new() -> Result<Arc<Self>> {
        Arc::pin_init(pin_init!(Self { timer <- HrTimer::new() }), GFP_KERNEL)
    }
}

impl HrTimerCallback for Handler {
    type Pointer<'a> = Arc<Self>;

    fn run(
        _this: ArcBorrow<'_, Self>,
        _context: HrTimerCallbackContext<'_, Self>,
    ) -> HrTimerRestart {
        fsleep(Delta::from_millis(1));
        HrTimerRestart::NoRestart
    }
}

impl_has_hr_timer! {
    impl HasHrTimer<Self> for Handler {
        mode: RelativeMode<Monotonic>, field: self.timer
    }
}
