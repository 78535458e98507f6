// SPDX-License-Identifier: GPL-2.0

//! The kernel's build tree, and what is kept of it in the cache.

use crate::{
    binary::{self, File},
    kept,
    kernel::{self, Kernel},
    module::Module,
    rules::Rules,
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

const CONFIG: &str = "include/config/auto.conf";
const RELEASE: &str = "include/config/kernel.release";

pub struct Tree {
    kdir: PathBuf,
    release: String,
    /// The checksums of what is exported, and by what.
    exports: HashMap<String, (u32, String)>,
    pub rules: Rules,
    pub kernel: Kernel,
}

impl Tree {
    /// Reads a build tree. What the kernel's functions do is taken from the cache, or found out from
    /// its code: in `code`, or in the file that there is of the kernel's release.
    pub fn open(kdir: &Path, code: Option<&Path>) -> Result<Self> {
        let release = release(kdir)?;
        let header = source(kdir).join("include/linux/gfp_types.h");
        let bit = flag(&text(&header, kdir)?).with_context(|| {
            format!(
                "{} does not say which flag lets an allocation sleep (___GFP_DIRECT_RECLAIM_BIT)",
                header.display()
            )
        })?;
        let exports = read(kdir, "Module.symvers").unwrap_or_default();
        let config = read(kdir, CONFIG)?;
        let rules = rules(kdir)?;
        let file = code_of(kdir, code)?;
        let is_its = |theirs: Option<&str>| {
            ensure!(
                theirs.is_none_or(|theirs| theirs == release),
                "this is a kernel {}, and {} is of {release}; give that one's with --vmlinux",
                theirs.unwrap_or_default(),
                kdir.display()
            );
            Ok(())
        };
        // Before its code is followed, which takes time.
        let classify = |binary: binary::Binary| {
            is_its(binary.release.as_deref())?;
            kernel::classify(binary, &rules, bit)
        };
        let kernel = kept::kernel(&file, &config, || file.read(classify))?;
        is_its(release_of(&kernel)).with_context(|| file.path().display().to_string())?;
        Ok(Self {
            kdir: kdir.to_owned(),
            release,
            exports: exports.lines().filter_map(export).collect(),
            kernel,
            rules,
        })
    }

    /// Which functions of the kernel each rule is about, of those that are for its configuration.
    pub fn uses_of_rules(kdir: &Path, code: Option<&Path>) -> Result<String> {
        let (rules, file) = (rules(kdir)?, code_of(kdir, code)?);
        file.read(|binary| {
            let names = binary.symbols.iter().map(|symbol| symbol.name);
            let lines = rules.uses(names).into_iter().map(|(rule, used)| {
                let used = used.iter().map(|name| format!("\t{name}\n"));
                format!("{rule}\n{}", used.collect::<String>())
            });
            Ok(lines.collect())
        })
    }

    /// Whether a module was built for this kernel.
    pub fn fits(&self, module: &Module) -> Result<()> {
        let kdir = self.kdir.display();
        ensure!(
            module.image.arch == self.kernel.arch,
            "for another architecture ({:?}) than the kernel in {kdir} ({:?}); {REBUILD}",
            module.image.arch,
            self.kernel.arch
        );
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
            "built for another kernel: for \"{release}\", and {kdir} is \"{theirs}\"; {REBUILD}"
        );
        for (name, crc) in &module.versions {
            match self.exports.get(name) {
                Some((other, _)) if other != crc => bail!(
                    "built for another kernel: {name} is not the same in {kdir} (Module.symvers); \
                     {REBUILD}"
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
                 {theirs}; {REBUILD}"
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

/// The release of a kernel that modules are built for.
pub fn release(kdir: &Path) -> Result<String> {
    if !kdir.is_dir() {
        if let Some(broken) = broken_link(kdir) {
            bail!(broken);
        }
        bail!(
            "{}: there is no such folder; give the kernel's build tree with --kernel",
            kdir.display()
        );
    }
    Ok(read(kdir, RELEASE)?.trim().to_owned())
}

/// Whether a module may be for that release of the kernel, as far as it says.
pub fn is_of_release(module: &Module, kdir: &Path, release: &str) -> Result<()> {
    let theirs = module.vermagic.split_whitespace().next();
    ensure!(
        theirs.is_none_or(|theirs| theirs == release),
        "built for another kernel: for {}, and {} is of {release}; {REBUILD}",
        theirs.unwrap_or_default(),
        kdir.display()
    );
    Ok(())
}

const REBUILD: &str = "build the module against the tree that --kernel names";

fn size_of_description(module: &Module) -> Option<u64> {
    module
        .this_module
        .map(|(start, end)| end.wrapping_sub(start))
}

fn read(kdir: &Path, file: &str) -> Result<String> {
    text(&kdir.join(file), kdir)
}

fn text(path: &Path, kdir: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| {
        let source = source(kdir);
        if let Some(broken) = broken_link(path) {
            return broken;
        }
        if !source.exists() {
            return format!(
                "{} includes {}, and that folder is not here; {ELSEWHERE}",
                kdir.join("Makefile").display(),
                source.join("Makefile").display()
            );
        }
        format!(
            "cannot read {}; is {} a kernel's build tree, or its headers?",
            path.display(),
            kdir.display()
        )
    })
}

/// What to do if a part of the tree is not here.
const ELSEWHERE: &str =
    "install the package with it (of Debian's: linux-headers-…-common), or run \
                         this in the system that the tree is of (cargo xtask shell)";

/// Says which part of a path is a link that leads nowhere.
fn broken_link(path: &Path) -> Option<String> {
    let is_broken = |path: &&Path| path.is_symlink() && !path.exists();
    let link = path.ancestors().find(is_broken)?;
    Some(format!(
        "{} is a link to {}, which is not here; {ELSEWHERE}",
        link.display(),
        fs::read_link(link).unwrap_or_default().display()
    ))
}

/// Where the headers are that all kernels of a release share: the tree's Makefile includes theirs.
fn source(kdir: &Path) -> PathBuf {
    let makefile = fs::read_to_string(kdir.join("Makefile")).unwrap_or_default();
    let included = makefile.lines().find_map(|line| {
        let path = line.strip_prefix("include ")?.strip_suffix("/Makefile")?;
        path.starts_with('/').then(|| PathBuf::from(path))
    });
    included.unwrap_or_else(|| kdir.to_owned())
}

/// `0x12345678 name module EXPORT_SYMBOL namespace`.
fn export(line: &str) -> Option<(String, (u32, String))> {
    let mut words = line.split('\t');
    let crc = u32::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    let (name, module) = (words.next()?, words.next()?);
    Some((name.to_owned(), (crc, module.to_owned())))
}

/// `__GFP_DIRECT_RECLAIM`, by its place among the flags of the header.
fn flag(header: &str) -> Option<u32> {
    const LAST: &str = "___GFP_DIRECT_RECLAIM_BIT";
    let lines = header.lines().map(str::trim);
    for (place, line) in (0..).zip(lines.skip_while(|line| *line != "enum {").skip(1)) {
        // Those before it do not depend on how the kernel is configured.
        let name = line
            .split(',')
            .next()
            .filter(|name| name.starts_with("___GFP_"))?;
        if name == LAST {
            return 1_u32.checked_shl(place);
        }
    }
    None
}

/// The kernel's release, as it says itself.
fn release_of(kernel: &Kernel) -> Option<&str> {
    kernel.vermagic.split_whitespace().next()
}

/// The rules for a kernel that is configured as this one.
fn rules(kdir: &Path) -> Result<Rules> {
    let config = read(kdir, CONFIG)?;
    let set = config.lines().filter_map(|line| line.strip_suffix("=y"));
    let options: HashSet<&str> = set.collect();
    Rules::built_in(|option| options.contains(option))
}

fn code_of(kdir: &Path, code: Option<&Path>) -> Result<File> {
    match code {
        Some(code) => File::open(code),
        None => File::open(&find_code(kdir, &release(kdir)?)?),
    }
}

/// Where the kernel's code is: in its build tree, its debug package, or what boots.
fn find_code(kdir: &Path, release: &str) -> Result<PathBuf> {
    let built = kdir.join("vmlinux");
    let debug = [
        format!("/usr/lib/debug/boot/vmlinux-{release}"),
        format!("/usr/lib/debug/lib/modules/{release}/vmlinux"),
        format!("/usr/lib/debug/usr/lib/modules/{release}/vmlinux"),
    ];
    let boots = [
        format!("/usr/lib/modules/{release}/vmlinuz"),
        format!("/boot/vmlinuz-{release}"),
    ];
    let with_code = [built]
        .into_iter()
        .chain(debug.into_iter().map(PathBuf::from));
    if let Some(found) = with_code.clone().find(|path| binary::has_code(path)) {
        return Ok(found);
    }
    let boots = boots.map(PathBuf::from);
    if let Some(found) = boots.iter().find(|path| path.exists()) {
        return Ok(found.clone());
    }
    let places: Vec<_> = with_code
        .chain(boots)
        .map(|path| path.display().to_string())
        .collect();
    bail!(
        "there is no code of the kernel {release}: looked for {}; build the kernel in {}, install \
         its package or that of its debug information, or give its vmlinux or vmlinuz with --vmlinux",
        places.join(", "),
        kdir.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_found_by_its_place() {
        let header = "/* words */\nenum {\n\t___GFP_DMA_BIT,\n\t___GFP_UNUSED_BIT,\t/* none */\n\t\
            ___GFP_DIRECT_RECLAIM_BIT,\n};\n";
        assert_eq!(flag(header), Some(1 << 2));
        assert_eq!(
            flag(&header.replace("enum {", "enum {\n#ifdef CONFIG_A")),
            None
        );
        assert_eq!(flag("enum {\n};"), None);
    }
}
