// SPDX-License-Identifier: GPL-2.0

//! Follows each handler of a module to all that it may call.

use crate::{
    allow::{self, Allowed},
    causes::{self, INDIRECT, IS_TAKEN, THEIRS, USER_MEMORY},
    flow::{in_memory, Edge, Entry, Flow, Interpreter, Target, CALLERS_STACK, FROM_ANYWHERE},
    graph::{Graph, Link},
    image::Image,
    kernel::{Facts, Kernel, Why},
    known::Known,
    lines::Source,
    module::{Class, Module},
    names::{handler, is_rust, readable},
    room::Room,
    roots::{self, Registration, Root, Unknown},
    rules::{Rule, Rules},
    stack::{self, Frame},
    state::Slot,
    tables::{self, Table},
    taken,
    values::{addresses, Bit, Value},
};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

/// In how many ways one function is looked at: after that, nothing is known of its arguments.
const WAYS: usize = 96;

/// How many functions are judged because of one another: beyond, they are taken to be bad.
const DEPTH: usize = 32;

/// How many functions are looked at for one handler, each way counted.
const VISITS: usize = 100_000;

/// The library's own mark of code that may sleep. No other rule is about a module's functions.
const MARK: &str = "notifier_chain_might_sleep";

/// How many instructions are followed for one handler. Those of the samples are some thousands.
const STEPS: usize = 5_000_000;

/// How large an object is that has functions in it: that of `core::fmt::Arguments`. One that is copied
/// from an unknown place has nothing in it that is known.
const OBJECT: i32 = 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Refused,
    Unproven,
}

/// Why a handler is not proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    pub class: Class,
    pub handler: String,
    /// The functions from the handler on, to the one that calls.
    pub path: Vec<Call>,
    /// What is called.
    pub what: String,
    /// What is wrong with it.
    pub why: String,
    /// How the called function comes to it, in the kernel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// The line of an allowlist that excuses it, but for the reason.
    pub allow: String,
}

/// A function on the path of a finding, and where it calls the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    pub function: String,
    /// The place of the call: the function, and how far into it.
    pub at: String,
    #[serde(flatten)]
    pub source: Source,
    #[serde(skip)]
    pub address: u64,
    #[serde(skip)]
    pub site: u64,
}

/// A `dyn` call of which the object is unknown: what has been assumed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Assumed {
    pub at: String,
    pub candidates: Vec<String>,
}

/// A function that the kernel enters, and that was followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handler {
    pub class: Class,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<Registered>,
    pub stack: Stack,
}

/// How the kernel came to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// What such a function is called.
    pub kind: String,
    /// The kernel's function that was given it.
    pub by: String,
    pub at: String,
}

/// How much of the stack it uses with all functions of the module that it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stack {
    pub bytes: u32,
    /// It may be more: a function has aligned its stack itself, or has made room for a number of things
    /// that is not known.
    pub at_least: bool,
    /// The deepest way: each function, and how much it uses until it calls the next one.
    pub deepest: Vec<(String, u32)>,
}

#[derive(Debug, Default)]
pub struct Answer {
    pub findings: Vec<Finding>,
    pub assumed: BTreeSet<Assumed>,
    pub handlers: Vec<Handler>,
    /// The entries of the allowlist without which there would be more findings.
    pub used: BTreeSet<String>,
    pub graph: Graph,
}

impl Answer {
    pub fn count(&self, class: Class) -> usize {
        let handlers = self.handlers.iter();
        handlers.filter(|handler| handler.class == class).count()
    }
}

pub struct Checker<'a> {
    module: &'a Module,
    kernel: &'a Kernel,
    rules: &'a Rules,
    known: Known,
    tables: Vec<Table>,
    roots: Vec<Root>,
    unknown: Vec<Unknown>,
    /// To which any pointer may point.
    taken: OnceCell<BTreeSet<u64>>,
    /// Whether those do what is forbidden.
    suspects: RefCell<HashMap<(Class, u64), bool>>,
    /// How many of those are being judged, each because of the one before.
    depth: Cell<usize>,
    flows: RefCell<HashMap<(u64, Entry), Rc<Flow>>>,
}

