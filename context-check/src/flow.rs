// SPDX-License-Identifier: GPL-2.0

//! What a function calls, and with what: one function is run with values of which little is known.

mod compute;

use crate::{
    arch::Convention,
    image::{Image, Segment},
    known::Known,
    ops::{Condition, Control, Lifted, Register, REGISTERS},
    room::Room,
    state::{Kind, Slot, State, Tested, EVERYWHERE},
    values::Value,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How many instructions are followed in one function, each time that it is come to.
const STEPS: usize = 400_000;

/// After so many ways to one place, numbers that go on changing are given up there. So many turns
/// of a loop are told apart.
const TURNS: u32 = 80;

/// Why there is no end to the code.
pub const TOO_LONG: &str = "more code than can be followed";

/// Why one does not know where it goes on.
pub const NO_TABLE: &str = "a jump that cannot be followed";

/// Why there is none.
pub const NO_CODE: &str = "code that cannot be decoded";

/// How a pointer is called of which nothing is known.
pub const FROM_ANYWHERE: &str = "a pointer from an unknown place";

/// Why a write is as bad as a call by a pointer: a return address lies there.
pub const CALLERS_STACK: &str = "it writes to the stack of its caller";

/// How far a table of jumps is read.
const TABLE: u32 = 1024;

/// How much around a pointer into the stack a function that is given it can see.
const BELOW: i64 = 64;
const ABOVE: i64 = 256;

/// How much of the stack a call's arguments take at most.
const OUTGOING: i32 = 128;

/// In the place of the number of an operation: what a call returns.
const RESULT: u32 = 7;

/// In the place of a register: the return address that lies on the stack.
const RETURN: Register = u8::MAX;

/// The stack pointer that a function is entered with.
const ENTERED: Value = Value::Stack {
    region: 0,
    offset: 0,
};

/// What a function begins with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub arguments: [Value; 6],
    pub memory: Vec<Slot>,
    /// What of the memory others know, too.
    pub escaped: Vec<(u8, i32)>,
}

impl Entry {
    pub fn unknown() -> Self {
        Self {
            arguments: [Value::Unknown; 6],
            memory: Vec::new(),
            escaped: Vec::new(),
        }
    }

    /// With pointers into the stack as what they are for the function itself. Those to one thing go
    /// by the first.
    pub fn pointing(mut self) -> Self {
        let mut known: Vec<(u8, i32, u8)> = Vec::new();
        for (n, argument) in (1..).zip(&mut self.arguments) {
            let Value::Stack { region, offset } = *argument else {
                continue;
            };
            let first = known.iter().find(|(other, ..)| *other == region);
            *argument = match first {
                Some(&(_, from, n)) => Value::Stack {
                    region: n,
                    offset: offset.wrapping_sub(from),
                },
                None => Value::Stack {
                    region: n,
                    offset: 0,
                },
            };
            if first.is_none() {
                known.push((region, offset, n));
            }
        }
        self
    }

    /// Of which the arguments are looked for in what it calls.
    pub fn passing() -> Self {
        Self {
            arguments: [0, 1, 2, 3, 4, 5].map(Value::arg),
            ..Self::unknown()
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Code at that address, or something of that address that is defined elsewhere.
    Code(u64),
    /// The address of something is taken, and somebody may use it.
    Taken(u64),
    /// What a vtable has at that offset, of an object of which nothing is known. The instruction of
    /// that number has read it.
    Object { offset: i32, read_at: u32 },
    /// What the function was given as argument number `n`.
    Argument(u8),
    /// What lies behind argument number `n`.
    BehindArgument(u8),
    /// What is there in something that is defined elsewhere.
    Elsewhere(u64),
    /// No function: the user's memory is read or written.
    UserMemory,
    /// Nobody knows.
    Unknown(&'static str),
}

/// A function is called, or may be.
#[derive(Clone, Debug)]
pub struct Edge {
    pub at: u64,
    pub to: Target,
    pub arguments: [Value; 6],
    /// What the called function finds in memory.
    pub memory: Vec<Slot>,
    /// What of that others know, too.
    pub escaped: Vec<(u8, i32)>,
    /// What may be written around arguments that point into the caller's own frame.
    pub rooms: [Room; 6],
    /// These arguments are not null, a bit for each.
    pub not_null: u8,
    /// Only if one of these arguments of the caller has the bit.
    pub only_if: u8,
    /// These arguments of the caller do not have it.
    pub without: u8,
    /// How much of the stack the caller uses there, in bytes, if that is known.
    pub depth: Option<u32>,
}

impl Edge {
    /// The number that lies so far behind an argument which points into the stack, if one knows it.
    pub fn behind(&self, argument: u8, offset: i32) -> Option<Value> {
        let (region, from) = in_memory(&self.arguments, usize::from(argument))?;
        let place = (region, from.wrapping_add(offset));
        let slot = self
            .memory
            .iter()
            .find(|slot| (slot.region, slot.offset) == place && slot.size == 8)?;
        Some(slot.value)
    }

    /// Of which nothing else is known.
    fn alone(at: u64, to: Target) -> Self {
        Self {
            at,
            to,
            arguments: [Value::Unknown; 6],
            memory: Vec::new(),
            escaped: Vec::new(),
            rooms: [Room::ALL; 6],
            not_null: 0,
            only_if: 0,
            without: 0,
            depth: None,
        }
    }
}

/// A field of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Known(u64),
    /// So far behind a pointer of which nothing is known but its number in this function.
    Behind(u32, i32),
}

/// A write through a pointer into the stack that the function was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    pub at: u64,
    pub region: u8,
    pub offset: i32,
    pub size: u32,
}

#[derive(Default)]
pub struct Flow {
    pub edges: Vec<Edge>,
    /// Addresses that were written to memory, and where.
    pub stored: BTreeMap<u64, Edge>,
    /// What was put where, if it may be a function's address.
    pub put: BTreeSet<(Field, Value)>,
    /// How much of the stack the function uses itself, in bytes, as far as that is known.
    pub depth: u32,
    /// It is known in all of its code.
    pub is_depth_known: bool,
    pub written: BTreeSet<Write>,
    /// How many instructions it took to find out.
    pub steps: usize,
}

pub struct Interpreter<'a> {
    pub image: &'a Image<'a>,
    pub known: &'a Known,
    /// The bit of the flags that is looked for.
    pub bit: u32,
    /// Whether what is in memory is handed on to what is called.
    pub memory: bool,
}

