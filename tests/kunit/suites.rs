// SPDX-License-Identifier: GPL-2.0

//! The tests that several kinds share, by what they are about.

pub(crate) mod differential;
pub(crate) mod events;
pub(crate) mod interop;
pub(crate) mod life;
pub(crate) mod order;
pub(crate) mod recursion;
pub(crate) mod robust;
pub(crate) mod stop;
pub(crate) mod together;

/// Makes a KUnit suite of the tests that all kinds share and of those that are named, for a kind.
macro_rules! suite {
    ($suite:ident, $kind:ty $(, $file:ident::$test:ident)* $(,)?) => {
        $crate::suites::tests! {
            $suite, $kind,
            order::the_order_of_registration_counts_among_equals,
            order::the_highest_priority_is_called_first,
            order::those_who_stay_keep_their_order,
            stop::nobody_stops,
            stop::a_stop_ends_the_walk,
            stop::a_veto_ends_the_walk,
            stop::an_errno_ends_the_walk,
            stop::an_errno_survives_the_round_trip,
            life::an_empty_chain_is_empty,
            life::a_handler_that_fails_leaves_nothing_behind,
            life::a_handler_is_dropped_once_and_off_the_chain,
            life::a_registration_keeps_its_chain,
            events::a_str_is_told,
            events::a_slice_is_told,
            events::a_trait_object_is_told,
            events::an_event_may_borrow,
            events::a_drivers_chain_outlives_what_its_events_borrow,
            events::two_topics_of_one_data_have_handlers_of_their_own,
            differential::every_answer_is_that_of_c,
            recursion::a_handler_calls_another_chain,
            together::nobody_is_called_when_unregistered,
            $($file::$test,)*
        }
    };
}

/// Makes a KUnit suite as [`suite!`] does, with the tests for chains that C can use.
macro_rules! headed_suite {
    ($suite:ident, $kind:ty $(, $file:ident::$test:ident)* $(,)?) => {
        $crate::suites::suite! {
            $suite, $kind,
            interop::c_hears_of_what_rust_tells,
            interop::c_stops_what_rust_tells,
            interop::rust_hears_of_what_c_tells,
            interop::rust_is_on_a_chain_of_c,
            interop::every_number_that_c_answers_is_the_errno_of_c,
            $($file::$test,)*
        }
    };
}

/// Makes a KUnit suite.
macro_rules! tests {
    ($suite:ident, $kind:ty, $($file:ident::$test:ident,)*) => {
        #[kunit_tests($suite)]
        mod $suite {
            use super::*;

            $(
                #[test]
                fn $test() -> Result {
                    $crate::suites::$file::$test::<$kind>()
                }
            )*
        }
    };
}

pub(crate) use {
    headed_suite,
    suite,
    tests, //
};
