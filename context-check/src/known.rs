// SPDX-License-Identifier: GPL-2.0

//! What is known of functions by their names, before their code is read.

use crate::{
    arch::Arch,
    endings,
    image::Image,
    ops::Register,
    rules::{Rule, Rules},
};
use std::collections::{HashMap, HashSet};

pub struct Known {
    never_returns: HashSet<u64>,
    preserves_all: HashSet<u64>,
    only_looks: HashSet<u64>,
    thunks: HashMap<u64, Register>,
    returns: HashSet<u64>,
    arch: Arch,
}

impl Known {
    pub fn new(image: &Image) -> Known {
        Known {
            never_returns: HashSet::new(),
            preserves_all: HashSet::new(),
            only_looks: HashSet::new(),
            thunks: HashMap::new(),
            returns: HashSet::new(),
            arch: image.arch,
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
    }

    /// Learns whether it is a jump to where a register points, or a return.
    pub fn learn_thunk(&mut self, name: &str, address: u64) {
        if let Some(register) = self.arch.thunk(name) {
            self.thunks.insert(address, register);
        }
        if self.arch.is_return(name) {
            self.returns.insert(address);
        }
    }

    /// Finds out which functions never return, from those that are known to.
    pub fn find_endings(&mut self, image: &Image) {
        self.never_returns = endings::never_return(image, &self.never_returns);
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

    /// Whether it does no more than return.
    pub fn is_return(&self, address: u64) -> bool {
        self.returns.contains(&address)
    }

    /// The register to which it jumps, if it is no more than that.
    pub fn thunk(&self, address: u64) -> Option<Register> {
        self.thunks.get(&address).copied()
    }
}
