// SPDX-License-Identifier: GPL-2.0

//! What a function calls, and with what: one function is run with values of which little is known.

mod compute;

use crate::{
    image::Image,
    known::Known,
    values::{Slot, State, Value, STACK_POINTER},
};
use iced_x86::{
    ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory,
    Mnemonic, OpKind, Register,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The registers of the arguments, in order.
const ARGUMENTS: [usize; 6] = [7, 6, 2, 1, 8, 9];

/// What a call leaves as it was.
const PRESERVED: [usize; 7] = [3, 4, 5, 12, 13, 14, 15];

/// How many instructions are followed in one function, each time that it is come to.
const STEPS: usize = 400_000;

/// Why there is no end to the code.
pub const TOO_LONG: &str = "more code than can be followed";

/// Why there is none.
pub const NO_CODE: &str = "code that cannot be decoded";

/// How far a table of jumps is read.
const TABLE: u64 = 1024;

/// How much around a pointer into the stack a function that is given it can see.
const BELOW: i64 = 64;
const ABOVE: i64 = 256;

/// What a function begins with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub arguments: [Value; 6],
    pub memory: Vec<Slot>,
}

impl Entry {
    pub fn unknown() -> Self {
        Self {
            arguments: [Value::Unknown; 6],
            memory: Vec::new(),
        }
    }

    /// With pointers into the stack as what they are for the function itself.
    pub fn pointing(mut self) -> Self {
        for (n, argument) in (1..).zip(&mut self.arguments) {
            if let Value::Stack { .. } = argument {
                *argument = Value::Stack {
                    region: n,
                    offset: 0,
                };
            }
        }
        self
    }

    /// Of which the arguments are looked for in what it calls.
    pub fn passing() -> Self {
        Self {
            arguments: [0, 1, 2, 3, 4, 5].map(Value::arg),
            memory: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Code at that address, or something of that address that is defined elsewhere.
    Code(u64),
    /// The address of something is taken, and somebody may use it.
    Taken(u64),
    /// What a vtable has at that offset, of an object of which nothing is known. It was read so far
    /// into the function.
    Object { offset: i32, read_at: u32 },
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
    /// Only if one of these arguments of the caller has the bit.
    pub only_if: u8,
    /// These arguments of the caller do not have it.
    pub without: u8,
}

impl Edge {
    /// Of which nothing else is known.
    fn alone(at: u64, to: Target) -> Self {
        Self {
            at,
            to,
            arguments: [Value::Unknown; 6],
            memory: Vec::new(),
            only_if: 0,
            without: 0,
        }
    }
}

#[derive(Default)]
pub struct Flow {
    pub edges: Vec<Edge>,
    /// Addresses that were written to memory, and where.
    pub stored: BTreeMap<u64, Edge>,
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
    Loaded(u32),
    Register(Register),
}

/// In the place of the instruction that has read it: an argument of the function.
const ARGUMENT: u32 = u32::MAX - 6;

enum Place {
    Known(u64),
    Slot(u8, i32),
    /// Somewhere on the stack, in that region.
    Within(u8),
    /// An entry of a table with entries of that many bytes.
    Table(u64, u32),
    /// Behind a pointer of which nothing is known.
    Behind(Base, i32),
    Other,
}

struct Run<'a, 'b> {
    of: &'b Interpreter<'a>,
    start: u64,
    end: u64,
    info: InstructionInfoFactory,
    waiting: BTreeMap<u64, State>,
    seen: HashMap<u64, State>,
    edges: HashMap<u64, Vec<Edge>>,
    current: Vec<Edge>,
    stored: BTreeMap<u64, Edge>,
    /// The loads whose result somebody compares with null.
    checked: HashSet<u32>,
    /// What is loaded or compared behind which register.
    fields: HashSet<(Base, i32)>,
    checked_fields: HashSet<(Base, i32)>,
    loads: HashMap<u32, (Base, i32)>,
    steps: usize,
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
            None => self
                .image
                .segment(start)
                .map_or(start, |segment| segment.start + segment.bytes.len() as u64),
        };
        let mut registers = [Value::Unknown; 16];
        for ((n, register), value) in (0..).zip(ARGUMENTS).zip(entry.arguments) {
            registers[register] = match value {
                Value::Unknown => Value::Loaded {
                    at: ARGUMENT + n,
                    plus: 0,
                },
                value => value,
            };
        }
        let state = State::new(registers, entry.memory.clone());
        let mut run = Run {
            of: self,
            start,
            end,
            info: InstructionInfoFactory::new(),
            waiting: BTreeMap::from([(start, state.clone())]),
            seen: HashMap::from([(start, state)]),
            edges: HashMap::new(),
            current: Vec::new(),
            stored: BTreeMap::new(),
            checked: HashSet::new(),
            fields: HashSet::new(),
            checked_fields: HashSet::new(),
            loads: HashMap::new(),
            steps: 0,
        };
        run.all();
        run.finish()
    }
}

