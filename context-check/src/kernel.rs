// SPDX-License-Identifier: GPL-2.0

//! What each function of the kernel may do, derived from the kernel's own code.

use crate::{
    arch::Arch,
    binary::{Binary, Symbol},
    flow::{Edge, Entry, Interpreter, Target, NO_CODE, NO_TABLE, TOO_LONG},
    image::{Function, Image},
    known::Known,
    module::Class,
    names::{is_rust, readable},
    parallel,
    rules::{Rule, Rules, Ruling, Runs},
    values::{Bit, Value},
};
use anyhow::{ensure, Result};
use object::SymbolKind;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

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
    /// It calls the functions that these arguments point to, a bit for each.
    pub hooks: u8,
    /// It calls functions that lie behind one of these arguments, a bit for each, as a rule says.
    pub objects: u8,
    /// The functions that it has run later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Runs>,
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
    pub arch: Arch,
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
    /// The functions in tables that are exported, by how far into them they are.
    pub tables: BTreeMap<String, BTreeMap<u64, (String, Facts)>>,
}

/// How long a table is whose symbol does not say so.
const TABLE: u64 = 1024;

/// How long the shown way to a sleeping function is at most.
const SHOWN: usize = 12;

/// Finds out what the kernel's functions may do.
pub fn classify(binary: Binary, rules: &Rules, bit: u32) -> Result<Kernel> {
    let mut text = Text::read(binary)?;
    let rulings = Rulings::new(&text, rules);
    let names = std::mem::take(&mut text.names);
    let has_might_sleep = ["__might_sleep", "__might_resched"]
        .iter()
        .any(|name| names.contains_key(*name));
    drop(names);
    let mut calls = calls(&text.image, &rulings, bit);
    hooks(&mut calls, &text.image);
    let atomic = spread(&calls, &rulings, Class::Atomic);
    let nmi = spread(&calls, &rulings, Class::Nmi);
    let runs = runs(&calls, &rulings.runs);
    let facts = |index: usize| Facts {
        atomic: atomic.verdict(index, &text.image),
        nmi: nmi.verdict(index, &text.image),
        hooks: calls[index].hooks,
        objects: match rulings.behind.get(&index) {
            // How many arguments there are before it depends on the compiler.
            Some(bits) if bits & calls[index].objects != 0 => bits & calls[index].objects,
            Some(bits) => bits & bits.wrapping_neg(),
            None => 0,
        },
        runs: runs.get(&(index as u32)).cloned().unwrap_or_default(),
    };
    let (mut functions, mut data) = (BTreeMap::new(), BTreeSet::new());
    let (mut endings, mut tables) = (BTreeSet::new(), BTreeMap::new());
    for (name, address) in &text.exported {
        let Some(index) = text.image.function_at(*address) else {
            data.insert(name.clone());
            if rules.has(name, Rule::Table) {
                let entries = text.table(*address);
                let with_facts = |(at, index): (u64, usize)| {
                    let function = &text.image.functions()[index];
                    (
                        at,
                        (function.name.clone().unwrap_or_default(), facts(index)),
                    )
                };
                tables.insert(name.clone(), entries.into_iter().map(with_facts).collect());
            }
            continue;
        };
        if rulings.known.never_returns(*address) {
            endings.insert(name.clone());
        }
        functions.insert(name.clone(), facts(index));
    }
    let arch = text.image.arch;
    Ok(Kernel {
        arch,
        endings,
        tables,
        bit,
        has_might_sleep,
        vermagic: text.vermagic,
        functions,
        data,
    })
}

/// The symbols between which the kernel keeps what it knows of single instructions.
const TABLES: [&str; 12] = [
    "__start___jump_table",
    "__stop___jump_table",
    "__alt_instructions",
    "__alt_instructions_end",
    "__start___ex_table",
    "__stop___ex_table",
    "__start___ksymtab",
    "__stop___ksymtab",
    "__start___ksymtab_gpl",
    "__stop___ksymtab_gpl",
    "__start_ro_after_init",
    "__end_ro_after_init",
];

struct Text<'data> {
    image: Image<'data>,
    /// The functions' numbers by all of their names, which some of them share.
    names: HashMap<String, Vec<usize>>,
    exported: Vec<(String, u64)>,
    vermagic: String,
}

