// SPDX-License-Identifier: GPL-2.0

//! A struct is no chain by a field that only its `Deref` leads to: that may lead to another one the
//! next time.

use core::ops::Deref;

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    impl_chain,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

#[pin_data]
pub struct Inner {
    #[pin]
    pub chain: atomic::Chain<Level>,
}

pub struct Outer {
    pub inner: [Arc<Inner>; 2],
}

impl Deref for Outer {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner[usize::from(self.inner[0].chain.is_empty())]
    }
}

impl_chain!(Outer { chain: atomic::Chain<Level> });
