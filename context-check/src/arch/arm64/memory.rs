// SPDX-License-Identifier: GPL-2.0

//! Instructions that read memory and write it.

use super::lift::{read, size_of, written, Lifter};
use crate::ops::{Address, Index, Op, Operand, Register, Value, TEMPORARY};
use yaxpeax_arm::armv8::a64::{Opcode, Operand as Operand_, SIMDSizeCode, ShiftStyle};

/// How an operand in memory changes its base.
pub(super) type Update = Option<(Register, Value)>;

fn vector_size(size: SIMDSizeCode) -> u8 {
    match size {
        SIMDSizeCode::B => 1,
        SIMDSizeCode::H => 2,
        SIMDSizeCode::S => 4,
        SIMDSizeCode::D => 8,
        SIMDSizeCode::Q => 16,
    }
}

impl Lifter<'_> {
    pub fn update(&mut self, update: Update) {
        if let Some((base, value)) = update {
            self.set(Some(base), 8, value);
        }
    }

    /// What is in memory goes to where nobody follows it.
    pub fn lose_memory(&mut self, from: Address, size: u32) {
        let Address::Sum {
            base,
            index,
            offset,
        } = from
        else {
            return;
        };
        // Whatever holds an address is as long.
        for word in 0..size / 8 {
            let from = Address::Sum {
                base,
                index,
                offset: offset.wrapping_add(i64::from(word) * 8),
            };
            self.load(Some(TEMPORARY[0]), 8, from);
            self.push(Op::Lose(TEMPORARY[0]));
        }
    }

    /// An operand in memory. What its base is set to before has been done; what it is to be set to
    /// afterwards is returned.
    pub fn place(&mut self, operand: Operand_) -> Option<(Address, Update)> {
        Some(match operand {
            Operand_::RegPreIndex(base, offset, false) => {
                (Address::behind(base as Register, offset.into()), None)
            }
            Operand_::RegPreIndex(base, offset, true) => {
                self.update(Some(self.moved(base, offset)));
                (Address::behind(base as Register, 0), None)
            }
            Operand_::RegPostIndex(base, offset) => (
                Address::behind(base as Register, 0),
                Some(self.moved(base, offset)),
            ),
            Operand_::RegPostIndexReg(base, by) => {
                let base = base as Register;
                let value = Value::Add(Operand::Register(base), read(by));
                (Address::behind(base, 0), Some((base, value)))
            }
            Operand_::RegRegOffset(base, index, of, style, shift) => {
                if !matches!(
                    style,
                    ShiftStyle::LSL | ShiftStyle::UXTW | ShiftStyle::SXTW | ShiftStyle::SXTX
                ) {
                    return None;
                }
                let index = written(index).map(|register| Index {
                    register,
                    size: size_of(of),
                    signed: style == ShiftStyle::SXTW,
                    shift,
                });
                let sum = Address::Sum {
                    base: Some(base as Register),
                    index,
                    offset: 0,
                };
                (sum, None)
            }
            Operand_::PCOffset(offset) => (Address::known(self.target(offset)), None),
            _ => return None,
        })
    }

    pub fn moved(&self, base: u16, by: i32) -> (Register, Value) {
        let base = base as Register;
        let by = Operand::Number(i64::from(by) as u64);
        (base, Value::Add(Operand::Register(base), by))
    }

    /// Of `size` bytes; of all that the register has if that is none.
    pub fn loads(
        &mut self,
        operands: &[Operand_; 4],
        size: Option<u8>,
        signed: bool,
    ) -> Option<()> {
        let (from, update) = self.place(operands[1])?;
        if let Operand_::SIMDRegister(all, _) = operands[0] {
            self.lose_memory(from, vector_size(all).into());
        } else {
            let (to, all) = self.destination(operands[0])?;
            let size = size.unwrap_or(all);
            self.load(to, size, from);
            if signed {
                let value = Value::SignExtend(read(to.map_or(31, u16::from)), size);
                self.set(to, all, value);
            }
        }
        self.update(update);
        Some(())
    }

    pub fn stores(&mut self, operands: &[Operand_; 4], size: Option<u8>) -> Option<()> {
        let (to, update) = self.place(operands[1])?;
        match operands[0] {
            Operand_::SIMDRegister(all, _) => self.wipe(to, Some(vector_size(all).into())),
            Operand_::Register(all, register) => {
                self.store(to, size.unwrap_or(size_of(all)), read(register));
            }
            _ => return None,
        }
        self.update(update);
        Some(())
    }

    /// The place of the second of two.
    pub fn behind(&self, first: Address, by: u8) -> Address {
        match first {
            Address::Sum {
                base,
                index,
                offset,
            } => Address::Sum {
                base,
                index,
                offset: offset.wrapping_add(by.into()),
            },
            Address::Unknown => first,
        }
    }

    pub fn load_two(&mut self, to: [Option<Register>; 2], size: u8, from: Address) {
        let second = self.behind(from, size);
        // The base goes last.
        match from {
            Address::Sum { base, .. } if base.is_some() && base == to[0] => {
                self.load(to[1], size, second);
                self.load(to[0], size, from);
            }
            _ => {
                self.load(to[0], size, from);
                self.load(to[1], size, second);
            }
        }
    }

    pub fn pair(&mut self, opcode: Opcode, operands: &[Operand_; 4]) -> Option<()> {
        let is_load = !matches!(opcode, Opcode::STP | Opcode::STNP);
        let (at, update) = self.place(operands[2])?;
        match (operands[0], operands[1]) {
            (Operand_::Register(size, a), Operand_::Register(_, b)) => {
                let size = size_of(size);
                if opcode == Opcode::LDPSW {
                    self.load_two([written(a), written(b)], 4, at);
                    for register in [a, b] {
                        let value = Value::SignExtend(read(register), 4);
                        self.set(written(register), 8, value);
                    }
                } else if is_load {
                    self.load_two([written(a), written(b)], size, at);
                } else {
                    self.store(at, size, read(a));
                    self.store(self.behind(at, size), size, read(b));
                }
            }
            (Operand_::SIMDRegister(size, _), _) => {
                let size = u32::from(vector_size(size)) * 2;
                match is_load {
                    true => self.lose_memory(at, size),
                    false => self.wipe(at, Some(size)),
                }
            }
            _ => return None,
        }
        self.update(update);
        Some(())
    }

    /// `st1` to `st4`, and `ld1` to `ld4`.
    pub fn vectors(&mut self, is_load: bool, operands: &[Operand_; 4]) -> Option<()> {
        let size = match operands[0] {
            Operand_::SIMDRegisterGroup(size, _, _, count)
            | Operand_::SIMDRegisterGroupLane(_, size, count, _) => {
                u32::from(vector_size(size)) * u32::from(count)
            }
            _ => return None,
        };
        let (at, update) = self.place(operands[1])?;
        match is_load {
            true => self.lose_memory(at, size),
            false => self.wipe(at, Some(size)),
        }
        self.update(update);
        Some(())
    }

    /// Reads, computes and writes at once. What has been read goes to the second register.
    pub fn atomic(
        &mut self,
        operands: &[Operand_; 4],
        size: Option<u8>,
        swaps: bool,
    ) -> Option<()> {
        let (with, to) = (self.value(operands[0])?, operands[1]);
        let (to, all) = self.destination(to)?;
        let size = size.unwrap_or(all);
        let (at, _) = self.place(operands[2])?;
        if to.is_some() {
            self.load(Some(TEMPORARY[0]), size, at);
        }
        match swaps {
            true => self.store(at, size, with),
            false => {
                self.lose(with);
                self.wipe(at, Some(size.into()));
            }
        }
        self.set(to, all, Value::Copy(Operand::Register(TEMPORARY[0])));
        Some(())
    }

    /// What has been read goes to the first register; the second may have been stored.
    pub fn compare_and_swap(&mut self, operands: &[Operand_; 4], size: Option<u8>) -> Option<()> {
        let (to, all) = self.destination(operands[0])?;
        let with = self.value(operands[1])?;
        let (at, _) = self.place(operands[2])?;
        let size = size.unwrap_or(all);
        if to.is_some() {
            self.load(Some(TEMPORARY[0]), size, at);
        }
        self.lose(with);
        self.wipe(at, Some(size.into()));
        self.set(to, all, Value::Copy(Operand::Register(TEMPORARY[0])));
        Some(())
    }

    pub fn compare_and_swap_two(&mut self, operands: &[Operand_; 4]) -> Option<()> {
        let [Operand_::RegisterPair(size, to), Operand_::RegisterPair(_, with), at, _] = *operands
        else {
            return None;
        };
        let size = size_of(size);
        let (at, _) = self.place(at)?;
        self.load_two(TEMPORARY.map(Some), size, at);
        self.lose(read(with));
        self.lose(read(with + 1));
        self.wipe(at, Some(u32::from(size) * 2));
        for (register, from) in [to, to + 1].into_iter().zip(TEMPORARY) {
            let value = Value::Copy(Operand::Register(from));
            self.set(written(register), size, value);
        }
        Some(())
    }

    /// Stores if nobody else has, and says so in the first register.
    pub fn store_exclusive(&mut self, operands: &[Operand_; 4], size: Option<u8>) -> Option<()> {
        let (result, _) = self.destination(operands[0])?;
        let (_, all) = self.destination(operands[1])?;
        let mut size = u32::from(size.unwrap_or(all));
        let mut at = operands[2];
        self.lose(self.value(operands[1])?);
        if let Operand_::Register(..) = at {
            self.lose(self.value(at)?);
            (size, at) = (size * 2, operands[3]);
        }
        let (at, _) = self.place(at)?;
        self.wipe(at, Some(size));
        self.set(result, 4, Value::Unknown);
        Some(())
    }
}
