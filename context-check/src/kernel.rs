// SPDX-License-Identifier: GPL-2.0

//! What each function of the kernel may do, derived from the kernel's own code.

use crate::{
    flow::{Edge, Entry, Interpreter, Target, NO_CODE, TOO_LONG},
    image::{Function, Image, Kind, Segment},
    known::Known,
    module::Class,
    names::readable,
    rules::{Rules, Ruling},
    values::{Bit, Value},
};
use anyhow::{ensure, Context, Result};
use object::{
    elf, read::elf::ElfFile64, Architecture, Endianness, Object, ObjectSection, ObjectSymbol,
    SectionFlags, SectionKind, SymbolKind,
};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    thread,
};

/// Why a function is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    Sleeps,
    Waits,
    Allocates,
    /// There is code in it that could not be followed.
    Unread,
}

/// What a function may do, in one class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// It may, whatever it is given; and the way there.
    pub bad: Option<(Why, Vec<String>)>,
    /// It may if the flags in one of these arguments let it, a bit for each argument.
    pub flags: u8,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    pub atomic: Verdict,
    pub nmi: Verdict,
}

impl Facts {
    pub fn of(&self, class: Class) -> &Verdict {
        match class {
            Class::Atomic => &self.atomic,
            Class::Nmi => &self.nmi,
        }
    }
}

/// All that has to be known of a kernel to check modules for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kernel {
    pub vermagic: String,
    /// The flag that lets an allocation sleep.
    pub bit: u32,
    /// Whether `might_sleep()` is a call.
    pub has_might_sleep: bool,
    pub functions: BTreeMap<String, Facts>,
    /// What is exported and is no function.
    pub data: BTreeSet<String>,
    /// The functions that never return.
    pub endings: BTreeSet<String>,
}

/// How long the shown way to a sleeping function is at most.
const SHOWN: usize = 12;

type Elf<'data> = ElfFile64<'data, Endianness>;

/// Reads a `vmlinux`.
pub fn open(data: &[u8]) -> Result<Elf<'_>> {
    let file = Elf::parse(data).context("cannot be read as a 64-bit ELF file")?;
    ensure!(
        file.architecture() == Architecture::X86_64,
        "for another architecture ({:?}): only x86-64 can be read",
        file.architecture()
    );
    ensure!(
        file.symbols().next().is_some(),
        "has no symbols; give the tree in which the kernel was built"
    );
    Ok(file)
}

/// Finds out what the kernel's functions may do.
pub fn classify(file: &Elf, rules: &Rules, bit: u32) -> Result<Kernel> {
    let text = Text::read(file)?;
    let rulings = Rulings::new(&text, rules);
    let calls = calls(&text.image, &rulings, bit);
    let atomic = spread(&calls, &rulings, Class::Atomic);
    let nmi = spread(&calls, &rulings, Class::Nmi);

    let mut functions = BTreeMap::new();
    for name in &text.exported {
        let Some(&index) = text.names.get(name) else {
            continue;
        };
        let facts = Facts {
            atomic: atomic.verdict(index, &text.image),
            nmi: nmi.verdict(index, &text.image),
        };
        functions.insert(name.clone(), facts);
    }
    let data = text
        .exported
        .iter()
        .filter(|name| !functions.contains_key(*name))
        .cloned()
        .collect();
    let ends = |name: &&String| {
        let start = text.names.get(*name);
        start.is_some_and(|&i| rulings.known.never_returns(text.image.functions()[i].start))
    };
    Ok(Kernel {
        endings: functions.keys().filter(ends).cloned().collect(),
        vermagic: text.vermagic,
        bit,
        has_might_sleep: text.names.contains_key("__might_sleep")
            || text.names.contains_key("__might_resched"),
        functions,
        data,
    })
}

struct Text<'data> {
    image: Image<'data>,
    /// The functions' numbers by all of their names.
    names: HashMap<String, usize>,
    exported: Vec<String>,
    vermagic: String,
}