impl<'data> Text<'data> {
    fn read(binary: Binary<'data>) -> Result<Self> {
        let mut image = Image::new(binary.arch, binary.segments, Vec::new());
        let mut tables: HashMap<&str, u64> = HashMap::new();
        let mut vermagic = String::new();
        let mut objects = Vec::new();
        for symbol in &binary.symbols {
            if symbol.name == "vermagic" {
                vermagic = image.text(symbol.address).unwrap_or_default();
            } else if let Some(name) = TABLES.iter().find(|name| **name == symbol.name) {
                tables.insert(name, symbol.address);
            }
            if symbol.kind == SymbolKind::Data && symbol.size > 0 {
                let end = symbol.address.saturating_add(symbol.size);
                objects.push((symbol.address, end));
            }
        }
        let table = |start, stop| {
            let address = |name| tables.get(name).copied().unwrap_or_default();
            (address(start), address(stop))
        };
        let mut exported = Vec::new();
        for (start, stop) in [
            table("__start___ksymtab", "__stop___ksymtab"),
            table("__start___ksymtab_gpl", "__stop___ksymtab_gpl"),
        ] {
            exported.extend(image.exports(start, stop));
        }
        ensure!(
            !exported.is_empty(),
            "exports nothing (__start___ksymtab), so it is no kernel with symbols; give the vmlinux that \
             the kernel's build has made, or its /boot/vmlinuz-RELEASE"
        );
        // Written until the kernel is up, and with what it finds.
        image.written = table("__start_ro_after_init", "__end_ro_after_init");

        let (functions, names) = functions(&image, &binary.symbols);
        let mut image = image.with_functions(functions);
        objects.sort_unstable();
        image.objects = objects;
        let (start, stop) = table("__start___jump_table", "__stop___jump_table");
        image.read_jump_labels(start, stop);
        let (start, stop) = table("__alt_instructions", "__alt_instructions_end");
        image.read_alternatives(start, stop);
        let (start, stop) = table("__start___ex_table", "__stop___ex_table");
        image.read_faults(start, stop);
        Ok(Self {
            image,
            names,
            exported,
            vermagic,
        })
    }
}

impl Text<'_> {
    /// The functions in a table: how far into it, and their numbers. It ends with its symbol, or where
    /// there is neither a function nor a null.
    fn table(&self, address: u64) -> Vec<(u64, usize)> {
        let size = self.image.object(address).map(|(_, end)| end - address);
        let fields = (0..size.unwrap_or(TABLE)).step_by(8);
        let read = |at| Some((at, self.image.read_u64(address.checked_add(at)?)?));
        let entries = fields.map_while(read);
        let entries = entries.filter_map(|(at, entry)| Some((at, self.image.function_at(entry)?)));
        entries.collect()
    }
}

/// The functions, sorted, and their numbers by all of their names.
fn functions(image: &Image, symbols: &[Symbol]) -> (Vec<Function>, HashMap<String, Vec<usize>>) {
    let is_code = |symbol: &&Symbol| {
        matches!(symbol.kind, SymbolKind::Text | SymbolKind::Unknown)
            && image.is_code(symbol.address)
            && !image.is_aside(symbol.address)
            && !symbol.name.starts_with("__pfx_")
            && !symbol.name.starts_with("__cfi_")
            && !symbol.name.is_empty()
    };
    let mut symbols: Vec<&Symbol> = symbols.iter().filter(is_code).collect();
    symbols.sort_by_key(|symbol| {
        let is_function = symbol.kind == SymbolKind::Text;
        (symbol.address, !is_function, std::cmp::Reverse(symbol.size))
    });
    let mut functions: Vec<Function> = Vec::new();
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    let mut end = 0;
    for symbol in symbols {
        let start = symbol.address;
        let is_function = symbol.kind == SymbolKind::Text;
        let same = functions.last().is_some_and(|last| last.start == start);
        // A label inside of a function begins no function.
        if !same && !is_function && start < end {
            continue;
        }
        if !same {
            functions.push(Function {
                start,
                end: start.saturating_add(symbol.size),
                name: Some(symbol.name.to_owned()),
            });
        }
        if is_function {
            end = end.max(start.saturating_add(symbol.size));
        }
        let numbers = names.entry(symbol.name.to_owned()).or_default();
        numbers.push(functions.len() - 1);
        numbers.dedup();
    }
    (functions, names)
}

