// SPDX-License-Identifier: GPL-2.0

//! The kernel's build tree, and what is kept of it in the cache.

use crate::{
    kernel::{self, Kernel},
    module::Module,
    rules::{self, Rules},
};
use anyhow::{bail, ensure, Context, Result};
use etcetera::BaseStrategy;
use memmap2::Mmap;
use object::Object;
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

/// What a kernel is judged by: an answer that was kept is of no use to another program.
const MEANS: &[&str] = &[
    rules::TEXT,
    include_str!("endings.rs"),
    include_str!("flow.rs"),
    include_str!("flow/compute.rs"),
    include_str!("image.rs"),
    include_str!("kernel.rs"),
    include_str!("known.rs"),
    include_str!("names.rs"),
    include_str!("rules.rs"),
    include_str!("tree.rs"),
    include_str!("values.rs"),
];

pub struct Tree {
    kdir: PathBuf,
    release: String,
    /// The checksums of what is exported, and by what.
    exports: HashMap<String, (u32, String)>,
    pub rules: Rules,
    pub kernel: Kernel,
}

impl Tree {
    /// Reads a build tree. What the kernel's functions do is taken from the cache, or found out.
    pub fn open(kdir: &Path) -> Result<Self> {
        ensure!(
            kdir.is_dir(),
            "{}: there is no such folder; give the kernel's build tree with --kernel",
            kdir.display()
        );
        let release = read(kdir, "include/config/kernel.release")?;
        let bit = flag(&read(kdir, "rust/bindings/bindings_generated.rs")?).with_context(|| {
            format!(
                "{}: rust/bindings/bindings_generated.rs does not say which flag lets an \
                 allocation sleep; build the kernel with CONFIG_RUST=y",
                kdir.display()
            )
        })?;
        let exports = read(kdir, "Module.symvers").unwrap_or_default();
        let config = read(kdir, "include/config/auto.conf")?;
        let options: HashSet<&str> = config
            .lines()
            .filter_map(|line| line.strip_suffix("=y"))
            .collect();
        let rules = Rules::built_in(|option| options.contains(option))?;
        Ok(Self {
            kdir: kdir.to_owned(),
            release: release.trim().to_owned(),
            exports: exports.lines().filter_map(export).collect(),
            kernel: kernel(&kdir.join("vmlinux"), &config, &rules, bit)?,
            rules,
        })
    }

    /// Whether a module was built for this kernel.
    pub fn fits(&self, module: &Module) -> Result<()> {
        let kdir = self.kdir.display();
        let rebuild = "build the module against the tree that --kernel names";
        let magic = module.vermagic.trim();
        ensure!(
            !magic.is_empty(),
            "says of no kernel that it is for it (vermagic): it is not finished; give the .ko that \
             the kernel's build makes"
        );
        let theirs = self.kernel.vermagic.trim();
        let (release, theirs) = if theirs.is_empty() {
            let release = magic.split_whitespace().next().unwrap_or_default();
            (release, &*self.release)
        } else {
            (magic, theirs)
        };
        ensure!(
            release == theirs,
            "built for another kernel: for \"{release}\", and {kdir} is \"{theirs}\"; {rebuild}"
        );
        for (name, crc) in &module.versions {
            match self.exports.get(name) {
                Some((other, _)) if other != crc => bail!(
                    "built for another kernel: {name} is not the same in {kdir} (Module.symvers); \
                     {rebuild}"
                ),
                _ => {}
            }
        }
        // What tells two configurations of one release apart, as when the module is loaded.
        if let (Some(size), Some(theirs)) =
            (size_of_description(module), self.size_of_description())
        {
            ensure!(
                size == theirs,
                "built for another kernel: its struct module has {size} bytes, and that of {kdir} \
                 {theirs}; {rebuild}"
            );
        }
        Ok(())
    }

    /// The size of `struct module` in a module of the tree's own, if there is one.
    fn size_of_description(&self) -> Option<u64> {
        let order = fs::read_to_string(self.kdir.join("modules.order")).ok()?;
        let object = self.kdir.join(order.lines().next()?);
        let data = fs::read(object.with_extension("ko")).ok()?;
        size_of_description(&Module::read(&data).ok()?)
    }
}

fn size_of_description(module: &Module) -> Option<u64> {
    module
        .this_module
        .map(|(start, end)| end.wrapping_sub(start))
}

fn read(kdir: &Path, file: &str) -> Result<String> {
    let path = kdir.join(file);
    fs::read_to_string(&path).with_context(|| {
        format!(
            "cannot read {}; is {} a kernel's build tree, and built?",
            path.display(),
            kdir.display()
        )
    })
}

/// `0x12345678 name module EXPORT_SYMBOL namespace`.
fn export(line: &str) -> Option<(String, (u32, String))> {
    let mut words = line.split('\t');
    let crc = u32::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    let (name, module) = (words.next()?, words.next()?);
    Some((name.to_owned(), (crc, module.to_owned())))
}

/// `__GFP_DIRECT_RECLAIM`, from the kernel's own bindings.
fn flag(bindings: &str) -> Option<u32> {
    let line = bindings
        .lines()
        .find(|line| line.contains("const ___GFP_DIRECT_RECLAIM_BIT:"))?;
    let number = line.split('=').nth(1)?.trim().trim_end_matches(';');
    1_u32.checked_shl(number.parse().ok()?)
}

fn kernel(vmlinux: &Path, config: &str, rules: &Rules, bit: u32) -> Result<Kernel> {
    let shown = vmlinux.display();
    let file = File::open(vmlinux)
        .with_context(|| format!("cannot read {shown}; build the kernel first"))?;
    // SAFETY: Nothing but a build of this very kernel writes to it, and then what is read is wrong
    // and nothing worse: it is bytes, that are checked as they are read.
    let data = unsafe { Mmap::map(&file) }.with_context(|| format!("cannot read {shown}"))?;
    let elf = kernel::open(&data).with_context(|| format!("{shown}"))?;
    let id = match elf.build_id() {
        Ok(Some(id)) => hex(id),
        _ => hex(&Sha256::digest(&data)),
    };
    let mut means = Sha256::new();
    for text in MEANS.iter().chain([&config]) {
        means.update(text);
        means.update([0]);
    }
    let key = format!("{id}-{}", &hex(&means.finalize())[..16]);
    let folder = etcetera::base_strategy::Xdg::new()
        .ok()
        .map(|folders| folders.cache_dir().join("notifier-chain/context-check"));
    let kept = folder.as_ref().map(|folder| folder.join(&key));

    let known = kept
        .as_ref()
        .and_then(|path| fs::read(path).ok())
        .and_then(|text| serde_json::from_slice::<Kernel>(&text).ok())
        .filter(|kernel| kernel.bit == bit);
    if let Some(kernel) = known {
        return Ok(kernel);
    }
    let kernel = kernel::classify(&elf, rules, bit).with_context(|| format!("{shown}"))?;
    if let (Some(folder), Some(path)) = (folder, kept) {
        // Without a cache it only takes longer.
        let _ = keep(&kernel, &folder, &path);
    }
    Ok(kernel)
}

/// Writes the file whole or not at all.
fn keep(kernel: &Kernel, folder: &Path, path: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(kernel)?)?;
    file.persist(path)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