/// A pointer of which nothing is known but where it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Base {
    Symbol(u32),
    Register(Register),
}

/// In the place of the instruction that has read it: an argument of the function.
const ARGUMENT: u32 = u32::MAX - 6;

struct Run<'a, 'b> {
    of: &'b Interpreter<'a>,
    convention: &'static Convention,
    start: u64,
    end: u64,
    waiting: BTreeSet<u64>,
    /// What is known there, and how often it was come to.
    seen: FxHashMap<u64, (State, u32)>,
    edges: FxHashMap<u64, Vec<Edge>>,
    current: Vec<Edge>,
    stored: BTreeMap<u64, Edge>,
    written: BTreeSet<Write>,
    /// The loads whose result somebody compares with null.
    checked: FxHashSet<u32>,
    /// What is loaded behind which register.
    fields: FxHashSet<(Base, i32)>,
    loads: FxHashMap<u32, (Base, i32)>,
    /// The loads from something that is defined elsewhere.
    elsewhere: FxHashMap<u32, u64>,
    /// What instructions have made already.
    made: FxHashSet<u32>,
    put: BTreeSet<(Field, Value)>,
    depth: u32,
    is_depth_known: bool,
    steps: usize,
    /// What a call leaves as it was, a bit for each register.
    kept: u64,
}

/// What comes after an instruction.
enum Next {
    On,
    Stop,
}

impl<'a> Interpreter<'a> {
    /// Runs the function that begins at `start`.
    pub fn run(&self, start: u64, entry: &Entry) -> Flow {
        let end = match self.image.function(start) {
            Some(function) => function.end,
            None => self.image.segment(start).map_or(start, Segment::end),
        };
        let convention = self.image.arch.convention();
        let mut registers = [Value::Unknown; REGISTERS];
        for &register in convention.preserved.iter().chain(&convention.link) {
            registers[usize::from(register)] = Value::Initial(register);
        }
        for ((n, register), value) in (0..).zip(convention.arguments).zip(entry.arguments) {
            registers[usize::from(register)] = match value {
                Value::Unknown => Value::Symbol {
                    at: ARGUMENT + n,
                    plus: 0,
                    word: false,
                },
                value => value,
            };
        }
        registers[usize::from(convention.stack_pointer)] = ENTERED;
        let mut state = State::new(
            registers,
            entry.memory.clone(),
            entry.escaped.clone(),
            self.memory,
        );
        if convention.link.is_none() {
            state.set(0, 0, 8, Value::Initial(RETURN));
        }
        let mut run = Run {
            of: self,
            convention,
            start,
            end,
            waiting: BTreeSet::from([start]),
            seen: [(start, (state, 0))].into_iter().collect(),
            edges: FxHashMap::default(),
            current: Vec::new(),
            stored: BTreeMap::new(),
            written: BTreeSet::new(),
            checked: FxHashSet::default(),
            fields: FxHashSet::default(),
            loads: FxHashMap::default(),
            elsewhere: FxHashMap::default(),
            made: FxHashSet::default(),
            put: BTreeSet::new(),
            depth: 0,
            is_depth_known: true,
            steps: 0,
            kept: convention
                .preserved
                .iter()
                .chain([&convention.stack_pointer])
                .fold(0, |kept, register| kept | 1 << register),
        };
        run.all();
        run.finish()
    }
}

