// SPDX-License-Identifier: GPL-2.0

//! Small modules, made for a test.

use context_check::{
    allow,
    arch::Arch,
    check::{Answer, Checker, Kind},
    kernel::{Facts, Kernel, Verdict, Why},
    module::Module,
    rules::Rules,
};
use iced_x86::code_asm::CodeAssembler;
use object::{
    elf,
    write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection},
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};
use std::collections::HashMap;

pub const ATOMIC: &str = ".text..notifier_chain.atomic";
pub const NMI: &str = ".text..notifier_chain.nmi";
pub const GFP_KERNEL: u32 = 0xcc0;
pub const GFP_ATOMIC: u32 = 0x820;

/// Code, and where it names something else.
#[derive(Clone, Default)]
pub struct Code {
    bytes: Vec<u8>,
    relocations: Vec<(usize, String, u32, i64)>,
}

impl Code {
    pub fn new() -> Self {
        Self::default()
    }

    /// Instructions that name nothing.
    pub fn plain(mut self, write: impl FnOnce(&mut CodeAssembler)) -> Self {
        let mut assembler = CodeAssembler::new(64).unwrap();
        write(&mut assembler);
        self.bytes.extend(assembler.assemble(0).unwrap());
        self
    }

    pub fn named(mut self, opcode: &[u8], name: &str, kind: u32, addend: i64) -> Self {
        self.bytes.extend(opcode);
        let relocation = (self.bytes.len(), name.to_owned(), kind, addend);
        self.relocations.push(relocation);
        self.bytes.extend([0; 4]);
        self
    }

    pub fn call(self, name: &str) -> Self {
        self.named(&[0xe8], name, elf::R_X86_64_PLT32, -4)
    }

    /// A branch with that opcode, to something that no relocation names.
    pub fn unfilled(mut self, opcode: &[u8]) -> Self {
        self.bytes.extend(opcode);
        self.bytes.extend([0; 4]);
        self
    }

    pub fn jump(self, name: &str) -> Self {
        self.named(&[0xe9], name, elf::R_X86_64_PLT32, -4)
    }

    /// The address of something, in rax.
    pub fn address_in_rax(self, name: &str) -> Self {
        self.named(&[0x48, 0x8d, 0x05], name, elf::R_X86_64_PC32, -4)
    }

    pub fn address_in_rsi(self, name: &str) -> Self {
        self.named(&[0x48, 0x8d, 0x35], name, elf::R_X86_64_PC32, -4)
    }

    pub fn address_in_r11(self, name: &str) -> Self {
        self.named(&[0x4c, 0x8d, 0x1d], name, elf::R_X86_64_PC32, -4)
    }

    /// What is there, in rdi.
    pub fn load_in_rdi(self, name: &str) -> Self {
        self.named(&[0x48, 0x8b, 0x3d], name, elf::R_X86_64_PC32, -4)
    }

    /// An entry of a table of addresses, by rax, in rdi.
    pub fn load_by_table(self, table: &str) -> Self {
        self.named(&[0x48, 0x8b, 0x3c, 0xc5], table, elf::R_X86_64_32S, 0)
    }

    /// Jumps to an entry of a table of addresses, by rax.
    pub fn jump_by_table(self, table: &str, offset: i64) -> Self {
        self.named(&[0xff, 0x24, 0xc5], table, elf::R_X86_64_32S, offset)
    }

    /// What is done unless the zero flag is set.
    pub fn unless_zero(mut self, then: Code) -> Self {
        self.bytes.extend([0x74, then.bytes.len() as u8]);
        let from = self.bytes.len();
        let moved = then.relocations.into_iter();
        self.relocations
            .extend(moved.map(|(at, name, kind, addend)| (at + from, name, kind, addend)));
        self.bytes.extend(then.bytes);
        self
    }

    pub fn ret(self) -> Self {
        self.plain(|a| a.ret().unwrap())
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}

pub struct Builder {
    object: Object<'static>,
    sections: HashMap<String, SectionId>,
    symbols: HashMap<String, SymbolId>,
    waiting: Vec<(SectionId, u64, String, u32, i64)>,
    named: bool,
}

impl Builder {
    pub fn new() -> Self {
        let mut this = Self {
            object: Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little),
            sections: HashMap::new(),
            symbols: HashMap::new(),
            waiting: Vec::new(),
            named: true,
        };
        let info = this.section(".modinfo", SectionKind::ReadOnlyData);
        this.object
            .append_section_data(info, b"vermagic=test \0", 1);
        this
    }

    /// Functions from here on have no names.
    pub fn stripped(mut self) -> Self {
        self.named = false;
        self
    }

    fn section(&mut self, name: &str, kind: SectionKind) -> SectionId {
        if let Some(&section) = self.sections.get(name) {
            return section;
        }
        let bytes = name.as_bytes().to_vec();
        let section = self.object.add_section(Vec::new(), bytes, kind);
        self.sections.insert(name.to_owned(), section);
        section
    }

