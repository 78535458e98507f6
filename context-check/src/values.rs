// SPDX-License-Identifier: GPL-2.0

//! What is known of a register, or of a word in memory.

use crate::image::{BASE, OUTSIDE_STEP};

/// More numbers than this are not told apart.
const NUMBERS: u64 = 4096;

/// So few are looked at one by one.
const FEW: u32 = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Unknown,
    /// A number, or an address.
    Const(u64),
    /// One of `count` numbers, each `step` more than the one before. There are two or more.
    Numbers {
        first: u64,
        step: u64,
        count: u32,
    },
    /// Those in `ones` are 1, those in `zeros` are 0.
    Bits {
        ones: u64,
        zeros: u64,
    },
    /// The word that the function was given as argument number `n`, apart from some bits.
    Arg {
        n: u8,
        ones: u32,
        zeros: u32,
    },
    /// What was read from behind argument number `n`, however far.
    Behind {
        n: u8,
    },
    /// Into the stack: 0 is the function's own frame, from the stack pointer at its entry; 1 to 6
    /// is what the argument of that number pointed to.
    Stack {
        region: u8,
        offset: i32,
    },
    /// What an instruction made of which nothing is known, and so much more; of it the lower 4
    /// bytes only, if it is a word.
    Symbol {
        at: u32,
        plus: i32,
        word: bool,
    },
    /// What a register held when the function was entered.
    Initial(u8),
    /// One of `count` addresses that lie in a table; nobody knows how many if that is 0.
    Entry {
        first: u64,
        step: u32,
        count: u32,
    },
    /// The same of offsets.
    Offset {
        first: u64,
        count: u32,
        form: Form,
    },
    /// What such an offset comes to, counted from `base`.
    Target {
        first: u64,
        base: u64,
        count: u32,
        form: Form,
    },
}

/// The form of the offsets in a table: so many bytes, perhaps with a sign, shifted left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form {
    pub size: u8,
    pub is_signed: bool,
    pub shift: u8,
}

impl Form {
    /// Four bytes, as most compilers have them.
    pub const LONG: Self = Self {
        size: 4,
        is_signed: true,
        shift: 0,
    };

    /// As they are read, if they are shorter.
    pub const fn short(size: u8) -> Self {
        Self {
            size,
            is_signed: false,
            shift: 0,
        }
    }

    /// What is known of such a number without the table.
    fn any(self) -> Value {
        match self.is_signed {
            true => Value::Unknown,
            false => Value::any(self.size).shift_left(self.shift),
        }
    }

    /// The number that an entry is.
    pub fn decode(self, entry: u64) -> u64 {
        let unused = 64 - u32::from(self.size) * 8;
        let entry = match self.is_signed {
            true => ((entry << unused) as i64 >> unused) as u64,
            false => entry,
        };
        entry << self.shift
    }
}

/// The bits that so many bytes have.
pub fn mask(size: u8) -> u64 {
    match size {
        0 => 0,
        1..=7 => (1 << (u32::from(size) * 8)) - 1,
        _ => u64::MAX,
    }
}

impl Value {
    pub fn arg(n: u8) -> Self {
        Value::Arg {
            n,
            ones: 0,
            zeros: 0,
        }
    }

    /// A number of so many bytes of which no more is known.
    pub fn any(size: u8) -> Self {
        Value::known_bits(0, !mask(size))
    }

    fn known_bits(ones: u64, zeros: u64) -> Self {
        match ones | zeros {
            0 => Value::Unknown,
            u64::MAX => Value::Const(ones),
            _ => Value::Bits { ones, zeros },
        }
    }

    /// The numbers from `low` to `high`, if they are not too many.
    pub fn between(low: u64, high: u64) -> Option<Self> {
        let count = high.checked_sub(low)?.checked_add(1)?;
        (count <= NUMBERS).then(|| Value::numbers(low, 1, count as u32))
    }

    fn numbers(first: u64, step: u64, count: u32) -> Self {
        if count == 1 || step == 0 {
            Value::Const(first)
        } else {
            Value::Numbers { first, step, count }
        }
    }

