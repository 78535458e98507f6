// SPDX-License-Identifier: GPL-2.0

//! Instructions, as operations.

use super::{raw, LINK, STACK_POINTER};
use crate::ops::{Address, Condition, Control, Lifted, Op, Operand, Register, Value, TEMPORARY};
use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Instruction, Opcode, Operand as Operand_, SizeCode};

/// Each has as many bytes.
const LENGTH: u8 = 4;

/// Of `msr` and `mrs`: which register it is.
const NZCV: u16 = 0x5a10;
const RANDOM: [u16; 2] = [0x5920, 0x5921];

/// Of `msr` with a number: which field of the state it is.
const CARRY_INVERT: u8 = 0;
const ARM_FLAGS: [u8; 2] = [1, 2];
const ACCESS_NEVER: u8 = 4;
const STACK_SELECT: u8 = 5;

/// Registers that a call of the firmware or of the hypervisor may set.
const FIRMWARE: std::ops::RangeInclusive<Register> = 0..=17;

/// Decodes the instruction that `bytes` begin with. `false` if there is none.
pub fn lift(bytes: &[u8], at: u64, to: &mut Lifted) -> bool {
    let Some(bytes) = bytes.get(..usize::from(LENGTH)) else {
        return false;
    };
    to.length = LENGTH;
    let mut lifter = Lifter {
        to,
        at,
        word: bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u32::from(*byte)),
    };
    let mut instruction = Instruction::default();
    let decoded = InstDecoder::default().decode_into(&mut instruction, &mut U8Reader::new(bytes));
    // Some that the decoder does not know pass it with this.
    match decoded.is_ok() && instruction.opcode != Opcode::Invalid {
        true => lifter.instruction(&instruction).is_some(),
        false => raw::lift(&mut lifter),
    }
}

pub(super) struct Lifter<'a> {
    pub to: &'a mut Lifted,
    pub at: u64,
    pub word: u32,
}

/// All bits of so many bytes.
pub(super) fn ones(size: u8) -> u64 {
    match size {
        8 => u64::MAX,
        _ => (1 << (u32::from(size) * 8)) - 1,
    }
}

/// A register by its number, where 31 is zero.
pub(super) fn read(register: u16) -> Operand {
    match register {
        0..=30 => Operand::Register(register as Register),
        _ => Operand::Number(0),
    }
}

/// A register by its number that is written, where 31 is none.
pub(super) fn written(register: u16) -> Option<Register> {
    (register < 31).then_some(register as Register)
}

pub(super) fn size_of(size: SizeCode) -> u8 {
    match size {
        SizeCode::W => 4,
        SizeCode::X => 8,
    }
}

/// One that always holds is none.
pub(super) fn condition(code: u8) -> Option<Condition> {
    Some(match code {
        0 => Condition::Equal,
        1 => Condition::NotEqual,
        2 => Condition::AtLeast,
        3 => Condition::Below,
        8 => Condition::Above,
        9 => Condition::AtMost,
        10 => Condition::GreaterOrEqual,
        11 => Condition::Less,
        12 => Condition::Greater,
        13 => Condition::LessOrEqual,
        // The sign and the overflow alone.
        4..=7 => Condition::Other,
        _ => return None,
    })
}

