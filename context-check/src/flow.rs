// SPDX-License-Identifier: GPL-2.0

//! What a function calls, and with what: one function is run with values of which little is known.

use crate::{
    image::Image,
    values::{Slot, State, Tested, Value, STACK_POINTER},
};
use iced_x86::{
    Code, ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory,
    Mnemonic, OpAccess, OpKind, Register,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The registers of the arguments, in order.
const ARGUMENTS: [usize; 6] = [7, 6, 2, 1, 8, 9];

/// What a call leaves as it was.
const PRESERVED: [usize; 7] = [3, 4, 5, 12, 13, 14, 15];

/// How many instructions are followed in one function, each time that it is come to.
const STEPS: usize = 400_000;

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

#[derive(Default)]
pub struct Flow {
    pub edges: Vec<Edge>,
    /// Addresses that were written to memory.
    pub stored: BTreeSet<u64>,
    /// How many instructions it took to find out.
    pub steps: usize,
}

/// What is known about functions by their names.
pub trait Names {
    /// It never returns.
    fn never_returns(&self, address: u64) -> bool;
    /// It changes no register.
    fn preserves_all(&self, address: u64) -> bool;
    /// It does not write to what it is given.
    fn only_looks(&self, address: u64) -> bool;
    /// It is a jump to where that register points.
    fn thunk(&self, address: u64) -> Option<usize>;
}

pub struct Interpreter<'a, N> {
    pub image: &'a Image<'a>,
    pub names: &'a N,
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
    /// An entry of a table with entries of that many bytes.
    Table(u64, u32),
    /// Behind a pointer of which nothing is known.
    Behind(Base, i32),
    Other,
}

