// SPDX-License-Identifier: GPL-2.0

//! What is known of the registers and of the stack while code runs.

/// What is known of a register or of a slot on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Unknown,
    /// A number, or an address.
    Const(u64),
    /// Some bits of a 32-bit word: those in `ones` are 1, those in `zeros` are 0.
    Bits {
        ones: u32,
        zeros: u32,
    },
    /// The word that the function was given as argument number `n`, apart from some bits.
    Arg {
        n: u8,
        ones: u32,
        zeros: u32,
    },
    /// Into the stack: 0 is the function's own frame, from the stack pointer at its entry; 1 to 6
    /// is what the argument of that number pointed to.
    Stack {
        region: u8,
        offset: i32,
    },
    /// What was read by the instruction that is so far into the function, behind a pointer of which
    /// nothing is known; and how far behind that.
    Loaded {
        at: u32,
        plus: i32,
    },
    /// Some entry of a table of addresses.
    Entry(u64),
    /// Some entry of a table of 32-bit offsets from that table.
    Offset(u64),
    /// What such an offset comes to.
    Target(u64),
}

impl Value {
    pub fn arg(n: u8) -> Self {
        Value::Arg {
            n,
            ones: 0,
            zeros: 0,
        }
    }

    /// What is known where two ways meet.
    pub fn join(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        match (self.bits(), other.bits()) {
            (Some((ones, zeros)), Some((ones2, zeros2))) => {
                let (ones, zeros) = (ones & ones2, zeros & zeros2);
                if ones | zeros == 0 {
                    Value::Unknown
                } else {
                    Value::Bits { ones, zeros }
                }
            }
            _ => Value::Unknown,
        }
    }

    /// The bits of a 32-bit word that are known.
    fn bits(self) -> Option<(u32, u32)> {
        match self {
            Value::Const(c) => u32::try_from(c).ok().map(|c| (c, !c)),
            Value::Bits { ones, zeros } => Some((ones, zeros)),
            _ => None,
        }
    }

    /// As 32 bits, the others being zero.
    pub fn low_word(self) -> Self {
        match self {
            Value::Const(c) => Value::Const(c & 0xffff_ffff),
            Value::Bits { .. } | Value::Arg { .. } | Value::Offset(_) => self,
            _ => Value::Unknown,
        }
    }

    /// With the lowest bits unknown.
    pub fn without_low(self, bits: u32) -> Self {
        let low = u32::MAX.checked_shr(32 - bits).unwrap_or(0);
        match self.bits() {
            Some((ones, zeros)) => Value::Bits {
                ones: ones & !low,
                zeros: zeros & !low,
            },
            None => Value::Unknown,
        }
    }