impl Run<'_, '_> {
    fn all(&mut self) {
        let mut lifted = Lifted::default();
        while let Some(address) = self.waiting.pop_first() {
            let Some((state, _)) = self.seen.get(&address).cloned() else {
                continue;
            };
            self.block(address, state, &mut lifted);
            let edges = std::mem::take(&mut self.current);
            self.edges.insert(address, edges);
            if self.steps > STEPS {
                let end = Edge::alone(address, Target::Unknown(TOO_LONG));
                self.edges.entry(address).or_default().push(end);
                return;
            }
        }
    }

    fn finish(self) -> Flow {
        let mut edges: Vec<Edge> = self.edges.into_values().flatten().collect();
        edges.sort_by_key(|edge| edge.at);
        edges.dedup_by(|a, b| {
            a.at == b.at
                && a.to == b.to
                && a.arguments == b.arguments
                && a.memory == b.memory
                && a.escaped == b.escaped
                && (a.rooms, a.not_null) == (b.rooms, b.not_null)
                && (a.only_if, a.without) == (b.only_if, b.without)
        });
        let checked: HashSet<_> = self
            .checked
            .iter()
            .filter_map(|at| self.loads.get(at))
            .collect();
        for edge in &mut edges {
            let Target::Object { read_at, .. } = edge.to else {
                continue;
            };
            if let Some(&address) = self.elsewhere.get(&read_at) {
                edge.to = Target::Elsewhere(address);
                continue;
            }
            let Some(&(base, offset)) = self.loads.get(&read_at) else {
                edge.to = Target::Unknown(FROM_ANYWHERE);
                continue;
            };
            let is_checked = checked.contains(&(base, offset));
            // A table for `dyn` begins with the destructor, which may be null, and the size of what
            // it destroys, which is then freed.
            let is_destructor = offset == 0
                && (self.fields.contains(&(base, 8)) || self.fields.contains(&(base, 16)));
            let is_method = offset >= 0x18 && offset % 8 == 0 && !is_checked;
            edge.to = Target::Object { offset, read_at };
            if !is_destructor && !is_method {
                edge.to = Target::Unknown(if is_checked {
                    "a pointer that may be null"
                } else {
                    FROM_ANYWHERE
                });
            }
        }
        Flow {
            edges,
            stored: self.stored,
            put: self.put,
            depth: self.depth,
            is_depth_known: self.is_depth_known,
            written: self.written,
            steps: self.steps,
        }
    }

    /// Runs from there to where the code goes somewhere else.
    fn block(&mut self, address: u64, mut state: State, lifted: &mut Lifted) {
        let image = self.of.image;
        let Some(bytes) = image.bytes(address) else {
            self.edge(address, Target::Unknown("code that is not there"), &state);
            return;
        };
        let outside = !(self.start..self.end).contains(&address);
        // Where it comes to the end, something else begins, unless it never gets there.
        let mut gets_on = true;
        let mut at = address;
        let mut code = image.arch.code(bytes, address);
        while at - address < bytes.len() as u64 {
            let special = image.special(at);
            if at != address {
                if self.comes_behind(at, &state) {
                    return;
                }
                if at == self.end || (outside && image.function(at).is_some_and(|f| f.start == at))
                {
                    break;
                }
                if self.seen.contains_key(&at) {
                    self.go(at, at, &state);
                    return;
                }
            }
            self.steps += 1;
            if self.steps > STEPS {
                return;
            }
            if !code.lift(lifted) {
                self.edge(at, Target::Unknown(NO_CODE), &state);
                return;
            }
            if let Some(special) = special {
                for &target in &special.jumps {
                    self.jump(at, target, &state);
                }
                for other in &special.alternatives {
                    self.go(
                        at,
                        if other.start == other.end {
                            other.behind
                        } else {
                            other.start
                        },
                        &state,
                    );
                }
                for fault in &special.faults {
                    let mut after = state.clone();
                    let link = self
                        .convention
                        .link
                        .map(|link| (link, state.register(link)));
                    self.forget_called(&mut after);
                    if let Some((link, value)) = link {
                        after.set_register(link, value);
                    }
                    for register in fault.changed.into_iter().flatten() {
                        after.set_register(register, Value::Unknown);
                    }
                    if fault.is_user {
                        self.edge(at, Target::UserMemory, &state);
                    }
                    self.jump(at, fault.to, &after);
                }
            }
            if lifted.is_user_access {
                self.edge(at, Target::UserMemory, &state);
            }
            if self.of.memory {
                self.taken(at, lifted, &mut state);
                // Only a static branch may be so.
                if lifted.is_unfilled && special.is_none_or(|special| special.jumps.is_empty()) {
                    let why = "a call that was never filled in";
                    self.edge(at, Target::Unknown(why), &state);
                }
            }
            // Where the kernel patches a jump, it may also put a no-op in its place.
            let may_be_none = matches!(lifted.control, Control::Jump(_))
                && special.is_some_and(|special| !special.jumps.is_empty());
            if matches!(self.step(at, lifted, &mut state), Next::Stop) && !may_be_none {
                return;
            }
            gets_on = match lifted.control {
                Control::Trap => false,
                // In a kernel, there are names that do not say that the function never returns.
                Control::Call(_) | Control::CallTo(_) if !self.of.memory => false,
                _ => gets_on || !lifted.is_filler,
            };
            at += u64::from(lifted.length);
        }
        // What is patched in may be the last of its section.
        if at != address && self.comes_behind(at, &state) {
            return;
        }
        if gets_on && image.is_code(at) {
            self.jump(at, at, &state);
        }
    }

