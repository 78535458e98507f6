// SPDX-License-Identifier: GPL-2.0

//! Handlers of which the object code does not tell whether they sleep.

mod c;
mod gfp_from_memory;
mod hook_in_c;
mod option_fn;
mod other_module;

use kernel::prelude::*;

use crate::subject::on_chain;

/// Registers all of them. They stay: the module is there to be read, and is never loaded.
pub(crate) fn register() -> Result {
    on_chain(gfp_from_memory::Handler)?;
    on_chain(hook_in_c::Handler)?;
    on_chain(option_fn::Handler::new())?;
    on_chain(other_module::Handler)?;
    Ok(())
}