    fn symbol(&mut self, name: &str, section: SymbolSection, at: u64, size: u64, kind: SymbolKind) {
        let id = self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: at,
            size,
            kind,
            scope: SymbolScope::Compilation,
            weak: false,
            section,
            flags: SymbolFlags::None,
        });
        self.symbols.insert(name.to_owned(), id);
    }

    /// A function of its own name, in `.text`.
    pub fn function(self, name: &str, code: Code) -> Self {
        self.function_in(".text", name, code)
    }

    pub fn function_in(mut self, section: &str, name: &str, code: Code) -> Self {
        let id = self.section(section, SectionKind::Text);
        let at = self.object.append_section_data(id, &code.bytes, 16);
        if self.named {
            let size = code.bytes.len() as u64;
            self.symbol(name, SymbolSection::Section(id), at, size, SymbolKind::Text);
        } else {
            // As the kernel's build leaves it: what is not exported goes by its section.
            let section = self.object.section_symbol(id);
            assert!(at == 0 || section == self.object.section_symbol(id));
            self.symbols.insert(name.to_owned(), section);
        }
        for (offset, name, kind, addend) in code.relocations {
            self.waiting
                .push((id, at + offset as u64, name, kind, addend));
        }
        self
    }

    /// Data with addresses in it: each is a symbol and what is added to it.
    pub fn data(mut self, section: &str, name: &str, words: &[Word]) -> Self {
        let id = self.section(section, SectionKind::ReadOnlyData);
        let mut bytes = Vec::new();
        let mut relocations = Vec::new();
        for word in words {
            match *word {
                Word::Number(n) => bytes.extend(n.to_le_bytes()),
                Word::Address(name, addend) => {
                    relocations.push((bytes.len(), name, elf::R_X86_64_64, addend));
                    bytes.extend([0; 8]);
                }
                Word::Relative(name, addend) => {
                    relocations.push((bytes.len(), name, elf::R_X86_64_PC32, addend));
                    bytes.extend([0; 4]);
                }
                Word::Bytes(raw) => bytes.extend(raw),
            }
        }
        let at = self.object.append_section_data(id, &bytes, 8);
        let size = bytes.len() as u64;
        self.symbol(name, SymbolSection::Section(id), at, size, SymbolKind::Data);
        for (offset, name, kind, addend) in relocations {
            self.waiting
                .push((id, at + offset as u64, name.to_owned(), kind, addend));
        }
        self
    }

    pub fn build(mut self) -> Vec<u8> {
        for (section, offset, name, r_type, addend) in std::mem::take(&mut self.waiting) {
            if !self.symbols.contains_key(&name) {
                self.symbol(&name, SymbolSection::Undefined, 0, 0, SymbolKind::Unknown);
            }
            let relocation = Relocation {
                offset,
                symbol: self.symbols[&name],
                addend,
                flags: RelocationFlags::Elf { r_type },
            };
            self.object.add_relocation(section, relocation).unwrap();
        }
        self.object.write().unwrap()
    }

    pub fn check(self) -> Answer {
        check(&self.build(), "")
    }
}

#[derive(Clone, Copy)]
pub enum Word {
    Number(u64),
    Address(&'static str, i64),
    Relative(&'static str, i64),
    Bytes(&'static [u8]),
}

/// A kernel with few functions: one sleeps, one waits, one allocates, and some do nothing.
pub fn kernel() -> Kernel {
    let bad = |why, name: &str| Verdict {
        bad: Some((why, vec![name.to_owned()])),
        flags: 0,
    };
    let good = Verdict::default;
    let flags = || Verdict {
        bad: None,
        flags: 2,
    };
    let functions = [
        (
            "msleep",
            bad(Why::Sleeps, "msleep"),
            bad(Why::Sleeps, "msleep"),
        ),
        ("_raw_spin_lock", good(), bad(Why::Waits, "_raw_spin_lock")),
        (
            "__kmalloc_noprof",
            flags(),
            bad(Why::Allocates, "__kmalloc_noprof"),
        ),
        ("_printk", good(), good()),
        ("call_rcu", good(), good()),
        ("take", good(), good()),
        ("kvfree_call_rcu", good(), good()),
        ("sort", good(), good()),
        ("panic", good(), good()),
        ("__x86_indirect_thunk_r11", good(), good()),
        ("request_threaded_irq", good(), good()),
        ("__register_nmi_handler", good(), good()),
        ("atomic_notifier_call_chain", good(), good()),
    ];
    let rules = Rules::built_in(|_| false).unwrap();
    Kernel {
        arch: Arch::X86_64,
        vermagic: "test".to_owned(),
        bit: 1 << 10,
        has_might_sleep: true,
        functions: functions
            .map(|(name, atomic, nmi)| {
                let hooks = if name == "sort" { 1 << 3 } else { 0 };
                // That one is for what a handler itself may have run later.
                let runs = match name {
                    "call_rcu" => Vec::new(),
                    name => rules.runs(name),
                };
                let facts = Facts {
                    atomic,
                    nmi,
                    hooks,
                    objects: 0,
                    runs,
                };
                (name.to_owned(), facts)
            })
            .into(),
        data: ["jiffies", "pv_ops"].map(str::to_owned).into(),
        endings: ["panic".to_owned()].into(),
        tables: [(
            "pv_ops".to_owned(),
            [(0, ("quiet".to_owned(), Facts::default()))].into(),
        )]
        .into(),
    }
}

pub fn check(file: &[u8], allowed: &str) -> Answer {
    let module = Module::read(file).unwrap();
    let rules = Rules::built_in(|_| false).unwrap();
    let allowed = allow::parse(allowed, "allow").unwrap();
    Checker::new(&module, &kernel(), &rules).check(&allowed)
}

/// What is found, a line each.
pub fn said(answer: &Answer) -> Vec<String> {
    let findings = answer.findings.iter();
    findings
        .map(|finding| {
            let kind = match finding.kind {
                Kind::Refused => "refused",
                Kind::Unproven => "unproven",
            };
            let path = finding.path.iter().map(|call| call.function.as_str());
            let path: Vec<_> = path.chain([finding.what.as_str()]).collect();
            let why = match finding.why.as_str() {
                "" => String::new(),
                why => format!(" ({why})"),
            };
            format!("{kind}: {}{why}", path.join(" -> "))
        })
        .collect()
}