    /// `bit` is all of an argument that matters.
    pub fn and(self, other: Self, bit: u32) -> Self {
        match (self, other) {
            (Value::Const(a), Value::Const(b)) => Value::Const(a & b),
            (
                Value::Arg { n, ones, zeros },
                Value::Bits {
                    ones: set,
                    zeros: clear,
                },
            )
            | (
                Value::Bits {
                    ones: set,
                    zeros: clear,
                },
                Value::Arg { n, ones, zeros },
            ) if (set | clear) & bit == bit => Value::Arg {
                n,
                ones: ones & set,
                zeros: zeros | clear,
            },
            (Value::Const(c), value) | (value, Value::Const(c)) => {
                let clear = !(c as u32);
                match value {
                    Value::Arg { n, ones, zeros } => Value::Arg {
                        n,
                        ones: ones & !clear,
                        zeros: zeros | clear,
                    },
                    Value::Bits { ones, zeros } => Value::Bits {
                        ones: ones & !clear,
                        zeros: zeros | clear,
                    },
                    // Only the address matters of one that is aligned.
                    Value::Stack { region, offset } if c as i64 > -4096 && (c as i64) < 0 => {
                        Value::Stack {
                            region,
                            offset: offset & (c as i32),
                        }
                    }
                    _ if c <= u64::from(u32::MAX) => Value::Bits {
                        ones: 0,
                        zeros: clear,
                    },
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    /// `bit` is all of an argument that matters.
    pub fn or(self, other: Self, bit: u32) -> Self {
        match (self, other) {
            (Value::Const(a), Value::Const(b)) => Value::Const(a | b),
            (
                Value::Arg { n, ones, zeros },
                Value::Bits {
                    ones: set,
                    zeros: clear,
                },
            )
            | (
                Value::Bits {
                    ones: set,
                    zeros: clear,
                },
                Value::Arg { n, ones, zeros },
            ) if (set | clear) & bit == bit => Value::Arg {
                n,
                ones: ones | set,
                zeros: zeros & clear,
            },
            (Value::Const(c), value) | (value, Value::Const(c)) if c <= u64::from(u32::MAX) => {
                let set = c as u32;
                match value {
                    Value::Arg { n, ones, zeros } => Value::Arg {
                        n,
                        ones: ones | set,
                        zeros: zeros & !set,
                    },
                    Value::Bits { ones, zeros } => Value::Bits {
                        ones: ones | set,
                        zeros: zeros & !set,
                    },
                    _ => Value::Bits {
                        ones: set,
                        zeros: 0,
                    },
                }
            }
            (a, b) => match (a.bits(), b.bits()) {
                (Some((ones, zeros)), Some((ones2, zeros2))) => Value::Bits {
                    ones: ones | ones2,
                    zeros: zeros & zeros2,
                },
                _ => Value::Unknown,
            },
        }
    }

    /// A 32-bit word, moved by so many bits to the left.
    pub fn shift_left(self, by: u32) -> Self {
        match self.bits() {
            Some((ones, zeros)) if by < 32 => Value::Bits {
                ones: ones << by,
                zeros: !(!zeros << by),
            },
            _ => Value::Unknown,
        }
    }

    /// A 32-bit word, moved by so many bits to the right.
    pub fn shift_right(self, by: u32) -> Self {
        match self.bits() {
            Some((ones, zeros)) if by < 32 => Value::Bits {
                ones: ones >> by,
                zeros: !(!zeros >> by),
            },
            _ => Value::Unknown,
        }
    }

    pub fn plus(self, n: i64) -> Self {
        match self {
            Value::Const(c) => Value::Const(c.wrapping_add_signed(n)),
            Value::Stack { region, offset } => i32::try_from(n)
                .ok()
                .and_then(|n| offset.checked_add(n))
                .map_or(Value::Unknown, |offset| Value::Stack { region, offset }),
            Value::Loaded { at, plus } => i32::try_from(n)
                .ok()
                .and_then(|n| plus.checked_add(n))
                .map_or(Value::Unknown, |plus| Value::Loaded { at, plus }),
            _ => Value::Unknown,
        }
    }

    /// Whether `bit`, a mask of one bit, is set, if that is known; else whose argument says so.
    pub fn bit(self, bit: u32) -> Bit {
        match self {
            Value::Const(c) if c & u64::from(bit) != 0 => Bit::Set,
            Value::Const(_) => Bit::Clear,
            Value::Bits { ones, .. } | Value::Arg { ones, .. } if ones & bit != 0 => Bit::Set,
            Value::Bits { zeros, .. } | Value::Arg { zeros, .. } if zeros & bit != 0 => Bit::Clear,
            Value::Arg { n, .. } => Bit::Arg(n),
            _ => Bit::Unknown,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bit {
    Unknown,
    Clear,
    Set,
    /// As in the caller's argument of that number, counted from 0.
    Arg(u8),
}

/// One value in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    pub region: u8,
    pub offset: i32,
    pub size: u8,
    pub value: Value,
}

impl Slot {
    /// Whether it is a number, such as flags, and no address.
    fn is_word(&self) -> bool {
        match self.value {
            Value::Const(c) => c <= u64::from(u32::MAX),
            Value::Bits { .. } | Value::Arg { .. } => true,
            _ => false,
        }
    }
}

/// How much of an object somebody is taken to write to who knows its address, as far as numbers
/// go: beyond are those that the compiler has put there for itself.
const OBJECT: i64 = 128;

/// In the place of an offset: wherever in the region.
const EVERYWHERE: i32 = i32::MIN;

/// More slots than this are forgotten.
const SLOTS: usize = 96;

/// What a branch was decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tested {
    pub value: Value,
    pub mask: u32,
    /// The carry says so, and is set if a bit is; else it is the zero flag, set if none is.
    pub carry: bool,
}

impl Tested {
    /// Whether one of the bits is set, if that is known.
    pub fn is_set(&self) -> Option<bool> {
        match self.value {
            Value::Const(c) => Some(c & u64::from(self.mask) != 0),
            Value::Bits { ones, .. } | Value::Arg { ones, .. } if ones & self.mask != 0 => {
                Some(true)
            }
            Value::Bits { zeros, .. } | Value::Arg { zeros, .. }
                if zeros & self.mask == self.mask =>
            {
                Some(false)
            }
            _ => None,
        }
    }
}

/// What is known at one point of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub registers: [Value; 16],
    /// Sorted by place.
    slots: Vec<Slot>,
    /// Addresses that others know: region and offset, sorted.
    escaped: Vec<(u8, i32)>,
    pub tested: Option<Tested>,
    /// The code is reached only if one of these arguments has the bit that is looked for.
    pub only_if: u8,
    /// These arguments do not have it.
    pub without: u8,
}

pub const STACK_POINTER: usize = 4;

impl State {
    pub fn new(registers: [Value; 16], slots: Vec<Slot>) -> Self {
        let mut state = Self {
            registers,
            slots,
            escaped: Vec::new(),
            tested: None,
            only_if: 0,
            without: 0,
        };
        state.registers[STACK_POINTER] = Value::Stack {
            region: 0,
            offset: 0,
        };
        state
    }

    /// Takes in what is known where another way comes to the same point. Returns whether that is
    /// less than before.
    pub fn join(&mut self, other: &State) -> bool {
        let before = self.clone();
        for (register, theirs) in other.registers.iter().enumerate() {
            self.registers[register] = self.meet(before.registers[register], *theirs);
        }
        self.slots.clear();
        for slot in &before.slots {
            let theirs = other.get(slot.region, slot.offset, slot.size);
            let value = self.meet(slot.value, theirs);
            if value != Value::Unknown {
                self.slots.push(Slot { value, ..*slot });
            }
        }
        for slot in &other.slots {
            if self.get(slot.region, slot.offset, slot.size) == Value::Unknown {
                self.escape(slot.value);
            }
        }
        for &(region, offset) in &other.escaped {
            self.escape(Value::Stack { region, offset });
        }
        if self.tested != other.tested {
            self.tested = None;
        }
        // Reached in either way: under both conditions, unless one way is free.
        self.only_if = if self.only_if == 0 || other.only_if == 0 {
            0
        } else {
            self.only_if | other.only_if
        };
        self.without &= other.without;
        *self != before
    }

    /// The slots that are known.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub fn get(&self, region: u8, offset: i32, size: u8) -> Value {
        match self
            .slots
            .binary_search_by_key(&(region, offset), |slot| (slot.region, slot.offset))
        {
            Ok(i) if self.slots[i].size == size => self.slots[i].value,
            Ok(i) if self.slots[i].size > size && size == 4 => self.slots[i].value.low_word(),
            _ => Value::Unknown,
        }
    }

    pub fn set(&mut self, region: u8, offset: i32, size: u8, value: Value) {
        let (start, end) = (i64::from(offset), i64::from(offset) + i64::from(size));
        self.slots.retain(|slot| {
            let slot_start = i64::from(slot.offset);
            slot.region != region || slot_start + i64::from(slot.size) <= start || end <= slot_start
        });
        if value != Value::Unknown && matches!(size, 4 | 8) && self.slots.len() < SLOTS {
            let slot = Slot {
                region,
                offset,
                size,
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
    pub fn meet(&mut self, one: Value, other: Value) -> Value {
        let value = one.join(other);
        if !matches!(value, Value::Stack { .. }) {
            self.escape(one);
            self.escape(other);
        }
        value
    }

    /// All that is kept in there may have been read, nobody knows what.
    pub fn escape_held(&mut self, region: u8) {
        for slot in self.slots.clone() {
            if slot.region == region {
                self.escape(slot.value);
            }
        }
    }

    /// Somebody writes to somewhere in there.
    pub fn forget_region(&mut self, region: u8) {
        self.escape_held(region);
        self.slots.retain(|slot| slot.region != region);
    }

    /// An address from which nobody knows how far one goes.
    pub fn escape_all_around(&mut self, value: Value) {
        if let Value::Stack { region, .. } = value {
            self.escape(Value::Stack {
                region,
                offset: EVERYWHERE,
            });
        }
    }

    /// Others may know the address from here on.
    pub fn escape(&mut self, value: Value) {
        if let Value::Stack { region, offset } = value {
            if let Err(at) = self.escaped.binary_search(&(region, offset)) {
                self.escaped.insert(at, (region, offset));
            }
        }
    }

    /// Somebody writes to where they know the address of, or find it.
    pub fn forget_escaped(&mut self) {
        loop {
            let escaped = &self.escaped;
            let (known, kept): (Vec<Slot>, Vec<Slot>) = self.slots.iter().partition(|slot| {
                escaped.iter().any(|&(region, offset)| {
                    let distance = i64::from(slot.offset) - i64::from(offset);
                    let far = if slot.is_word() { OBJECT } else { i64::MAX };
                    region == slot.region && (offset == EVERYWHERE || (0..far).contains(&distance))
                })
            });
            if known.is_empty() {
                return;
            }
            self.slots = kept;
            for slot in known {
                self.escape(slot.value);
            }
        }
    }
}
