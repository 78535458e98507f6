// SPDX-License-Identifier: GPL-2.0

//! What one operation does to what is known.

use super::{Base, Field, Run, Target, Write, CALLERS_STACK};
use crate::{
    ops::{self, Address, Index, Lifted, Op, Operand, Register, TEMPORARY},
    state::{Kind, State, Tested},
    values::{mask, Form, Value},
};

enum Place {
    Known(u64),
    /// One of so many addresses: the first, how far they are apart, and how many.
    Row(u64, u64, u32),
    Slot(u8, i32),
    /// Somewhere on the stack, in that region.
    Within(u8),
    /// An entry of a table with entries of that many bytes.
    Table(u64, u64),
    /// Behind a pointer of which nothing is known.
    Behind(Base, i32),
    Other,
}

impl Run<'_, '_> {
    fn operand(&self, operand: Operand, size: u8, state: &State) -> Value {
        match operand {
            Operand::Number(number) => Value::Const(number & mask(size)),
            Operand::Register(register) => state.part(register, size),
        }
    }

    /// Where the memory operand is.
    fn place(&self, address: Address, state: &State) -> Place {
        let Address::Sum {
            base,
            index,
            offset,
        } = address
        else {
            return Place::Other;
        };
        let base_value = base.map_or(Value::Const(0), |base| state.register(base));
        let Some(index) = index else {
            return match base_value.plus(offset) {
                Value::Const(address) => Place::Known(address),
                value if value.as_numbers().is_some() => row(value),
                Value::Stack { region, offset } => Place::Slot(region, offset),
                Value::Symbol {
                    at,
                    plus,
                    word: false,
                } => Place::Behind(Base::Symbol(at), plus),
                _ => match (base, i32::try_from(offset)) {
                    (Some(base), Ok(offset)) => Place::Behind(Base::Register(base), offset),
                    _ => Place::Other,
                },
            };
        };
        let value = indexed(index, state);
        let scale = 1_u64 << (index.shift & 63);
        let sum = if base == Some(index.register) && index.size == 8 {
            value.times(scale + 1)
        } else {
            base_value.added(value.scaled(scale))
        };
        match sum.plus(offset) {
            Value::Const(address) => Place::Known(address),
            value @ Value::Numbers { .. } => row(value),
            Value::Stack { region, offset } => Place::Slot(region, offset),
            Value::Symbol {
                at,
                plus,
                word: false,
            } => Place::Behind(Base::Symbol(at), plus),
            _ => match (base_value.plus(offset), value) {
                (Value::Stack { region, .. }, _) | (_, Value::Stack { region, .. }) => {
                    Place::Within(region)
                }
                (Value::Const(table), _) if self.of.image.segment(table).is_some() => {
                    Place::Table(table, scale)
                }
                // The table's address may be in what is added to it.
                (_, Value::Const(table))
                    if scale == 1 && self.of.image.segment(table).is_some() =>
                {
                    Place::Table(table.wrapping_add_signed(offset), 1)
                }
                _ => Place::Other,
            },
        }
    }

    /// The place in a table of bytes that never change, if it is one.
    fn bytes(&self, address: Address, state: &State) -> Option<Place> {
        let Address::Sum {
            base: Some(base),
            index: Some(index),
            offset,
        } = address
        else {
            return None;
        };
        let is_whole = (index.size, index.shift) == (8, 0);
        let all = [state.register(base), state.register(index.register)];
        let table = all.into_iter().find_map(|value| match value.plus(offset) {
            Value::Const(table) if self.of.image.is_constant(table) => Some(table),
            _ => None,
        });
        table
            .filter(|_| is_whole)
            .map(|table| Place::Table(table, 1))
    }

    /// What a read gives of which nothing is known: it gets a name.
    pub(super) fn fresh(&mut self, at: u64, n: u32, state: &mut State) -> Value {
        if !self.of.memory {
            return Value::Unknown;
        }
        let at = self.symbol(at, n);
        if !self.made.insert(at) {
            state.forget_symbol(at);
        }
        Value::Symbol {
            at,
            plus: 0,
            word: false,
        }
    }

    /// Which operation it is, of which instruction.
    fn symbol(&self, at: u64, n: u32) -> u32 {
        (at.wrapping_sub(self.start) as u32)
            .wrapping_mul(8)
            .wrapping_add(n & 7)
    }