/// By their names only what is the kernel's: a driver's function may be called anything.
fn known(image: &Image, kernel: &Kernel, rules: &Rules) -> Known {
    let mut known = Known::new(image);
    for (name, address) in image.all_outside() {
        if kernel.functions.contains_key(name) {
            known.learn(name, address, rules);
            known.learn_thunk(name, address);
            if kernel.endings.contains(name) {
                known.learn_never_returns(address);
            }
        }
    }
    known.find_endings(image);
    known
}

/// What may be written around each argument.
type Rooms = [Room; 6];

/// What a function is given.
struct Given<'e> {
    arguments: [Value; 6],
    /// What is known of where they point to.
    memory: &'e [Slot],
}

/// One function on the way, and who calls it.
struct Step {
    address: u64,
    entry: Entry,
    rooms: Rooms,
    parent: Option<Parent>,
}

/// The step before, and where it has the call.
#[derive(Clone, Copy)]
struct Parent {
    index: usize,
    site: u64,
}

/// The walk from one handler.
struct Walk<'c, 'a> {
    checker: &'c Checker<'a>,
    class: Class,
    handler: String,
    allowed: Vec<&'c Allowed>,
    steps: Vec<Step>,
    seen: HashMap<(u64, Entry), Rooms>,
    ways: HashMap<u64, usize>,
    findings: Vec<Finding>,
    found: HashSet<(Kind, u64, String)>,
    assumed: BTreeSet<Assumed>,
    /// The entries that something was stopped by.
    stopped_by: BTreeSet<String>,
    links: HashSet<Link>,
    /// How many instructions were followed.
    followed: usize,
    frames: FxHashMap<u64, Frame>,
    is_depth_known: bool,
}

impl<'a> Checker<'a> {
    pub fn new(module: &'a Module, kernel: &'a Kernel, rules: &'a Rules) -> Self {
        let mut this = Self {
            module,
            kernel,
            rules,
            known: known(&module.image, kernel, rules),
            tables: tables::find(&module.image),
            roots: Vec::new(),
            unknown: Vec::new(),
            taken: OnceCell::new(),
            suspects: RefCell::default(),
            depth: Cell::new(0),
            flows: RefCell::default(),
        };
        let flow = |address| this.flow(address, &Entry::unknown());
        (this.roots, this.unknown) = roots::find(module, kernel, flow);
        this
    }

    /// Follows all handlers.
    pub fn check(&self, allowed: &[Allowed]) -> Answer {
        let mut answer = Answer::default();
        for root in &self.roots {
            let (class, address) = (root.class, root.address);
            let all: Vec<&Allowed> = allowed.iter().collect();
            let walk = self.walk(class, address, all.clone());
            answer.handlers.push(Handler {
                class,
                name: walk.handler.clone(),
                registered: root.registration.as_ref().map(|it| self.registered(it)),
                stack: walk.stack(address),
            });
            // An entry is of use if there is more to find without it.
            for place in &walk.stopped_by {
                let others = all.iter().copied().filter(|entry| entry.place != *place);
                let without = self.walk(class, address, others.collect());
                if without.findings.len() > walk.findings.len() {
                    answer.used.insert(place.clone());
                }
            }
            self.draw(&walk, address, &mut answer.graph);
            answer.findings.extend(walk.findings);
            answer.assumed.extend(walk.assumed);
        }
        for unknown in &self.unknown {
            self.unknown(unknown, allowed, &mut answer);
        }
        answer
    }

    fn registered(&self, registration: &Registration) -> Registered {
        Registered {
            kind: registration.kind.clone(),
            by: registration.by.clone(),
            at: self.place(registration.at),
        }
    }

