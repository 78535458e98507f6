// SPDX-License-Identifier: GPL-2.0

//! What instructions do, in operations that are the same for every architecture.
//!
//! An architecture lifts each of its instructions into a few operations on registers and memory,
//! and one [`Control`]. The walk, the values and the verdicts know nothing else of it.

/// A register: the architecture's number of it, or one of [`TEMPORARY`].
pub type Register = u8;

/// General registers of any architecture, the stack pointer among them, and the temporary ones.
pub const REGISTERS: usize = 34;

/// What an instruction reads and uses at once, as an operand in memory.
pub const TEMPORARY: [Register; 2] = [32, 33];

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    Register(Register),
    Number(u64),
}

/// An index into a table: a register, or its lower half, shifted to the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    pub register: Register,
    /// How many bytes of the register count: 4 or 8.
    pub size: u8,
    pub signed: bool,
    pub shift: u8,
}

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The sum of these. Without a register the offset is the address itself.
    Sum {
        base: Option<Register>,
        index: Option<Index>,
        offset: i64,
    },
    /// Nothing is known of it: as of a processor's own memory.
    Unknown,
}

impl Address {
    pub fn known(address: u64) -> Self {
        Address::Sum {
            base: None,
            index: None,
            offset: address as i64,
        }
    }

    pub fn behind(base: Register, offset: i64) -> Self {
        Address::Sum {
            base: Some(base),
            index: None,
            offset,
        }
    }
}

/// What a register is set to. Operands count as far as the operation's size goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Copy(Operand),
    Add(Operand, Operand),
    Subtract(Operand, Operand),
    Multiply(Operand, Operand),
    And(Operand, Operand),
    Or(Operand, Operand),
    Xor(Operand, Operand),
    ShiftLeft(Operand, u8),
    ShiftRight(Operand, u8),
    /// The first if the condition holds, else the second.
    Select(Condition, Operand, Operand),
    /// That many bytes, with zeros above them.
    ZeroExtend(Operand, u8),
    /// That many bytes, with copies of their highest bit above them.
    SignExtend(Operand, u8),
    /// All bits if the condition holds, else none.
    Mask(Condition),
    /// An address, nothing being read.
    Address(Address),
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A write of 4 bytes clears the upper half; one of 1 or 2 bytes leaves the rest as it was.
    Set {
        to: Register,
        size: u8,
        value: Value,
    },
    /// Reads memory, with zeros above what is read.
    Load {
        to: Register,
        size: u8,
        from: Address,
    },
    Store {
        to: Address,
        size: u8,
        value: Operand,
    },
    /// Reads so many bytes into what no operation knows, as vector registers.
    Read { from: Address, size: u32 },
    /// Copies memory from where one register points to where the other does.
    Copy { to: Register, from: Register },
    /// Writes so many bytes of which nothing is known; without a number, any.
    Wipe { to: Address, size: Option<u32> },
    /// Writes somewhere.
    WipeAnywhere,
    /// What the register points to may be read or written from here on, in a way that cannot be followed.
    Lose(Register),
    /// Conditions are about the two as numbers.
    Compare { size: u8, a: Operand, b: Operand },
    /// Conditions are about the bits that both have.
    Test { size: u8, a: Operand, b: Operand },
    /// [`Condition::Below`] says whether this bit is set.
    TestBit { value: Operand, bit: u8 },
    /// Nothing is known of what conditions are about.
    ForgetConditions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Equal,
    NotEqual,
    /// Without a sign.
    Below,
    AtLeast,
    Above,
    AtMost,
    /// With a sign.
    Less,
    GreaterOrEqual,
    Greater,
    LessOrEqual,
    /// One that no operation here decides.
    Other,
}

impl Condition {
    pub fn negated(self) -> Self {
        match self {
            Condition::Equal => Condition::NotEqual,
            Condition::NotEqual => Condition::Equal,
            Condition::Below => Condition::AtLeast,
            Condition::AtLeast => Condition::Below,
            Condition::Above => Condition::AtMost,
            Condition::AtMost => Condition::Above,
            Condition::Less => Condition::GreaterOrEqual,
            Condition::GreaterOrEqual => Condition::Less,
            Condition::Greater => Condition::LessOrEqual,
            Condition::LessOrEqual => Condition::Greater,
            Condition::Other => Condition::Other,
        }
    }
}

/// Where the code goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Next,
    Jump(u64),
    Branch(Condition, u64),
    /// To where a register points.
    JumpTo(Register),
    Call(u64),
    CallTo(Register),
    /// To the return address, which is on the stack or in that register.
    Return(Option<Register>),
    /// Warns, or dies: it may go on.
    Trap,
    /// Never goes on.
    End,
    /// An instruction that no compiler makes of a handler, and which goes anywhere.
    Strange,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Lifted {
    pub length: u8,
    pub ops: Vec<Op>,
    pub control: Control,
    /// It does nothing: it fills the room between functions.
    pub is_filler: bool,
    /// It opens the user's memory, or reads or writes it.
    pub is_user_access: bool,
    /// A long branch to what comes next: one whose relocation is missing.
    pub is_unfilled: bool,
}

impl Lifted {
    pub fn clear(&mut self) {
        self.length = 0;
        self.ops.clear();
        self.control = Control::Next;
        self.is_filler = false;
        self.is_user_access = false;
        self.is_unfilled = false;
    }
}

impl Default for Lifted {
    fn default() -> Self {
        Self {
            length: 0,
            ops: Vec::with_capacity(8),
            control: Control::Next,
            is_filler: false,
            is_user_access: false,
            is_unfilled: false,
        }
    }
}