struct Run<'a, 'b, N> {
    of: &'b Interpreter<'a, N>,
    start: u64,
    end: u64,
    info: InstructionInfoFactory,
    waiting: BTreeMap<u64, State>,
    seen: HashMap<u64, State>,
    edges: HashMap<u64, Vec<Edge>>,
    current: Vec<Edge>,
    stored: BTreeSet<u64>,
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

impl<'a, N: Names> Interpreter<'a, N> {
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
            stored: BTreeSet::new(),
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

impl<N: Names> Run<'_, '_, N> {
    fn all(&mut self) {
        while let Some((address, state)) = self.waiting.pop_first() {
            self.block(address, state);
            let edges = std::mem::take(&mut self.current);
            self.edges.insert(address, edges);
            if self.steps > STEPS {
                self.edges.entry(address).or_default().push(Edge {
                    at: address,
                    to: Target::Unknown("more code than can be followed"),
                    arguments: [Value::Unknown; 6],
                    memory: Vec::new(),
                    only_if: 0,
                    without: 0,
                });
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
        while decoder.can_decode() {
            let at = decoder.ip();
            if at != address {
                if at == self.end || (outside && image.function(at).is_some_and(|f| f.start == at))
                {
                    return;
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
                self.edge(at, Target::Unknown("code that cannot be decoded"), &state);
                return;
            }
            self.taken(&instruction, &mut state);
            if let Next::Stop = self.step(&instruction, &mut state) {
                return;
            }
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
        match self.of.names.thunk(target) {
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
                self.jump(at, instruction.near_branch_target(), state);
                Next::Stop
            }
            FlowControl::ConditionalBranch => self.branch(instruction, state),
            FlowControl::IndirectBranch => {
                self.computed_jump(instruction, state);
                Next::Stop
            }
            FlowControl::Call => {
                let target = instruction.near_branch_target();
                if target == instruction.next_ip() {
                    // To learn the own address: nothing is called.
                    self.compute(instruction, state);
                    return Next::On;
                }
                self.called(at, target, state);
                if self.of.names.never_returns(target) {
                    return Next::Stop;
                }
                if !self.of.names.preserves_all(target) {
                    self.after_call(state, self.of.names.only_looks(target));
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

    /// Where the memory operand is.
    fn place(&self, instruction: &Instruction, state: &State) -> Place {
        let displacement = instruction.memory_displacement64();
        if matches!(instruction.memory_segment(), Register::FS | Register::GS) {
            return Place::Other;
        }
        let (base, index) = (instruction.memory_base(), instruction.memory_index());
        if base == Register::RIP {
            return Place::Known(displacement);
        }
        let scale = instruction.memory_index_scale();
        let base_value = match base {
            Register::None => Value::Const(0),
            _ => self.register(base, state),
        };
        let value = match self.register_or_zero(index, state) {
            Value::Const(i) => base_value.plus((i.wrapping_mul(scale.into())) as i64),
            _ => {
                return match base_value.plus(displacement as i64) {
                    Value::Const(table) if self.of.image.segment(table).is_some() => {
                        Place::Table(table, scale)
                    }
                    _ => Place::Other,
                }
            }
        };
        match value.plus(displacement as i64) {
            Value::Const(address) => Place::Known(address),
            Value::Stack { region, offset } => Place::Slot(region, offset),
            Value::Loaded { at, plus } => Place::Behind(Base::Loaded(at), plus),
            _ if index == Register::None => match i32::try_from(displacement as i64) {
                Ok(offset) => Place::Behind(Base::Register(base), offset),
                Err(_) => Place::Other,
            },
            _ => Place::Other,
        }
    }

    fn register(&self, register: Register, state: &State) -> Value {
        if !register.is_gpr() {
            return Value::Unknown;
        }
        let value = state.registers[register.full_register().number()];
        match register.size() {
            8 => value,
            4 => value.low_word(),
            _ => Value::Unknown,
        }
    }

    fn register_or_zero(&self, register: Register, state: &State) -> Value {
        match register {
            Register::None => Value::Const(0),
            _ => self.register(register, state),
        }
    }

    fn load(&mut self, instruction: &Instruction, size: u8, state: &State) -> Value {
        let image = self.of.image;
        match self.place(instruction, state) {
            Place::Known(address) if image.is_constant(address) => match size {
                8 => image.read_u64(address).map_or(Value::Unknown, Value::Const),
                4 => image
                    .read_i32(address)
                    .map_or(Value::Unknown, |word| Value::Const(word as u32 as u64)),
                _ => Value::Unknown,
            },
            Place::Slot(region, offset) => state.get(region, offset, size),
            Place::Table(table, 8) if size == 8 => Value::Entry(table),
            Place::Table(table, 4) if size == 4 => Value::Offset(table),
            Place::Behind(base, offset) => {
                self.fields.insert((base, offset));
                if size != 8 {
                    return Value::Unknown;
                }
                let at = (instruction.ip().wrapping_sub(self.start)) as u32;
                self.loads.insert(at, (base, offset));
                Value::Loaded { at, plus: 0 }
            }
            _ => Value::Unknown,
        }
    }

    /// The value of an operand.
    fn operand(&mut self, instruction: &Instruction, n: u32, state: &State) -> Value {
        match instruction.op_kind(n) {
            OpKind::Register => self.register(instruction.op_register(n), state),
            OpKind::Memory => {
                let size = instruction.memory_size().size();
                self.load(instruction, size as u8, state)
            }
            OpKind::Immediate8
            | OpKind::Immediate16
            | OpKind::Immediate32
            | OpKind::Immediate64
            | OpKind::Immediate8to16
            | OpKind::Immediate8to32
            | OpKind::Immediate8to64
            | OpKind::Immediate32to64 => {
                let value = instruction.immediate(n);
                // Of the size of what it goes to.
                match instruction.op0_kind() {
                    OpKind::Register if instruction.op0_register().size() == 4 => {
                        Value::Const(value & 0xffff_ffff)
                    }
                    _ => Value::Const(value),
                }
            }
            _ => Value::Unknown,
        }
    }

    fn write(&mut self, register: Register, value: Value, state: &mut State) {
        if !register.is_gpr() {
            return;
        }
        let old = state.registers[register.full_register().number()];
        let value = match register.size() {
            8 => value,
            4 => value.low_word(),
            // The rest of the register stays.
            _ if is_high(register) => old.without_low(16),
            size => old.without_low(size as u32 * 8),
        };
        let value = match value {
            // All other bits of an argument may be whatever they like.
            Value::Arg { n, ones, zeros } => Value::Arg {
                n,
                ones: ones & self.of.bit,
                zeros: zeros & self.of.bit,
            },
            value => value,
        };
        state.registers[register.full_register().number()] = value;
    }

    fn store(&mut self, instruction: &Instruction, size: usize, value: Value, state: &mut State) {
        if let Value::Const(address) = value {
            self.stored.insert(address);
        }
        match self.place(instruction, state) {
            Place::Slot(region, offset) if size <= 8 => {
                state.set(region, offset, size as u8, value);
                // Whoever gets at the slot gets at what is in it.
                if region != 0 {
                    state.escape(value);
                }
            }
            Place::Slot(region, offset) => {
                state.set(
                    region,
                    offset,
                    u8::try_from(size).unwrap_or(u8::MAX),
                    Value::Unknown,
                );
            }
            Place::Known(_) | Place::Table(..) => state.escape(value),
            Place::Behind(..) | Place::Other => {
                state.escape(value);
                state.forget_escaped();
            }
        }
    }

    /// Notes what a comparison with null is about.
    fn null_check(&mut self, value: Value) {
        if let Value::Loaded { at, plus: 0 } = value {
            self.checked.insert(at);
        }
    }

    fn compute(&mut self, instruction: &Instruction, state: &mut State) {
        let to_register = instruction.op_count() > 0 && instruction.op0_kind() == OpKind::Register;
        let to = instruction.op0_register();
        let mut tested = None;
        match instruction.mnemonic() {
            Mnemonic::Mov if to_register && to.is_gpr() => {
                let value = self.operand(instruction, 1, state);
                self.write(to, value, state);
                return;
            }
            Mnemonic::Mov if instruction.op0_kind() == OpKind::Memory => {
                let value = self.operand(instruction, 1, state);
                let size = instruction.memory_size().size();
                let value = if size < 4 { Value::Unknown } else { value };
                self.store(instruction, size, value, state);
                return;
            }
            Mnemonic::Movzx if to_register => {
                let size = match instruction.op1_kind() {
                    OpKind::Register => instruction.op1_register().size(),
                    _ => instruction.memory_size().size(),
                };
                if instruction.op1_kind() == OpKind::Memory {
                    self.load(instruction, size as u8, state);
                }
                let value = Value::Const(0).without_low(size as u32 * 8);
                self.write(to, value, state);
                return;
            }
            Mnemonic::Movsxd if to_register => {
                let value = match self.operand(instruction, 1, state) {
                    Value::Const(c) => Value::Const(c as u32 as i32 as i64 as u64),
                    Value::Offset(table) => Value::Offset(table),
                    _ => Value::Unknown,
                };
                // Not cut to 32 bits.
                if to.is_gpr() && to.size() == 8 {
                    state.registers[to.full_register().number()] = value;
                } else {
                    self.write(to, Value::Unknown, state);
                }
                return;
            }
            Mnemonic::Lea => {
                let value = match self.place(instruction, state) {
                    Place::Known(address) => Value::Const(address),
                    Place::Slot(region, offset) => Value::Stack { region, offset },
                    _ => Value::Unknown,
                };
                self.write(to, value, state);
                return;
            }
            Mnemonic::Xor | Mnemonic::Sub
                if to_register
                    && instruction.op1_kind() == OpKind::Register
                    && to == instruction.op1_register() =>
            {
                self.write(to, Value::Const(0), state);
                state.tested = None;
                return;
            }
            Mnemonic::Add | Mnemonic::Sub if to_register => {
                let (a, b) = (
                    self.operand(instruction, 0, state),
                    self.operand(instruction, 1, state),
                );
                let value = match (a, b, instruction.mnemonic()) {
                    (a, Value::Const(n), Mnemonic::Add) => a.plus(n as i64),
                    (a, Value::Const(n), _) => a.plus((n as i64).wrapping_neg()),
                    (Value::Const(n), b, Mnemonic::Add) => match b {
                        Value::Offset(table) if table == n => Value::Target(table),
                        b => b.plus(n as i64),
                    },
                    _ => Value::Unknown,
                };
                let value = match (a, b) {
                    (Value::Offset(table), Value::Const(n)) if table == n => Value::Target(table),
                    _ => value,
                };
                self.write(to, value, state);
                state.tested = None;
                return;
            }
            Mnemonic::And | Mnemonic::Or if to_register => {
                let (a, b) = (
                    self.operand(instruction, 0, state),
                    self.operand(instruction, 1, state),
                );
                let is_and = instruction.mnemonic() == Mnemonic::And;
                if is_and {
                    tested = bits_tested(a, b);
                } else if a == b {
                    self.null_check(a);
                }
                let bit = self.of.bit;
                let value = if is_and { a.and(b, bit) } else { a.or(b, bit) };
                self.write(to, value, state);
                state.tested = tested;
                return;
            }
            Mnemonic::Shl | Mnemonic::Shr
                if to_register
                    && to.size() == 4
                    && instruction.op1_kind() == OpKind::Immediate8 =>
            {
                let (value, by) = (
                    self.operand(instruction, 0, state),
                    u32::from(instruction.immediate8()),
                );
                let value = match instruction.mnemonic() {
                    Mnemonic::Shl => value.shift_left(by),
                    _ => value.shift_right(by),
                };
                self.write(to, value, state);
                state.tested = None;
                return;
            }
            Mnemonic::Test => {
                let (a, b) = self.wide_operands(instruction, state);
                if a == b {
                    self.null_check(a);
                }
                tested = bits_tested(a, b);
            }
            Mnemonic::Bt if instruction.op1_kind() == OpKind::Immediate8 => {
                let value = self.operand(instruction, 0, state);
                let bit = instruction.immediate8() & 63;
                if bit < 32 {
                    tested = Some(Tested {
                        value,
                        mask: 1 << bit,
                        carry: true,
                    });
                }
            }
            Mnemonic::Cmp => {
                let (a, b) = (
                    self.operand(instruction, 0, state),
                    self.operand(instruction, 1, state),
                );
                if b == Value::Const(0) {
                    self.null_check(a);
                    if let (OpKind::Memory, Place::Behind(base, offset)) =
                        (instruction.op0_kind(), self.place(instruction, state))
                    {
                        self.checked_fields.insert((base, offset));
                    }
                }
                if let (Value::Const(a), Value::Const(b)) = (a, b) {
                    tested = Some(Tested {
                        value: Value::Const(u64::from(a != b)),
                        mask: 1,
                        carry: false,
                    });
                }
            }
            Mnemonic::Push => {
                let value = self.operand(instruction, 0, state);
                let stack = state.registers[STACK_POINTER].plus(-8);
                state.registers[STACK_POINTER] = stack;
                if let Value::Stack { region, offset } = stack {
                    state.set(region, offset, 8, value);
                }
                if let Value::Const(address) = value {
                    self.stored.insert(address);
                }
                return;
            }
            Mnemonic::Pop if to_register => {
                let stack = state.registers[STACK_POINTER];
                let value = match stack {
                    Value::Stack { region, offset } => state.get(region, offset, 8),
                    _ => Value::Unknown,
                };
                state.registers[STACK_POINTER] = stack.plus(8);
                self.write(to, value, state);
                return;
            }
            Mnemonic::Leave => {
                let frame = state.registers[5];
                let value = match frame {
                    Value::Stack { region, offset } => state.get(region, offset, 8),
                    _ => Value::Unknown,
                };
                state.registers[STACK_POINTER] = frame.plus(8);
                state.registers[5] = value;
                return;
            }
            Mnemonic::Xchg
                if to_register && instruction.op1_kind() == OpKind::Register && to.size() == 8 =>
            {
                let other = instruction.op1_register();
                let (a, b) = (self.register(to, state), self.register(other, state));
                self.write(to, b, state);
                self.write(other, a, state);
                return;
            }
            mnemonic if is_cmov(mnemonic) => {
                let (a, b) = (
                    self.operand(instruction, 0, state),
                    self.operand(instruction, 1, state),
                );
                self.write(to, a.join(b), state);
                return;
            }
            _ => self.forget_written(instruction, state),
        }
        if instruction.rflags_modified() != 0 {
            state.tested = tested;
        }
    }

    /// The operands of a test, moved to where they lie in the whole register.
    fn wide_operands(&mut self, instruction: &Instruction, state: &State) -> (Value, Value) {
        if instruction.op0_kind() != OpKind::Register {
            return (
                self.operand(instruction, 0, state),
                self.operand(instruction, 1, state),
            );
        }
        let register = instruction.op0_register();
        if register.size() >= 4 {
            return (
                self.operand(instruction, 0, state),
                self.operand(instruction, 1, state),
            );
        }
        if instruction.op1_kind() == OpKind::Register {
            return (Value::Unknown, Value::Unknown);
        }
        let whole = state.registers[register.full_register().number()].low_word();
        let is_high = is_high(register);
        let mask = match register.size() {
            1 => u64::from(instruction.immediate(1) as u8),
            _ => u64::from(instruction.immediate(1) as u16),
        };
        (whole, Value::Const(if is_high { mask << 8 } else { mask }))
    }

    /// Whatever the instruction writes to is not known any more.
    fn forget_written(&mut self, instruction: &Instruction, state: &mut State) {
        let mut registers: Vec<Register> = Vec::new();
        let mut writes = false;
        let info = self.info.info(instruction);
        for used in info.used_registers() {
            if is_write(used.access()) && used.register().is_gpr() {
                registers.push(used.register());
            }
        }
        for used in info.used_memory() {
            writes |= is_write(used.access());
        }
        if writes {
            if is_string(instruction) {
                let to = state.registers[7];
                state.escape(to);
                state.forget_escaped();
            } else if (0..instruction.op_count()).any(|n| instruction.op_kind(n) == OpKind::Memory)
            {
                let size = instruction.memory_size().size();
                self.store(instruction, size, Value::Unknown, state);
            } else {
                state.forget_escaped();
            }
        }
        for register in registers {
            // The stack pointer moves by what is known, or is lost.
            if register.full_register().number() == STACK_POINTER {
                let by = i64::from(instruction.stack_pointer_increment());
                let value = state.registers[STACK_POINTER].plus(by);
                state.registers[STACK_POINTER] = if by == 0 { Value::Unknown } else { value };
            } else {
                self.write(register, Value::Unknown, state);
            }
        }
    }
}

fn bits_tested(a: Value, b: Value) -> Option<Tested> {
    let (value, mask) = match (a, b) {
        (Value::Const(a), Value::Const(b)) => (Value::Const(u64::from(a & b != 0)), 1),
        (value, Value::Const(mask)) | (Value::Const(mask), value) => {
            (value, u32::try_from(mask).ok()?)
        }
        (a, b) if a == b => (a, u32::MAX),
        _ => return None,
    };
    Some(Tested {
        value,
        mask,
        carry: false,
    })
}

fn is_high(register: Register) -> bool {
    matches!(
        register,
        Register::AH | Register::BH | Register::CH | Register::DH
    )
}

fn is_write(access: OpAccess) -> bool {
    matches!(
        access,
        OpAccess::Write | OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite
    )
}

fn is_string(instruction: &Instruction) -> bool {
    matches!(
        instruction.mnemonic(),
        Mnemonic::Stosb
            | Mnemonic::Stosw
            | Mnemonic::Stosd
            | Mnemonic::Stosq
            | Mnemonic::Movsb
            | Mnemonic::Movsw
            | Mnemonic::Movsd
            | Mnemonic::Movsq
    ) && !matches!(instruction.code(), Code::Movsd_xmm_xmmm64)
}

fn is_cmov(mnemonic: Mnemonic) -> bool {
    matches!(
        mnemonic,
        Mnemonic::Cmova
            | Mnemonic::Cmovae
            | Mnemonic::Cmovb
            | Mnemonic::Cmovbe
            | Mnemonic::Cmove
            | Mnemonic::Cmovg
            | Mnemonic::Cmovge
            | Mnemonic::Cmovl
            | Mnemonic::Cmovle
            | Mnemonic::Cmovne
            | Mnemonic::Cmovno
            | Mnemonic::Cmovnp
            | Mnemonic::Cmovns
            | Mnemonic::Cmovo
            | Mnemonic::Cmovp
            | Mnemonic::Cmovs
    )
}

/// Whether the compiler has put a part of another function there.
fn is_part(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.contains(".cold"))
}