    /// A function is registered, and one cannot tell which.
    fn unknown(&self, unknown: &Unknown, allowed: &[Allowed], answer: &mut Answer) {
        let caller = readable(&self.name(unknown.caller)).into_owned();
        let Registration { kind, by, at } = &unknown.registration;
        if let Some(entry) = allowed.iter().find(|entry| entry.applies(&caller, by)) {
            answer.used.insert(entry.place.clone());
            return;
        }
        answer.findings.push(Finding {
            kind: Kind::Unproven,
            class: unknown.class,
            handler: caller.clone(),
            path: vec![Call {
                function: caller.clone(),
                at: self.place(*at),
                source: Source::default(),
                address: unknown.caller,
                site: *at,
            }],
            what: by.clone(),
            why: format!("{kind}, {}", causes::NOT_TOLD),
            within: Vec::new(),
            allow: allow::line(&caller, by),
        });
    }

    fn walk<'c>(&'c self, class: Class, root: u64, allowed: Vec<&'c Allowed>) -> Walk<'c, 'a> {
        let mut walk = Walk {
            checker: self,
            class,
            handler: handler(&self.name(root)),
            allowed,
            steps: Vec::new(),
            seen: HashMap::new(),
            ways: HashMap::new(),
            findings: Vec::new(),
            found: HashSet::new(),
            assumed: BTreeSet::new(),
            stopped_by: BTreeSet::new(),
            links: HashSet::new(),
            followed: 0,
            frames: FxHashMap::default(),
            is_depth_known: true,
        };
        walk.push(root, Entry::unknown(), [Room::ALL; 6], None);
        let mut next = 0;
        while next < walk.steps.len() {
            walk.step(next);
            next += 1;
        }
        walk
    }

    /// Adds all that a walk came to.
    fn draw(&self, walk: &Walk<'_, '_>, root: u64, graph: &mut Graph) {
        let outside = |address| self.module.image.outside(address).is_some();
        for link in &walk.links {
            for address in [link.from, link.to] {
                let name = || readable(&self.name(address)).into_owned();
                graph.add_function(address, outside(address), name);
            }
            graph.links.insert(*link);
        }
        graph.add_handler(root, &walk.handler);
    }

    /// What a function calls, run once for each way in which it is called.
    fn flow(&self, address: u64, entry: &Entry) -> Rc<Flow> {
        let key = (address, entry.clone());
        if let Some(flow) = self.flows.borrow().get(&key) {
            return flow.clone();
        }
        let interpreter = Interpreter {
            image: &self.module.image,
            known: &self.known,
            bit: self.kernel.bit,
            memory: true,
        };
        let flow = Rc::new(interpreter.run(address, entry));
        self.flows.borrow_mut().insert(key, flow.clone());
        flow
    }

    /// The functions to which any pointer may point.
    fn taken(&self) -> &BTreeSet<u64> {
        let flow = |address| self.flow(address, &Entry::unknown());
        self.taken.get_or_init(|| taken::find(self.module, flow))
    }

    /// Whether a function does what is forbidden, or may do so.
    fn is_suspect(&self, class: Class, function: u64) -> bool {
        let key = (class, function);
        if let Some(&known) = self.suspects.borrow().get(&key) {
            return known;
        }
        if self.depth.get() >= DEPTH {
            return true;
        }
        // One that comes back to itself is judged by all else that it does.
        self.suspects.borrow_mut().insert(key, false);
        self.depth.set(self.depth.get() + 1);
        let is_suspect = !self.walk(class, function, Vec::new()).findings.is_empty();
        self.depth.set(self.depth.get() - 1);
        self.suspects.borrow_mut().insert(key, is_suspect);
        is_suspect
    }

    /// The name of what is at that address, as it is in the file.
    fn name(&self, address: u64) -> String {
        let image = &self.module.image;
        if let Some((name, _)) = image.outside(address) {
            return name.to_owned();
        }
        match image.function(address) {
            Some(function) if function.name.is_some() => function.name.clone().unwrap_or_default(),
            _ => self.section(address),
        }
    }

    /// An address by its section: where there are no names.
    fn section(&self, address: u64) -> String {
        match self.module.image.segment(address) {
            Some(segment) => format!("{}+{:#x}", segment.name, address - segment.start),
            None => format!("{address:#x}"),
        }
    }

    /// A place in the code: the function, and how far into it.
    fn place(&self, address: u64) -> String {
        match self.module.image.function(address) {
            Some(function) if function.name.is_some() => format!(
                "{}+{:#x}",
                readable(function.name.as_deref().unwrap_or_default()),
                address - function.start
            ),
            _ => self.section(address),
        }
    }
}

