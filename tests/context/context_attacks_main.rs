// SPDX-License-Identifier: GPL-2.0

//! Handlers that sleep in ways that are hard to see. This module is also loaded: it calls its
//! handlers, which shows that they sleep.

mod attacks;
mod subject;

use kernel::prelude::*;
use notifier_chain::compat::parameter;

module! {
    type: Context,
    name: "context_attacks",
    authors: ["The notifier-chain developers"],
    description: "Handlers that context-check must not prove",
    license: "GPL",
    params: {
        first: usize {
            default: 0,
            description: "The number of the first handler to call (default: 0)",
        },
        end: usize {
            default: 0,
            description: "The number after that of the last one (default: 0, for none)",
        },
    },
}

struct Context;

impl kernel::Module for Context {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let (first, end) = (&module_parameters::first, &module_parameters::end);
        let (first, end) = (parameter(first.value()), parameter(end.value()));
        attacks::register(first..end)?;
        Ok(Self)
    }
}