    fn load(&mut self, at: u64, n: u32, from: Address, size: u8, state: &mut State) -> Value {
        let symbol = self.symbol(at, n);
        // Of the turn of a loop before, in which it may have read something else.
        if self.of.memory {
            self.elsewhere.remove(&symbol);
        }
        let place = match self.place(from, state) {
            // A table of bytes looks as if its address were how far the index points.
            place @ Place::Behind(..) if size == 1 => self.bytes(from, state).unwrap_or(place),
            place => place,
        };
        let known = match place {
            Place::Known(address) => {
                if size == 8 && self.of.image.outside(address).is_some() {
                    self.elsewhere.insert(symbol, address);
                }
                self.read(address, size)
            }
            Place::Row(first, step, count) => self.read_row(first, step, count, size),
            Place::Slot(region, offset) => {
                if size < 8 {
                    state.escape_parts(region, offset, size);
                }
                state.get(region, offset, size)
            }
            Place::Table(table, 8) if size == 8 => Value::Entry {
                first: table,
                step: 8,
                count: 0,
            },
            Place::Table(table, 4) if size == 4 => Value::Offset {
                first: table,
                count: 0,
                form: Form::LONG,
            },
            Place::Table(table, scale @ (1 | 2)) if scale == u64::from(size) => Value::Offset {
                first: table,
                count: 0,
                form: Form::short(size),
            },
            Place::Within(region) => {
                state.escape_held(region);
                Value::Unknown
            }
            Place::Behind(Base::Register(base), _) if !self.of.memory => {
                match state.register(base) {
                    Value::Arg { n, .. } | Value::Behind { n } if size == 8 => Value::Behind { n },
                    _ => Value::Unknown,
                }
            }
            Place::Behind(base, offset) => {
                self.fields.insert((base, offset));
                if size == 8 {
                    self.loads.insert(symbol, (base, offset));
                }
                Value::Unknown
            }
            _ => Value::Unknown,
        };
        match known {
            Value::Unknown if size == 8 => self.fresh(at, n, state),
            Value::Unknown if size == 4 => self.fresh(at, n, state).truncate(4),
            Value::Unknown => Value::any(size),
            value => value,
        }
    }

    /// What is there, if it never changes.
    fn read(&self, address: u64, size: u8) -> Value {
        let image = self.of.image;
        if !image.is_constant(address) {
            return Value::Unknown;
        }
        match image.read(address, size) {
            Some(number) => Value::Const(number),
            None => Value::Unknown,
        }
    }

    fn read_row(&self, first: u64, step: u64, count: u32, size: u8) -> Value {
        let image = self.of.image;
        let fields = (0..count).map(|n| first.wrapping_add(step.wrapping_mul(n.into())));
        let numbers: Option<Vec<u64>> = fields
            .map(|field| image.read(field, size).filter(|_| image.is_constant(field)))
            .collect();
        let (Some(numbers), Ok(short)) = (numbers, u32::try_from(step)) else {
            return Value::Unknown;
        };
        let is_callable = |&address: &u64| self.is_callable(address);
        let leads_to_code =
            |&by: &u64| image.is_code(first.wrapping_add_signed((by as i32).into()));
        if size == 8 && numbers.iter().any(is_callable) {
            let step = short;
            return Value::Entry { first, step, count };
        }
        if size == 4 && step == 4 && numbers.iter().all(leads_to_code) {
            let form = Form::LONG;
            return Value::Offset { first, count, form };
        }
        let values = numbers.into_iter().map(Value::Const);
        let value = values.reduce(Value::join).unwrap_or(Value::Unknown);
        let is_one = matches!(value, Value::Const(_));
        if matches!(size, 1 | 2) && step == u64::from(size) && !is_one {
            let form = Form::short(size);
            return Value::Offset { first, count, form };
        }
        value
    }

    /// Notes where something is put that may be a function's address.
    fn put(&mut self, place: &Place, size: u32, value: Value) {
        let is_number = matches!(value, Value::Const(number) if !self.is_callable(number));
        if !self.of.memory || size != 8 || is_number {
            return;
        }
        match *place {
            Place::Known(address) => _ = self.put.insert((Field::Known(address), value)),
            Place::Row(first, step, count) => {
                let row = (0..count).map(|n| first.wrapping_add(step.wrapping_mul(n.into())));
                self.put.extend(row.map(|at| (Field::Known(at), value)));
            }
            Place::Behind(Base::Symbol(symbol), offset) => {
                self.put.insert((Field::Behind(symbol, offset), value));
            }
            _ => {}
        }
    }