impl Walk<'_, '_> {
    fn push(&mut self, address: u64, entry: Entry, rooms: Rooms, parent: Option<Parent>) {
        let ways = self.ways.entry(address).or_default();
        let (entry, mut rooms) = if *ways >= WAYS {
            (Entry::unknown(), [Room::ALL; 6])
        } else {
            (entry, rooms)
        };
        match self.seen.get_mut(&(address, entry.clone())) {
            // Once more only if there is less room.
            Some(known) => {
                rooms = std::array::from_fn(|n| rooms[n].and(known[n]));
                if std::mem::replace(known, rooms) == rooms {
                    return;
                }
            }
            None => {
                *ways += 1;
                self.seen.insert((address, entry.clone()), rooms);
            }
        }
        self.steps.push(Step {
            address,
            entry,
            rooms,
            parent,
        });
    }

    /// Notes what a function uses of the stack.
    fn note_frame(&mut self, address: u64, flow: &Flow) {
        self.is_depth_known &= flow.is_depth_known;
        let frame = self.frames.entry(address).or_default();
        frame.own = frame.own.max(flow.depth);
    }

    /// Notes where it calls what.
    fn note_call(&mut self, index: usize, edge: &Edge, to: u64) {
        if self.checker.module.image.is_code(to) {
            let frame = self.frames.entry(self.steps[index].address).or_default();
            frame.calls.extend(edge.depth.map(|depth| (to, depth)));
        }
    }

    /// How much of the stack it uses.
    fn stack(&self, root: u64) -> Stack {
        let name = |of: u64| readable(&self.checker.name(of)).into_owned();
        let way = stack::deepest(root, |of| self.frames.get(&of));
        let used = way.iter().map(|(_, used)| used);
        Stack {
            bytes: used.fold(0, |sum: u32, used| sum.saturating_add(*used)),
            at_least: !self.is_depth_known,
            deepest: way.into_iter().map(|(of, used)| (name(of), used)).collect(),
        }
    }

    fn step(&mut self, index: usize) {
        let (address, entry) = (self.steps[index].address, self.steps[index].entry.clone());
        if index >= VISITS || self.followed > STEPS {
            self.unproven(index, address, causes::TOO_MUCH, "");
            return;
        }
        let flow = self.checker.flow(address, &entry);
        self.followed += flow.steps;
        self.note_frame(address, &flow);
        let rooms = self.steps[index].rooms;
        for write in &flow.written {
            if !rooms[usize::from(write.region) - 1].has(write.offset, write.size) {
                self.unproven(index, write.at, INDIRECT, CALLERS_STACK);
            }
        }
        for edge in &flow.edges {
            match edge.to {
                Target::Code(to) => {
                    self.note_call(index, edge, to);
                    self.called(index, edge, to, true);
                }
                Target::Taken(to) => {
                    if !self.runs_later(&flow, to) {
                        self.given_away(index, edge, to);
                    }
                }
                Target::Object { offset, .. } => self.object(index, edge, offset),
                Target::Elsewhere(address) => self.elsewhere(index, edge, address),
                Target::UserMemory => {
                    self.refused(index, edge.at, USER_MEMORY, Why::Sleeps, &[]);
                }
                Target::Argument(_) | Target::BehindArgument(_) => {
                    self.unproven(index, edge.at, INDIRECT, FROM_ANYWHERE);
                }
                Target::Unknown(FROM_ANYWHERE) if self.checker.module.calls_handlers(edge.at) => {}
                Target::Unknown(why) => self.unproven(index, edge.at, INDIRECT, why),
            }
            if !matches!(edge.to, Target::Taken(_)) {
                for &argument in &edge.arguments {
                    for address in addresses(argument) {
                        self.passed_on(index, &flow, edge, address);
                    }
                }
            }
        }
        for (&address, edge) in &flow.stored {
            self.passed_on(index, &flow, edge, address);
        }
    }

