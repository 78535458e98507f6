// SPDX-License-Identifier: GPL-2.0

//! Instructions that compute.

use super::lift::{condition, ones, read, size_of, Lifter};
use crate::ops::{Address, Index, Op, Operand, Register, Value, TEMPORARY};
use yaxpeax_arm::armv8::a64::{Opcode, Operand as Operand_, ShiftStyle, SizeCode};

/// The lowest bits.
fn mask(bits: u32) -> u64 {
    match bits {
        0..=63 => (1 << bits) - 1,
        _ => u64::MAX,
    }
}

/// A number of bits that is one of bytes, so that its sign can be extended.
fn bytes_of(bits: u32) -> Option<u8> {
    matches!(bits, 8 | 16 | 32).then_some((bits / 8) as u8)
}

impl Lifter<'_> {
    /// Sets the first temporary register.
    pub fn temporary(&mut self, size: u8, value: Value) -> Operand {
        self.set(Some(TEMPORARY[0]), size, value);
        Operand::Register(TEMPORARY[0])
    }

    /// The last operand of an arithmetic or logical instruction, made in the first temporary
    /// register where it takes that. `size` is the instruction's.
    pub fn last(&mut self, operand: Operand_, size: u8) -> Option<Operand> {
        let Operand_::RegShift(style, amount, of, register) = operand else {
            return self.value(operand);
        };
        let bits = u32::from(size) * 8;
        let from = read(register);
        if u32::from(amount) >= bits {
            return None;
        }
        if from == Operand::Number(0) {
            return Some(from);
        }
        let extended = match style {
            // So the decoder calls `uxtw`.
            ShiftStyle::LSL if size_of(of) < size => Some(Value::ZeroExtend(from, 4)),
            ShiftStyle::UXTB => Some(Value::ZeroExtend(from, 1)),
            ShiftStyle::UXTH => Some(Value::ZeroExtend(from, 2)),
            ShiftStyle::UXTW => Some(Value::ZeroExtend(from, 4)),
            ShiftStyle::SXTB => Some(Value::SignExtend(from, 1)),
            ShiftStyle::SXTH => Some(Value::SignExtend(from, 2)),
            ShiftStyle::SXTW => Some(Value::SignExtend(from, 4)),
            ShiftStyle::LSL
            | ShiftStyle::LSR
            | ShiftStyle::ASR
            | ShiftStyle::ROR
            | ShiftStyle::UXTX
            | ShiftStyle::SXTX => None,
        };
        let from = match extended {
            Some(value) => self.temporary(size, value),
            None => from,
        };
        Some(match (style, amount) {
            (_, 0) => from,
            (ShiftStyle::LSR, _) => self.temporary(size, Value::ShiftRight(from, amount)),
            (ShiftStyle::ASR, _) => match bytes_of(bits - u32::from(amount)) {
                Some(bytes) => {
                    let high = self.temporary(size, Value::ShiftRight(from, amount));
                    self.temporary(size, Value::SignExtend(high, bytes))
                }
                None => {
                    self.lose(from);
                    self.temporary(size, Value::Unknown)
                }
            },
            (ShiftStyle::ROR, _) => {
                self.lose(from);
                self.temporary(size, Value::Unknown)
            }
            _ => self.temporary(size, Value::ShiftLeft(from, amount)),
        })
    }

    /// What is added as an index, if it can be said so.
    pub fn index(&mut self, operand: Operand_) -> Option<Index> {
        let Operand_::RegShift(style, shift @ 0..=4, of, register @ 0..=30) = operand else {
            return None;
        };
        let from = read(register);
        let (value, size) = match (style, of) {
            (ShiftStyle::LSL, SizeCode::W) | (ShiftStyle::SXTW, _) => (None, 4),
            // The rest is a sum of two registers.
            (_, _) if shift == 0 => return None,
            (ShiftStyle::LSL, SizeCode::X) => (None, 8),
            (ShiftStyle::UXTB, _) => (Some(Value::ZeroExtend(from, 1)), 8),
            (ShiftStyle::UXTH, _) => (Some(Value::ZeroExtend(from, 2)), 8),
            (ShiftStyle::SXTB, _) => (Some(Value::SignExtend(from, 1)), 8),
            (ShiftStyle::SXTH, _) => (Some(Value::SignExtend(from, 2)), 8),
            _ => return None,
        };
        let register = match value {
            Some(value) => {
                self.temporary(8, value);
                TEMPORARY[0]
            }
            None => register as Register,
        };
        Some(Index {
            register,
            size,
            signed: style == ShiftStyle::SXTW,
            shift,
        })
    }

    pub fn arithmetic(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let [to, a, b, _] = *operands;
        let (to, size) = self.destination(to)?;
        // One that is extended is not shifted further than by four.
        let is_wrong = matches!(
            (a, b),
            (Operand_::RegisterOrSP(..), Operand_::RegShift(_, 5.., ..))
        );
        if is_wrong {
            return None;
        }
        let a = self.value(a)?;
        if let (Opcode::ADD, 8, Operand::Register(base)) = (opcode, size, a) {
            if let Some(index) = self.index(b) {
                let sum = Address::Sum {
                    base: Some(base),
                    index: Some(index),
                    offset: 0,
                };
                self.set(to, size, Value::Address(sum));
                return Some(());
            }
        }
        let is_number = !matches!(b, Operand_::RegShift(..));
        let b = self.last(b, size)?;
        match (opcode, b) {
            (Opcode::SUBS, _) => self.push(Op::Compare { size, a, b }),
            // All flags are as if the number with the other sign were subtracted. But nothing is
            // never carried over, where it always is if it is subtracted.
            (Opcode::ADDS, Operand::Number(number @ 1..)) if is_number => {
                let b = Operand::Number(number.wrapping_neg() & ones(size));
                self.push(Op::Compare { size, a, b });
            }
            (Opcode::ADDS, _) => self.push(Op::ForgetConditions),
            _ => {}
        }
        let value = match (opcode, a, b) {
            (_, _, Operand::Number(0)) => Value::Copy(a),
            (Opcode::ADD | Opcode::ADDS, Operand::Number(0), _) => Value::Copy(b),
            (Opcode::ADD | Opcode::ADDS, ..) => Value::Add(a, b),
            _ => Value::Subtract(a, b),
        };
        self.set(to, size, value);
        Some(())
    }

    pub fn logical(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let [to, a, b, _] = *operands;
        let (to, size) = self.destination(to)?;
        let a = self.value(a)?;
        let mut b = self.last(b, size)?;
        if matches!(
            opcode,
            Opcode::BIC | Opcode::BICS | Opcode::ORN | Opcode::EON
        ) {
            b = match b {
                Operand::Number(number) => Operand::Number(!number & ones(size)),
                register => self.temporary(size, Value::Xor(register, Operand::Number(ones(size)))),
            };
        }
        if matches!(opcode, Opcode::ANDS | Opcode::BICS) {
            self.push(Op::Test { size, a, b });
        }
        let value = match (opcode, a, b) {
            (Opcode::AND | Opcode::ANDS | Opcode::BIC | Opcode::BICS, ..) => Value::And(a, b),
            (_, Operand::Number(0), _) => Value::Copy(b),
            (_, _, Operand::Number(0)) => Value::Copy(a),
            (Opcode::ORR | Opcode::ORN, ..) => Value::Or(a, b),
            _ => Value::Xor(a, b),
        };
        self.set(to, size, value);
        Some(())
    }

    /// `ubfm`, `sbfm` and `bfm`, which all shifts and extensions by numbers are.
    pub fn bits(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let [to, from, Operand_::Immediate(rotate), Operand_::Immediate(top)] = *operands else {
            return None;
        };
        let (to, size) = self.destination(to)?;
        let from = self.value(from)?;
        let Some(to) = to else {
            return Some(());
        };
        let all = u32::from(size) * 8;
        // Takes so many bits from there and puts them there.
        let (width, right, left) = match top >= rotate {
            true => (top - rotate + 1, rotate, 0),
            false => (top + 1, 0, all.checked_sub(rotate)?),
        };
        let is_top = right + width == all;
        let mut place = to;
        if opcode == Opcode::BFM {
            place = TEMPORARY[0];
        } else if from == Operand::Number(0) {
            self.set(Some(to), size, Value::Copy(from));
            return Some(());
        }
        let step = |lifter: &mut Self, value: Value| {
            lifter.set(Some(place), size, value);
            Operand::Register(place)
        };
        let kept = Operand::Number(!(mask(width) << left) & ones(size));
        if opcode == Opcode::BFM && from == Operand::Number(0) {
            self.set(Some(to), size, Value::And(Operand::Register(to), kept));
            return Some(());
        }
        if opcode == Opcode::SBFM {
            let Some(bytes) = bytes_of(width) else {
                self.unknown(Some(to), size, &[from]);
                return Some(());
            };
            let mut value = from;
            if right > 0 {
                value = step(self, Value::ShiftRight(value, right as u8));
            }
            value = match u32::from(bytes) * 8 == all {
                true => step(self, Value::Copy(value)),
                false => step(self, Value::SignExtend(value, bytes)),
            };
            if left > 0 {
                step(self, Value::ShiftLeft(value, left as u8));
            }
            return Some(());
        }
        let mut value = from;
        if right > 0 {
            value = step(self, Value::ShiftRight(value, right as u8));
        }
        // What is shifted out needs no mask.
        if !is_top && left + width < all {
            value = match (right, bytes_of(width)) {
                (0, Some(bytes)) => step(self, Value::ZeroExtend(value, bytes)),
                _ => step(self, Value::And(value, Operand::Number(mask(width)))),
            };
        }
        if left > 0 {
            value = step(self, Value::ShiftLeft(value, left as u8));
        }
        if opcode == Opcode::BFM {
            self.set(Some(to), size, Value::And(Operand::Register(to), kept));
            self.set(Some(to), size, Value::Or(Operand::Register(to), value));
        } else if width == all {
            self.set(Some(to), size, Value::Copy(from));
        }
        Some(())
    }

    pub fn select(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let [to, a, b, Operand_::ConditionCode(code)] = *operands else {
            return None;
        };
        let (to, size) = self.destination(to)?;
        let (a, b) = (self.value(a)?, self.value(b)?);
        let Some(condition) = condition(code) else {
            self.set(to, size, Value::Copy(a));
            return Some(());
        };
        let is_nothing = (a, b) == (Operand::Number(0), Operand::Number(0));
        let value = match (opcode, b) {
            (Opcode::CSINV, _) if is_nothing => Value::Mask(condition.negated()),
            (Opcode::CSEL, _) => Value::Select(condition, a, b),
            (Opcode::CSINC, Operand::Number(_)) => Value::Select(condition, a, Operand::Number(1)),
            (Opcode::CSINV, Operand::Number(_)) => {
                Value::Select(condition, a, Operand::Number(ones(size)))
            }
            (Opcode::CSNEG, Operand::Number(_)) => Value::Select(condition, a, b),
            _ => {
                let b = match opcode {
                    Opcode::CSINC => Value::Add(b, Operand::Number(1)),
                    Opcode::CSINV => Value::Xor(b, Operand::Number(ones(size))),
                    _ => Value::Subtract(Operand::Number(0), b),
                };
                let b = self.temporary(size, b);
                Value::Select(condition, a, b)
            }
        };
        self.set(to, size, value);
        Some(())
    }

    /// A product, to which a register is added or from which it is subtracted.
    pub fn multiply(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let (to, size) = self.destination(operands[0])?;
        let factors = [self.value(operands[1])?, self.value(operands[2])?];
        let sum = self.value(operands[3])?;
        let product = Value::Multiply(factors[0], factors[1]);
        match opcode {
            Opcode::MADD if sum == Operand::Number(0) => self.set(to, size, product),
            Opcode::MADD => {
                self.set(Some(TEMPORARY[0]), size, product);
                self.set(to, size, Value::Add(sum, Operand::Register(TEMPORARY[0])));
            }
            _ if sum == Operand::Number(0) => self.unknown(to, size, &factors),
            Opcode::SMADDL | Opcode::UMADDL => {
                self.unknown(Some(TEMPORARY[0]), size, &factors);
                self.set(to, size, Value::Add(sum, Operand::Register(TEMPORARY[0])));
            }
            _ => {
                self.unknown(Some(TEMPORARY[0]), size, &factors);
                let value = Value::Subtract(sum, Operand::Register(TEMPORARY[0]));
                self.set(to, size, value);
            }
        }
        Some(())
    }
}
