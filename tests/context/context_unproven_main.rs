// SPDX-License-Identifier: GPL-2.0

//! Handlers of which the object code does not tell whether they sleep.

mod subject;
mod unproven;

use kernel::prelude::*;

module! {
    type: Context,
    name: "context_unproven",
    authors: ["The notifier-chain developers"],
    description: "Handlers that context-check can neither refuse nor prove",
    license: "GPL",
}

struct Context;

impl kernel::Module for Context {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        unproven::register()?;
        Ok(Self)
    }
}