    /// An address that was read from somewhere, and is given to a function or written to memory.
    fn passed_on(&mut self, index: usize, flow: &Flow, edge: &Edge, address: u64) {
        let image = &self.checker.module.image;
        if image.segment(address).is_none() && image.outside(address).is_none() {
            return;
        }
        let own = self.steps[index].address;
        let is_label = address != own && image.function(address).is_some_and(|f| f.start == own);
        let is_taken = flow
            .edges
            .iter()
            .any(|edge| edge.to == Target::Taken(address));
        if !is_label && !is_taken && !self.runs_later(flow, address) {
            self.given_away(index, edge, address);
        }
    }

    /// Whether the address is only given to functions which see to it that it runs later.
    fn runs_later(&self, flow: &Flow, address: u64) -> bool {
        if flow.stored.contains_key(&address) {
            return false;
        }
        let mut later = false;
        for edge in &flow.edges {
            match edge.to {
                Target::Taken(_) => {}
                Target::Code(to) if to == address => return false,
                Target::Code(to) => {
                    // Of the kernel's functions only: a driver's may be called anything.
                    let arguments = match self.checker.module.image.outside(to) {
                        Some((name, _)) => self.checker.rules.later(name),
                        None => Vec::new(),
                    };
                    for (n, _) in (0..)
                        .zip(edge.arguments)
                        .filter(|(_, argument)| addresses(*argument).contains(&address))
                    {
                        if arguments.contains(&n) {
                            later = true;
                        } else if !is_leftover(n, &arguments) {
                            return false;
                        }
                    }
                }
                _ if edge
                    .arguments
                    .iter()
                    .any(|it| addresses(*it).contains(&address)) =>
                {
                    return false
                }
                _ => {}
            }
        }
        later
    }

    /// Somebody has the address, and may call what is there.
    fn given_away(&mut self, index: usize, edge: &Edge, address: u64) {
        let checker = self.checker;
        let image = &checker.module.image;
        let (mut seen, mut waiting) = (HashSet::new(), vec![address]);
        while let Some(address) = waiting.pop() {
            if let Some((name, _)) = image.outside(address) {
                if checker.kernel.functions.contains_key(name) {
                    self.called(index, edge, address, false);
                } else if !checker.kernel.data.contains(name) {
                    let name = readable(name).into_owned();
                    self.unproven(index, edge.at, &name, THEIRS);
                }
                continue;
            }
            if image.is_code(address) {
                self.called(index, edge, address, false);
                continue;
            }
            let is_own = |(start, end): (u64, u64)| (start..end).contains(&address);
            let (start, end) = image.datum(address);
            if !checker.module.this_module.is_some_and(is_own) && seen.insert(start) {
                let fields = image.relocated_within(start, end).iter().rev();
                waiting.extend(fields.map(|&(_, target)| target));
            }
        }
    }

