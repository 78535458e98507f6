// SPDX-License-Identifier: GPL-2.0

//! A union is no chain by one of its fields, which it may not hold.

use notifier_chain::{
    atomic,
    impl_chain,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

type Chain = &'static atomic::Chain<Level>;

#[derive(Clone, Copy)]
pub union Either {
    pub chain: Chain,
    pub number: usize,
}

impl_chain!(Either { chain: Chain });
