// SPDX-License-Identifier: GPL-2.0

//! Blocking chains.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    blocking,
    context::Sleepable,
    new_blocking_chain,
    NotifyReturn,
    Topic, //
};

use crate::{
    kind::{
        common,
        headed,
        CKind,
        Kind, //
    },
    suites::headed_suite, //
};

struct Blocking;

impl Kind for Blocking {
    const C: CKind = CKind::Blocking;

    common!(blocking::Chain<T>, new_blocking_chain!());

    fn call<'a, T: Topic>(
        chain: &Self::Chain<T>,
        action: usize,
        data: &'a T::Data<'a>,
    ) -> NotifyReturn {
        chain.call(action, data, Sleepable::might_sleep())
    }

    fn call_robust<'a, T: Topic>(
        chain: &Self::Chain<T>,
        up: usize,
        down: usize,
        data: &'a T::Data<'a>,
    ) -> Option<NotifyReturn> {
        Some(chain.call_robust(up, down, data, Sleepable::might_sleep()))
    }
}

headed!(Blocking);

headed_suite! {
    notifier_chain_blocking, Blocking,
    robust::those_before_a_veto_are_told_that_it_is_off,
    robust::nobody_is_told_that_it_is_off_without_a_veto,
    robust::a_stop_on_the_way_back_ends_it,
    robust::text_is_taken_back,
}
