// SPDX-License-Identifier: GPL-2.0

//! A registration does not become one on another chain by subtyping: it would unregister from that
//! one, and stay on its own.

use core::marker::PhantomData;

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    atomic,
    impl_chain,
    Handler,
    NotifyReturn,
    Registration,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

type Chain = atomic::Chain<Level>;

#[pin_data]
pub struct Two<F> {
    #[pin]
    one: Chain,
    #[pin]
    other: Chain,
    which: PhantomData<F>,
}

type One = Two<for<'a> fn(&'a u8)>;
type Other = Two<fn(&'static u8)>;

impl_chain!(One { one: Chain });
impl_chain!(Other { other: Chain });

pub struct Fan;

impl Handler<One> for Fan {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::OK
    }
}

impl Handler<Other> for Fan {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::OK
    }
}

pub fn on_other(
    on_one: Pin<KBox<Registration<Arc<One>, Fan>>>,
) -> Pin<KBox<Registration<Arc<Other>, Fan>>> {
    on_one
}