    /// Whether other instructions end there: then the code goes on behind those that they replace.
    fn comes_behind(&mut self, at: u64, state: &State) -> bool {
        let image = self.of.image;
        let behind = image.special(at).map(|special| special.behind.as_slice());
        let behind = behind.unwrap_or_default();
        behind.iter().for_each(|&behind| self.go(at, behind, state));
        !behind.is_empty()
    }

    /// Goes on at `target`, in this function.
    fn go(&mut self, at: u64, target: u64, state: &State) {
        let turns = if self.of.memory { TURNS } else { 4 };
        match self.seen.get_mut(&target) {
            Some((known, often)) => {
                *often += 1;
                if known.join(state, *often > turns) {
                    self.waiting.insert(target);
                }
                let lost = std::mem::take(&mut known.lost);
                self.lost(at, lost);
            }
            None => {
                self.seen.insert(target, (state.clone(), 0));
                self.waiting.insert(target);
            }
        }
    }

    fn stack(&self, state: &State) -> Value {
        state.register(self.convention.stack_pointer)
    }

    /// A jump: within the function, into a part of it that was put elsewhere, or to another one.
    fn jump(&mut self, at: u64, target: u64, state: &State) {
        let own_frame = self.stack(state) == ENTERED;
        let image = self.of.image;
        let begins = image
            .function(target)
            .is_some_and(|function| function.start == target && !is_part(function.name.as_deref()));
        if (self.start..self.end).contains(&target) {
            if target == self.start && own_frame {
                self.called(at, target, state);
            }
            self.go(at, target, state);
        } else if self.of.known.is_return(target) {
            self.returns(at, self.convention.link, state);
        } else if image.is_aside(target) {
            self.go(at, target, state);
        } else if begins || own_frame || !image.is_code(target) {
            if !self.of.known.never_returns(target) {
                self.returns(at, self.convention.link, state);
            }
            self.called(at, target, state);
        } else {
            self.go(at, target, state);
        }
    }

    /// A call of, or a last jump to, what is at that address.
    fn called(&mut self, at: u64, target: u64, state: &State) {
        match self.of.known.thunk(target) {
            Some(register) => self.indirect(at, state.register(register), state),
            None => self.edge(at, Target::Code(target), state),
        }
    }

    /// Where a return goes, if it is not to the caller.
    fn returns(&mut self, at: u64, link: Option<Register>, state: &State) {
        if !self.of.memory {
            return;
        }
        let (own, to) = match (link, self.stack(state)) {
            (Some(link), _) => (self.convention.link.unwrap_or(link), state.register(link)),
            (None, Value::Stack { region: 0, offset }) => (RETURN, state.get(0, offset, 8)),
            (None, _) => (RETURN, Value::Unknown),
        };
        if to != Value::Initial(own) || self.stack(state) != ENTERED {
            self.indirect(at, to, state);
            return;
        }
        for result in self.convention.results {
            let value = state.register(result);
            if !matches!(value, Value::Const(address) if !self.of.image.is_code(address)) {
                self.stored(at, value);
            }
        }
        self.keeps_all(at, state);
    }

    /// The function must leave as they were the registers that its caller relies on.
    fn keeps_all(&mut self, at: u64, state: &State) {
        let keeps = |&register: &Register| state.register(register) == Value::Initial(register);
        if self.of.memory && !self.convention.preserved.iter().all(keeps) {
            self.edge(
                at,
                Target::Unknown("a register that the caller relies on is changed"),
                state,
            );
        }
    }