    fn called(&mut self, index: usize, edge: &Edge, to: u64, with_arguments: bool) {
        let checker = self.checker;
        let raw = checker.name(to);
        let name = readable(&raw).into_owned();
        let is_allowed = self.is_allowed(&name);
        self.links.insert(Link {
            from: self.steps[index].address,
            to,
            is_allowed,
        });
        if is_allowed {
            return;
        }
        let arguments = if with_arguments {
            edge.arguments
        } else {
            [Value::Unknown; 6]
        };
        if let Some((_, offset)) = checker.module.image.outside(to) {
            let null = checker.rules.null(&raw);
            let is_null = |&n: &u8| arguments[usize::from(n)] == Value::Const(0);
            let is_not = |&n: &u8| with_arguments && edge.not_null & (1 << n) != 0;
            if null.iter().any(is_null) {
                self.refused(index, edge.at, &name, Why::Sleeps, &[]);
            } else if !null.iter().all(is_not) {
                self.unproven(index, edge.at, &name, "with an argument that may be null");
            } else if offset == 0 {
                let memory: &[Slot] = if with_arguments { &edge.memory } else { &[] };
                self.outside(index, edge.at, &raw, &Given { arguments, memory });
            } else {
                self.unproven(index, edge.at, &name, causes::IN_THE_MIDDLE);
            }
            return;
        }
        if raw == MARK {
            self.refused(index, edge.at, &name, Why::Sleeps, &[]);
            return;
        }
        if checker.module.image.is_static_call(to) {
            self.unproven(index, edge.at, &name, causes::STATIC_CALL);
            return;
        }
        let entry = if with_arguments {
            Entry {
                arguments: arguments.map(as_argument),
                memory: edge.memory.clone(),
                escaped: edge.escaped.clone(),
            }
            .pointing()
        } else {
            Entry::unknown()
        };
        let rooms = if with_arguments {
            let own = self.steps[index].rooms;
            std::array::from_fn(|n| match arguments[n] {
                Value::Stack {
                    region: region @ 1..,
                    offset,
                } => own[usize::from(region) - 1].from(offset.into()),
                _ => edge.rooms[n],
            })
        } else {
            [Room::ALL; 6]
        };
        let site = edge.at;
        self.push(to, entry, rooms, Some(Parent { index, site }));
    }

    /// A function that the module does not have.
    fn outside(&mut self, index: usize, at: u64, raw: &str, given: &Given) {
        let checker = self.checker;
        let name = readable(raw).into_owned();
        let Some(facts) = checker.kernel.functions.get(raw) else {
            let is_data = checker.kernel.data.contains(raw);
            let why = if is_data { causes::DATA } else { THEIRS };
            self.unproven(index, at, &name, why);
            return;
        };
        self.judged(index, at, raw, facts, given);
        if checker.rules.has(raw, Rule::Callbacks) {
            for suspect in self.suspects(&[]) {
                let why = format!("may call {suspect}, {IS_TAKEN}");
                self.unproven(index, at, &name, &why);
            }
        }
    }

    /// The functions to which any pointer may point, and that do what is forbidden. Handlers are judged
    /// by themselves, unless their class forbids less.
    fn suspects(&self, but: &[u64]) -> Vec<String> {
        let checker = self.checker;
        let is_handler = |address| {
            let mut roots = checker.module.roots.iter();
            roots.any(|&(class, root)| root == address && class >= self.class)
        };
        let taken = checker.taken().iter().copied();
        let suspects = taken.filter(|address| {
            !but.contains(address)
                && !is_handler(*address)
                && checker.is_suspect(self.class, *address)
        });
        suspects
            .map(|address| readable(&checker.name(address)).into_owned())
            .collect()
    }

