// SPDX-License-Identifier: GPL-2.0

//! What is known at one point of a function: of the registers, of the stack, of conditions.

use crate::{
    ops::{Condition, Register, REGISTERS},
    values::{mask, Form, Value},
};

/// One value in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    pub region: u8,
    pub offset: i32,
    pub size: u8,
    pub value: Value,
}

impl Slot {
    /// What the function has put aside to put it back at its end: nothing but itself has its place.
    pub fn is_saved(&self) -> bool {
        matches!(self.value, Value::Initial(_))
    }
}

/// In the place of an offset: wherever in the region.
pub const EVERYWHERE: i32 = i32::MIN;

/// More slots than this are forgotten.
const SLOTS: usize = 96;

/// What conditions are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tested {
    pub kind: Kind,
    pub size: u8,
    pub a: Value,
    pub b: Value,
    /// The register that still has `a`.
    pub register: Option<Register>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `a` and `b` are numbers.
    Compare,
    /// The bits that both have.
    Test,
    /// Bit number `b` of `a`.
    Bit,
    /// `a` and `b` are addresses: whether they are the same.
    Same,
}

impl Tested {
    /// Whether the condition holds, if that is known.
    pub fn decides(&self, condition: Condition) -> Option<bool> {
        match (self.kind, condition) {
            (Kind::Test, _) => {
                let (value, Value::Const(mask)) = self.mask()? else {
                    return None;
                };
                let any = value.has_any(mask)?;
                match condition {
                    Condition::Equal => Some(!any),
                    Condition::NotEqual => Some(any),
                    _ => None,
                }
            }
            (Kind::Bit, Condition::Below | Condition::AtLeast) => {
                let Value::Const(bit) = self.b else {
                    return None;
                };
                let set = self.a.has_any(1 << (bit & 63))?;
                Some(set == (condition == Condition::Below))
            }
            (Kind::Bit, _) => None,
            (Kind::Same, Condition::Equal | Condition::NotEqual) | (Kind::Compare, _) => {
                let (a, b) = (self.a.truncate(self.size), self.b.truncate(self.size));
                let (mut holds, mut fails) = (false, false);
                for a in a.each()? {
                    for b in b.each()? {
                        match compare(self.size, a, b, condition)? {
                            true => holds = true,
                            false => fails = true,
                        }
                    }
                }
                (holds != fails).then_some(holds)
            }
            (Kind::Same, _) => None,
        }
    }

    /// What is tested, and the bits of it.
    pub fn mask(&self) -> Option<(Value, Value)> {
        match (self.kind, self.a, self.b) {
            (Kind::Test, a, b @ Value::Const(_)) => Some((a, b)),
            (Kind::Test, a @ Value::Const(_), b) => Some((b, a)),
            (Kind::Bit, a, Value::Const(bit)) => Some((a, Value::Const(1 << (bit & 63)))),
            _ => None,
        }
    }

    /// What is compared with null.
    fn as_pointer(&self) -> Option<u32> {
        let Value::Symbol {
            at,
            plus: 0,
            word: false,
        } = self.a
        else {
            return None;
        };
        let is_null_check = match self.kind {
            Kind::Compare => self.b == Value::Const(0),
            Kind::Test => self.b == Value::Const(u64::MAX),
            _ => false,
        };
        (self.size == 8 && is_null_check).then_some(at)
    }

    /// What `a` is if the condition holds, if more is known of it then.
    fn narrowed(&self, condition: Condition) -> Option<Value> {
        let highest = mask(self.size);
        let (kind, b) = (self.kind, self.b.truncate(self.size));
        let bound = match (kind, b) {
            (Kind::Compare | Kind::Same, Value::Const(c)) => c,
            (Kind::Test, Value::Const(bits)) if bits == highest => 0,
            _ => return None,
        };
        let (low, high) = match condition {
            Condition::Equal => (bound, bound),
            Condition::Below if kind == Kind::Compare => (0, bound.checked_sub(1)?),
            Condition::AtMost if kind == Kind::Compare => (0, bound),
            Condition::Above if kind == Kind::Compare => (bound.checked_add(1)?, highest),
            Condition::AtLeast if kind == Kind::Compare => (bound, highest),
            _ => return None,
        };
        match self.a.truncate(self.size) {
            value @ (Value::Const(_) | Value::Numbers { .. }) => {
                let each = value.each()?;
                let within = each.filter(|number| (low..=high).contains(number));
                within.map(Value::Const).reduce(Value::join)
            }
            Value::Arg { .. } | Value::Stack { .. } | Value::Initial(_) => None,
            value => match value.as_numbers() {
                Some((first, 1, count)) => {
                    let last = first.checked_add(u64::from(count) - 1)?;
                    Value::between(low.max(first), high.min(last))
                }
                _ => Value::between(low, high),
            },
        }
    }
}