    fn edge(&mut self, at: u64, to: Target, state: &State) {
        let arguments = self
            .convention
            .arguments
            .map(|register| state.register(register));
        let (memory, escaped) = if self.of.memory {
            self.seen_by_callee(&arguments, state)
        } else {
            (self.handed_on(&arguments, state), Vec::new())
        };
        let rooms = arguments.map(|argument| self.room(argument, state));
        let not_null = (0..6)
            .filter(|&n| state.is_not_null(arguments[n]))
            .fold(0, |bits, n| bits | 1 << n);
        self.current.push(Edge {
            at,
            to,
            arguments,
            memory,
            escaped,
            rooms,
            not_null,
            only_if: state.only_if,
            without: state.without,
            depth: self.depth_of_call(state),
        });
    }

    /// With the return address, which a last jump does not leave.
    fn depth_of_call(&self, state: &State) -> Option<u32> {
        let pushed = if self.convention.link.is_none() { 8 } else { 0 };
        depth(self.stack(state)).map(|depth| if depth == 0 { 0 } else { depth + pushed })
    }

    /// The slots around what the arguments point to, and the arguments on the stack. And what of it
    /// may be written through other pointers.
    fn seen_by_callee(&self, arguments: &[Value; 6], state: &State) -> (Vec<Slot>, Vec<(u8, i32)>) {
        let mut views = Vec::new();
        if let Value::Stack { region: 0, offset } = self.stack(state) {
            // The return address goes below the arguments.
            let below = if self.convention.link.is_none() { 8 } else { 0 };
            views.push((
                0,
                0_u8,
                i64::from(offset) - below,
                8 - below,
                i64::from(OUTGOING),
            ));
        }
        let is_into =
            |value: &Value, of: u8| matches!(value, Value::Stack { region, .. } if *region == of);
        for (n, argument) in (1..).zip(arguments) {
            if let &Value::Stack { region, offset } = argument {
                // Two pointers to one thing go by the first.
                let is_known = |&(known, as_region, ..): &(u8, u8, i64, i64, i64)| {
                    known == region && as_region != 0
                };
                if !views.iter().any(is_known) {
                    views.push((region, n, i64::from(offset), -BELOW, ABOVE));
                }
            }
        }
        let (mut memory, mut escaped) = (Vec::new(), Vec::new());
        for (region, as_region, base, from, to) in views {
            let is_kept = |slot: &Slot| is_into(&slot.value, region);
            let is_escaped = state.escaped().iter().any(|(known, _)| *known == region);
            if as_region != 0 && (is_escaped || state.slots().iter().any(is_kept)) {
                escaped.push((as_region, EVERYWHERE));
            }
            for slot in state.slots().iter().filter(|slot| slot.region == region) {
                let offset = i64::from(slot.offset) - base;
                if (from..to).contains(&offset) && is_number(slot.value) {
                    memory.push(Slot {
                        region: as_region,
                        offset: offset as i32,
                        ..*slot
                    });
                }
            }
        }
        memory.truncate(32);
        escaped.sort_unstable();
        escaped.dedup();
        (memory, escaped)
    }

    /// How far an address in this function's frame is from what the callee and this function put there
    /// to go back.
    fn room(&self, address: Value, state: &State) -> Room {
        let (true, Value::Stack { region: 0, offset }) = (self.of.memory, address) else {
            return Room::ALL;
        };
        let offset = i64::from(offset);
        let low = match self.stack(state) {
            Value::Stack { region: 0, offset } => offset.into(),
            _ => i64::MIN,
        };
        let saved = state.slots().iter().filter(|slot| slot.is_saved());
        let saved = saved.filter(|slot| slot.region == 0);
        let room = saved.fold(Room { low, high: 0 }, |room, slot| {
            let start = i64::from(slot.offset);
            let end = start + i64::from(slot.size);
            if end <= offset {
                Room {
                    low: room.low.max(end),
                    ..room
                }
            } else {
                Room {
                    high: room.high.min(start),
                    ..room
                }
            }
        });
        room.from(offset)
    }

    /// What may be called of what lies on the stack where the arguments point to.
    fn handed_on(&self, arguments: &[Value; 6], state: &State) -> Vec<Slot> {
        let mut memory = Vec::new();
        for (n, argument) in (1..).zip(arguments) {
            let &Value::Stack { region: 0, offset } = argument else {
                continue;
            };
            let seen = i64::from(offset)..i64::from(offset) + ABOVE;
            let is_seen = |slot: &&Slot| seen.contains(&slot.offset.into()) && slot.size == 8;
            let is_called = |slot: &&Slot| match slot.value {
                Value::Arg { .. } => true,
                Value::Const(address) => self.of.image.is_code(address),
                _ => false,
            };
            let slots = state.slots().iter().filter(is_seen).filter(is_called);
            memory.extend(slots.map(|slot| Slot { region: n, ..*slot }));
        }
        memory
    }

