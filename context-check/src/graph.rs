// SPDX-License-Identifier: GPL-2.0

//! All functions that a module's handlers come to, and which of them call which.

use std::collections::{BTreeMap, BTreeSet};

/// A function calls another one, or gives its address away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    pub from: u64,
    pub to: u64,
    /// By an allowlist: it was not followed.
    pub is_allowed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Handler,
    Module,
    /// The kernel, or another module.
    Outside,
}

#[derive(Debug, Default)]
pub struct Graph {
    /// By their addresses.
    pub nodes: BTreeMap<u64, Node>,
    pub links: BTreeSet<Link>,
}

impl Graph {
    pub fn add_function(&mut self, address: u64, is_outside: bool, name: impl FnOnce() -> String) {
        self.nodes.entry(address).or_insert_with(|| Node {
            name: name(),
            place: match is_outside {
                true => Place::Outside,
                false => Place::Module,
            },
        });
    }

    pub fn add_handler(&mut self, address: u64, name: &str) {
        let node = Node {
            name: name.to_owned(),
            place: Place::Handler,
        };
        self.nodes.insert(address, node);
    }
}
