// SPDX-License-Identifier: GPL-2.0

//! What is known of functions by their names, before their code is read.

use crate::{
    endings,
    image::Image,
    rules::{thunk, Rule, Rules},
};
use std::collections::{HashMap, HashSet};

pub struct Known {
    never_returns: HashSet<u64>,
    preserves_all: HashSet<u64>,
    only_looks: HashSet<u64>,
    thunks: HashMap<u64, usize>,
}

impl Known {
    /// Begins with the functions whose code has no end.
    pub fn new(image: &Image) -> Known {
        Known {
            never_returns: endings::never_return(image),
            preserves_all: HashSet::new(),
            only_looks: HashSet::new(),
            thunks: HashMap::new(),
        }
    }

    /// Learns what the rules say of the kernel's function of that name.
    pub fn learn(&mut self, name: &str, address: u64, rules: &Rules) {
        let note = |rule, functions: &mut HashSet<u64>| {
            if rules.has(name, rule) {
                functions.insert(address);
            }
        };
        note(Rule::NoReturn, &mut self.never_returns);
        note(Rule::Keeps, &mut self.preserves_all);
        note(Rule::Stop, &mut self.only_looks);
        self.learn_thunk(name, address);
    }

    /// Learns whether it is a jump to where a register points.
    pub fn learn_thunk(&mut self, name: &str, address: u64) {
        if let Some(register) = thunk(name) {
            self.thunks.insert(address, register);
        }
    }

    pub fn learn_never_returns(&mut self, address: u64) {
        self.never_returns.insert(address);
    }

    pub fn never_returns(&self, address: u64) -> bool {
        self.never_returns.contains(&address)
    }

    /// Whether it changes no register.
    pub fn preserves_all(&self, address: u64) -> bool {
        self.preserves_all.contains(&address)
    }

    /// Whether it does not write to what it is given.
    pub fn only_looks(&self, address: u64) -> bool {
        self.only_looks.contains(&address)
    }

    /// The register to which it jumps, if it is no more than that.
    pub fn thunk(&self, address: u64) -> Option<usize> {
        self.thunks.get(&address).copied()
    }
}
