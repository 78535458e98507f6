// SPDX-License-Identifier: GPL-2.0

//! What to change so that a handler is proven.

use crate::{
    causes::{self, INDIRECT, USER_MEMORY},
    check::Finding,
    flow::{FROM_ANYWHERE, NO_CODE, TOO_LONG},
    module::Class,
};

/// One sentence for each kind of finding.
pub fn help(finding: &Finding) -> &'static str {
    let is_nmi = finding.class == Class::Nmi;
    match (finding.what.as_str(), finding.why.as_str()) {
        (USER_MEMORY, _) => {
            "read or write the user's memory from a work item or before the handler runs; in a \
             handler only what has _nofault in its name may do it"
        }
        (_, causes::SLEEPS) if allocates(&finding.what) => {
            if is_nmi {
                "allocate when the handler is registered, and only use that memory here"
            } else {
                "pass GFP_ATOMIC or GFP_NOWAIT as a constant, or allocate before the handler runs"
            }
        }
        (_, causes::SLEEPS) if is_nmi => {
            "do this when the handler is registered; a handler of this class cannot put it off"
        }
        (_, causes::SLEEPS) => "call it from a work item that the handler queues, or from a threaded interrupt handler",
        (_, causes::WAITS) => {
            "use try_lock (raw_spin_trylock() in C), and do without if the lock is taken"
        }
        (_, causes::ALLOCATES) => {
            "allocate when the handler is registered and free when it is removed; here only use \
             that memory"
        }
        (_, causes::FLAGS) => {
            "write GFP_ATOMIC or GFP_NOWAIT in the call itself; flags from a variable, or one of two \
             values, cannot be followed"
        }
        (_, causes::STATIC_CALL) => {
            "call the function itself; what a static call goes to may change while the kernel runs"
        }
        (_, causes::THEIRS) => {
            "move this function into this module; only the kernel's own functions can be read \
             beside it"
        }
        (_, causes::DATA | causes::IN_THE_MIDDLE) => {
            "call a function at its beginning; this is no call that a compiler makes"
        }
        (_, causes::BEHIND) => {
            "make the object here, as format_args!() does, or take its content as plain data"
        }
        (_, causes::GIVEN) => "pass a function by its name, not by a variable",
        (_, causes::UNREAD) => {
            "call another function of the kernel, or answer for this one with the line below"
        }
        (causes::TOO_MUCH, _) | (INDIRECT, TOO_LONG) => {
            "do less in the handler: leave the rest to a work item"
        }
        (INDIRECT, NO_CODE) => "take this code out of the handler: the tool cannot decode it",
        (INDIRECT, why) if why == FROM_ANYWHERE || why.contains("table") => {
            "call the function by its name, or by a table that is const; a generic parameter \
             (T: Trait) does that in Rust where &dyn Trait does not"
        }
        (INDIRECT, why) if why.contains("null") => {
            "call the function by its name; an Option of a function, or a pointer that may be \
             null, hides it"
        }
        (_, why) if why.contains(causes::NOT_TOLD) => {
            "register a function by its name, not by a variable"
        }
        (_, why) if why.contains(causes::IS_TAKEN) => {
            "make that function one that handlers may call, or store its address nowhere"
        }
        _ => "no compiler makes such code: take the assembly out of what the handler calls",
    }
}

/// Whether the function allocates, as its name says.
fn allocates(what: &str) -> bool {
    let names = [
        "alloc",
        "get_free_page",
        "get_zeroed_page",
        "kmemdup",
        "kstrdup",
    ];
    names.iter().any(|name| what.contains(name))
}