    /// First, step and count, if it is one of some numbers.
    pub fn as_numbers(self) -> Option<(u64, u64, u32)> {
        match self {
            Value::Const(c) => Some((c, 0, 1)),
            Value::Numbers { first, step, count } => Some((first, step, count)),
            Value::Bits { ones, zeros } => {
                // Those that a mask of few bits leaves.
                let free = !(ones | zeros);
                let step = free & free.wrapping_neg();
                let many = free.checked_div(step)?;
                let is_row = many & many.wrapping_add(1) == 0;
                let is_few = is_row && many < NUMBERS;
                is_few.then(|| (ones, step, many as u32 + 1))
            }
            Value::Offset { form, .. } => match form.any() {
                any @ Value::Bits { .. } => any.as_numbers(),
                _ => None,
            },
            _ => None,
        }
    }

    /// Each of them, if they are few.
    pub fn each(self) -> Option<impl Iterator<Item = u64>> {
        let (first, step, count) = self.as_numbers()?;
        let number = move |n: u32| first.wrapping_add(step.wrapping_mul(n.into()));
        (count <= FEW).then(|| (0..count).map(number))
    }

    /// Whether it may be that number, if it is one of some numbers.
    pub fn may_be(self, number: u64) -> Option<bool> {
        let (first, step, count) = self.as_numbers()?;
        let of = |n: u32| first.wrapping_add(step.wrapping_mul(n.into()));
        Some((0..count).any(|n| of(n) == number))
    }

    fn of_each(numbers: impl Iterator<Item = u64>) -> Option<Self> {
        numbers.map(Value::Const).reduce(Value::join)
    }

    /// What is known where two ways meet.
    pub fn join(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        let (Some(one), Some(two)) = (self.as_numbers(), other.as_numbers()) else {
            return match (self.bits(), other.bits()) {
                (Some((ones, zeros)), Some((ones2, zeros2))) => {
                    Value::known_bits(ones & ones2, zeros & zeros2)
                }
                _ => Value::Unknown,
            };
        };
        let apart = i128::from(two.0.wrapping_sub(one.0) as i64);
        let span = |(_, step, count): (u64, u64, u32)| i128::from(step) * i128::from(count - 1);
        let low = apart.min(0);
        let high = span(one).max(apart + span(two));
        let step = gcd(gcd(one.1, two.1), apart.unsigned_abs() as u64);
        let count = (high - low) / i128::from(step.max(1)) + 1;
        let row = u32::try_from(count)
            .ok()
            .filter(|count| u64::from(*count) <= NUMBERS)
            // Between the addresses of two things that are defined elsewhere lie those of others.
            .filter(|count| *count <= 2 || one.0 < BASE || !step.is_multiple_of(OUTSIDE_STEP))
            .map(|count| Value::numbers(one.0.wrapping_add(low as u64), step, count));
        let bits = match (self.bits(), other.bits()) {
            (Some((ones, zeros)), Some((ones2, zeros2))) => {
                Value::known_bits(ones & ones2, zeros & zeros2)
            }
            _ => Value::Unknown,
        };
        // Of both, that which says more.
        match (row, bits) {
            (Some(row), Value::Bits { ones, zeros }) => {
                let free = (!(ones | zeros)).count_ones();
                let fewer = 1_i128.checked_shl(free).is_some_and(|many| many < count);
                if fewer {
                    bits
                } else {
                    row
                }
            }
            (Some(row), _) => row,
            (None, bits) => bits,
        }
    }

    /// The bits that are known.
    fn bits(self) -> Option<(u64, u64)> {
        match self {
            Value::Const(c) => Some((c, !c)),
            Value::Bits { ones, zeros } => Some((ones, zeros)),
            Value::Numbers { first, step, count } => {
                if let Some(each) = self.each() {
                    let (ones, zeros) = each.fold((u64::MAX, u64::MAX), |(ones, zeros), c| {
                        (ones & c, zeros & !c)
                    });
                    return Some((ones, zeros));
                }
                let last = first.checked_add(step.checked_mul((count - 1).into())?)?;
                let above = (first ^ last).leading_zeros();
                let below = u64::MAX.checked_shl(step.trailing_zeros()).unwrap_or(0);
                let same = !(u64::MAX.checked_shr(above).unwrap_or(0) & below);
                Some((first & same, !first & same))
            }
            Value::Offset { form, .. } => match form.any() {
                Value::Bits { ones, zeros } => Some((ones, zeros)),
                _ => None,
            },
            _ => None,
        }
    }

