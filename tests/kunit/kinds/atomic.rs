// SPDX-License-Identifier: GPL-2.0

//! Atomic chains.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    new_atomic_chain,
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

struct Atomic;

impl Kind for Atomic {
    const C: CKind = CKind::Atomic;

    common!(atomic::Chain<T>, new_atomic_chain!());

    fn call<'a, T: Topic>(
        chain: &Self::Chain<T>,
        action: usize,
        data: &'a T::Data<'a>,
    ) -> NotifyReturn {
        chain.call(action, data)
    }
}

headed!(Atomic);

headed_suite! {
    notifier_chain_atomic, Atomic,
    recursion::a_handler_calls_its_own_chain,
}