    fn indirect(&mut self, at: u64, value: Value, state: &State) {
        match value {
            Value::Const(address) if self.is_callable(address) => {
                self.edge(at, Target::Code(address), state)
            }
            Value::Const(_) => self.edge(at, Target::Unknown("a number as a pointer"), state),
            Value::Numbers { .. } if value.each().is_some() => {
                for address in value.each().into_iter().flatten() {
                    self.indirect(at, Value::Const(address), state);
                }
            }
            Value::Entry { .. } => {
                let entries = self.entries(value);
                if entries.is_empty() {
                    self.edge(at, Target::Unknown("a table of unknown pointers"), state);
                }
                for entry in entries {
                    self.indirect(at, Value::Const(entry), state);
                }
            }
            Value::Arg {
                n,
                ones: 0,
                zeros: 0,
            } => self.edge(at, Target::Argument(n), state),
            Value::Behind { n } => self.edge(at, Target::BehindArgument(n), state),
            Value::Symbol {
                at: read_at,
                plus: 0,
                word: false,
            } => {
                let offset = 0;
                self.edge(at, Target::Object { offset, read_at }, state);
            }
            _ => self.edge(at, Target::Unknown(FROM_ANYWHERE), state),
        }
    }

    fn is_callable(&self, address: u64) -> bool {
        self.of.image.is_code(address) || self.of.image.outside(address).is_some()
    }

    /// The addresses that a table has, if one knows which of them count.
    fn entries(&self, value: Value) -> Vec<u64> {
        let Value::Entry { first, step, count } = value else {
            return Vec::new();
        };
        let image = self.of.image;
        let fields = (0..count).map(|n| first.wrapping_add(u64::from(step) * u64::from(n)));
        fields
            .map_while(|field| image.read_u64(field).filter(|_| image.is_constant(field)))
            .collect()
    }

    /// Where the entries of a table of jumps go: as far as is known, or as far as it stays in this
    /// function.
    fn jumps(&self, value: Value) -> Vec<u64> {
        let image = self.of.image;
        let (first, step, count, base, form) = match value {
            Value::Entry { first, step, count } => (first, step, count, 0, None),
            Value::Target {
                first,
                base,
                count,
                form,
            } => (first, form.size.into(), count, base, Some(form)),
            value => {
                let all: Vec<u64> = value.each().into_iter().flatten().collect();
                let is_own = all.iter().all(|&it| self.is_own(it));
                return if is_own { all } else { Vec::new() };
            }
        };
        let read = |field: u64| {
            let entry = match form {
                None => image.read_u64(field),
                Some(form) => image
                    .read(field, form.size)
                    .map(|entry| base.wrapping_add(form.decode(entry))),
            };
            entry.filter(|_| image.is_constant(field))
        };
        let many = match (count, form) {
            // What comes next may look like more of them.
            (0, Some(form)) if form.size < 4 => {
                let room = image.table_end(first).saturating_sub(first);
                u32::try_from(room / u64::from(step)).map_or(TABLE, |many| many.min(TABLE))
            }
            (0, _) => TABLE,
            (count, _) => count,
        };
        let field = |n: u32| first.wrapping_add(u64::from(step) * u64::from(n));
        let entries = (0..many).map_while(|n| Some((field(n), read(field(n))?)));
        if count != 0 {
            return self.counted(entries.collect(), count);
        }
        let entries = entries.map(|(_, entry)| entry);
        if form.is_some_and(|form| form.size < 4) {
            let entries: Vec<u64> = entries.collect();
            let is_own = |&entry: &u64| self.is_own(entry);
            return match self.of.memory {
                true if many < TABLE && entries.iter().all(is_own) => {
                    let most = image.table_end_at_most(first);
                    let more = (many..).map(field).take_while(|&field| field < most);
                    let more = more.filter_map(read).filter(is_own);
                    entries.into_iter().chain(more).collect()
                }
                true => Vec::new(),
                // One does not know where it ends.
                false => entries.into_iter().take_while(is_own).collect(),
            };
        }
        if self.of.memory {
            return self.open(first, step, entries);
        }
        let entries: Vec<u64> = entries.take_while(|&entry| self.is_own(entry)).collect();
        entries
    }