    /// A function of the kernel's, of which it is known what it does.
    fn judged(&mut self, index: usize, at: u64, raw: &str, facts: &Facts, given: &Given) {
        let checker = self.checker;
        let name = readable(raw).into_owned();
        let verdict = facts.of(self.class);
        match &verdict.bad {
            Some((Why::Unread, _)) => {
                self.unproven(index, at, &name, causes::UNREAD);
            }
            Some((why, within)) => self.refused(index, at, &name, *why, within),
            None if raw.starts_with("__SCT__")
                && checker.rules.ruling(raw, self.class).is_none() =>
            {
                self.unproven(index, at, &name, causes::STATIC_CALL);
            }
            None => {
                self.flags(index, at, &name, verdict.flags, &given.arguments, &[]);
                self.hooks(index, at, raw, facts.hooks, &given.arguments);
                if (0..6).any(|n| facts.objects & (1 << n) != 0 && !self.is_known(n, given)) {
                    self.unproven(index, at, &name, causes::BEHIND);
                }
            }
        }
    }

    /// Whether the module itself has filled in what an argument points to: then the functions in it have
    /// been followed.
    fn is_known(&self, n: usize, given: &Given) -> bool {
        let image = &self.checker.module.image;
        match given.arguments[n] {
            Value::Const(address) => image.is_constant(address) || !image.is_address(address),
            Value::Stack { .. } => in_memory(&given.arguments, n).is_some_and(|(region, from)| {
                let object = from..from.saturating_add(OBJECT);
                let is_there = |slot: &Slot| slot.region == region && object.contains(&slot.offset);
                given.memory.iter().any(is_there)
            }),
            _ => false,
        }
    }

    /// A function that calls what it is given: those of which the address is known are followed.
    fn hooks(&mut self, index: usize, at: u64, raw: &str, hooks: u8, arguments: &[Value; 6]) {
        let (rules, image) = (&self.checker.rules, &self.checker.module.image);
        let called = rules.calls(raw);
        if called.is_empty() && (hooks == 0 || rules.ruling(raw, self.class).is_some()) {
            return;
        }
        let later = rules.later(raw);
        let is_function = |&address: &u64| {
            address == 0 || image.outside(address).is_some() || image.function_at(address).is_some()
        };
        let is_unknown = |n: &u8| {
            let is_called = (hooks & (1 << n) != 0 && !later.contains(n)) || called.contains(n);
            let given = addresses(arguments[usize::from(*n)]);
            is_called && (given.is_empty() || !given.iter().all(is_function))
        };
        if (0..6).any(|n| is_unknown(&n)) {
            let name = readable(raw).into_owned();
            self.unproven(index, at, &name, causes::GIVEN);
        }
    }

    /// A function that sleeps if the flags say so.
    fn flags(
        &mut self,
        index: usize,
        at: u64,
        name: &str,
        flags: u8,
        arguments: &[Value; 6],
        within: &[String],
    ) {
        let bits = (0..6)
            .filter(|n| flags & (1 << n) != 0)
            .map(|n| arguments[n].bit(self.checker.kernel.bit));
        let bits: Vec<Bit> = bits.collect();
        if bits.contains(&Bit::Set) {
            self.refused(index, at, name, Why::Sleeps, within);
        } else if bits.iter().any(|bit| *bit != Bit::Clear) {
            self.unproven(index, at, name, causes::FLAGS);
        }
    }

    /// A function to which something of the kernel's points.
    fn elsewhere(&mut self, index: usize, edge: &Edge, address: u64) {
        let checker = self.checker;
        let outside = checker.module.image.outside(address);
        let entry = outside.and_then(|(name, offset)| {
            let table = checker.kernel.tables.get(name)?;
            table.get(&u64::try_from(offset).ok()?)
        });
        match entry {
            Some((name, facts)) => {
                let (arguments, memory) = (edge.arguments, &edge.memory[..]);
                self.judged(index, edge.at, name, facts, &Given { arguments, memory });
            }
            None => self.unproven(index, edge.at, INDIRECT, FROM_ANYWHERE),
        }
    }