/// What the rules say of the functions, by their numbers.
struct Rulings {
    atomic: HashMap<usize, Ruling>,
    nmi: HashMap<usize, Ruling>,
    known: Known,
    /// Which arguments must not be null.
    null: HashMap<usize, Vec<u8>>,
    runs: HashMap<u32, Vec<Runs>>,
    behind: HashMap<usize, u8>,
}

impl Rulings {
    fn new(text: &Text, rules: &Rules) -> Self {
        let mut this = Self {
            atomic: HashMap::new(),
            nmi: HashMap::new(),
            known: Known::new(&text.image),
            null: HashMap::new(),
            runs: HashMap::new(),
            behind: HashMap::new(),
        };
        for (name, indices) in &text.names {
            for &index in indices {
                this.known
                    .learn_thunk(name, text.image.functions()[index].start);
            }
            if !rules.are_about(name) {
                continue;
            }
            for &index in indices {
                let start = text.image.functions()[index].start;
                let rule = |class| {
                    let ruling = rules.ruling(name, class)?;
                    // What excuses one function does not excuse another of its name.
                    (ruling != Ruling::Good || indices.len() == 1).then_some(ruling)
                };
                if let Some(ruling) = rule(Class::Atomic) {
                    this.atomic.insert(index, ruling);
                }
                if let Some(ruling) = rule(Class::Nmi) {
                    this.nmi.insert(index, ruling);
                }
                if indices.len() == 1 {
                    this.known.learn(name, start, rules);
                }
                let runs = rules.runs(name);
                if !runs.is_empty() {
                    this.runs.insert(index as u32, runs);
                }
                let behind = rules.behind(name);
                if behind != 0 {
                    this.behind.insert(index, behind);
                }
                let null = rules.null(name);
                if !null.is_empty() {
                    this.null.insert(index, null);
                }
            }
        }
        this.known.find_endings(&text.image);
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
    /// The caller's arguments that each argument leads to, a bit for each.
    leads_to: [u8; 6],
    /// Those that lie where it points to.
    holds: [u8; 6],
}

/// What one function calls.
#[derive(Clone, Default)]
struct Calls {
    all: Vec<Call>,
    /// Those are not all.
    unread: bool,
    /// It reads or writes the user's memory.
    user: bool,
    /// It calls what these arguments point to, a bit for each.
    hooks: u8,
    /// It calls what lies behind these arguments.
    objects: u8,
    /// The functions that it gives to those that it calls: by which call, as which argument.
    given: Vec<Given>,
}

/// A function's address is given to one that is called.
#[derive(Clone, Copy)]
struct Given {
    by: u32,
    /// As this argument, or where it points to.
    argument: u8,
    is_behind: bool,
    function: u32,
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
        let (mut all, mut given) = (Vec::new(), Vec::new());
        let (mut hooks, mut objects) = (0, 0);
        for edge in &flow.edges {
            match edge.to {
                Target::Argument(n) => hooks |= 1 << n,
                Target::BehindArgument(n) => objects |= 1 << n,
                _ => {}
            }
            let Some(call) = call(image, rulings, edge, bit) else {
                continue;
            };
            let by = all.len() as u32;
            let mut give = |argument, is_behind, value| {
                if let Value::Const(address) = value {
                    let function = image.function_at(address);
                    given.extend(function.map(|function| Given {
                        by,
                        argument,
                        is_behind,
                        function: function as u32,
                    }));
                }
            };
            for (n, value) in (0..).zip(edge.arguments) {
                give(n, false, value);
            }
            for slot in &edge.memory {
                give(slot.region - 1, true, slot.value);
            }
            all.push(call);
        }
        all.shrink_to_fit();
        Calls {
            all,
            given,
            hooks,
            objects,
            unread: flow.edges.iter().any(|edge| {
                [TOO_LONG, NO_CODE, NO_TABLE]
                    .map(Target::Unknown)
                    .contains(&edge.to)
            }),
            user: flow.edges.iter().any(|edge| edge.to == Target::UserMemory),
        }
    };
    parallel::map(image.functions(), of_function)
}

