// SPDX-License-Identifier: GPL-2.0

//! The kinds, each with its suite.

mod atomic;
mod blocking;
mod raw;
mod srcu;
