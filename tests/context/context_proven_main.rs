// SPDX-License-Identifier: GPL-2.0

//! Handlers that neither sleep nor wait, each in another way.

mod proven;
mod subject;

use kernel::prelude::*;

module! {
    type: Context,
    name: "context_proven",
    authors: ["The notifier-chain developers"],
    description: "Handlers that context-check must prove",
    license: "GPL",
}

struct Context;

impl kernel::Module for Context {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        proven::register()?;
        Ok(Self)
    }
}