impl<'data> Text<'data> {
    fn read(file: &Elf<'data>) -> Result<Self> {
        let mut segments = Vec::new();
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags } = section.flags() else {
                continue;
            };
            let name = section.name().unwrap_or_default();
            if sh_flags & u64::from(elf::SHF_ALLOC) == 0
                || section.kind() == SectionKind::UninitializedData
                || section.address() == 0
            {
                continue;
            }
            let is_code = sh_flags & u64::from(elf::SHF_EXECINSTR) != 0 && name != ".data";
            let kind = if is_code {
                Kind::Code
            } else if name.starts_with(".rodata") || sh_flags & u64::from(elf::SHF_WRITE) == 0 {
                Kind::Constant
            } else {
                Kind::Variable
            };
            segments.push(Segment {
                name: name.to_owned(),
                start: section.address(),
                bytes: Cow::Borrowed(
                    section
                        .data()
                        .with_context(|| format!("section {name} cannot be read"))?,
                ),
                kind,
            });
        }
        let segments = Image::new(segments, Vec::new());

        let mut symbols: Vec<(u64, u64, bool, &str)> = Vec::new();
        let (mut exported, mut vermagic) = (Vec::new(), String::new());
        let mut jump_table = (0, 0);
        let mut objects = Vec::new();
        for symbol in file.symbols() {
            let Ok(name) = symbol.name() else { continue };
            if let Some(name) = name.strip_prefix("__ksymtab_") {
                exported.push(name.to_owned());
            }
            match name {
                "vermagic" => {
                    let text = segments.bytes(symbol.address()).unwrap_or_default();
                    let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
                    vermagic = String::from_utf8_lossy(text).into_owned();
                }
                "__start___jump_table" => jump_table.0 = symbol.address(),
                "__stop___jump_table" => jump_table.1 = symbol.address(),
                _ => {}
            }
            if symbol.kind() == SymbolKind::Data && symbol.size() > 0 {
                let end = symbol.address().saturating_add(symbol.size());
                objects.push((symbol.address(), end));
            }
            let is_function = symbol.kind() == SymbolKind::Text;
            if (is_function || symbol.kind() == SymbolKind::Unknown)
                && segments.is_code(symbol.address())
                && !segments.is_aside(symbol.address())
                && !name.starts_with("__pfx_")
                && !name.starts_with("__cfi_")
                && !name.is_empty()
            {
                symbols.push((symbol.address(), symbol.size(), is_function, name));
            }
        }
        ensure!(!exported.is_empty(), "exports nothing; is it a vmlinux?");

        // A label inside of a function begins no function.
        symbols.sort_by_key(|&(start, size, is_function, _)| {
            (start, !is_function, std::cmp::Reverse(size))
        });
        let mut functions: Vec<Function> = Vec::new();
        let mut names = HashMap::new();
        let mut end = 0;
        for (start, size, is_function, name) in symbols {
            let same = functions.last().is_some_and(|last| last.start == start);
            if !same && !is_function && start < end {
                continue;
            }
            if !same {
                functions.push(Function {
                    start,
                    end: start.saturating_add(size),
                    name: Some(name.to_owned()),
                });
            }
            if is_function {
                end = end.max(start.saturating_add(size));
            }
            names.insert(name.to_owned(), functions.len() - 1);
        }
        let mut image = segments.with_functions(functions);
        objects.sort_unstable();
        image.objects = objects;
        image.read_jump_labels(jump_table.0, jump_table.1);
        Ok(Self {
            image,
            names,
            exported,
            vermagic,
        })
    }
}

/// What the rules say of the functions, by their numbers.
struct Rulings {
    atomic: HashMap<usize, Ruling>,
    nmi: HashMap<usize, Ruling>,
    known: Known,
    /// Which arguments must not be null.
    null: HashMap<usize, Vec<u8>>,
}

