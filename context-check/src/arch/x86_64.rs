// SPDX-License-Identifier: GPL-2.0

//! x86-64.

use super::{Convention, Fault, Fixed};
use crate::ops::{
    Address, Condition, Control, Index, Lifted, Op, Operand, Register, Value, TEMPORARY,
};
use iced_x86::{
    ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory,
    Mnemonic, OpAccess, OpKind, Register as Name,
};
use object::{elf, RelocationFlags};
use std::cell::RefCell;

const RAX: Register = 0;
const RCX: Register = 1;
const RSP: Register = 4;
const RBP: Register = 5;
const RSI: Register = 6;
const RDI: Register = 7;

pub const CONVENTION: Convention = Convention {
    arguments: [RDI, RSI, 2, RCX, 8, 9],
    results: [RAX, 2],
    preserved: &[3, RBP, 12, 13, 14, 15],
    stack_pointer: RSP,
    link: None,
};

/// `struct alt_instr`: four bytes of flags come before both lengths.
pub const ALTERNATIVE: u64 = 14;
pub const ALTERNATIVE_LENGTH_AT: usize = 13;

/// The functions that jump to where a register points.
pub fn thunk(name: &str) -> Option<Register> {
    let register = [
        "__x86_indirect_thunk_",
        "__x86_indirect_call_thunk_",
        "__x86_indirect_jump_thunk_",
    ]
    .iter()
    .find_map(|prefix| name.strip_prefix(prefix))?;
    let position = [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15",
    ]
    .iter()
    .position(|&name| name == register)?;
    Register::try_from(position).ok()
}

/// `mov $number, %eax`: what decodes is an instruction that does no harm.
pub fn after_type(bytes: &[u8]) -> Option<&[u8]> {
    const MOV_EAX: u8 = 0xb8;
    bytes.strip_prefix(&[MOV_EAX])?.get(4..)
}

/// Whether a function does no more than return.
pub fn is_return(name: &str) -> bool {
    name.starts_with("__x86_return_thunk")
        || (name.ends_with("_return_thunk")
            && ["srso_", "retbleed_", "its_"]
                .iter()
                .any(|start| name.starts_with(start)))
}

pub fn relocate(flags: RelocationFlags, field: u64, target: u64) -> Option<Fixed> {
    let RelocationFlags::Elf { r_type } = flags else {
        return None;
    };
    let (value, size, is_address) = match r_type {
        elf::R_X86_64_64 => (target, 8, true),
        elf::R_X86_64_32 | elf::R_X86_64_32S => (target, 4, true),
        elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => (target.wrapping_sub(field), 4, false),
        elf::R_X86_64_PC64 => (target.wrapping_sub(field), 8, false),
        _ => return None,
    };
    Some(Fixed {
        value,
        size,
        is_address,
        is_page: false,
    })
}

/// `extable_fixup_types.h`.
pub fn fault(data: u32) -> Fault {
    const POP_REG: u32 = 16;
    let register = Some(((data >> 8) & 0xf) as Register);
    let changed = match data & 0xff {
        POP_REG => [register, Some(RSP)],
        _ => [register, None],
    };
    Fault {
        changed,
        // Reading the kernel's memory has the same type.
        is_user: false,
    }
}

thread_local! {
    static INFO: RefCell<InstructionInfoFactory> = RefCell::new(InstructionInfoFactory::new());
}

pub fn decoder(bytes: &[u8], at: u64) -> Decoder<'_> {
    Decoder::with_ip(64, bytes, at, DecoderOptions::NONE)
}

/// Decodes the next instruction.
pub fn lift(decoder: &mut Decoder<'_>, to: &mut Lifted) -> bool {
    let mut instruction = Instruction::default();
    if !decoder.can_decode() {
        return false;
    }
    decoder.decode_out(&mut instruction);
    if instruction.is_invalid() {
        return false;
    }
    to.length = instruction.len() as u8;
    let mut lift = Lift {
        instruction: &instruction,
        to,
        loads: 0,
    };
    lift.whole();
    true
}

struct Lift<'a> {
    instruction: &'a Instruction,
    to: &'a mut Lifted,
    /// How many operands were read from memory.
    loads: usize,
}