    /// Of a module's table of which one does not know how many entries count: all that are there.
    /// None if there may be more.
    fn open(&self, first: u64, step: u32, entries: impl Iterator<Item = u64>) -> Vec<u64> {
        let image = self.of.image;
        let is_callable = |&entry: &u64| self.is_callable(entry);
        let is_named = |entry| image.function_at(entry).is_some() || image.outside(entry).is_some();
        let goes_on = |&entry: &u64| self.is_own(entry) || is_named(entry);
        // The index may count from another place than the table's beginning, too.
        let mut entries: Vec<u64> = entries.take_while(goes_on).collect();
        if entries.len() == TABLE as usize {
            return Vec::new();
        }
        if step == 8 {
            let (start, _) = image.object(first).unwrap_or((first, first));
            let fields = image.relocated_within(start, image.table_end(first));
            if fields.len() > TABLE as usize {
                return Vec::new();
            }
            entries.extend(fields.iter().map(|&(_, target)| target));
            entries.sort_unstable();
            entries.dedup();
        }
        let is_of_jumps = entries.iter().any(|&entry| self.is_own(entry));
        let is_whole = entries.iter().all(is_callable);
        entries
            .into_iter()
            .filter(|_| is_of_jumps && is_whole)
            .collect()
    }

    /// Of a table of which one knows how many entries count. That may be more than there are: of a
    /// number in a byte, all that fit there.
    fn counted(&self, entries: Vec<(u64, u64)>, count: u32) -> Vec<u64> {
        let end = entries
            .first()
            .map_or(0, |&(first, _)| self.of.image.table_end(first));
        let is_own = |&&(_, entry): &&(u64, u64)| self.is_own(entry);
        let before = entries.partition_point(|&(field, _)| field < end);
        let is_of_jumps = before > 0 && entries[..before].iter().all(|it| is_own(&it));
        // A comparison or a mask says how many there are; of a byte that was only read, it does not.
        let is_exact = count < 128;
        let only_own = (is_of_jumps && !is_exact) || !self.of.memory;
        let entries = entries.iter().filter(|it| !only_own || is_own(it));
        entries.map(|&(_, entry)| entry).collect()
    }

    /// Whether it lies in this function, or in the part of it that was put elsewhere.
    fn is_own(&self, address: u64) -> bool {
        if (self.start..self.end).contains(&address) {
            return true;
        }
        let function = self.of.image.function(address);
        function.is_some_and(|function| is_part(function.name.as_deref()))
    }

    /// An address that is lost sight of may be stored anywhere. Only this function uses those of its jumps.
    fn lost(&mut self, at: u64, values: Vec<Value>) {
        for value in values {
            let jumps = self.jumps(value);
            if jumps.is_empty() || !jumps.iter().all(|&entry| self.is_own(entry)) {
                self.stored(at, value);
            }
        }
    }

    /// An address is written to memory.
    fn stored(&mut self, at: u64, value: Value) {
        if !self.of.memory {
            return;
        }
        let mut store = |address| {
            self.stored
                .entry(address)
                .or_insert_with(|| Edge::alone(at, Target::Taken(address)));
        };
        match value {
            Value::Const(address) => store(address),
            Value::Entry { first, .. } => store(first),
            Value::Numbers { .. } => value.each().into_iter().flatten().for_each(store),
            _ => {}
        }
    }

    fn take(&mut self, at: u64, target: u64, state: &State) {
        // A label in this function, as in `_THIS_IP_`, is not called.
        if target != self.start && (self.start..self.end).contains(&target) {
            return;
        }
        let image = self.of.image;
        if image.segment(target).is_some() || image.outside(target).is_some() {
            self.edge(at, Target::Taken(target), state);
        }
    }

    fn step(&mut self, at: u64, lifted: &Lifted, state: &mut State) -> Next {
        let conditions = state.tested;
        for (n, op) in (0..).zip(&lifted.ops) {
            self.apply(at, n, *op, state);
        }
        match depth(self.stack(state)) {
            Some(depth) => self.depth = self.depth.max(depth),
            None => self.is_depth_known = false,
        }
        match lifted.control {
            Control::Next | Control::Trap => Next::On,
            Control::Jump(target) => {
                self.jump(at, target, state);
                Next::Stop
            }
            Control::Branch(condition, target) => {
                let own = std::mem::replace(&mut state.tested, conditions);
                self.branch(at, condition, target, own, state)
            }
            Control::JumpTo(register) => {
                let value = state.register(register);
                let targets = self.jumps(value);
                if targets.is_empty() {
                    // With a frame of its own, no other function is jumped to.
                    if !self.of.memory && self.stack(state) != ENTERED {
                        self.edge(at, Target::Unknown(NO_TABLE), state);
                    }
                    self.returns(at, self.convention.link, state);
                    self.indirect(at, value, state);
                }
                for target in targets {
                    self.jump(at, target, state);
                }
                Next::Stop
            }
            Control::Call(target) => {
                self.called(at, target, state);
                if self.of.known.never_returns(target) {
                    return Next::Stop;
                }
                state.tested = None;
                if !self.of.known.preserves_all(target) {
                    self.after_call(state, self.of.known.only_looks(target));
                    self.name_result(at, state);
                }
                Next::On
            }
            Control::CallTo(register) => {
                self.indirect(at, state.register(register), state);
                self.after_call(state, false);
                self.name_result(at, state);
                Next::On
            }
            Control::Return(link) => {
                self.returns(at, link, state);
                Next::Stop
            }
            Control::End => {
                if self.of.memory {
                    self.edge(at, Target::Unknown("a breakpoint"), state);
                }
                Next::Stop
            }
            Control::Strange => {
                self.edge(
                    at,
                    Target::Unknown("an instruction that goes anywhere"),
                    state,
                );
                Next::Stop
            }
        }
    }

