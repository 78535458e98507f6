// SPDX-License-Identifier: GPL-2.0

//! A timer whose interrupt uses the chains that may be used there.

use core::marker::PhantomData;

use kernel::{
    impl_has_hr_timer, new_spinlock_irq,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow,
        SpinLockIrq, //
    },
    time::{
        hrtimer::{
            ArcHrTimerHandle,
            HrTimer,
            HrTimerCallback,
            HrTimerCallbackContext,
            HrTimerMode,
            HrTimerPointer,
            HrTimerRestart,
            RelativePinnedMode,
            RelativePinnedSoftMode, //
        },
        Delta,
        Monotonic, //
    },
};
use notifier_chain::Priority;

use crate::{
    event::Answer,
    guest::Visit,
    kind::{
        Atomic,
        RawInSpinLockIrq, //
    },
    subject::Subject, //
};

/// Its callback is a hardware interrupt's, which may take spin locks: on a kernel for real time it
/// would be a thread's.
pub(crate) type Hard = RelativePinnedMode<Monotonic>;

/// Its callback is a software interrupt's.
pub(crate) type Soft = RelativePinnedSoftMode<Monotonic>;

/// How long after it was set it rings, when its task is at something else.
const DELAY: Delta = Delta::from_micros(500);

/// What rings.
#[pin_data]
struct Bell<M> {
    #[pin]
    timer: HrTimer<Self>,
    atomic: Arc<Subject<Atomic>>,
    raw: Arc<Subject<RawInSpinLockIrq>>,
    /// Who goes from the raw chain when it rings. Registering may sleep, and is left to a task.
    #[pin]
    guest: SpinLockIrq<Option<Visit<RawInSpinLockIrq>>>,
    _mode: PhantomData<M>,
}

impl<M> Bell<M> {
    /// Uses the chains.
    fn ring(&self) {
        self.atomic.call();
        self.raw.call();
        self.raw.call_robust();

        let guest = self.guest.lock().take();
        drop(guest);
    }
}

impl<M: HrTimerMode<Clock = Monotonic, Expires = Delta> + Send + Sync + 'static> HrTimerCallback
    for Bell<M>
{
    type Pointer<'a> = Arc<Self>;

    fn run(this: ArcBorrow<'_, Self>, _cx: HrTimerCallbackContext<'_, Self>) -> HrTimerRestart {
        this.ring();
        // A task sets it again: interrupts alone could keep a slow machine busy for ever.
        HrTimerRestart::NoRestart
    }
}

impl_has_hr_timer! {
    impl{M: HrTimerMode<Clock = Monotonic, Expires = Delta> + Send + Sync + 'static}
        HasHrTimer<Bell<M>> for Bell<M>
    {
        mode: M, field: self.timer
    }
}

/// A timer that rings on the CPU where it was set, unless it is dropped before.
pub(crate) struct Alarm<M: HrTimerMode<Clock = Monotonic, Expires = Delta> + Send + Sync + 'static>
{
    bell: Arc<Bell<M>>,
    // Stops it.
    handle: Option<ArcHrTimerHandle<Bell<M>>>,
}

impl<M: HrTimerMode<Clock = Monotonic, Expires = Delta> + Send + Sync + 'static> Alarm<M> {
    pub(crate) fn new(
        atomic: Arc<Subject<Atomic>>,
        raw: Arc<Subject<RawInSpinLockIrq>>,
    ) -> Result<Self> {
        let bell = Arc::pin_init(
            pin_init!(Bell {
                timer <- HrTimer::new(),
                atomic,
                raw,
                guest <- new_spinlock_irq!(None),
                _mode: PhantomData,
            }),
            GFP_KERNEL,
        )?;
        Ok(Self { bell, handle: None })
    }

    /// Sets it again, with a handler to unregister.
    pub(crate) fn set(&mut self) -> Result {
        self.handle = None;
        let chain = self.bell.raw.chain.clone();
        let guest = Visit::new(chain, Priority::DEFAULT, Answer::Ok)?;
        let old = self.bell.guest.lock().replace(guest);
        drop(old);
        self.handle = Some(self.bell.clone().start(DELAY));
        Ok(())
    }
}