impl Lift<'_> {
    fn whole(&mut self) {
        let instruction = self.instruction;
        self.to.is_filler = matches!(instruction.mnemonic(), Mnemonic::Nop | Mnemonic::Int3);
        self.to.is_user_access = instruction.mnemonic() == Mnemonic::Stac;
        let is_near = instruction.op_count() > 0 && instruction.op0_kind() == OpKind::NearBranch64;
        let target = instruction.near_branch_target();
        self.to.is_unfilled = is_near && instruction.len() >= 5 && target == instruction.next_ip();
        self.to.control = match instruction.flow_control() {
            // The direction of string operations.
            FlowControl::Next if instruction.mnemonic() == Mnemonic::Std => Control::Strange,
            // Half a word on the stack.
            FlowControl::Next
                if matches!(
                    instruction.mnemonic(),
                    Mnemonic::Push | Mnemonic::Pop | Mnemonic::Leave
                ) && instruction.stack_pointer_increment().abs() == 2 =>
            {
                Control::Strange
            }
            FlowControl::Next => {
                self.compute();
                Control::Next
            }
            FlowControl::UnconditionalBranch if is_near => Control::Jump(target),
            FlowControl::ConditionalBranch if is_near => {
                if !instruction.is_jcc_short_or_near() {
                    self.unknown();
                }
                Control::Branch(condition(instruction.condition_code()), target)
            }
            FlowControl::Call if is_near && target == instruction.next_ip() => {
                // To learn the own address: nothing is called.
                self.push(Operand::Number(target));
                Control::Next
            }
            FlowControl::Call if is_near => Control::Call(target),
            // Of the hypervisor.
            FlowControl::Call
                if instruction.op_count() == 0 && instruction.mnemonic() != Mnemonic::Syscall =>
            {
                self.unknown();
                Control::Next
            }
            FlowControl::IndirectBranch | FlowControl::IndirectCall => self.indirect(),
            FlowControl::Return => match instruction.mnemonic() {
                Mnemonic::Ret if instruction.op_count() == 0 => Control::Return(None),
                _ => Control::Strange,
            },
            FlowControl::Interrupt if instruction.mnemonic() == Mnemonic::Int3 => Control::End,
            FlowControl::Interrupt => {
                self.unknown();
                Control::Next
            }
            FlowControl::XbeginXabortXend if is_near => {
                self.unknown();
                self.set(RAX, 8, Value::Unknown);
                Control::Branch(Condition::Other, target)
            }
            FlowControl::XbeginXabortXend => Control::Next,
            FlowControl::Exception => Control::Trap,
            _ => Control::Strange,
        };
    }

    fn indirect(&mut self) -> Control {
        let instruction = self.instruction;
        let is_far = match instruction.op0_kind() {
            OpKind::Memory => instruction.memory_size().size() != 8,
            OpKind::Register => false,
            _ => true,
        };
        let Some(Operand::Register(register)) = (!is_far).then(|| self.operand(0)) else {
            return Control::Strange;
        };
        match instruction.flow_control() {
            FlowControl::IndirectCall => Control::CallTo(register),
            _ => Control::JumpTo(register),
        }
    }

    fn op(&mut self, op: Op) {
        self.to.ops.push(op);
    }

    fn set(&mut self, to: Register, size: u8, value: Value) {
        self.op(Op::Set { to, size, value });
    }

    /// The operand's size in bytes.
    fn size(&self, n: u32) -> u8 {
        let size = match self.instruction.op_kind(n) {
            OpKind::Register => self.instruction.op_register(n).size(),
            OpKind::Memory => self.instruction.memory_size().size(),
            _ => 8,
        };
        u8::try_from(size).unwrap_or(u8::MAX)
    }

    fn address(&self) -> Address {
        let instruction = self.instruction;
        let offset = instruction.memory_displacement64();
        if matches!(instruction.memory_segment(), Name::FS | Name::GS) {
            return Address::Unknown;
        }
        let (base, index) = (instruction.memory_base(), instruction.memory_index());
        if base == Name::RIP {
            return Address::known(offset);
        }
        let is_whole = |name: Name| name == Name::None || (name.is_gpr() && name.size() == 8);
        if !is_whole(base) || !is_whole(index) {
            return Address::Unknown;
        }
        let index = (index != Name::None).then(|| Index {
            register: number(index),
            size: 8,
            signed: false,
            shift: instruction.memory_index_scale().trailing_zeros() as u8,
        });
        Address::Sum {
            base: (base != Name::None).then(|| number(base)),
            index,
            offset: offset as i64,
        }
    }

    /// The operand, read first if it is in memory.
    fn operand(&mut self, n: u32) -> Operand {
        let instruction = self.instruction;
        let size = self.size(n);
        match instruction.op_kind(n) {
            OpKind::Register => {
                let name = instruction.op_register(n);
                if name.is_gpr() && !is_high(name) {
                    return Operand::Register(number(name));
                }
            }
            OpKind::Memory if size <= 8 => {
                let to = TEMPORARY[self.loads.min(1)];
                self.loads += 1;
                let from = self.address();
                self.op(Op::Load { to, size, from });
                return Operand::Register(to);
            }
            OpKind::Immediate8
            | OpKind::Immediate16
            | OpKind::Immediate32
            | OpKind::Immediate64
            | OpKind::Immediate8to16
            | OpKind::Immediate8to32
            | OpKind::Immediate8to64
            | OpKind::Immediate32to64 => return Operand::Number(instruction.immediate(n)),
            _ => {}
        }
        let to = TEMPORARY[self.loads.min(1)];
        self.loads += 1;
        self.set(to, 8, Value::Unknown);
        Operand::Register(to)
    }

    /// Puts a value where the first operand says.
    fn write(&mut self, value: Value) {
        let instruction = self.instruction;
        let size = self.size(0);
        match instruction.op0_kind() {
            OpKind::Register => {
                let name = instruction.op0_register();
                if is_high(name) {
                    self.set(number(name), 2, Value::Unknown);
                } else if name.is_gpr() {
                    self.set(number(name), size, value);
                }
            }
            OpKind::Memory => {
                let to = self.address();
                let value = match value {
                    Value::Copy(operand) => operand,
                    value => {
                        self.set(TEMPORARY[1], size, value);
                        Operand::Register(TEMPORARY[1])
                    }
                };
                self.op(Op::Store { to, size, value });
            }
            _ => {}
        }
    }

    fn push(&mut self, value: Operand) {
        let value = match value {
            Operand::Register(RSP) => {
                self.set(TEMPORARY[1], 8, Value::Copy(value));
                Operand::Register(TEMPORARY[1])
            }
            value => value,
        };
        self.move_stack(-8);
        self.op(Op::Store {
            to: Address::behind(RSP, 0),
            size: 8,
            value,
        });
    }

    fn pop(&mut self, to: Register) {
        self.op(Op::Load {
            to,
            size: 8,
            from: Address::behind(RSP, 0),
        });
        self.move_stack(8);
    }

    fn move_stack(&mut self, by: i64) {
        let sum = Value::Add(Operand::Register(RSP), Operand::Number(by as u64));
        self.set(RSP, 8, sum);
    }

    fn compute(&mut self) {
        let instruction = self.instruction;
        let is_general = |n: u32| match instruction.op_kind(n) {
            OpKind::Register => instruction.op_register(n).is_gpr(),
            OpKind::Memory => true,
            _ => true,
        };
        let operands = instruction.op_count();
        // Vector registers, those of segments, and what is too large.
        if operands > 0 && (!(0..operands).all(is_general) || self.size(0) > 8) {
            return self.unknown();
        }
        let size = if operands > 0 { self.size(0) } else { 8 };
        if self.is_second_byte() {
            return self.second_byte();
        }
        match instruction.mnemonic() {
            Mnemonic::Nop | Mnemonic::Endbr64 | Mnemonic::Pause => {}
            Mnemonic::Mov => {
                let value = self.operand(1);
                self.write(Value::Copy(value));
            }
            Mnemonic::Movzx => {
                let from = self.size(1);
                let value = self.operand(1);
                self.write(Value::ZeroExtend(value, from));
            }
            Mnemonic::Movsx | Mnemonic::Movsxd => {
                let from = self.size(1);
                let value = self.operand(1);
                self.write(Value::SignExtend(value, from));
            }
            Mnemonic::Lea => {
                let address = self.address();
                self.write(Value::Address(address));
            }
            Mnemonic::Xor | Mnemonic::Sub if self.is_with_itself() => {
                self.write(Value::Copy(Operand::Number(0)));
                self.op(Op::ForgetConditions);
            }
            Mnemonic::Sbb if self.is_with_itself() => {
                self.write(Value::Mask(Condition::Below));
                self.op(Op::ForgetConditions);
            }
            Mnemonic::Add => self.binary(size, Value::Add, |_, _, _| Op::ForgetConditions),
            Mnemonic::Xor => self.binary(size, Value::Xor, |_, _, _| Op::ForgetConditions),
            Mnemonic::Sub => self.binary(size, Value::Subtract, compare),
            Mnemonic::And => self.binary(size, Value::And, test),
            Mnemonic::Or => self.binary(size, Value::Or, |size, a, b| {
                if a == b {
                    test(size, a, b)
                } else {
                    Op::ForgetConditions
                }
            }),
            Mnemonic::Imul if size >= 4 && operands >= 2 => {
                let (a, b) = match operands {
                    2 => (self.operand(0), self.operand(1)),
                    _ => (self.operand(1), self.operand(2)),
                };
                self.op(Op::ForgetConditions);
                self.write(Value::Multiply(a, b));
            }
            Mnemonic::Inc | Mnemonic::Dec => {
                let value = self.operand(0);
                let by = if instruction.mnemonic() == Mnemonic::Inc {
                    1
                } else {
                    u64::MAX
                };
                self.op(Op::ForgetConditions);
                self.write(Value::Add(value, Operand::Number(by)));
            }
            Mnemonic::Cmp => {
                let (a, b) = (self.operand(0), self.operand(1));
                self.op(compare(size, a, b));
            }
            Mnemonic::Test
                if instruction.op0_kind() == OpKind::Register
                    && is_high(instruction.op0_register())
                    && instruction.op1_kind() == OpKind::Immediate8 =>
            {
                let whole = Operand::Register(number(instruction.op0_register()));
                let mask = u64::from(instruction.immediate8()) << 8;
                self.op(test(4, whole, Operand::Number(mask)));
            }
            Mnemonic::Test => {
                let (a, b) = (self.operand(0), self.operand(1));
                self.op(test(size, a, b));
            }
            Mnemonic::Shl | Mnemonic::Shr
                if size >= 4 && instruction.op1_kind() == OpKind::Immediate8 =>
            {
                let by = instruction.immediate8() & if size == 8 { 63 } else { 31 };
                let value = self.operand(0);
                self.op(Op::ForgetConditions);
                self.write(match instruction.mnemonic() {
                    Mnemonic::Shl => Value::ShiftLeft(value, by),
                    _ => Value::ShiftRight(value, by),
                });
            }
            Mnemonic::Bt if instruction.op1_kind() == OpKind::Immediate8 && size >= 4 => {
                let bit = instruction.immediate8() & if size == 8 { 63 } else { 31 };
                let value = self.operand(0);
                self.op(Op::TestBit { value, bit });
            }
            Mnemonic::Push => {
                let value = self.operand(0);
                self.push(value);
            }
            Mnemonic::Pop => {
                self.pop(TEMPORARY[0]);
                self.write(Value::Copy(Operand::Register(TEMPORARY[0])));
            }
            Mnemonic::Leave => {
                self.set(RSP, 8, Value::Copy(Operand::Register(RBP)));
                self.pop(RBP);
            }
            Mnemonic::Xchg if size >= 4 => self.exchange(size),
            Mnemonic::Xadd if size >= 4 => {
                let (old, by) = (self.operand(0), self.operand(1));
                self.set(TEMPORARY[0], 8, Value::Copy(old));
                self.set(TEMPORARY[1], size, Value::Add(old, by));
                if let Operand::Register(by) = by {
                    self.set(by, size, Value::Copy(Operand::Register(TEMPORARY[0])));
                }
                self.write(Value::Copy(Operand::Register(TEMPORARY[1])));
                self.op(Op::ForgetConditions);
            }
            Mnemonic::Cmpxchg if size >= 4 && instruction.op0_kind() == OpKind::Memory => {
                let (old, new) = (self.operand(0), self.operand(1));
                self.op(Op::ForgetConditions);
                // Either may be there afterwards.
                self.write(Value::Copy(new));
                self.write(Value::Select(Condition::Other, new, old));
                let rax = Operand::Register(RAX);
                self.set(RAX, 8, Value::Select(Condition::Other, old, rax));
            }
            Mnemonic::Cdqe => {
                self.set(RAX, 8, Value::SignExtend(Operand::Register(RAX), 4));
            }
            Mnemonic::Movsb | Mnemonic::Movsw | Mnemonic::Movsd | Mnemonic::Movsq => {
                self.op(Op::Copy { to: RDI, from: RSI });
                self.unknown_registers();
            }
            Mnemonic::Stosb | Mnemonic::Stosw | Mnemonic::Stosd | Mnemonic::Stosq => {
                let (to, value) = (Address::behind(RDI, 0), Operand::Register(RAX));
                self.op(Op::Store { to, size: 8, value });
                self.op(Op::Wipe { to, size: None });
                self.unknown_registers();
            }
            mnemonic if is_cmov(mnemonic) => {
                let (own, other) = (self.operand(0), self.operand(1));
                let condition = condition(instruction.condition_code());
                self.write(Value::Select(condition, other, own));
            }
            _ => self.unknown(),
        }
    }

    fn binary(
        &mut self,
        size: u8,
        value: impl Fn(Operand, Operand) -> Value,
        conditions: impl Fn(u8, Operand, Operand) -> Op,
    ) {
        let (a, b) = (self.operand(0), self.operand(1));
        self.op(conditions(size, a, b));
        self.write(value(a, b));
    }

    fn exchange(&mut self, size: u8) {
        let (a, b) = (self.operand(0), self.operand(1));
        let (Operand::Register(_), Operand::Register(second)) = (a, b) else {
            return self.unknown();
        };
        // What is in memory is in a temporary one already.
        let old = Operand::Register(TEMPORARY[0]);
        self.set(TEMPORARY[0], 8, Value::Copy(a));
        self.write(Value::Copy(b));
        self.set(second, size, Value::Copy(old));
    }

    /// Whether a number is put to the second byte of a register, as GCC does with flags.
    fn is_second_byte(&self) -> bool {
        let instruction = self.instruction;
        matches!(
            instruction.mnemonic(),
            Mnemonic::And | Mnemonic::Or | Mnemonic::Xor
        ) && instruction.op0_kind() == OpKind::Register
            && is_high(instruction.op0_register())
            && instruction.op1_kind() == OpKind::Immediate8
    }

    fn second_byte(&mut self) {
        let instruction = self.instruction;
        let to = number(instruction.op0_register());
        let (own, byte) = (
            Operand::Register(to),
            u64::from(instruction.immediate8()) << 8,
        );
        let value = match instruction.mnemonic() {
            Mnemonic::And => Value::And(own, Operand::Number(!0xff00 | byte)),
            Mnemonic::Or => Value::Or(own, Operand::Number(byte)),
            _ => Value::Xor(own, Operand::Number(byte)),
        };
        self.set(to, 8, value);
        self.op(Op::ForgetConditions);
    }

    fn is_with_itself(&self) -> bool {
        let instruction = self.instruction;
        instruction.op0_kind() == OpKind::Register
            && instruction.op1_kind() == OpKind::Register
            && instruction.op0_register() == instruction.op1_register()
            && !is_high(instruction.op0_register())
    }

    /// What is not modelled: what it reads is lost sight of, what it writes is not known.
    fn unknown(&mut self) {
        let instruction = self.instruction;
        for n in 0..instruction.op_count() {
            let name = instruction.op_register(n);
            if instruction.op_kind(n) == OpKind::Register && name.is_gpr() && number(name) != RSP {
                self.op(Op::Lose(number(name)));
            }
        }
        if instruction.is_string_instruction() {
            let from = Address::behind(RSI, 0);
            self.op(Op::Read { from, size: 8 });
            self.op(Op::Lose(RSI));
        }
        if instruction.is_vsib() || instruction.mnemonic() == Mnemonic::Movdir64b {
            for name in [instruction.memory_base(), instruction.op0_register()] {
                if name.is_gpr() {
                    self.op(Op::Lose(number(name)));
                }
            }
            self.op(Op::WipeAnywhere);
        }
        let has_memory =
            (0..instruction.op_count()).any(|n| instruction.op_kind(n) == OpKind::Memory);
        let size = u32::try_from(instruction.memory_size().size()).ok();
        if has_memory {
            let (from, size) = (self.address(), size.unwrap_or(64));
            self.op(Op::Read { from, size });
        }
        let writes = INFO.with_borrow_mut(|info| {
            let info = info.info(instruction);
            info.used_memory()
                .iter()
                .any(|used| is_write(used.access()))
        });
        if writes && has_memory && !instruction.is_string_instruction() {
            let to = if instruction.op1_kind() == OpKind::Register && is_of_bits(instruction) {
                self.set(TEMPORARY[0], 8, Value::Unknown);
                around(self.address(), TEMPORARY[0])
            } else {
                self.address()
            };
            let size = size.filter(|&size| size > 0);
            self.op(Op::Wipe { to, size });
        } else if writes {
            self.op(Op::Lose(RDI));
            self.op(Op::WipeAnywhere);
        }
        self.unknown_registers();
    }

    fn unknown_registers(&mut self) {
        let instruction = self.instruction;
        let by = i64::from(instruction.stack_pointer_increment());
        INFO.with_borrow_mut(|info| {
            let info = info.info(instruction);
            for used in info.used_registers() {
                let name = used.register();
                if !is_write(used.access()) || !name.is_gpr() {
                    continue;
                }
                match number(name) {
                    RSP if by != 0 => {}
                    register => self.to.ops.push(Op::Set {
                        to: register,
                        size: if is_high(name) {
                            2
                        } else {
                            (name.size() as u8).max(2)
                        },
                        value: Value::Unknown,
                    }),
                }
            }
        });
        if by != 0 {
            self.move_stack(by);
        }
        if by < 0 {
            let size = u32::try_from(-by).ok();
            let to = Address::behind(RSP, 0);
            self.op(Op::Wipe { to, size });
        }
        if instruction.rflags_modified() != 0 {
            self.op(Op::ForgetConditions);
        }
    }
}

