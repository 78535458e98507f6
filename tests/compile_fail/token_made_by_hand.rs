// SPDX-License-Identifier: GPL-2.0

//! Only the library makes the token of an atomic context.

use notifier_chain::{
    atomic, //
};

pub fn forge() -> atomic::Context<'static> {
    atomic::Context::new()
}