    /// So many bytes of it, with zeros above them.
    pub fn truncate(self, size: u8) -> Self {
        let mask = mask(size);
        if mask == u64::MAX {
            return self;
        }
        match self {
            Value::Const(c) => Value::Const(c & mask),
            Value::Numbers { .. } => {
                if let Some(each) = self.each() {
                    return Value::of_each(each.map(|c| c & mask)).unwrap_or(Value::any(size));
                }
                match self.highest() {
                    Some(highest) if highest <= mask => self,
                    _ => Value::any(size),
                }
            }
            Value::Bits { ones, zeros } => Value::known_bits(ones & mask, zeros | !mask),
            Value::Arg { n, ones, zeros } => Value::Arg {
                n,
                ones: ones & mask as u32,
                zeros: zeros | !(mask as u32),
            },
            Value::Symbol { at, plus, .. } if size == 4 => Value::Symbol {
                at,
                plus,
                word: true,
            },
            Value::Offset { form, .. } => match form.any() {
                Value::Bits { zeros, .. } if zeros | mask == u64::MAX => self,
                // With a sign, only of one that was not shifted the upper half does not count.
                Value::Unknown if size == 4 && form.shift == 0 => self,
                any @ Value::Bits { .. } => any.truncate(size),
                _ => Value::any(size),
            },
            _ => Value::any(size),
        }
    }

    /// The highest of its numbers.
    fn highest(self) -> Option<u64> {
        let (first, step, count) = self.as_numbers()?;
        first.checked_add(step.checked_mul((count - 1).into())?)
    }

    /// So many bytes of it, with copies of their highest bit above them.
    pub fn sign_extend(self, size: u8) -> Self {
        if size >= 8 {
            return self;
        }
        let unused = 64 - u32::from(size) * 8;
        let extend = |c: u64| ((c << unused) as i64 >> unused) as u64;
        match self {
            Value::Const(c) => Value::Const(extend(c)),
            Value::Offset { first, count, form } if form.shift == 0 && form.size == size => {
                let is_signed = true;
                let form = Form { is_signed, ..form };
                Value::Offset { first, count, form }
            }
            Value::Numbers { .. } => {
                let highest = self.highest().filter(|&highest| highest <= mask(size) >> 1);
                match (highest, self.each()) {
                    (Some(_), _) => self,
                    (_, Some(each)) => Value::of_each(each.map(extend)).unwrap_or(Value::Unknown),
                    _ => Value::Unknown,
                }
            }
            Value::Bits { zeros, .. } if zeros & !(mask(size) >> 1) == !(mask(size) >> 1) => self,
            Value::Offset { form, .. } if !form.is_signed => form.any().sign_extend(size),
            _ => Value::Unknown,
        }
    }

    /// With the lowest bits unknown.
    pub fn without_low(self, size: u8) -> Self {
        match self.bits() {
            Some((ones, zeros)) => Value::known_bits(ones & !mask(size), zeros & !mask(size)),
            None => Value::Unknown,
        }
    }

    fn by_each(self, other: Self, f: impl Fn(u64, u64) -> u64) -> Option<Self> {
        let (a, b) = (self.as_numbers()?, other.as_numbers()?);
        if u64::from(a.2) * u64::from(b.2) > u64::from(FEW) {
            return None;
        }
        let number = |(first, step, _): (u64, u64, u32), n: u32| {
            first.wrapping_add(step.wrapping_mul(n.into()))
        };
        let pairs = (0..a.2).flat_map(|i| (0..b.2).map(move |j| (i, j)));
        Value::of_each(pairs.map(|(i, j)| f(number(a, i), number(b, j))))
    }

    pub fn added(self, other: Self) -> Self {
        match (self, other) {
            (value, Value::Const(n)) | (Value::Const(n), value) => value.plus(n as i64),
            (a, b) => {
                if let Some(sum) = a.by_each(b, u64::wrapping_add) {
                    return sum;
                }
                if let (Some(a), Some(b)) = (a.as_numbers(), b.as_numbers()) {
                    if let Some(sum) = sum(a, b) {
                        return sum;
                    }
                }
                match (a.bits(), b.bits()) {
                    (Some(a), Some(b)) => add_bits(a, b),
                    _ => Value::Unknown,
                }
            }
        }
    }

