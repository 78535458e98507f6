// SPDX-License-Identifier: GPL-2.0

//! Handlers that sleep in ways that are hard to see.

mod boxed_at_0;
mod boxed_at_24;
mod c;
mod enum_payload;
mod iterator;
mod own_field;
mod set_once;
mod shared_at_40;
mod slice_of_structs;
mod static_struct;
mod table_folded;
mod table_raised;
mod vector;

use core::ops::Range;
use kernel::{
    prelude::*,
    str::CStr, //
};

use crate::subject::{
    chain,
    on_this_chain,
    Chain, //
};
use notifier_chain::{
    context::AtomicSafe,
    Handler, //
};

/// Registers handlers, and calls those of the wanted numbers.
pub(super) struct Caller {
    wanted: Range<usize>,
    number: usize,
}

impl Caller {
    /// Registers one, on a chain of its own.
    pub(super) fn attack<T, E>(
        &mut self,
        name: &'static CStr,
        handler: impl PinInit<T, E>,
    ) -> Result
    where
        T: Handler<Chain> + AtomicSafe + 'static,
        Error: From<E>,
    {
        let chain = chain()?;
        on_this_chain(chain.clone(), handler)?;
        if self.wanted.contains(&self.number) {
            pr_emerg!("number {}\n", self.number);
            c::around(name, || _ = chain.call(0, &1));
        }
        self.number += 1;
        Ok(())
    }
}

/// Registers all of them. They stay.
pub(crate) fn register(wanted: Range<usize>) -> Result {
    if !wanted.is_empty() {
        c::set_up()?;
    }
    let mut caller = Caller { wanted, number: 0 };
    c::register(&mut caller)?;
    caller.attack(c"boxed_at_0", boxed_at_0::Handler::new()?)?;
    caller.attack(c"boxed_at_24", boxed_at_24::Handler::new()?)?;
    caller.attack(c"enum_payload", enum_payload::Handler::new())?;
    caller.attack(c"iterator", iterator::Handler::new()?)?;
    caller.attack(c"own_field", own_field::Handler::new())?;
    caller.attack(c"set_once", set_once::Handler::new())?;
    caller.attack(c"shared_at_40", shared_at_40::Handler::new()?)?;
    caller.attack(c"slice_of_structs", slice_of_structs::Handler::new())?;
    caller.attack(c"static_struct", static_struct::Handler::new())?;
    caller.attack(c"table_folded", table_folded::Handler)?;
    caller.attack(c"table_raised", table_raised::Handler)?;
    caller.attack(c"vector", vector::Handler::new()?)?;
    Ok(())
}