impl Run<'_, '_> {
    fn all(&mut self) {
        while let Some((address, state)) = self.waiting.pop_first() {
            self.block(address, state);
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
                && (a.only_if, a.without) == (b.only_if, b.without)
        });
        for edge in &mut edges {
            let Target::Object { read_at, .. } = edge.to else {
                continue;
            };
            let Some(&(base, offset)) = self.loads.get(&read_at) else {
                edge.to = Target::Unknown("a pointer from an unknown place");
                continue;
            };
            let is_checked =
                self.checked.contains(&read_at) || self.checked_fields.contains(&(base, offset));
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
                    "a pointer from an unknown place"
                });
            }
        }
        Flow {
            edges,
            stored: self.stored,
            steps: self.steps,
        }
    }

    /// Runs from there to where the code goes somewhere else.
    fn block(&mut self, address: u64, mut state: State) {
        let image = self.of.image;
        let Some(bytes) = image.bytes(address) else {
            self.edge(address, Target::Unknown("code that is not there"), &state);
            return;
        };
        let mut decoder = Decoder::with_ip(64, bytes, address, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let outside = !(self.start..self.end).contains(&address);
        // Where it comes to the end, something else begins, unless it never gets there.
        let mut gets_on = true;
        while decoder.can_decode() {
            let at = decoder.ip();
            if at != address {
                if at == self.end || (outside && image.function(at).is_some_and(|f| f.start == at))
                {
                    break;
                }
                if self.seen.contains_key(&at) {
                    self.go(at, &state);
                    return;
                }
            }
            self.steps += 1;
            if self.steps > STEPS {
                return;
            }
            if let Some(targets) = image.jump_labels.get(&at) {
                for &target in targets {
                    self.jump(at, target, &state);
                }
            }
            if let Some(others) = image.alternatives.get(&at) {
                for &(other, len) in others {
                    self.alternative(other, len, &state);
                }
            }
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                self.edge(at, Target::Unknown(NO_CODE), &state);
                return;
            }
            self.taken(&instruction, &mut state);
            if let Next::Stop = self.step(&instruction, &mut state) {
                return;
            }
            gets_on = match instruction.flow_control() {
                FlowControl::Call | FlowControl::IndirectCall | FlowControl::Exception => false,
                _ => gets_on || instruction.mnemonic() != Mnemonic::Nop,
            };
        }
        if gets_on {
            let at = decoder.ip();
            self.edge(at, Target::Code(at), &state);
        }
    }

    /// Calls in what may be patched in.
    fn alternative(&mut self, other: u64, len: u8, state: &State) {
        let Some(bytes) = self.of.image.bytes(other) else {
            return;
        };
        let bytes = &bytes[..bytes.len().min(len.into())];
        for instruction in Decoder::with_ip(64, bytes, other, DecoderOptions::NONE).iter() {
            match instruction.flow_control() {
                FlowControl::Call | FlowControl::UnconditionalBranch
                    if instruction.op0_kind() == OpKind::NearBranch64 =>
                {
                    let target = instruction.near_branch_target();
                    if !(self.start..self.end).contains(&target)
                        && !(other..other + u64::from(len)).contains(&target)
                    {
                        self.called(other, target, state);
                    }
                }
                FlowControl::IndirectCall | FlowControl::IndirectBranch => {
                    let value = self.operand(&instruction, 0, state);
                    self.indirect(other, value, state);
                }
                _ => {}
            }
        }
    }

    /// Goes on at `target`, in this function.
    fn go(&mut self, target: u64, state: &State) {
        match self.seen.get_mut(&target) {
            Some(known) => {
                if known.join(state) {
                    self.waiting.insert(target, known.clone());
                }
            }
            None => {
                self.seen.insert(target, state.clone());
                self.waiting.insert(target, state.clone());
            }
        }
    }

    /// A jump: within the function, into a part of it that was put elsewhere, or to another one.
    fn jump(&mut self, at: u64, target: u64, state: &State) {
        let own_frame = state.registers[STACK_POINTER]
            == Value::Stack {
                region: 0,
                offset: 0,
            };
        let image = self.of.image;
        let begins = image
            .function(target)
            .is_some_and(|function| function.start == target && !is_part(function.name.as_deref()));
        if (self.start..self.end).contains(&target) {
            if target == self.start && own_frame {
                self.called(at, target, state);
            }
            self.go(target, state);
        } else if image.is_aside(target) {
            self.go(target, state);
        } else if begins || own_frame || !image.is_code(target) {
            self.called(at, target, state);
        } else {
            self.go(target, state);
        }
    }

    /// A call of, or a last jump to, what is at that address.
    fn called(&mut self, at: u64, target: u64, state: &State) {
        match self.of.known.thunk(target) {
            Some(register) => self.indirect(at, state.registers[register], state),
            None => self.edge(at, Target::Code(target), state),
        }
    }

    fn edge(&mut self, at: u64, to: Target, state: &State) {
        let arguments = ARGUMENTS.map(|register| state.registers[register]);
        let memory = if self.of.memory {
            self.seen_by_callee(&arguments, state)
        } else {
            Vec::new()
        };
        self.current.push(Edge {
            at,
            to,
            arguments,
            memory,
            only_if: state.only_if,
            without: state.without,
        });
    }

    /// The slots around what the arguments point to, and the arguments on the stack.
    fn seen_by_callee(&self, arguments: &[Value; 6], state: &State) -> Vec<Slot> {
        let mut views = Vec::new();
        if let Value::Stack { region: 0, offset } = state.registers[STACK_POINTER] {
            // The return address goes below the arguments.
            views.push((0, 0_u8, i64::from(offset) - 8, 8, 128));
        }
        for (n, argument) in (1..).zip(arguments) {
            if let &Value::Stack { region, offset } = argument {
                views.push((region, n, i64::from(offset), -BELOW, ABOVE));
            }
        }
        let mut memory = Vec::new();
        for (region, as_region, base, from, to) in views {
            for slot in state.slots().iter().filter(|slot| slot.region == region) {
                let offset = i64::from(slot.offset) - base;
                if (from..to).contains(&offset) && matches!(slot.value, Value::Const(_)) {
                    memory.push(Slot {
                        region: as_region,
                        offset: offset as i32,
                        ..*slot
                    });
                }
            }
        }
        memory.truncate(32);
        memory
    }

    fn indirect(&mut self, at: u64, value: Value, state: &State) {
        match value {
            Value::Const(address)
                if self.of.image.is_code(address) || self.of.image.outside(address).is_some() =>
            {
                self.edge(at, Target::Code(address), state)
            }
            Value::Const(_) => self.edge(at, Target::Unknown("a number as a pointer"), state),
            Value::Entry(table) => {
                let entries = self.entries(table, true);
                if entries.is_empty() {
                    self.edge(at, Target::Unknown("a table of unknown pointers"), state);
                }
                for entry in entries {
                    self.edge(at, Target::Code(entry), state);
                }
            }
            Value::Loaded {
                at: read_at,
                plus: 0,
            } => {
                let offset = 0;
                self.edge(at, Target::Object { offset, read_at }, state);
            }
            _ => self.edge(
                at,
                Target::Unknown("a pointer from an unknown place"),
                state,
            ),
        }
    }

    /// The addresses in a table: all of it for functions, or as far as it stays in this function.
    fn entries(&self, table: u64, functions: bool) -> Vec<u64> {
        let image = self.of.image;
        if !image.is_constant(table) {
            return Vec::new();
        }
        // Of all that a kernel has, nothing but symbols says where a table ends.
        let end = match image.object(table) {
            Some((_, end)) => end,
            None if image.relocated.is_empty() && functions => return Vec::new(),
            None => image.datum(table).1,
        };
        let mut entries = Vec::new();
        for at in (0..TABLE).map(|n| table.wrapping_add(n * 8)) {
            let Some(entry) = image.read_u64(at) else {
                break;
            };
            if functions {
                if at >= end {
                    break;
                }
                if image.is_code(entry) || image.outside(entry).is_some() {
                    entries.push(entry);
                }
            } else if (self.start..self.end).contains(&entry) {
                entries.push(entry);
            } else {
                break;
            }
        }
        entries
    }

    /// Addresses that are taken here.
    fn taken(&mut self, instruction: &Instruction, state: &mut State) {
        let image = self.of.image;
        if instruction.mnemonic() == Mnemonic::Lea && instruction.is_ip_rel_memory_operand() {
            let target = instruction.ip_rel_memory_address();
            self.take(instruction.ip(), target, state);
            return;
        }
        if image.relocated.is_empty() || instruction.is_ip_rel_memory_operand() {
            // What is beside an address to read from or write to is an immediate, at the end.
            if instruction.op_count() < 2 || instruction.op1_kind() != OpKind::Immediate32to64 {
                return;
            }
        }
        let is_immediate = (0..instruction.op_count()).any(|n| {
            matches!(
                instruction.op_kind(n),
                OpKind::Immediate32 | OpKind::Immediate64 | OpKind::Immediate32to64
            )
        });
        let is_address = instruction.mnemonic() == Mnemonic::Lea;
        if !is_immediate && !is_address {
            return;
        }
        let (from, to) = (instruction.ip(), instruction.next_ip());
        // The last one is the immediate.
        if let Some(&(_, target)) = image.relocated_within(from, to).last() {
            let value = match instruction.op_count() {
                0 | 1 => target,
                _ if is_address => target,
                _ => instruction.immediate(instruction.op_count() - 1),
            };
            if value == target {
                self.take(from, target, state);
            }
        }
    }

    /// An address is written to memory.
    fn stored(&mut self, at: u64, value: Value) {
        if let Value::Const(address) | Value::Entry(address) = value {
            self.stored
                .entry(address)
                .or_insert_with(|| Edge::alone(at, Target::Taken(address)));
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

    fn step(&mut self, instruction: &Instruction, state: &mut State) -> Next {
        let at = instruction.ip();
        match instruction.flow_control() {
            FlowControl::Next => {
                self.compute(instruction, state);
                Next::On
            }
            FlowControl::UnconditionalBranch => {
                self.filled_in(instruction, state);
                self.jump(at, instruction.near_branch_target(), state);
                Next::Stop
            }
            FlowControl::ConditionalBranch => {
                self.filled_in(instruction, state);
                self.branch(instruction, state)
            }
            FlowControl::IndirectBranch => {
                self.computed_jump(instruction, state);
                Next::Stop
            }
            FlowControl::Call => {
                let target = instruction.near_branch_target();
                if target == instruction.next_ip() {
                    self.filled_in(instruction, state);
                    // To learn the own address: nothing is called.
                    self.compute(instruction, state);
                    return Next::On;
                }
                self.called(at, target, state);
                if self.of.known.never_returns(target) {
                    return Next::Stop;
                }
                if !self.of.known.preserves_all(target) {
                    self.after_call(state, self.of.known.only_looks(target));
                }
                Next::On
            }
            FlowControl::IndirectCall => {
                let value = self.operand(instruction, 0, state);
                self.indirect(at, value, state);
                self.after_call(state, false);
                Next::On
            }
            FlowControl::Return | FlowControl::XbeginXabortXend => Next::Stop,
            FlowControl::Interrupt => match instruction.mnemonic() {
                Mnemonic::Int3 => Next::Stop,
                _ => Next::On,
            },
            // A warning goes on after it.
            FlowControl::Exception => Next::On,
        }
    }

    /// In a module, a long branch to what comes next is one whose relocation is missing. No compiler
    /// makes one; only a static branch may be so.
    fn filled_in(&mut self, instruction: &Instruction, state: &State) {
        let at = instruction.ip();
        if self.of.memory
            && instruction.len() >= 5
            && instruction.near_branch_target() == instruction.next_ip()
            && !self.of.image.jump_labels.contains_key(&at)
        {
            self.edge(
                at,
                Target::Unknown("a call that was never filled in"),
                state,
            );
        }
    }

    fn branch(&mut self, instruction: &Instruction, state: &mut State) -> Next {
        let at = instruction.ip();
        let target = instruction.near_branch_target();
        let decided = state.tested.and_then(|tested| {
            let set_if_taken = match (instruction.condition_code(), tested.carry) {
                (ConditionCode::e, false) | (ConditionCode::ae, true) => false,
                (ConditionCode::ne, false) | (ConditionCode::b, true) => true,
                _ => return None,
            };
            Some((tested, set_if_taken))
        });
        let Some((tested, set_if_taken)) = decided else {
            self.jump(at, target, state);
            return Next::On;
        };
        let mut taken = state.clone();
        for (way, set) in [(&mut taken, set_if_taken), (state, !set_if_taken)] {
            if let Value::Arg { n, .. } = tested.value {
                if set && tested.mask == self.of.bit {
                    way.only_if = 1 << n;
                } else if !set && tested.mask & self.of.bit != 0 {
                    way.without |= 1 << n;
                }
            }
        }
        if tested.is_set() != Some(!set_if_taken) {
            self.jump(at, target, &taken);
        }
        match tested.is_set() {
            Some(set) if set == set_if_taken => Next::Stop,
            _ => Next::On,
        }
    }

    fn computed_jump(&mut self, instruction: &Instruction, state: &State) {
        let at = instruction.ip();
        let value = self.operand(instruction, 0, state);
        let targets: Vec<u64> = match value {
            Value::Entry(table) => self.entries(table, false),
            Value::Target(table) => (0..TABLE)
                .map(|n| table.wrapping_add(n * 4))
                .map_while(|field| self.of.image.read_i32(field))
                .map(|offset| table.wrapping_add_signed(offset.into()))
                .take_while(|target| (self.start..self.end).contains(target))
                .collect(),
            _ => Vec::new(),
        };
        if targets.is_empty() {
            self.indirect(at, value, state);
        }
        for target in targets {
            self.go(target, state);
        }
    }

    fn after_call(&mut self, state: &mut State, only_looks: bool) {
        if !only_looks {
            for register in ARGUMENTS {
                state.escape(state.registers[register]);
            }
            state.forget_escaped();
        }
        for (register, value) in state.registers.iter_mut().enumerate() {
            if !PRESERVED.contains(&register) {
                *value = Value::Unknown;
            }
        }
        state.tested = None;
    }
}

/// Whether the compiler has put a part of another function there.
fn is_part(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.contains(".cold"))
}