    pub fn plus(self, n: i64) -> Self {
        let moved = |by: i32| i32::try_from(n).ok().and_then(|n| by.checked_add(n));
        match self {
            Value::Const(c) => Value::Const(c.wrapping_add_signed(n)),
            Value::Numbers { first, step, count } => Value::Numbers {
                first: first.wrapping_add_signed(n),
                step,
                count,
            },
            Value::Bits { ones, zeros } => match self.as_numbers() {
                Some((first, step, count)) => {
                    Value::numbers(first.wrapping_add_signed(n), step, count)
                }
                None => add_bits((ones, zeros), (n as u64, !n as u64)),
            },
            Value::Stack { region, offset } => {
                moved(offset).map_or(Value::Unknown, |offset| Value::Stack { region, offset })
            }
            Value::Symbol {
                at,
                plus,
                word: false,
            } => moved(plus).map_or(Value::Unknown, |plus| Value::Symbol {
                at,
                plus,
                word: false,
            }),
            _ if n == 0 => self,
            Value::Offset { form, .. } => form.any().plus(n),
            _ => Value::Unknown,
        }
    }

    /// The same where only the lower 4 bytes of both matter.
    pub fn plus_word(self, n: i64) -> Self {
        match self {
            Value::Symbol { at, plus, .. } => Value::Symbol {
                at,
                plus: plus.wrapping_add(n as i32),
                word: true,
            },
            value => value.plus(n).truncate(4),
        }
    }

    pub fn times(self, factor: u64) -> Self {
        match self.as_numbers() {
            Some((first, step, count)) => {
                Value::numbers(first.wrapping_mul(factor), step.wrapping_mul(factor), count)
            }
            None => Value::Unknown,
        }
    }

    /// So many times as much, by a power of two.
    pub fn scaled(self, scale: u64) -> Self {
        self.shift_left(scale.trailing_zeros() as u8)
    }

    pub fn minus(self, other: Self) -> Self {
        if let Some(value) = self.by_each(other, u64::wrapping_sub) {
            return value;
        }
        match (self, other) {
            (Value::Symbol { .. }, other) if self == other => Value::Const(0),
            _ => Value::Unknown,
        }
    }

    /// `bit` is all of an argument that matters.
    pub fn and(self, other: Self, bit: u32) -> Self {
        if let Some(value) = self.by_each(other, |a, b| a & b) {
            return value;
        }
        match (self, other) {
            (Value::Arg { n, ones, zeros }, word) | (word, Value::Arg { n, ones, zeros }) => word
                .with_bit(bit, |set, clear| Value::Arg {
                    n,
                    ones: ones & set,
                    zeros: zeros | clear,
                }),
            // The stack is aligned by 8.
            (Value::Stack { region: 0, offset }, Value::Const(c))
                if (c as i64) >= -8 && (c as i64) < 0 =>
            {
                Value::Stack {
                    region: 0,
                    offset: offset & (c as i32),
                }
            }
            (a, b) => {
                let ((ones, zeros), (ones2, zeros2)) =
                    (a.bits().unwrap_or_default(), b.bits().unwrap_or_default());
                Value::known_bits(ones & ones2, zeros | zeros2)
            }
        }
    }

    /// `bit` is all of an argument that matters.
    pub fn or(self, other: Self, bit: u32) -> Self {
        if let Some(value) = self.by_each(other, |a, b| a | b) {
            return value;
        }
        match (self, other) {
            (Value::Arg { n, ones, zeros }, word) | (word, Value::Arg { n, ones, zeros }) => word
                .with_bit(bit, |set, clear| Value::Arg {
                    n,
                    ones: ones | set,
                    zeros: zeros & clear,
                }),
            (a, b) => {
                let ((ones, zeros), (ones2, zeros2)) =
                    (a.bits().unwrap_or_default(), b.bits().unwrap_or_default());
                Value::known_bits(ones | ones2, zeros & zeros2)
            }
        }
    }

    pub fn xor(self, other: Self) -> Self {
        if let Some(value) = self.by_each(other, |a, b| a ^ b) {
            return value;
        }
        match (self.bits(), other.bits()) {
            (Some((ones, zeros)), Some((ones2, zeros2))) => Value::known_bits(
                (ones & zeros2) | (zeros & ones2),
                (ones & ones2) | (zeros & zeros2),
            ),
            _ => Value::Unknown,
        }
    }

