// SPDX-License-Identifier: GPL-2.0

//! Where the kernel enters a module in a context in which it must not sleep: the library's handlers,
//! by their sections, and what the module registers as an interrupt handler, a timer and the like.

use crate::{
    flow::{self, Edge, Field, Flow, Target},
    image::Image,
    kernel::Kernel,
    module::{Class, Module},
    rules::{Place, Runs},
    taken,
    values::{addresses, Value},
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

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
    let functions = functions(&module.image, &flow);
    for &function in &functions {
        for &(field, value) in &flow(function).put {
            if let Field::Known(address) = field {
                let given = Given { value, function };
                search.put.entry(address).or_default().push(given);
            }
        }
    }
    // Those that hand on what they are given register it, too.
    let mut known = 0;
    while known != search.count() {
        known = search.count();
        for &function in &functions {
            search.function(function, &flow(function));
        }
    }
    search.kept(module, &functions, &flow);
    (search.found, search.unknown)
}

/// All functions, also those without a name that others call.
fn functions(image: &Image, flow: impl Fn(u64) -> Rc<Flow>) -> Vec<u64> {
    let mut all: Vec<u64> = image.functions().iter().map(|f| f.start).collect();
    let mut seen: HashSet<u64> = all.iter().copied().collect();
    let mut next = 0;
    while let Some(&function) = all.get(next) {
        for edge in &flow(function).edges {
            if let Target::Code(to) | Target::Taken(to) = edge.to {
                if image.is_code(to) && seen.insert(to) {
                    all.push(to);
                }
            }
        }
        next += 1;
    }
    all
}

/// What may be registered: a value of that function's.
#[derive(Clone, Copy)]
struct Given {
    value: Value,
    function: u64,
}

struct Search<'m> {
    image: &'m Image<'static>,
    /// What the module puts into its own data.
    put: HashMap<u64, Vec<Given>>,
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
                let is_meant = runs.only.as_ref().is_none_or(|(argument, object)| {
                    self.is_outside(edge.arguments[usize::from(*argument)], object)
                });
                if is_meant {
                    self.call(caller, flow, edge, by, runs);
                }
            }
        }
    }

    /// Whether a value is, or may be, that object of the kernel's.
    fn is_outside(&self, value: Value, object: &str) -> bool {
        let named = |address| self.image.outside(address);
        let mut objects = addresses(value).into_iter().filter_map(named);
        objects.any(|(name, offset)| name == object && offset == 0)
    }

    /// A call that registers something.
    fn call(&mut self, caller: u64, flow: &Flow, edge: &Edge, by: String, runs: Runs) {
        let registration = Registration {
            kind: runs.kind.clone(),
            by: by.clone(),
            at: edge.at,
        };
        let value = edge.arguments[usize::from(runs.place.argument)];
        let given = match runs.place.offset {
            None => vec![Given {
                value,
                function: caller,
            }],
            Some(offset) => self.field(caller, flow, edge, runs.place.argument, offset),
        };
        let mut is_known = true;
        for Given { value, function } in &given {
            if let Some(functions) = self.functions(*value) {
                self.found(runs.class, functions, &registration);
            } else if let Some((argument, 0)) = flow::argument(*value) {
                let place = Place {
                    argument,
                    offset: None,
                    ..runs.place
                };
                self.hands_on(*function, &by, &runs, place);
            } else {
                is_known = false;
            }
        }
        if given.is_empty() {
            match (flow::argument(value), runs.place.offset) {
                (Some((argument, plus)), Some(offset)) => {
                    let place = Place {
                        argument,
                        offset: Some(offset.saturating_add(plus)),
                        ..runs.place
                    };
                    self.hands_on(caller, &by, &runs, place);
                }
                _ => is_known = runs.place.may_be_empty,
            }
        }
        if !is_known {
            self.unknown(runs.class, registration, caller);
        }
    }

    /// A function registers what it finds there.
    fn hands_on(&mut self, function: u64, by: &str, runs: &Runs, place: Place) {
        let runs = Runs {
            place,
            ..runs.clone()
        };
        let own = self.registrars.entry(function).or_default();
        let registrar = (by.to_owned(), runs);
        if !own.contains(&registrar) {
            own.push(registrar);
        }
    }

    fn unknown(&mut self, class: Class, registration: Registration, caller: u64) {
        let unknown = Unknown {
            class,
            registration,
            caller,
        };
        if !self.unknown.contains(&unknown) {
            self.unknown.push(unknown);
        }
    }

    /// Those that a value may be. Nothing if one cannot tell.
    fn functions(&self, value: Value) -> Option<Vec<u64>> {
        let is_function = |&address: &u64| {
            address == 0 || self.image.is_code(address) || self.image.outside(address).is_some()
        };
        let functions = match value {
            Value::Entry { .. } => Vec::new(),
            value => addresses(value),
        };
        (!functions.is_empty() && functions.iter().all(is_function)).then_some(functions)
    }

    /// What lies so far behind an argument, as far as one knows.
    fn field(
        &self,
        caller: u64,
        flow: &Flow,
        edge: &Edge,
        argument: u8,
        offset: i32,
    ) -> Vec<Given> {
        let value = edge.arguments[usize::from(argument)];
        let of_caller = |value| Given {
            value,
            function: caller,
        };
        let behind = |place: Field| flow.put.iter().filter(move |(field, _)| *field == place);
        match value {
            Value::Symbol {
                at,
                plus,
                word: false,
            } => behind(Field::Behind(at, plus.saturating_add(offset)))
                .map(|&(_, value)| of_caller(value))
                .collect(),
            Value::Stack { .. } => {
                let there = edge.behind(argument, offset);
                there.into_iter().map(of_caller).collect()
            }
            Value::Entry { .. } => Vec::new(),
            value => {
                let mut given = Vec::new();
                for object in addresses(value) {
                    let field = object.wrapping_add_signed(offset.into());
                    let end = field.saturating_add(1);
                    let there = self.image.relocated_within(field, end).iter();
                    given.extend(there.map(|&(_, function)| of_caller(Value::Const(function))));
                    given.extend(self.put.get(&field).into_iter().flatten());
                }
                given
            }
        }
    }

    /// What is registered by a call that is not seen: of a function that is called by a pointer.
    fn kept(&mut self, module: &Module, functions: &[u64], flow: impl Fn(u64) -> Rc<Flow>) {
        let mut kept = BTreeSet::new();
        taken::in_data(module, &mut kept);
        for &function in functions {
            let flow = flow(function);
            kept.extend(flow.stored.keys());
            let calls = flow.edges.iter();
            let calls = calls.filter(|edge| !matches!(edge.to, Target::Taken(_)));
            let arguments = calls.flat_map(|edge| edge.arguments);
            kept.extend(arguments.flat_map(addresses));
        }
        for function in kept {
            let registrars = self.registrars.get(&function).cloned();
            for (by, runs) in registrars.unwrap_or_default() {
                if runs.place.may_be_empty || runs.only.is_some() {
                    continue;
                }
                let registration = Registration {
                    kind: runs.kind,
                    by,
                    at: function,
                };
                self.unknown(runs.class, registration, function);
            }
        }
    }

    fn found(&mut self, class: Class, functions: Vec<u64>, registration: &Registration) {
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
