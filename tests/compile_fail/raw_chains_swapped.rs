// SPDX-License-Identifier: GPL-2.0

//! A raw chain stays in its place: registrations find it there.

use kernel::{
    prelude::*,
    sync::lock::mutex::MutexBackend, //
};
use notifier_chain::{
    raw,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

type Chain = raw::Chain<Level, MutexBackend>;

pub fn swap(one: &mut Pin<KBox<Chain>>, two: &mut Pin<KBox<Chain>>) {
    core::mem::swap(&mut **one, &mut **two);
}