    /// A method of an object of which nothing is known.
    fn object(&mut self, index: usize, edge: &Edge, offset: i32) {
        let checker = self.checker;
        let caller = checker.name(self.steps[index].address);
        // C has tables, too, which look like this and are filled by others.
        let candidates: Vec<u64> = if is_rust(&caller) {
            tables::entries(&checker.tables, offset)
        } else {
            Vec::new()
        };
        let place = checker.place(edge.at);
        if candidates.is_empty() {
            self.unproven(index, edge.at, INDIRECT, FROM_ANYWHERE);
            return;
        }
        let names = candidates
            .iter()
            .map(|&address| readable(&checker.name(address)).into_owned());
        self.assumed.insert(Assumed {
            at: place,
            candidates: names.collect(),
        });
        for &address in &candidates {
            self.note_call(index, edge, address);
            self.called(index, edge, address, false);
        }
        // It may be a plain pointer as well, which looks the same.
        for suspect in self.suspects(&candidates) {
            let why = format!("it may be {suspect}, {IS_TAKEN}");
            self.unproven(index, edge.at, INDIRECT, &why);
        }
    }

    fn refused(&mut self, index: usize, at: u64, name: &str, why: Why, within: &[String]) {
        let why = match why {
            Why::Sleeps => causes::SLEEPS,
            Why::Waits => causes::WAITS,
            Why::Allocates => causes::ALLOCATES,
            Why::Unread => causes::UNREAD,
        };
        self.found(Kind::Refused, index, at, name, why, within);
    }

    fn unproven(&mut self, index: usize, at: u64, what: &str, why: &str) {
        self.found(Kind::Unproven, index, at, what, why, &[]);
    }

    fn found(
        &mut self,
        kind: Kind,
        index: usize,
        at: u64,
        what: &str,
        why: &str,
        within: &[String],
    ) {
        // These have the same names everywhere: an entry says whose it means.
        let named = match what {
            INDIRECT | USER_MEMORY => {
                let caller = self.checker.name(self.steps[index].address);
                format!("{what} in {}", readable(&caller))
            }
            what => what.to_owned(),
        };
        if self.is_allowed(&named) || !self.found.insert((kind, at, what.to_owned())) {
            return;
        }
        self.findings.push(Finding {
            kind,
            class: self.class,
            handler: self.handler.clone(),
            path: self.path(index, at),
            what: what.to_owned(),
            why: why.to_owned(),
            within: within.to_vec(),
            allow: allow::line(&self.handler, &named),
        });
    }

    /// Whether an entry of the allowlist excuses it, which is then noted down.
    fn is_allowed(&mut self, function: &str) -> bool {
        let handler = &self.handler;
        let mut allowed = self.allowed.iter();
        let entry = allowed.find(|entry| entry.applies(handler, function));
        self.stopped_by
            .extend(entry.map(|entry| entry.place.clone()));
        entry.is_some()
    }

    /// The steps from the handler on to the one that has a call at `site`.
    fn path(&self, index: usize, site: u64) -> Vec<Call> {
        let mut path = Vec::new();
        let mut next = Some(Parent { index, site });
        while let Some(Parent { index, site }) = next {
            let step = &self.steps[index];
            let function = match step.parent {
                Some(_) => readable(&self.checker.name(step.address)).into_owned(),
                None => self.handler.clone(),
            };
            path.push(Call {
                function,
                at: self.checker.place(site),
                source: Source::default(),
                address: step.address,
                site,
            });
            next = step.parent;
        }
        path.reverse();
        path
    }
}

/// What a called function is told of an argument.
fn as_argument(value: Value) -> Value {
    match value {
        Value::Const(_) | Value::Numbers { .. } | Value::Bits { .. } | Value::Stack { .. } => value,
        _ => Value::Unknown,
    }
}

/// Whether an argument is beyond those that a function is known to take: what was left in its
/// register.
fn is_leftover(n: u8, taken: &[u8]) -> bool {
    taken.iter().all(|&later| later < n) && !taken.is_empty()
}