fn compare(size: u8, a: u64, b: u64, condition: Condition) -> Option<bool> {
    let unused = 64 - u32::from(size.clamp(1, 8)) * 8;
    let signed = |c: u64| (c << unused) as i64;
    Some(match condition {
        Condition::Equal => a == b,
        Condition::NotEqual => a != b,
        Condition::Below => a < b,
        Condition::AtLeast => a >= b,
        Condition::Above => a > b,
        Condition::AtMost => a <= b,
        Condition::Less => signed(a) < signed(b),
        Condition::GreaterOrEqual => signed(a) >= signed(b),
        Condition::Greater => signed(a) > signed(b),
        Condition::LessOrEqual => signed(a) <= signed(b),
        Condition::Other => return None,
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    registers: [Value; REGISTERS],
    /// Of which the lower 4 bytes are known better than the whole, and what they are.
    words: Vec<(Register, Value)>,
    /// Sorted by place.
    slots: Vec<Slot>,
    /// Addresses that others know: region and offset, sorted.
    escaped: Vec<(u8, i32)>,
    /// Who knows an address may go to what lies before it, too.
    goes_back: bool,
    /// Symbols that were compared with null and are not.
    not_null: Vec<u32>,
    /// What may be addresses, and was lost sight of where ways met.
    pub lost: Vec<Value>,
    pub tested: Option<Tested>,
    /// The code is reached only if one of these arguments has the bit that is looked for.
    pub only_if: u8,
    /// These arguments do not have it.
    pub without: u8,
}

impl State {
    pub fn new(
        registers: [Value; REGISTERS],
        slots: Vec<Slot>,
        escaped: Vec<(u8, i32)>,
        goes_back: bool,
    ) -> Self {
        Self {
            registers,
            words: Vec::new(),
            slots,
            escaped,
            goes_back,
            not_null: Vec::new(),
            lost: Vec::new(),
            tested: None,
            only_if: 0,
            without: 0,
        }
    }

    pub fn register(&self, register: Register) -> Value {
        let value = self.registers.get(usize::from(register)).copied();
        value.unwrap_or(Value::Unknown)
    }

    /// So many bytes of a register.
    pub fn part(&self, register: Register, size: u8) -> Value {
        let word = self.words.iter().find(|(known, _)| *known == register);
        match word {
            Some((_, value)) if size <= 4 => value.truncate(size),
            _ => self.register(register).truncate(size),
        }
    }

    pub fn set_register(&mut self, register: Register, value: Value) {
        self.words.retain(|(known, _)| *known != register);
        if let Some(known) = self.registers.get_mut(usize::from(register)) {
            *known = value;
        }
        if let Some(tested) = &mut self.tested {
            if tested.register == Some(register) {
                tested.register = None;
            }
        }
    }

    pub fn registers(&self) -> impl Iterator<Item = (Register, Value)> + '_ {
        (0..).zip(self.registers.iter().copied())
    }

    /// Takes in what is known where another way comes to the same point. Returns whether that is
    /// less than before. `widen` gives up numbers that go on changing.
    pub fn join(&mut self, other: &State, widen: bool) -> bool {
        let mut changed = false;
        let widened = |own: Value, value: Value| match value {
            Value::Numbers { .. } if widen && value != own => Value::Unknown,
            value => value,
        };
        for (register, &theirs) in other.registers.iter().enumerate() {
            let own = self.registers[register];
            if own != theirs {
                let value = widened(own, self.meet(own, theirs, &mut changed));
                changed |= value != own;
                self.registers[register] = value;
            }
        }
        if self.slots != other.slots {
            changed |= self.join_slots(other, widened);
        }
        let words = self.words.len();
        self.words.retain(|word| other.words.contains(word));
        changed |= words != self.words.len();
        for &(region, offset) in &other.escaped {
            changed |= self.escape(Value::Stack { region, offset });
        }
        let not_null = self.not_null.len();
        self.not_null.retain(|at| other.not_null.contains(at));
        changed |= not_null != self.not_null.len();
        if self.tested.is_some() && self.tested != other.tested {
            self.tested = None;
            changed = true;
        }
        // Reached in either way: under both conditions, unless one way is free.
        let only_if = match (self.only_if, other.only_if) {
            (0, _) | (_, 0) => 0,
            (own, theirs) => own | theirs,
        };
        let without = self.without & other.without;
        changed |= (only_if, without) != (self.only_if, self.without);
        (self.only_if, self.without) = (only_if, without);
        changed
    }

    fn join_slots(&mut self, other: &State, widened: impl Fn(Value, Value) -> Value) -> bool {
        let mut changed = false;
        let before = std::mem::take(&mut self.slots);
        for slot in &before {
            let theirs = other.get(slot.region, slot.offset, slot.size);
            let value = widened(slot.value, self.meet(slot.value, theirs, &mut changed));
            changed |= value != slot.value;
            if value != Value::Unknown {
                self.slots.push(Slot { value, ..*slot });
            }
        }
        for slot in &other.slots {
            if self.get(slot.region, slot.offset, slot.size) == Value::Unknown {
                changed |= self.escape(slot.value);
            }
        }
        changed
    }

    /// What is known where a branch goes that is taken if the condition holds. `false` if it never is.
    pub fn narrow(&mut self, tested: Option<Tested>, condition: Condition) -> bool {
        let Some(tested) = tested else {
            return true;
        };
        if tested.decides(condition) == Some(false) {
            return false;
        }
        if condition == Condition::NotEqual {
            self.not_null.extend(tested.as_pointer());
        }
        let Some(value) = tested.narrowed(condition) else {
            return true;
        };
        if let Some(register) = tested.register {
            let known = &mut self.registers[usize::from(register)];
            // What was not tested of the register must be known to be zero.
            let is_all = tested.size == 8
                || (tested.size == 4 && known.truncate(4) == *known)
                    && !matches!(
                        known,
                        Value::Offset {
                            form: Form {
                                is_signed: true,
                                ..
                            },
                            ..
                        }
                    );
            if is_all {
                *known = value;
            } else if tested.size == 4 {
                self.words.retain(|(known, _)| *known != register);
                self.words.push((register, value));
            }
        }
        if let Value::Symbol { at, plus, word } = tested.a.truncate(tested.size) {
            self.learn(at, plus, word, value);
        }
        true
    }

    /// Puts what a symbol is for it, wherever it is.
    fn learn(&mut self, symbol: u32, more: i32, is_word: bool, value: Value) {
        let put = |known: &mut Value| {
            let Value::Symbol { at, plus, word } = *known else {
                return;
            };
            if at != symbol || (is_word && !word) {
                return;
            }
            let apart = i64::from(plus) - i64::from(more);
            *known = match (is_word, word) {
                (false, false) => value.plus(apart),
                _ => value.plus_word(apart),
            };
        };
        self.registers.iter_mut().for_each(put);
        self.slots.iter_mut().for_each(|slot| {
            if slot.size == 8 {
                put(&mut slot.value);
            }
        });
    }

    /// An instruction makes something new, that is called as what it made before.
    pub fn forget_symbol(&mut self, symbol: u32) {
        let is_it = |value: &Value| matches!(value, Value::Symbol { at, .. } if *at == symbol);
        for value in self.registers.iter_mut().filter(|value| is_it(value)) {
            *value = Value::Unknown;
        }
        self.slots.retain(|slot| !is_it(&slot.value));
        self.not_null.retain(|at| *at != symbol);
        if let Some(tested) = &mut self.tested {
            if is_it(&tested.a) {
                tested.a = Value::Unknown;
            }
        }
    }

    /// Whether it points to something, as far as one can tell.
    pub fn is_not_null(&self, value: Value) -> bool {
        match value {
            Value::Stack { .. } => true,
            // A part of something.
            Value::Symbol {
                at,
                plus,
                word: false,
            } => plus != 0 || self.not_null.contains(&at),
            value => value.may_be(0) == Some(false),
        }
    }

    /// The slots that are known.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub fn escaped(&self) -> &[(u8, i32)] {
        &self.escaped
    }

    pub fn get(&self, region: u8, offset: i32, size: u8) -> Value {
        match self
            .slots
            .binary_search_by_key(&(region, offset), |slot| (slot.region, slot.offset))
        {
            Ok(i) if self.slots[i].size == size => self.slots[i].value,
            Ok(i) if self.slots[i].size > size => self.slots[i].value.truncate(size),
            _ => Value::Unknown,
        }
    }

    pub fn set(&mut self, region: u8, offset: i32, size: u32, value: Value) {
        let (start, end) = (i64::from(offset), i64::from(offset) + i64::from(size));
        self.slots.retain(|slot| {
            let slot_start = i64::from(slot.offset);
            slot.region != region || slot_start + i64::from(slot.size) <= start || end <= slot_start
        });
        if value != Value::Unknown && matches!(size, 4 | 8) && self.slots.len() < SLOTS {
            let slot = Slot {
                region,
                offset,
                size: size as u8,
                value,
            };
            let at = self
                .slots
                .partition_point(|other| (other.region, other.offset) < (region, offset));
            self.slots.insert(at, slot);
        } else {
            self.escape(value);
        }
    }

    /// What is known of one that may be either. Addresses into the stack that are lost sight of by
    /// that are written to through pointers of which nothing is known.
    pub fn either(&mut self, one: Value, other: Value) -> Value {
        self.meet(one, other, &mut false)
    }

    fn meet(&mut self, one: Value, other: Value, changed: &mut bool) -> Value {
        let value = one.join(other);
        let is_lost = value != one && (value == Value::Unknown || value.each().is_none());
        // Of a kernel, what is given away is not looked for.
        if self.goes_back && is_lost {
            let may_be_address = |it: &Value| match it {
                Value::Entry { .. } | Value::Numbers { count: 2, .. } => true,
                Value::Const(c) => *c > u64::from(u32::MAX),
                _ => false,
            };
            self.lost
                .extend([one, other].into_iter().filter(may_be_address));
        }
        if !matches!(value, Value::Stack { .. }) {
            *changed |= self.escape(one);
            *changed |= self.escape(other);
        }
        value
    }

    /// What lies below the stack pointer is anybody's. Where that is, is not always known.
    pub fn drop_below(&mut self, stack: Value) {
        self.slots.retain(|slot| match stack {
            _ if slot.region != 0 => true,
            Value::Stack { region: 0, offset } => slot.offset >= offset,
            _ => slot.is_saved(),
        });
    }

    /// Code that is not followed may have read each slot of the region.
    pub fn escape_held(&mut self, region: u8) {
        for i in 0..self.slots.len() {
            let slot = self.slots[i];
            if slot.region == region {
                self.escape(slot.value);
            }
        }
    }

    /// A store goes to an unknown place in the region.
    pub fn forget_region(&mut self, region: u8) {
        self.escape_held(region);
        self.slots
            .retain(|slot| slot.region != region || slot.is_saved());
    }

    /// An address that is lost sight of: all of its region may be written.
    pub fn escape_all_around(&mut self, value: Value) {
        if let Value::Stack { region, .. } = value {
            self.escape(Value::Stack {
                region,
                offset: EVERYWHERE,
            });
        }
    }

    /// A part of what is there is read: if it is an address, that is lost sight of.
    pub fn escape_parts(&mut self, region: u8, offset: i32, size: u8) {
        let read = i64::from(offset)..i64::from(offset) + i64::from(size);
        for i in 0..self.slots.len() {
            let slot = self.slots[i];
            let (start, end) = (
                i64::from(slot.offset),
                i64::from(slot.offset) + i64::from(slot.size),
            );
            if slot.region == region && start < read.end && read.start < end {
                self.escape_all_around(slot.value);
            }
        }
    }

    /// Others may know the address from here on. Whether they did not before.
    pub fn escape(&mut self, value: Value) -> bool {
        let Value::Stack { region, offset } = value else {
            return false;
        };
        let offset = if self.goes_back { EVERYWHERE } else { offset };
        match self.escaped.binary_search(&(region, offset)) {
            Ok(_) => false,
            Err(at) => {
                self.escaped.insert(at, (region, offset));
                true
            }
        }
    }

    /// Whether others may know the address of what is there, or of what is before it.
    pub fn is_escaped(&self, region: u8, offset: i32) -> bool {
        self.escaped
            .iter()
            .any(|&(other, from)| other == region && from <= offset)
    }

    /// Somebody writes to where they know the address of, or find it.
    pub fn forget_escaped(&mut self) {
        loop {
            let mut found = false;
            for i in (0..self.slots.len()).rev() {
                let slot = self.slots[i];
                if !slot.is_saved() && self.is_escaped(slot.region, slot.offset) {
                    self.slots.remove(i);
                    self.escape(slot.value);
                    found = true;
                }
            }
            if !found {
                return;
            }
        }
    }
}
