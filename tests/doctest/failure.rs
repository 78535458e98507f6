// SPDX-License-Identifier: GPL-2.0

//! How an example fails.

use core::{
    fmt,
    panic::Location, //
};

use kernel::{
    bindings,
    prelude::*, //
};

/// What an example ends with, in place of its `Ok::<(), Error>(())`.
pub(crate) const OK: Result = Ok(());

pub(crate) type Result = core::result::Result<(), Failure>;

/// An error, and the line of the `?` that it came by.
pub(crate) struct Failure {
    error: Error,
    line: u32,
}

impl<E> From<E> for Failure
where
    Error: From<E>,
{
    #[track_caller]
    fn from(error: E) -> Self {
        Self {
            error: Error::from(error),
            line: Location::caller().line(),
        }
    }
}

/// Fails the test if its example has.
pub(crate) fn report(file: &CStr, result: Result) {
    if let Err(Failure { error, line }) = result {
        tell(file, line, format_args!("error: {error:?}"));
    }
}

/// Fails the test that this task runs.
#[cold]
pub(crate) fn tell(file: &CStr, line: u32, what: fmt::Arguments<'_>) {
    // SAFETY: It has no requirements.
    let test = unsafe { bindings::kunit_get_current_test() };
    if test.is_null() {
        // There is nobody to tell, except whoever looks through the log for warnings.
        pr_err!("WARNING: {file}:{line}: {what}, in a task that runs no test\n");
        return;
    }

    let location = bindings::kunit_loc {
        line: line as c_int,
        file: file.as_char_ptr(),
    };
    let assertion = bindings::kunit_assert {};

    // SAFETY: `test` is the test that this task runs. All pointers are valid for the call, which
    // keeps none of them. The format takes a pointer to `fmt::Arguments`.
    unsafe {
        bindings::__kunit_do_failed_assertion(
            test,
            &raw const location,
            bindings::kunit_assert_type_KUNIT_EXPECTATION,
            &raw const assertion,
            Some(bindings::kunit_fail_assert_format),
            c"%pA".as_char_ptr(),
            (&raw const what).cast::<c_void>(),
        )
    };
}
