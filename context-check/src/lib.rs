// SPDX-License-Identifier: GPL-2.0

//! Proves from a module's object code that its atomic handlers do not sleep, and that those which
//! run in NMI context or in a panic do not wait either.

pub mod allow;
pub mod arch;
pub mod binary;
pub mod causes;
pub mod check;
pub mod endings;
pub mod flow;
pub mod graph;
pub mod help;
pub mod image;
pub mod kept;
pub mod kernel;
pub mod known;
pub mod lines;
pub mod module;
pub mod names;
pub mod ops;
mod parallel;
pub mod report;
pub mod room;
pub mod roots;
pub mod rules;
pub mod stack;
pub mod state;
pub mod tables;
pub mod taken;
pub mod tree;
pub mod values;
pub mod vmlinuz;
