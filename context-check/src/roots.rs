// SPDX-License-Identifier: GPL-2.0

//! Where the kernel enters a module in a context in which it must not sleep: the library's handlers,
//! by their sections, and what the module registers as an interrupt handler, a timer and the like.

use crate::{
    flow::{self, Field, Flow, Target},
    image::Image,
    kernel::Kernel,
    module::{Class, Module},
    rules::{Place, Runs},
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
        put: HashMap::new(),
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
    for function in module.image.functions() {
        for &(field, of) in &flow(function.start).put {
            if let Field::Known(address) = field {
                search.put.entry(address).or_default().push(of);
            }
        }
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
    /// The functions that the module puts into its own data.
    put: HashMap<u64, Vec<u64>>,
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
            for (by, mut runs) in self.registrars.get(&to).cloned().unwrap_or_default() {
                let value = edge.arguments[usize::from(runs.place.argument)];
                let functions = self.functions(value, runs.place.offset, flow);
                let handed_on = match (flow::argument(value), runs.place.offset) {
                    (Some((argument, 0)), None) => Some((argument, None)),
                    (Some((argument, plus)), Some(offset)) => {
                        Some((argument, Some(offset.saturating_add(plus))))
                    }
                    _ => None,
                };
                let registration = Registration {
                    kind: runs.kind.clone(),
                    by: by.clone(),
                    at: edge.at,
                };
                if let Some(functions) = functions.filter(|functions| !functions.is_empty()) {
                    self.found(runs.class, functions, registration);
                } else if let Some((argument, offset)) = handed_on {
                    runs.place = Place { argument, offset };
                    let own = self.registrars.entry(caller).or_default();
                    if !own.contains(&(by.clone(), runs.clone())) {
                        own.push((by, runs));
                    }
                } else if runs.place.offset.is_none() {
                    let unknown = Unknown {
                        class: runs.class,
                        registration,
                        caller,
                    };
                    if !self.unknown.contains(&unknown) {
                        self.unknown.push(unknown);
                    }
                }
            }
        }
    }

    /// Those that a value may be, or that what it points to has so far into it. Nothing if one cannot
    /// tell.
    fn functions(&self, value: Value, offset: Option<i32>, flow: &Flow) -> Option<Vec<u64>> {
        let given = match value {
            Value::Entry { .. } => Vec::new(),
            value => addresses(value),
        };
        let is_function = |&address: &u64| {
            address == 0 || self.image.is_code(address) || self.image.outside(address).is_some()
        };
        let Some(offset) = offset else {
            return (!given.is_empty() && given.iter().all(is_function)).then_some(given);
        };
        let mut functions = Vec::new();
        for object in given {
            let field = object.wrapping_add_signed(offset.into());
            let end = field.saturating_add(1);
            let there = self.image.relocated_within(field, end).iter();
            functions.extend(there.map(|&(_, function)| function));
            functions.extend(self.put.get(&field).into_iter().flatten());
        }
        if let Value::Symbol {
            at,
            plus,
            word: false,
        } = value
        {
            let field = Field::Behind(at, plus.saturating_add(offset));
            let there = flow.put.iter().filter(|(place, _)| *place == field);
            functions.extend(there.map(|&(_, function)| function));
        }
        Some(functions)
    }

    fn found(&mut self, class: Class, functions: Vec<u64>, registration: Registration) {
        // What the kernel has itself is the kernel's, as what its headers pass to call_rcu().
        for address in functions
            .into_iter()
            .filter(|&address| self.image.is_code(address))
        {
            // What must not wait must not sleep either.
            let is_it = |root: &Root| {
                root.address == address && (root.class == class || root.class == Class::Nmi)
            };
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