    /// A branch by what its own instruction tested, or one before. What others test later is still there.
    fn branch(
        &mut self,
        at: u64,
        condition: Condition,
        target: u64,
        tested: Option<Tested>,
        state: &mut State,
    ) -> Next {
        let mut taken = state.clone();
        if let Some(tested) = tested {
            let set_if_taken = match (tested.kind, condition) {
                (Kind::Test, Condition::NotEqual) | (Kind::Bit, Condition::Below) => Some(true),
                (Kind::Test, Condition::Equal) | (Kind::Bit, Condition::AtLeast) => Some(false),
                _ => None,
            };
            let of_argument = match tested.mask() {
                Some((Value::Arg { n, ones, zeros }, Value::Const(mask)))
                    if (ones | zeros) & self.of.bit == 0 =>
                {
                    Some((n, mask))
                }
                _ => None,
            };
            if let (Some(set_if_taken), Some((n, mask))) = (set_if_taken, of_argument) {
                let bit = u64::from(self.of.bit);
                for (way, set) in [(&mut taken, set_if_taken), (&mut *state, !set_if_taken)] {
                    if set && mask == bit {
                        way.only_if = 1 << n;
                    } else if !set && mask & bit != 0 {
                        way.without |= 1 << n;
                    }
                }
            }
        }
        if taken.narrow(tested, condition) {
            self.jump(at, target, &taken);
        }
        if state.narrow(tested, condition.negated()) {
            Next::On
        } else {
            Next::Stop
        }
    }

    fn after_call(&mut self, state: &mut State, only_looks: bool) {
        state.drop_below(self.stack(state));
        if !only_looks {
            // A function in assembly may take its arguments anywhere.
            for register in (0..REGISTERS as Register).filter(|it| !self.is_kept(*it)) {
                state.escape(state.register(register));
            }
            // The arguments after the sixth.
            if let Value::Stack { region: 0, offset } = self.stack(state) {
                let outgoing = offset..offset.saturating_add(OUTGOING);
                for i in 0..state.slots().len() {
                    let slot = state.slots()[i];
                    if slot.region == 0 && outgoing.contains(&slot.offset) {
                        state.escape(slot.value);
                    }
                }
            }
            state.forget_escaped();
        }
        self.forget_called(state);
    }

    /// What a call returns is not known, but it is the same wherever it is put.
    fn name_result(&mut self, at: u64, state: &mut State) {
        let value = self.fresh(at, RESULT, state);
        state.set_register(self.convention.results[0], value);
    }

    /// What a call leaves in its registers.
    fn forget_called(&self, state: &mut State) {
        for register in (0..REGISTERS as Register).filter(|it| !self.is_kept(*it)) {
            state.set_register(register, Value::Unknown);
        }
        state.tested = None;
    }

    fn is_kept(&self, register: Register) -> bool {
        self.kept & (1 << register) != 0
    }
}

/// Where in the memory of a call that lies which an argument points to on the stack: the region, and
/// how far into it. Two pointers to one thing go by the first.
pub fn in_memory(arguments: &[Value; 6], argument: usize) -> Option<(u8, i32)> {
    let Value::Stack { region, offset: at } = arguments[argument] else {
        return None;
    };
    (1..).zip(arguments).find_map(|(n, value)| match *value {
        Value::Stack { region: of, offset } if of == region => Some((n, at.wrapping_sub(offset))),
        _ => None,
    })
}

/// The argument of the function that a value points into, counted from 0, and how far.
pub fn argument(value: Value) -> Option<(u8, i32)> {
    match value {
        Value::Symbol {
            at,
            plus,
            word: false,
        } => Some((u8::try_from(at.checked_sub(ARGUMENT)?).ok()?, plus)),
        _ => None,
    }
}

/// How far a stack pointer is below the one that the function was entered with, in bytes.
fn depth(stack: Value) -> Option<u32> {
    match stack {
        Value::Stack { region: 0, offset } => Some(offset.min(0).unsigned_abs()),
        _ => None,
    }
}

/// Whether it is a number, such as flags or an address of something that stays where it is.
fn is_number(value: Value) -> bool {
    matches!(
        value,
        Value::Const(_) | Value::Numbers { .. } | Value::Bits { .. }
    )
}

/// Whether the compiler has put a part of another function there.
fn is_part(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.contains(".cold"))
}