impl Rulings {
    fn new(text: &Text, rules: &Rules) -> Self {
        let mut this = Self {
            atomic: HashMap::new(),
            nmi: HashMap::new(),
            known: Known::new(&text.image),
            null: HashMap::new(),
        };
        for (name, &index) in &text.names {
            let start = text.image.functions()[index].start;
            if let Some(ruling) = rules.ruling(name, Class::Atomic) {
                this.atomic.insert(index, ruling);
            }
            if let Some(ruling) = rules.ruling(name, Class::Nmi) {
                this.nmi.insert(index, ruling);
            }
            this.known.learn(name, start, rules);
            let null = rules.null(name);
            if !null.is_empty() {
                this.null.insert(index, null);
            }
        }
        this
    }

    fn ruling(&self, class: Class, index: usize) -> Option<Ruling> {
        match class {
            Class::Atomic => self.atomic.get(&index).copied(),
            Class::Nmi => self.nmi.get(&index).copied(),
        }
    }
}

/// One function calls another one.
#[derive(Clone, Copy)]
struct Call {
    to: u32,
    only_if: u8,
    without: u8,
    /// What is known of the bit in each argument.
    bits: [Bit; 6],
    /// With a null that makes it sleep.
    null: bool,
}

/// What one function calls.
#[derive(Clone, Default)]
struct Calls {
    all: Vec<Call>,
    /// Those are not all.
    unread: bool,
}