    fn store(&mut self, at: u64, to: Address, size: u32, value: Value, state: &mut State) {
        self.stored(at, value);
        if let Address::Sum {
            base: Some(base), ..
        } = to
        {
            if self.of.memory && matches!(state.register(base), Value::Initial(_)) {
                let why = "it writes to where a register of its caller's points";
                self.edge(at, Target::Unknown(why), state);
            }
        }
        let place = self.place(to, state);
        self.put(&place, size, value);
        match place {
            Place::Slot(region, offset) => {
                let own = if self.convention.link.is_none() { 8 } else { 0 };
                let end = i64::from(offset) + i64::from(size);
                if self.of.memory && region == 0 && end > own {
                    self.edge(at, Target::Unknown(CALLERS_STACK), state);
                }
                state.set(region, offset, size, value);
                // Whoever gets at the slot gets at what is in it.
                if region != 0 {
                    state.escape(value);
                    self.written.insert(Write {
                        at,
                        region,
                        offset,
                        size,
                    });
                }
            }
            Place::Within(region) => {
                state.escape(value);
                state.forget_region(region);
            }
            Place::Known(_) | Place::Table(..) | Place::Row(..) => _ = state.escape(value),
            Place::Behind(..) | Place::Other => {
                state.escape(value);
                state.forget_escaped();
            }
        }
    }

    /// Notes what a comparison with null is about.
    fn null_check(&mut self, value: Value) {
        if let Value::Symbol {
            at,
            plus: 0,
            word: false,
        } = value
        {
            self.checked.insert(at);
        }
    }

    /// Applies the `n`th operation of the instruction at `at`.
    pub(super) fn apply(&mut self, at: u64, n: u32, op: Op, state: &mut State) {
        match op {
            Op::Set { to, size, value } => {
                self.cut_all(to, size, value, state);
                let value = match self.value(at, size, value, state) {
                    Value::Unknown if size == 8 => self.fresh(at, n, state),
                    value => value.truncate(size),
                };
                self.set(to, size, value, state);
            }
            Op::Load { to, size, from } => {
                let value = self.load(at, n, from, size, state);
                self.set(to, size.max(4), value, state);
            }
            Op::Store { to, size, value } => {
                self.cut(value, size, state);
                let value = self.operand(value, size, state);
                self.store(at, to, size.into(), value, state);
            }
            Op::Read { from, size } => self.vector(at, from, size, state),
            Op::Copy { to, from } => {
                match state.register(from) {
                    Value::Stack { region, .. } => state.escape_held(region),
                    value => self.stored(at, value),
                }
                state.escape(state.register(to));
                state.forget_escaped();
            }
            Op::Wipe {
                to,
                size: Some(size),
            } => self.store(at, to, size, Value::Unknown, state),
            Op::Wipe { to, size: None } => {
                if let Place::Slot(region, offset) = self.place(to, state) {
                    state.escape(Value::Stack { region, offset });
                }
                state.forget_escaped();
            }
            Op::WipeAnywhere => state.forget_escaped(),
            Op::Lose(register) => {
                let value = state.register(register);
                state.escape_all_around(value);
                self.stored(at, value);
            }
            Op::Compare { size, a, b } => {
                let (left, right) = (self.operand(a, size, state), self.operand(b, size, state));
                if right == Value::Const(0) {
                    self.null_check(left);
                }
                let (left, right) = (self.compared(left), self.compared(right));
                let are_addresses = self.is_own_address(left) || self.is_own_address(right);
                let kind = if are_addresses {
                    Kind::Same
                } else {
                    Kind::Compare
                };
                state.tested = Some(tested(kind, size, a, left, right));
            }
            Op::Test { size, a, b } => {
                let (left, right) = (self.operand(a, size, state), self.operand(b, size, state));
                // A register with itself: all of its bits. Of two of which nothing is known, that is not so.
                let is_one = a == b;
                if is_one {
                    self.null_check(left);
                }
                let all = Value::Const(mask(size));
                let right = if is_one { all } else { self.number(right) };
                let left = self.number(left);
                state.tested = Some(tested(Kind::Test, size, a, left, right));
            }
            Op::TestBit { value, bit } => {
                let left = self.operand(value, 8, state);
                let right = Value::Const(bit.into());
                state.tested = Some(tested(Kind::Bit, 8, value, left, right));
            }
            Op::ForgetConditions => state.tested = None,
        }
    }

