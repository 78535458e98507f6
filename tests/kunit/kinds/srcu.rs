// SPDX-License-Identifier: GPL-2.0

//! SRCU chains.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    context::Sleepable,
    new_srcu_chain,
    srcu,
    NotifyReturn,
    Topic, //
};

use crate::{
    caller::drop_together,
    kind::{
        common,
        headed,
        CKind,
        Handler,
        Kind, //
    },
    suites::headed_suite, //
};

struct Srcu;

impl Kind for Srcu {
    const C: CKind = CKind::Srcu;

    // On User-Mode Linux, which has no `irq_work` interrupt, a grace period of SRCU takes until the
    // next tick. So as not to wait for thousands of them, there are few, and many wait for the
    // same.
    const UNREGISTER_ONE_IN: u32 = 16;

    common!(srcu::Chain<T>, new_srcu_chain!());

    fn unregister_all<T: Topic, H: Handler<T>>(
        registrations: KVec<Self::Registration<T, H>>,
    ) -> Result {
        drop_together(registrations)
    }

    fn call<'a, T: Topic>(
        chain: &Self::Chain<T>,
        action: usize,
        data: &'a T::Data<'a>,
    ) -> NotifyReturn {
        chain.call(action, data, Sleepable::might_sleep())
    }
}

headed!(Srcu);

headed_suite! {
    notifier_chain_srcu, Srcu,
    recursion::a_handler_calls_its_own_chain,
}
