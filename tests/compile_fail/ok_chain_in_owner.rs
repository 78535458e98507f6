// SPDX-License-Identifier: GPL-2.0

//! A struct with a chain in a field, whatever it is called and borrows.

use kernel::prelude::*;
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
pub struct Owner {
    #[pin]
    pub chain: atomic::Chain<Level>,
    pub other: u32,
}

impl_chain!(Owner { chain: atomic::Chain<Level> });

#[pin_data]
pub struct Borrower<'a> {
    #[pin]
    pub chain: atomic::Chain<Level>,
    pub other: &'a u32,
}

impl_chain!(Borrower<'_> { chain: atomic::Chain<Level> });
