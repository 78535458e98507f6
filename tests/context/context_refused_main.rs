// SPDX-License-Identifier: GPL-2.0

//! Handlers that sleep or wait, each in another way.

mod refused;
mod subject;

use kernel::prelude::*;

module! {
    type: Context,
    name: "context_refused",
    authors: ["The notifier-chain developers"],
    description: "Handlers that context-check must refuse",
    license: "GPL",
}

struct Context;

impl kernel::Module for Context {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        refused::register()?;
        Ok(Self)
    }
}
