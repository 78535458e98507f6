// SPDX-License-Identifier: GPL-2.0

//! Bindings to what `helpers.h` names, generated when the module is built.

#![allow(
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    dead_code,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub
)]

use kernel::{
    bindings::*,
    ffi,
    prelude::*, //
};

include!(concat!(
    env!("PANIC_BROADCASTER_OBJ"),
    "/panic_broadcaster_bindings_generated.rs"
));

/// Returns the parameter `interface`.
pub(crate) fn interface() -> &'static CStr {
    // SAFETY: The parameter is a null-terminated string from the beginning, and no one can change
    // it once the module is being initialised: it is not in sysfs.
    unsafe { CStr::from_char_ptr(panic_broadcaster_interface) }
}

/// Returns the parameter `source`.
pub(crate) fn source() -> &'static CStr {
    // SAFETY: As above.
    unsafe { CStr::from_char_ptr(panic_broadcaster_source) }
}
