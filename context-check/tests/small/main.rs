// SPDX-License-Identifier: GPL-2.0

//! Small modules, and what is said of them.

mod inputs;
mod modules;
mod objects;
mod reports;
mod roots;
mod sources;
mod tables;
mod ways;
