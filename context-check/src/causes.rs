// SPDX-License-Identifier: GPL-2.0

//! Why handlers are not proven, in words. Those of calls by pointers are beside what finds them, in
//! `flow.rs`.

/// What all calls by pointers are called.
pub const INDIRECT: &str = "indirect call";

/// What access to the user's memory is called, which may fetch a page from a disk.
pub const USER_MEMORY: &str = "access to user memory";

/// There are too many functions, or too many ways to call them.
pub const TOO_MUCH: &str = "more code than can be followed";

pub const SLEEPS: &str = "may sleep";
pub const WAITS: &str = "waits for a lock";
pub const ALLOCATES: &str = "allocates or frees";

/// The kernel's function has code that could not be followed.
pub const UNREAD: &str = "comes to code that could not be followed";

/// Neither the module nor the kernel has the function.
pub const THEIRS: &str = "not in this kernel: another module's";

pub const DATA: &str = "data that is called";
pub const STATIC_CALL: &str = "a static call";
pub const FLAGS: &str = "with unknown flags";
pub const GIVEN: &str = "calls a function that it is given, from an unknown place";
pub const BEHIND: &str = "calls functions out of an object from an unknown place";
pub const IN_THE_MIDDLE: &str = "not at its beginning";

/// Behind the name of a function that a pointer may point to.
pub const IS_TAKEN: &str = "whose address is taken";

/// Behind what is registered with the kernel.
pub const NOT_TOLD: &str = "and one cannot tell which function that is";