/// Finds out which functions have others run later: those that the rules name, and those which hand
/// on to them what they are given.
fn runs(calls: &[Calls], named: &HashMap<u32, Vec<Runs>>) -> HashMap<u32, Vec<Runs>> {
    let mut callers: HashMap<u32, Vec<u32>> = HashMap::new();
    for (from, own) in (0..).zip(calls) {
        for call in &own.all {
            callers.entry(call.to).or_default().push(from);
        }
    }
    let mut found = named.clone();
    let mut waiting: Vec<u32> = found.keys().copied().collect();
    waiting.sort_unstable();
    while let Some(callee) = waiting.pop() {
        let runs = found.get(&callee).cloned().unwrap_or_default();
        for &from in callers.get(&callee).into_iter().flatten() {
            let own = found.entry(from).or_default();
            let before = own.len();
            let calls = &calls[from as usize].all;
            for call in calls.iter().filter(|call| call.to == callee) {
                for runs in runs.iter().filter(|runs| runs.only.is_none()) {
                    if let Bit::Arg(argument) = call.bits[usize::from(runs.place.argument)] {
                        let mut runs = runs.clone();
                        runs.place.argument = argument;
                        if !own.contains(&runs) {
                            own.push(runs);
                        }
                    }
                }
            }
            if own.len() != before {
                waiting.push(from);
            }
        }
    }
    found
}

/// Finds out which functions call what they are given, by way of others too; and adds the calls of
/// what is given to them.
fn hooks(calls: &mut [Calls], image: &Image) {
    let is_rust: Vec<bool> = image
        .functions()
        .iter()
        .map(|function| function.name.as_deref().is_some_and(is_rust))
        .collect();
    let mut callers: Vec<Vec<u32>> = vec![Vec::new(); calls.len()];
    for (from, own) in (0..).zip(calls.iter()) {
        for call in &own.all {
            callers[call.to as usize].push(from);
        }
    }
    let is_hooked = |own: &Calls| own.hooks | own.objects != 0;
    let mut waiting: Vec<usize> = (0..calls.len())
        .filter(|&index| is_hooked(&calls[index]))
        .collect();
    while let Some(callee) = waiting.pop() {
        let (its_hooks, its_objects) = (calls[callee].hooks, calls[callee].objects);
        for &from in &callers[callee] {
            let own = &mut calls[from as usize];
            let before = (own.hooks, own.objects);
            for call in own.all.iter().filter(|call| call.to as usize == callee) {
                for n in 0..6 {
                    if its_hooks & (1 << n) != 0 {
                        match call.bits[n] {
                            Bit::Arg(m) => own.hooks |= 1 << m,
                            _ => own.objects |= call.leads_to[n],
                        }
                    }
                    if its_objects & (1 << n) != 0 {
                        // What Rust puts there is mostly an object and the table of its methods.
                        if !is_rust[from as usize] {
                            own.hooks |= call.holds[n];
                        }
                        own.objects |= call.leads_to[n];
                    }
                }
            }
            if before != (own.hooks, own.objects) {
                waiting.push(from as usize);
            }
        }
    }
    for index in 0..calls.len() {
        for given in std::mem::take(&mut calls[index].given) {
            let call = calls[index].all[given.by as usize];
            let callee = &calls[call.to as usize];
            let called = if given.is_behind {
                callee.objects
            } else {
                callee.hooks
            };
            if called & (1 << given.argument) != 0 {
                calls[index].all.push(Call {
                    to: given.function,
                    bits: [Bit::Unknown; 6],
                    null: false,
                    ..call
                });
            }
        }
    }
}

fn call(image: &Image, rulings: &Rulings, edge: &Edge, bit: u32) -> Option<Call> {
    let Target::Code(address) = edge.to else {
        return None;
    };
    let to = image.function_index(address)?;
    let mut null = rulings.null.get(&to).into_iter().flatten();
    Some(Call {
        to: to as u32,
        null: null.any(|&n| edge.arguments[usize::from(n)].may_be(0) == Some(true)),
        only_if: edge.only_if,
        without: edge.without,
        bits: edge.arguments.map(|value| value.bit(bit)),
        leads_to: edge.arguments.map(|value| match value {
            Value::Arg { n, .. } | Value::Behind { n } => 1 << n,
            _ => 0,
        }),
        holds: [1, 2, 3, 4, 5, 6].map(|region| {
            let slots = edge.memory.iter().filter(|slot| slot.region == region);
            slots.fold(0, |holds, slot| match slot.value {
                Value::Arg { n, .. } => holds | 1 << n,
                _ => holds,
            })
        }),
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
            None if own.user => spread.bad[index] = Some((Why::Sleeps, itself)),
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