    fn set(&mut self, to: Register, size: u8, value: Value, state: &mut State) {
        let value = match size {
            1 | 2 => {
                let bit = self.of.bit;
                let rest = state.register(to).and(Value::Const(!mask(size)), bit);
                rest.or(value.truncate(size), bit)
            }
            _ => value,
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
        state.set_register(to, value);
    }

    fn value(&mut self, at: u64, size: u8, value: ops::Value, state: &mut State) -> Value {
        let bit = self.of.bit;
        let get = |operand, state: &State| self.operand(operand, size, state);
        let (result, from) = match value {
            ops::Value::Copy(a) => {
                self.cut(a, size, state);
                return self.operand(a, size, state);
            }
            ops::Value::Unknown => return Value::Unknown,
            ops::Value::Address(Address::Sum {
                base: Some(base),
                index: None,
                offset,
            }) if size == 4 => return state.register(base).plus_word(offset),
            ops::Value::Address(address) => return self.address(address, state),
            ops::Value::ZeroExtend(a, from) => {
                self.cut(a, from.min(size), state);
                return self.part(a, from.min(size), state);
            }
            ops::Value::SignExtend(a, from) => {
                self.cut(a, from, state);
                return self.part(a, from, state).sign_extend(from);
            }
            ops::Value::Mask(condition) => {
                let decided = state.tested.and_then(|tested| tested.decides(condition));
                return match decided {
                    Some(holds) => Value::Const(if holds { mask(size) } else { 0 }),
                    None => Value::Const(0).join(Value::Const(mask(size))),
                };
            }
            ops::Value::Select(condition, a, b) => {
                let (a, b) = (get(a, state), get(b, state));
                let decided = state.tested.and_then(|tested| tested.decides(condition));
                return match decided {
                    Some(true) => a,
                    Some(false) => b,
                    None => {
                        let value = state.either(a, b);
                        let lost = std::mem::take(&mut state.lost);
                        self.lost(at, lost);
                        value
                    }
                };
            }
            ops::Value::Add(a, b) => {
                let (a, b) = (self.whole(a, state), self.whole(b, state));
                let sum = match (a, b) {
                    (Value::Offset { first, count, form }, Value::Const(base))
                    | (Value::Const(base), Value::Offset { first, count, form })
                        if size == 8 && (form.size == 4 || self.of.image.is_code(base)) =>
                    {
                        Value::Target {
                            first,
                            base,
                            count,
                            form,
                        }
                    }
                    (value, Value::Const(n)) | (Value::Const(n), value) if size == 4 => {
                        value.plus_word(n as i64)
                    }
                    (a, b) => a.truncate(size).added(b.truncate(size)),
                };
                (sum, [a, b])
            }
            ops::Value::Subtract(a, b) => {
                let (a, b) = (self.whole(a, state), self.whole(b, state));
                let difference = match b {
                    Value::Const(n) if size == 4 && !self.is_own_address(a) => {
                        a.plus_word((n as i64).wrapping_neg())
                    }
                    Value::Const(n) if !self.is_own_address(Value::Const(n)) => {
                        a.plus((n as i64).wrapping_neg())
                    }
                    b if self.is_own_address(a) || self.is_own_address(b) => {
                        let (from, to) = (self.segment_of(a), self.segment_of(b));
                        if from.is_some() && from == to {
                            a.minus(b).truncate(size)
                        } else {
                            Value::Unknown
                        }
                    }
                    b => a.truncate(size).minus(b.truncate(size)),
                };
                // How far two are apart is a number.
                let is_into_stack = |value| matches!(value, Value::Stack { .. });
                let is_number = is_into_stack(a) && is_into_stack(b);
                (
                    difference,
                    if is_number {
                        [Value::Unknown; 2]
                    } else {
                        [a, b]
                    },
                )
            }
            ops::Value::Multiply(a, b) => {
                let (a, b) = (get(a, state), get(b, state));
                let product = match (self.number(a), self.number(b)) {
                    (value, Value::Const(factor)) | (Value::Const(factor), value) => {
                        value.times(factor)
                    }
                    _ => Value::Unknown,
                };
                (product, [a, b])
            }
            ops::Value::And(a, b) => {
                let (a, b) = (get(a, state), get(b, state));
                let (number, other) = (self.number(a), self.number(b));
                (number.and(other, bit), [a, b])
            }
            ops::Value::Or(a, b) if a != b => {
                let (a, b) = (get(a, state), get(b, state));
                let (a, b) = (self.number(a), self.number(b));
                (a.or(b, bit), [a, b])
            }
            ops::Value::Or(a, _) => return get(a, state),
            ops::Value::Xor(a, b) => {
                let (a, b) = (get(a, state), get(b, state));
                (self.number(a).xor(self.number(b)), [a, b])
            }
            ops::Value::ShiftLeft(a, by) => {
                let a = get(a, state);
                (self.number(a).shift_left(by), [a, a])
            }
            ops::Value::ShiftRight(a, by) => {
                let a = get(a, state);
                (self.number(a).shift_right(by), [a, a])
            }
        };
        if !matches!(result, Value::Stack { .. }) {
            from.into_iter()
                .for_each(|lost| state.escape_all_around(lost));
        }
        result
    }

    /// A value whose bits count: those of an address are not known before it is loaded.
    fn number(&self, value: Value) -> Value {
        match value {
            Value::Const(number) if self.of.memory && self.of.image.is_address(number) => {
                Value::Unknown
            }
            value => value,
        }
    }

    /// A value that is compared: of what is defined elsewhere, two may be the same, and one null.
    fn compared(&self, value: Value) -> Value {
        match value {
            Value::Const(number) if self.of.image.outside(number).is_some() => Value::Unknown,
            value => value,
        }
    }

    /// A part of an address can be put together with the rest of it again.
    fn cut(&self, operand: Operand, size: u8, state: &mut State) {
        if let (Operand::Register(register), 0..8) = (operand, size) {
            let value = state.register(register);
            state.escape_all_around(value);
        }
    }

    /// What a smaller write makes of addresses.
    fn cut_all(&self, to: Register, size: u8, value: ops::Value, state: &mut State) {
        if size >= 8 {
            return;
        }
        let operands = match value {
            ops::Value::Copy(a)
            | ops::Value::ShiftLeft(a, _)
            | ops::Value::ShiftRight(a, _)
            | ops::Value::ZeroExtend(a, _)
            | ops::Value::SignExtend(a, _) => [a, a],
            ops::Value::Add(a, b)
            | ops::Value::Subtract(a, b)
            | ops::Value::Multiply(a, b)
            | ops::Value::And(a, b)
            | ops::Value::Or(a, b)
            | ops::Value::Xor(a, b)
            | ops::Value::Select(_, a, b) => [a, b],
            ops::Value::Mask(_) | ops::Value::Address(_) | ops::Value::Unknown => {
                [Operand::Number(0); 2]
            }
        };
        for operand in operands {
            self.cut(operand, size, state);
        }
        if size <= 2 {
            self.cut(Operand::Register(to), size, state);
        }
    }

    /// So many bytes of a value, of which those of an address are not known.
    fn part(&self, operand: Operand, size: u8, state: &State) -> Value {
        if size < 8 && self.is_own_address(self.operand(operand, 8, state)) {
            return Value::any(size);
        }
        self.operand(operand, size, state)
    }

    fn segment_of(&self, value: Value) -> Option<u64> {
        let Value::Const(address) = value else {
            return None;
        };
        self.of.image.segment(address).map(|segment| segment.start)
    }

    /// Whether it is an address in the module, or a row of them.
    fn is_own_address(&self, value: Value) -> bool {
        let is_address = |number| self.of.memory && self.of.image.segment(number).is_some();
        match value {
            Value::Const(number) | Value::Numbers { first: number, .. } => is_address(number),
            _ => false,
        }
    }

    fn whole(&self, operand: Operand, state: &State) -> Value {
        self.operand(operand, 8, state)
    }

    /// An address that is computed.
    fn address(&mut self, address: Address, state: &mut State) -> Value {
        if let Some(target) = self.target(address, state) {
            return target;
        }
        match self.place(address, state) {
            Place::Known(address) => Value::Const(address),
            Place::Row(first, step, count) => Value::Numbers { first, step, count },
            Place::Slot(region, offset) => Value::Stack { region, offset },
            Place::Behind(Base::Symbol(at), plus) => Value::Symbol {
                at,
                plus,
                word: false,
            },
            Place::Within(region) => {
                state.escape_all_around(Value::Stack { region, offset: 0 });
                Value::Unknown
            }
            _ => self.sum(address, state),
        }
    }

    /// Where a jump by a table of short offsets goes.
    fn target(&self, address: Address, state: &State) -> Option<Value> {
        let Address::Sum {
            base: Some(base),
            index: Some(index),
            offset,
        } = address
        else {
            return None;
        };
        let by = indexed(index, state).shift_left(index.shift);
        match (state.register(base).plus(offset), by) {
            (Value::Const(base), Value::Offset { first, count, form })
                if form.size < 4 && self.of.image.is_code(base) =>
            {
                Some(Value::Target {
                    first,
                    base,
                    count,
                    form,
                })
            }
            _ => None,
        }
    }

    /// A sum of numbers, that is no address.
    fn sum(&self, address: Address, state: &State) -> Value {
        let Address::Sum {
            base: Some(base),
            index: Some(index),
            offset,
        } = address
        else {
            return Value::Unknown;
        };
        let (base, other) = (state.register(base), state.register(index.register));
        match base
            .added(other.scaled(1 << (index.shift & 63)))
            .plus(offset)
        {
            sum @ Value::Bits { .. } if index.size == 8 => sum,
            _ => Value::Unknown,
        }
    }

    /// Addresses that go where they are not followed.
    fn vector(&mut self, at: u64, from: Address, size: u32, state: &mut State) {
        let (first, step, count) = match self.place(from, state) {
            Place::Within(region) | Place::Slot(region, _) => {
                return state.escape_held(region);
            }
            Place::Known(address) => (address, 0, 1),
            Place::Row(first, step, count) => (first, step, count),
            Place::Table(table, _) => {
                self.stored(at, Value::Const(table));
                return;
            }
            _ => return,
        };
        let image = self.of.image;
        for n in 0..count {
            let start = first.wrapping_add(step.wrapping_mul(n.into()));
            if !image.is_constant(start) {
                continue;
            }
            let fields = image.relocated_within(start, start.saturating_add(size.into()));
            for &(_, target) in fields {
                self.stored(at, Value::Const(target));
            }
        }
    }

    /// Addresses that are taken here.
    pub(super) fn taken(&mut self, at: u64, lifted: &Lifted, state: &mut State) {
        let image = self.of.image;
        let fields = image.relocated_within(at, at + u64::from(lifted.length));
        let is_relocated = |number: u64| fields.iter().any(|&(_, target)| target == number);
        for op in &lifted.ops {
            let target = match *op {
                Op::Set {
                    value: ops::Value::Address(Address::Sum { base, offset, .. }),
                    ..
                } if base.is_none() || is_relocated(offset as u64) => Some(offset as u64),
                Op::Set {
                    value: ops::Value::Copy(Operand::Number(number)),
                    ..
                }
                | Op::Store {
                    value: Operand::Number(number),
                    ..
                } if is_relocated(number) => Some(number),
                Op::Set {
                    value: ops::Value::Add(_, Operand::Number(number)),
                    ..
                } if is_relocated(number) => Some(number),
                // The second half of an address.
                Op::Set {
                    to,
                    value: ops::Value::Add(Operand::Register(page), Operand::Number(rest)),
                    ..
                } if !TEMPORARY.contains(&to) && rest < 4096 => match state.register(page) {
                    Value::Const(page) if page % 4096 == 0 => Some(page.wrapping_add(rest)),
                    _ => None,
                },
                _ => None,
            };
            if let Some(target) = target {
                self.take(at, target, state);
            }
        }
    }
}

/// The number that an index is, before it is scaled.
fn indexed(index: Index, state: &State) -> Value {
    match (index.size, index.signed) {
        (8, _) => state.register(index.register),
        (size, true) => state.part(index.register, size).sign_extend(size),
        (size, false) => state.part(index.register, size),
    }
}

fn row(value: Value) -> Place {
    match value.as_numbers() {
        Some((first, _, 1)) => Place::Known(first),
        Some((first, step, count)) => Place::Row(first, step, count),
        None => Place::Other,
    }
}

fn tested(kind: Kind, size: u8, a: Operand, left: Value, right: Value) -> Tested {
    Tested {
        kind,
        size,
        a: left,
        b: right,
        register: match a {
            Operand::Register(register) => Some(register),
            Operand::Number(_) => None,
        },
    }
}