/// Whether it changes one bit of a row of bits, which may be as long as memory is.
fn is_of_bits(instruction: &Instruction) -> bool {
    matches!(
        instruction.mnemonic(),
        Mnemonic::Bts | Mnemonic::Btr | Mnemonic::Btc
    )
}

/// A place so far from where the address says.
fn around(address: Address, by: Register) -> Address {
    match address {
        Address::Sum { base, offset, .. } => Address::Sum {
            base,
            index: Some(Index {
                register: by,
                size: 8,
                signed: false,
                shift: 0,
            }),
            offset,
        },
        Address::Unknown => Address::Unknown,
    }
}

fn compare(size: u8, a: Operand, b: Operand) -> Op {
    Op::Compare { size, a, b }
}

fn test(size: u8, a: Operand, b: Operand) -> Op {
    Op::Test { size, a, b }
}

fn number(name: Name) -> Register {
    name.full_register().number() as Register
}

fn is_high(name: Name) -> bool {
    matches!(name, Name::AH | Name::BH | Name::CH | Name::DH)
}

fn is_write(access: OpAccess) -> bool {
    matches!(
        access,
        OpAccess::Write | OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite
    )
}

fn condition(code: ConditionCode) -> Condition {
    match code {
        ConditionCode::e => Condition::Equal,
        ConditionCode::ne => Condition::NotEqual,
        ConditionCode::b => Condition::Below,
        ConditionCode::ae => Condition::AtLeast,
        ConditionCode::a => Condition::Above,
        ConditionCode::be => Condition::AtMost,
        ConditionCode::l => Condition::Less,
        ConditionCode::ge => Condition::GreaterOrEqual,
        ConditionCode::g => Condition::Greater,
        ConditionCode::le => Condition::LessOrEqual,
        _ => Condition::Other,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thunks_by_register() {
        assert_eq!(thunk("__x86_indirect_thunk_r11"), Some(11));
        assert_eq!(thunk("__x86_return_thunk"), None);
        assert!(is_return("__x86_return_thunk"));
        assert!(!is_return("f_return_thunk"));
    }
}