    /// What is made of the known bits of a word, if `bit` is one of them.
    fn with_bit(self, bit: u32, make: impl FnOnce(u32, u32) -> Value) -> Value {
        let (ones, zeros) = self.bits().unwrap_or_default();
        let (ones, zeros) = (ones as u32, zeros as u32);
        if (ones | zeros) & bit == bit {
            make(ones, zeros)
        } else {
            Value::Unknown
        }
    }

    pub fn shift_left(self, by: u8) -> Self {
        if by >= 64 {
            return Value::Unknown;
        }
        if by == 0 {
            return self;
        }
        match self {
            Value::Numbers { first, step, count } => Value::numbers(first << by, step << by, count),
            Value::Offset { first, count, form }
                if form.size < 4 && form.shift.saturating_add(by) <= 32 =>
            {
                let shift = form.shift.saturating_add(by);
                let form = Form { shift, ..form };
                Value::Offset { first, count, form }
            }
            value => match value.bits() {
                Some((ones, zeros)) => Value::known_bits(ones << by, !(!zeros << by)),
                None => Value::known_bits(0, !(u64::MAX << by)),
            },
        }
    }

    pub fn shift_right(self, by: u8) -> Self {
        if by >= 64 {
            return Value::Unknown;
        }
        if by == 0 {
            return self;
        }
        if let Some(value) = self
            .each()
            .and_then(|each| Value::of_each(each.map(|c| c >> by)))
        {
            return value;
        }
        match self.bits() {
            Some((ones, zeros)) => Value::known_bits(ones >> by, !(!zeros >> by)),
            None => Value::known_bits(0, !(u64::MAX >> by)),
        }
    }

    /// Whether `bit`, a mask of one bit, is set, if that is known; else whose argument says so.
    pub fn bit(self, bit: u32) -> Bit {
        let wide = u64::from(bit);
        match self {
            Value::Arg { ones, .. } if ones & bit != 0 => Bit::Set,
            Value::Arg { zeros, .. } if zeros & bit != 0 => Bit::Clear,
            Value::Arg { n, .. } => Bit::Arg(n),
            value => match value.bits() {
                Some((ones, _)) if ones & wide != 0 => Bit::Set,
                Some((_, zeros)) if zeros & wide != 0 => Bit::Clear,
                _ => Bit::Unknown,
            },
        }
    }

    /// Whether one of the bits of a mask is set, if that is known.
    pub fn has_any(self, mask: u64) -> Option<bool> {
        let (ones, zeros) = match self {
            Value::Arg { ones, zeros, .. } => (ones.into(), zeros.into()),
            value => value.bits()?,
        };
        if ones & mask != 0 {
            Some(true)
        } else if zeros & mask == mask {
            Some(false)
        } else {
            None
        }
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        gcd(b, a % b)
    }
}

/// The sums of two rows of numbers, as one row that has them all.
fn sum(a: (u64, u64, u32), b: (u64, u64, u32)) -> Option<Value> {
    let step = gcd(a.1, b.1);
    if step == 0 {
        return None;
    }
    let many = |(_, own, count): (u64, u64, u32)| (own / step).checked_mul(u64::from(count) - 1);
    let count = many(a)?.checked_add(many(b)?)?.checked_add(1)?;
    (count <= NUMBERS).then(|| Value::numbers(a.0.wrapping_add(b.0), step, count as u32))
}

/// The known bits of a sum.
fn add_bits((ones, zeros): (u64, u64), (ones2, zeros2): (u64, u64)) -> Value {
    let highest = (!zeros).wrapping_add(!zeros2);
    let lowest = ones.wrapping_add(ones2);
    let no_carry = !(highest ^ !zeros ^ !zeros2);
    let carry = lowest ^ ones ^ ones2;
    let known = (ones | zeros) & (ones2 | zeros2) & (no_carry | carry);
    Value::known_bits(lowest & known, !highest & known)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bit {
    Unknown,
    Clear,
    Set,
    /// As in the caller's argument of that number, counted from 0.
    Arg(u8),
}

/// The addresses that a value may be.
pub fn addresses(value: Value) -> Vec<u64> {
    match value {
        Value::Entry { first, .. } => vec![first],
        Value::Const(_) | Value::Numbers { .. } => value.each().into_iter().flatten().collect(),
        _ => Vec::new(),
    }
}
