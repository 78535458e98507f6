// SPDX-License-Identifier: GPL-2.0

//! What one instruction does to what is known.

use super::{Base, Place, Run};
use crate::values::{State, Tested, Value, STACK_POINTER};
use iced_x86::{Code, Instruction, Mnemonic, OpAccess, OpKind, Register};

impl Run<'_, '_> {
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
            Value::Stack { region, .. } => return Place::Within(region),
            Value::Const(i) => base_value.plus((i.wrapping_mul(scale.into())) as i64),
            _ => {
                return match base_value.plus(displacement as i64) {
                    Value::Const(table) if self.of.image.segment(table).is_some() => {
                        Place::Table(table, scale)
                    }
                    Value::Stack { region, .. } => Place::Within(region),
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
    pub(super) fn operand(&mut self, instruction: &Instruction, n: u32, state: &State) -> Value {
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
                let size = match instruction.op0_kind() {
                    OpKind::Register => instruction.op0_register().size(),
                    OpKind::Memory => instruction.memory_size().size(),
                    _ => 8,
                };
                Value::Const(match size {
                    1 => value & 0xff,
                    2 => value & 0xffff,
                    4 => value & 0xffff_ffff,
                    _ => value,
                })
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
        self.stored(instruction.ip(), value);
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
            Place::Within(region) => {
                state.escape(value);
                state.forget_region(region);
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

    pub(super) fn compute(&mut self, instruction: &Instruction, state: &mut State) {
        let to_register = instruction.op_count() > 0 && instruction.op0_kind() == OpKind::Register;
        let to = instruction.op0_register();
        let mut tested = None;
        let in_memory = (0..instruction.op_count()).any(|n| is_memory(instruction, n));
        if in_memory && instruction.mnemonic() != Mnemonic::Lea {
            if let Place::Within(region) = self.place(instruction, state) {
                state.escape_held(region);
            }
        }
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
                    Place::Within(region) => {
                        state.escape_all_around(Value::Stack { region, offset: 0 });
                        Value::Unknown
                    }
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
                if !matches!(value, Value::Stack { .. }) {
                    // How far two are apart is a number.
                    let is_number =
                        instruction.mnemonic() == Mnemonic::Sub && matches!(b, Value::Stack { .. });
                    for lost in [a, b].into_iter().filter(|_| !is_number) {
                        state.escape_all_around(lost);
                    }
                }
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
                if !matches!(value, Value::Stack { .. }) {
                    state.escape_all_around(a);
                    state.escape_all_around(b);
                }
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
                self.stored(instruction.ip(), value);
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
                let value = state.meet(a, b);
                self.write(to, value, state);
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
        // Nor where an address went that it was given.
        for n in 0..instruction.op_count() {
            let register = instruction.op_register(n);
            if instruction.op_kind(n) == OpKind::Register
                && register.full_register() != Register::RSP
            {
                state.escape_all_around(self.register(register, state));
            }
        }
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
                let (to, from) = (state.registers[7], state.registers[6]);
                if let Value::Stack { region, .. } = from {
                    state.escape_held(region);
                }
                state.escape(to);
                state.forget_escaped();
            } else if (0..instruction.op_count()).any(|n| is_memory(instruction, n)) {
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

fn is_memory(instruction: &Instruction, n: u32) -> bool {
    instruction.op_kind(n) == OpKind::Memory
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