impl Lifter<'_> {
    pub fn push(&mut self, op: Op) {
        self.to.ops.push(op);
    }

    pub fn set(&mut self, to: Option<Register>, size: u8, value: Value) {
        if let Some(to) = to {
            self.push(Op::Set { to, size, value });
        }
    }

    pub fn lose(&mut self, operand: Operand) {
        if let Operand::Register(register) = operand {
            self.push(Op::Lose(register));
        }
    }

    pub fn load(&mut self, to: Option<Register>, size: u8, from: Address) {
        if let Some(to) = to {
            self.push(Op::Load { to, size, from });
        }
    }

    pub fn store(&mut self, to: Address, size: u8, value: Operand) {
        self.push(Op::Store { to, size, value });
    }

    pub fn wipe(&mut self, to: Address, size: Option<u32>) {
        self.push(Op::Wipe { to, size });
    }

    /// Nothing is known of the result, nor where what it is made of has gone.
    pub fn unknown(&mut self, to: Option<Register>, size: u8, from: &[Operand]) {
        for operand in from {
            self.lose(*operand);
        }
        self.set(to, size, Value::Unknown);
    }

    pub fn target(&self, offset: i64) -> u64 {
        self.at.wrapping_add_signed(offset)
    }

    fn next(&self) -> Operand {
        Operand::Number(self.at.wrapping_add(LENGTH.into()))
    }

    /// An operand that is read, if it is a register or a number.
    pub fn value(&self, operand: Operand_) -> Option<Operand> {
        Some(match operand {
            Operand_::Register(_, register) => read(register),
            Operand_::RegisterOrSP(_, register) => Operand::Register(register as Register),
            Operand_::Immediate(number) => Operand::Number(number.into()),
            Operand_::Imm64(number) => Operand::Number(number),
            Operand_::Imm16(number) => Operand::Number(number.into()),
            Operand_::ImmShift(number, shift) => {
                Operand::Number(u64::from(number).checked_shl(shift.into())?)
            }
            _ => return None,
        })
    }

    /// A register that is written, and how many bytes of it.
    pub fn destination(&self, operand: Operand_) -> Option<(Option<Register>, u8)> {
        match operand {
            Operand_::Register(size, register) => Some((written(register), size_of(size))),
            Operand_::RegisterOrSP(size, register) => {
                Some((Some(register as Register), size_of(size)))
            }
            _ => None,
        }
    }

    fn branch(&mut self, code: u8, to: Operand_) -> Option<()> {
        let Operand_::PCOffset(offset) = to else {
            return None;
        };
        let target = self.target(offset);
        self.to.control = match condition(code) {
            Some(condition) => Control::Branch(condition, target),
            None => Control::Jump(target),
        };
        Some(())
    }

    fn branch_on_register(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let a = self.value(operands[0])?;
        let (_, all) = self.destination(operands[0])?;
        let to = match opcode {
            Opcode::CBZ | Opcode::CBNZ => {
                let b = Operand::Number(0);
                self.push(Op::Compare { size: all, a, b });
                operands[1]
            }
            _ => {
                let Operand_::Imm16(bit @ 0..=63) = operands[1] else {
                    return None;
                };
                let (size, b) = (if bit < 32 { 4 } else { 8 }, Operand::Number(1 << bit));
                self.push(Op::Test { size, a, b });
                operands[2]
            }
        };
        let is_zero = matches!(opcode, Opcode::CBZ | Opcode::TBZ);
        self.branch(if is_zero { 0 } else { 1 }, to)
    }

    /// To where a register points. With authentication, too: it does not change where a pointer
    /// that is good points, and with another one the code does not go on.
    fn jump(&mut self, opcode: Opcode, to: Operand_) -> Option<()> {
        let Operand_::Register(_, register) = to else {
            return None;
        };
        let next = Value::Copy(self.next());
        let is_call = !matches!(
            opcode,
            Opcode::BR | Opcode::BRAA | Opcode::BRAAZ | Opcode::BRAB | Opcode::BRABZ
        );
        self.to.control = match (is_call, written(register)) {
            (false, Some(register)) => Control::JumpTo(register),
            (false, None) => Control::Jump(0),
            (true, Some(LINK)) => {
                self.temporary(8, Value::Copy(Operand::Register(LINK)));
                Control::CallTo(TEMPORARY[0])
            }
            (true, Some(register)) => Control::CallTo(register),
            (true, None) => Control::Call(0),
        };
        if is_call {
            self.set(Some(LINK), 8, next);
        }
        Some(())
    }

    fn system(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        // The decoder leaves out a bit of it.
        let register = (self.word & 31) as u16;
        match (opcode, operands[0], operands[1]) {
            (Opcode::MRS, _, Operand_::SystemReg(system)) => {
                // Says in the flags whether there was a number.
                if RANDOM.contains(&system) {
                    self.push(Op::ForgetConditions);
                }
                self.set(written(register), 8, Value::Unknown);
            }
            // That of the user's page table is switched for other reasons, too: what is accessed
            // by that says so itself.
            (Opcode::MSR, Operand_::SystemReg(system), _) => {
                self.lose(read(register));
                if system == NZCV {
                    self.push(Op::ForgetConditions);
                }
            }
            (Opcode::MSR, Operand_::PstateField(field), Operand_::Imm16(number)) => match field {
                ACCESS_NEVER => self.to.is_user_access = number == 0,
                STACK_SELECT => self.set(Some(STACK_POINTER), 8, Value::Unknown),
                _ if field == CARRY_INVERT || ARM_FLAGS.contains(&field) => {
                    self.push(Op::ForgetConditions);
                }
                _ => {}
            },
            (Opcode::SYSL(_), ..) => self.set(written(register), 8, Value::Unknown),
            (Opcode::SYS(_), ..) => {
                // `dc zva` and `dc gzva` write a line of zeros: it begins where a number says that
                // can be divided by its length.
                if matches!(self.word & 0x7ffe0, 0x37420 | 0x37480) {
                    match written(register) {
                        Some(base) => self.wipe(Address::behind(base, 0), None),
                        None => self.wipe(Address::Unknown, None),
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn hint(&mut self, operands: &[Operand_; 4]) -> Option<()> {
        let [Operand_::ControlReg(high), Operand_::Immediate(low), ..] = *operands else {
            return None;
        };
        match u32::from(high) << 3 | low {
            0 => self.to.is_filler = true,
            // `chkfeat`
            0x28 => self.set(Some(16), 8, Value::Unknown),
            _ => {}
        }
        Some(())
    }

    /// One that is not known: all that it may have done. No instruction writes a register that it
    /// does not name.
    fn rest(&mut self, operands: &[Operand_; 4]) {
        let lost = |lifter: &mut Self, register: u16, or_stack: bool| {
            let register = match or_stack {
                true => Some(register as Register),
                false => written(register),
            };
            if let Some(register) = register {
                lifter.push(Op::Lose(register));
                lifter.set(Some(register), 8, Value::Unknown);
            }
        };
        for operand in operands {
            match *operand {
                Operand_::Register(_, register) | Operand_::RegShift(_, _, _, register) => {
                    lost(self, register, false);
                }
                Operand_::RegisterPair(_, register) => {
                    lost(self, register, false);
                    lost(self, register + 1, false);
                }
                Operand_::RegisterOrSP(_, register) => lost(self, register, true),
                Operand_::RegPreIndex(base, ..) | Operand_::RegPostIndex(base, _) => {
                    lost(self, base, true);
                    self.push(Op::WipeAnywhere);
                }
                Operand_::RegPostIndexReg(base, index)
                | Operand_::RegRegOffset(base, index, ..) => {
                    lost(self, base, true);
                    lost(self, index, false);
                    self.push(Op::WipeAnywhere);
                }
                Operand_::PCOffset(_) => self.to.control = Control::Strange,
                _ => {}
            }
        }
        self.push(Op::ForgetConditions);
    }

    fn instruction(&mut self, instruction: &Instruction) -> Option<()> {
        use Opcode::*;
        let (opcode, operands) = (instruction.opcode, &instruction.operands);
        match opcode {
            ADD | ADDS | SUB | SUBS if is_general(operands) => self.arithmetic(opcode, operands),
            AND | ANDS | ORR | EOR | BIC | BICS | ORN | EON if is_general(operands) => {
                self.logical(opcode, operands)
            }
            UBFM | SBFM | BFM => self.bits(opcode, operands),
            CSEL | CSINC | CSINV | CSNEG => self.select(opcode, operands),
            MADD | MSUB | SMADDL | SMSUBL | UMADDL | UMSUBL => self.multiply(opcode, operands),
            MOVZ | MOVN | MOVK => {
                let (to, size) = self.destination(operands[0])?;
                let Operand_::ImmShift(number, shift) = operands[1] else {
                    return None;
                };
                if shift >= size * 8 {
                    return None;
                }
                let number = u64::from(number) << shift;
                let Some(to) = to else {
                    return Some(());
                };
                let value = match opcode {
                    MOVZ => Value::Copy(Operand::Number(number)),
                    MOVN => Value::Copy(Operand::Number(!number & ones(size))),
                    _ => {
                        let kept = Operand::Number(!(0xffff << shift) & ones(size));
                        let old = Operand::Register(to);
                        self.set(Some(to), size, Value::And(old, kept));
                        Value::Or(old, Operand::Number(number))
                    }
                };
                self.set(Some(to), size, value);
                Some(())
            }
            ADR | ADRP => {
                let (to, size) = self.destination(operands[0])?;
                let Operand_::PCOffset(offset) = operands[1] else {
                    return None;
                };
                let from = match opcode {
                    ADR => self.at,
                    _ => self.at & !0xfff,
                };
                let address = Operand::Number(from.wrapping_add_signed(offset));
                self.set(to, size, Value::Copy(address));
                Some(())
            }
            LSLV | LSRV | ASRV | RORV | EXTR | UDIV | SDIV | RBIT | REV | REV16 | REV32 | CLZ
            | CLS | SMULH | UMULH | ADC | SBC | ADCS | SBCS | CRC32B | CRC32H | CRC32W | CRC32X
            | CRC32CB | CRC32CH | CRC32CW | CRC32CX | PACGA | GMI | SUBP | SUBPS
                if is_general(operands) =>
            {
                let (to, size) = self.destination(operands[0])?;
                for operand in &operands[1..3] {
                    if let Some(from) = self.value(*operand) {
                        self.lose(from);
                    }
                }
                if matches!(opcode, ADCS | SBCS | SUBPS) {
                    self.push(Op::ForgetConditions);
                }
                self.set(to, size, Value::Unknown);
                Some(())
            }
            // An address with another tag.
            IRG => {
                let (to, size) = self.destination(operands[0])?;
                let from = self.value(operands[1])?;
                self.set(to, size, Value::Copy(from));
                Some(())
            }
            LDG | STG | ST2G | STGM | LDGM | STZG | STZ2G | STZGM => {
                let (at, update) = self.place(operands[1])?;
                match opcode {
                    STZG => self.wipe(at, Some(16)),
                    STZ2G => self.wipe(at, Some(32)),
                    STZGM => self.wipe(at, None),
                    LDGM => {
                        let (to, size) = self.destination(operands[0])?;
                        self.set(to, size, Value::Unknown);
                    }
                    // Tags are not followed. `ldg` puts one into an address.
                    _ => {}
                }
                self.update(update);
                Some(())
            }
            CCMP | CCMN | RMIF | SETF8 | SETF16 => {
                self.push(Op::ForgetConditions);
                Some(())
            }

            LDR | LDUR | LDAR | LDLAR | LDXR | LDAXR | LDAPR | LDAPUR | LDRAA | LDRAB => {
                self.loads(operands, None, false)
            }
            LDRB | LDURB | LDARB | LDLARB | LDXRB | LDAXRB | LDAPRB | LDAPURB => {
                self.loads(operands, Some(1), false)
            }
            LDRH | LDURH | LDARH | LDLARH | LDXRH | LDAXRH | LDAPRH | LDAPURH => {
                self.loads(operands, Some(2), false)
            }
            LDRSB | LDURSB | LDAPURSB => self.loads(operands, Some(1), true),
            LDRSH | LDURSH | LDAPURSH => self.loads(operands, Some(2), true),
            LDRSW | LDURSW | LDAPURSW => self.loads(operands, Some(4), true),
            STR | STUR | STLR | STLLR | STLUR => self.stores(operands, None),
            STRB | STURB | STLRB | STLLRB | STLURB => self.stores(operands, Some(1)),
            STRH | STURH | STLRH | STLLRH | STLURH => self.stores(operands, Some(2)),
            LDTR | LDTRB | LDTRH | LDTRSB | LDTRSH | LDTRSW | STTR | STTRB | STTRH => {
                self.to.is_user_access = true;
                match opcode {
                    LDTR => self.loads(operands, None, false),
                    LDTRB => self.loads(operands, Some(1), false),
                    LDTRH => self.loads(operands, Some(2), false),
                    LDTRSB => self.loads(operands, Some(1), true),
                    LDTRSH => self.loads(operands, Some(2), true),
                    LDTRSW => self.loads(operands, Some(4), true),
                    STTR => self.stores(operands, None),
                    STTRB => self.stores(operands, Some(1)),
                    _ => self.stores(operands, Some(2)),
                }
            }
            LDP | LDNP | LDPSW | STP | STNP => self.pair(opcode, operands),
            LDXP | LDAXP => self.pair(LDP, operands),
            STXR | STLXR | STXP | STLXP => self.store_exclusive(operands, None),
            STXRB | STLXRB => self.store_exclusive(operands, Some(1)),
            STXRH | STLXRH => self.store_exclusive(operands, Some(2)),
            LD1 | LD2 | LD3 | LD4 => self.vectors(true, operands),
            ST1 | ST2 | ST3 | ST4 => self.vectors(false, operands),
            // One value for all: short of an address, or as long.
            LD1R | LD2R | LD3R | LD4R => self.vectors(true, operands),
            SWP(_) => self.atomic(operands, None, true),
            SWPB(_) => self.atomic(operands, Some(1), true),
            SWPH(_) => self.atomic(operands, Some(2), true),
            LDADD(_) | LDCLR(_) | LDEOR(_) | LDSET(_) | LDSMAX(_) | LDSMIN(_) | LDUMAX(_)
            | LDUMIN(_) => self.atomic(operands, None, false),
            LDADDB(_) | LDCLRB(_) | LDEORB(_) | LDSETB(_) | LDSMAXB(_) | LDSMINB(_)
            | LDUMAXB(_) | LDUMINB(_) => self.atomic(operands, Some(1), false),
            LDADDH(_) | LDCLRH(_) | LDEORH(_) | LDSETH(_) | LDSMAXH(_) | LDSMINH(_)
            | LDUMAXH(_) | LDUMINH(_) => self.atomic(operands, Some(2), false),
            CAS(_) => self.compare_and_swap(operands, None),
            CASB(_) => self.compare_and_swap(operands, Some(1)),
            CASH(_) => self.compare_and_swap(operands, Some(2)),
            CASP(_) => self.compare_and_swap_two(operands),
            PRFM | PRFUM => Some(()),

            B => self.branch(14, operands[0]),
            Bcc(code) | BCcc(code) => self.branch(code, operands[0]),
            CBZ | CBNZ | TBZ | TBNZ => self.branch_on_register(opcode, operands),
            BL => {
                let Operand_::PCOffset(offset) = operands[0] else {
                    return None;
                };
                self.set(Some(LINK), 8, Value::Copy(self.next()));
                self.to.control = Control::Call(self.target(offset));
                Some(())
            }
            BR | BRAA | BRAAZ | BRAB | BRABZ | BLR | BLRAA | BLRAAZ | BLRAB | BLRABZ => {
                self.jump(opcode, operands[0])
            }
            RET => {
                let Operand_::Register(_, register) = operands[0] else {
                    return None;
                };
                self.to.control = match written(register) {
                    Some(register) => Control::Return(Some(register)),
                    None => Control::Jump(0),
                };
                Some(())
            }
            RETAA | RETAB | RETAASPPC | RETABSPPC | RETAASPPCR | RETABSPPCR => {
                self.to.control = Control::Return(Some(LINK));
                Some(())
            }
            ERET | ERETAA | ERETAB | DRPS => {
                self.to.control = Control::Strange;
                Some(())
            }
            SVC | HVC | SMC => {
                for register in FIRMWARE {
                    self.push(Op::Lose(register));
                    self.set(Some(register), 8, Value::Unknown);
                }
                self.push(Op::ForgetConditions);
                Some(())
            }
            // The kernel may take any of them for a warning of its own or of a debugger.
            BRK | HLT | UDF | DCPS1 | DCPS2 | DCPS3 => {
                self.to.is_filler = self.word == 0;
                self.to.control = Control::Trap;
                Some(())
            }

            MRS | MSR | SYS(_) | SYSL(_) => self.system(opcode, operands),
            HINT => self.hint(operands),
            ISB | DSB(_) | DMB(_) | SB | SSBB | PSSBB | CLREX => Some(()),
            // What signs a pointer or checks it does not change where one that is good points, so
            // it is left as it is.
            PACIASP | PACIBSP | AUTIASP | AUTIBSP | PACIAZ | PACIBZ | AUTIAZ | AUTIBZ
            | PACIA1716 | PACIB1716 | AUTIA1716 | AUTIB1716 | PACIA171615 | PACIB171615
            | AUTIA171615 | AUTIB171615 | PACIASPPC | PACIBSPPC | PACNBIASPPC | PACNBIBSPPC
            | AUTIASPPC | AUTIBSPPC | AUTIASPPCR | AUTIBSPPCR | PACM | XPACLRI | PACIA | PACIB
            | PACDA | PACDB | AUTIA | AUTIB | AUTDA | AUTDB | PACIZA | PACIZB | PACDZA | PACDZB
            | AUTIZA | AUTIZB | AUTDZA | AUTDZB | XPACI | XPACD => Some(()),
            _ => {
                self.rest(operands);
                Some(())
            }
        }
    }
}

/// Not of the vectors' registers, which have instructions of the same names.
fn is_general(operands: &[Operand_; 4]) -> bool {
    matches!(
        operands[0],
        Operand_::Register(..) | Operand_::RegisterOrSP(..)
    )
}