/// Who calls whom: for each function, by its number.
fn calls(image: &Image, rulings: &Rulings, bit: u32) -> Vec<Calls> {
    let interpreter = Interpreter {
        image,
        known: &rulings.known,
        bit,
        memory: false,
    };
    let of_function = |index: usize, function: &Function| -> Calls {
        let is_ruled = Class::ALL
            .into_iter()
            .all(|class| rulings.ruling(class, index).is_some());
        if is_ruled {
            return Calls::default();
        }
        let flow = interpreter.run(function.start, &Entry::passing());
        let calls = flow
            .edges
            .iter()
            .filter_map(|edge| call(image, rulings, edge, bit));
        Calls {
            all: calls.collect(),
            unread: flow.edges.iter().any(|edge| {
                [Target::Unknown(TOO_LONG), Target::Unknown(NO_CODE)].contains(&edge.to)
            }),
        }
    };
    // One long function does not hold up the rest.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let functions = image.functions();
    let mut calls = vec![Calls::default(); functions.len()];
    thread::scope(|scope| {
        let of_function = &of_function;
        let workers: Vec<_> = (0..cores)
            .map(|core| {
                scope.spawn(move || {
                    (core..functions.len())
                        .step_by(cores)
                        .map(|index| (index, of_function(index, &functions[index])))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for worker in workers {
            let found = worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (index, found) in found {
                calls[index] = found;
            }
        }
    });
    calls
}

fn call(image: &Image, rulings: &Rulings, edge: &Edge, bit: u32) -> Option<Call> {
    let Target::Code(address) = edge.to else {
        return None;
    };
    let to = image.function_index(address)?;
    let mut null = rulings.null.get(&to).into_iter().flatten();
    Some(Call {
        to: to as u32,
        null: null.any(|&n| edge.arguments[usize::from(n)] == Value::Const(0)),
        only_if: edge.only_if,
        without: edge.without,
        bits: edge.arguments.map(|value| value.bit(bit)),
    })
}

/// What is known of each function in one class, and by which call.
struct Spread {
    bad: Vec<Option<(Why, u32)>>,
    flags: Vec<u8>,
    flags_by: Vec<u32>,
}

/// Carries what functions do to those who call them.
fn spread(calls: &[Calls], rulings: &Rulings, class: Class) -> Spread {
    let mut callers: Vec<Vec<(u32, u32)>> = vec![Vec::new(); calls.len()];
    for (from, calls) in calls.iter().enumerate() {
        for (number, call) in calls.all.iter().enumerate() {
            callers[call.to as usize].push((from as u32, number as u32));
        }
    }
    let mut spread = Spread {
        bad: vec![None; calls.len()],
        flags: vec![0; calls.len()],
        flags_by: vec![u32::MAX; calls.len()],
    };
    let mut waiting = VecDeque::new();
    for (index, own) in calls.iter().enumerate() {
        let itself = index as u32;
        match rulings.ruling(class, index) {
            None => match own.all.iter().find(|call| call.null) {
                Some(call) => spread.bad[index] = Some((Why::Sleeps, call.to)),
                None => continue,
            },
            Some(Ruling::Good) => continue,
            Some(Ruling::Sleeps) => spread.bad[index] = Some((Why::Sleeps, itself)),
            Some(Ruling::Waits) => spread.bad[index] = Some((Why::Waits, itself)),
            Some(Ruling::Allocates) => spread.bad[index] = Some((Why::Allocates, itself)),
            Some(Ruling::Gfp(n)) => spread.flags[index] = 1 << n,
        }
        waiting.push_back(itself);
    }
    spread.carry(waiting, &callers, calls, rulings, class);
    // What is known to sleep has precedence.
    let unread = |&index: &usize| calls[index].unread && rulings.ruling(class, index).is_none();
    let mut waiting = VecDeque::new();
    for index in (0..calls.len()).filter(unread) {
        if spread.bad[index].is_none() {
            spread.bad[index] = Some((Why::Unread, index as u32));
            waiting.push_back(index as u32);
        }
    }
    spread.carry(waiting, &callers, calls, rulings, class);
    spread
}

impl Spread {
    /// From those that wait on to all who call them.
    fn carry(
        &mut self,
        mut waiting: VecDeque<u32>,
        callers: &[Vec<(u32, u32)>],
        calls: &[Calls],
        rulings: &Rulings,
        class: Class,
    ) {
        while let Some(callee) = waiting.pop_front() {
            for &(from, number) in &callers[callee as usize] {
                let from = from as usize;
                if rulings.ruling(class, from).is_some() || self.bad[from].is_some() {
                    continue;
                }
                let call = &calls[from].all[number as usize];
                let (bad, flags) = self.through(call);
                match bad {
                    Some(why) => self.bad[from] = Some((why, callee)),
                    None if self.flags[from] | flags != self.flags[from] => {
                        self.flags[from] |= flags;
                        self.flags_by[from] = callee;
                    }
                    None => continue,
                }
                waiting.push_back(from as u32);
            }
        }
    }

    /// What a call adds to its caller: that it is bad, or that it is with some flags.
    fn through(&self, call: &Call) -> (Option<Why>, u8) {
        let to = call.to as usize;
        let mut flags = 0;
        let mut bad = self.bad[to].map(|(why, _)| why);
        for (n, bit) in call.bits.into_iter().enumerate() {
            if self.flags[to] & (1 << n) != 0 {
                match bit {
                    Bit::Clear => {}
                    Bit::Arg(n) if call.without & (1 << n) != 0 => {}
                    Bit::Arg(n) => flags |= 1 << n,
                    Bit::Set | Bit::Unknown => bad = bad.or(Some(Why::Sleeps)),
                }
            }
        }
        if call.only_if & !call.without == 0 && call.only_if != 0 {
            return (None, 0);
        }
        if bad.is_some() && call.only_if != 0 {
            return (None, flags | call.only_if);
        }
        (bad, flags)
    }

    fn verdict(&self, index: usize, image: &Image) -> Verdict {
        let bad = self.bad[index].map(|(why, _)| {
            let mut way = Vec::new();
            let mut at = index;
            let mut seen = HashSet::from([index]);
            while way.len() < SHOWN {
                let name = image.functions()[at].name.as_deref().unwrap_or("?");
                way.push(readable(name).into_owned());
                let next = match self.bad[at] {
                    Some((_, next)) => next,
                    None => self.flags_by[at],
                } as usize;
                if next >= self.bad.len() || seen.contains(&next) {
                    break;
                }
                seen.insert(next);
                at = next;
            }
            (why, way)
        });
        Verdict {
            bad,
            flags: self.flags[index],
        }
    }
}
