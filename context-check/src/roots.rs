// SPDX-License-Identifier: GPL-2.0

//! Where the kernel enters a module in a context in which it must not sleep: the library's handlers,
//! by their sections, and what the module registers as an interrupt handler, a timer and the like.

use crate::{
    flow::{self, Flow, Target},
    image::Image,
    kernel::Kernel,
    module::{Class, Module},
    rules::Runs,
    values::{addresses, Value},
};
use std::{collections::HashMap, rc::Rc};

/// A function that the kernel enters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub class: Class,
    pub address: u64,
    /// How the kernel came to know it; nothing for the library's handlers.
    pub registration: Option<Registration>,
}

/// A call by which the kernel is given a function that it enters later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What such a function is called.
    pub kind: String,
    /// The kernel's function that is called.
    pub by: String,
    pub at: u64,
}

/// A registration of which one cannot tell the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub class: Class,
    pub registration: Registration,
    /// The module's function that registers.
    pub caller: u64,
}

/// Finds all of them.
pub fn find(
    module: &Module,
    kernel: &Kernel,
    flow: impl Fn(u64) -> Rc<Flow>,
) -> (Vec<Root>, Vec<Unknown>) {
    let handlers = module.roots.iter().map(|&(class, address)| Root {
        class,
        address,
        registration: None,
    });
    let mut search = Search {
        image: &module.image,
        registrars: HashMap::new(),
        found: handlers.collect(),
        unknown: Vec::new(),
    };
    for (name, address) in module.image.all_outside() {
        let facts = kernel.functions.get(name);
        let runs = facts.map_or(&[][..], |facts| &facts.runs).iter();
        let registrar: Vec<_> = runs.map(|runs| (name.to_owned(), runs.clone())).collect();
        if !registrar.is_empty() {
            search.registrars.insert(address, registrar);
        }
    }
    if search.registrars.is_empty() {
        return (search.found, search.unknown);
    }
    // Those that hand on what they are given register it, too.
    let mut known = 0;
    while known != search.count() {
        known = search.count();
        for function in module.image.functions() {
            search.function(function.start, &flow(function.start));
        }
    }
    (search.found, search.unknown)
}

struct Search<'m> {
    image: &'m Image<'static>,
    /// What is registered by a function, and by which of the kernel's.
    registrars: HashMap<u64, Vec<(String, Runs)>>,
    found: Vec<Root>,
    unknown: Vec<Unknown>,
}

impl Search<'_> {
    fn count(&self) -> usize {
        self.registrars.values().map(Vec::len).sum()
    }

    fn function(&mut self, caller: u64, flow: &Flow) {
        for edge in &flow.edges {
            let Target::Code(to) = edge.to else { continue };
            for (by, runs) in self.registrars.get(&to).cloned().unwrap_or_default() {
                let value = edge.arguments[usize::from(runs.place.argument)];
                if let Some(argument) = flow::argument(value) {
                    let mut runs = runs;
                    runs.place.argument = argument;
                    let own = self.registrars.entry(caller).or_default();
                    if !own.contains(&(by.clone(), runs.clone())) {
                        own.push((by, runs));
                    }
                    continue;
                }
                let registration = Registration {
                    kind: runs.kind.clone(),
                    by,
                    at: edge.at,
                };
                self.registered(caller, value, &runs, registration);
            }
        }
    }

    fn registered(&mut self, caller: u64, value: Value, runs: &Runs, registration: Registration) {
        let class = runs.class;
        let given = match value {
            Value::Entry { .. } => Vec::new(),
            value => addresses(value),
        };
        let is_function = |&address: &u64| {
            address == 0 || self.image.is_code(address) || self.image.outside(address).is_some()
        };
        let functions: Vec<u64> = match runs.place.offset {
            Some(offset) => {
                let fields = given.iter().map(|&object| object + u64::from(offset));
                let fields = fields.flat_map(|field| self.image.relocated_within(field, field + 1));
                fields.map(|&(_, function)| function).collect()
            }
            None if !given.is_empty() && given.iter().all(is_function) => given,
            None => {
                let unknown = Unknown {
                    class,
                    registration,
                    caller,
                };
                if !self.unknown.contains(&unknown) {
                    self.unknown.push(unknown);
                }
                return;
            }
        };
        for address in functions.into_iter().filter(|&address| address != 0) {
            let is_it = |root: &Root| root.class == class && root.address == address;
            if !self.found.iter().any(is_it) {
                self.found.push(Root {
                    class,
                    address,
                    registration: Some(registration.clone()),
                });
            }
        }
    }
}
