// SPDX-License-Identifier: GPL-2.0

//! The page that says of all unsafe code what it rests on: `docs/unsafe.md`. Part of the suite `host`.

use crate::project;
use anyhow::{ensure, Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};
use syn::{
    visit::{self, Visit},
    ExprUnsafe, ImplItemFn, ItemFn, ItemForeignMod, ItemImpl, ItemMod, ItemTrait, Macro, Safety,
    Signature, TraitItemFn,
};

/// Where code for the kernel is.
const FOLDERS: [&str; 3] = ["samples", "src", "wire/src"];

const PAGE: &str = "docs/unsafe.md";

const HEAD: &str = "| what | rests on | test |\n| --- | --- | --- |\n";

/// Where a suite's tests are written down.
const SUITES: [(&str, &str); 7] = [
    ("compile-fail", "tests/compile_fail"),
    ("crash", "xtask/machines/src/test"),
    ("doctest", "src"),
    ("kunit", "tests/kunit"),
    ("sample", "samples"),
    ("torture", "tests"),
    ("vm", "xtask/machines/src/test/vm"),
];

/// What every build checks, by types or by assertions about layouts.
const BUILD: &str = "build";

/// A row: what is unsafe, on what it rests, and which tests would catch its failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    rests_on: String,
    tests: String,
}

/// The rows of each file, by what is unsafe there, in the page's order.
type Page = BTreeMap<String, Vec<(String, Row)>>;

/// Compares the page with the code, or, to `bless` it, brings it up to date: rows of code that is new
/// are left for a person to fill.
pub fn run(bless: bool) -> Result<()> {
    let code = code()?;
    let path = project().join(PAGE);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {PAGE}"))?;
    let (intro, written) = read(&text)?;
    if bless {
        fs::write(&path, write(intro, &code, &written))?;
        return Ok(());
    }
    let mut wrong = compare(&code, &written);
    for (file, rows) in &written {
        for (what, row) in rows {
            for test in row.tests.split(", ").filter(|test| !test.is_empty()) {
                if !exists(test)? {
                    wrong.push(format!("{file}: {what}: there is no test {test}"));
                }
            }
        }
    }
    ensure!(
        wrong.is_empty(),
        "{PAGE} is not what the code is (`cargo xtask test --only host --filter unsafe --bless` adds \
         and removes rows; fill those that are empty):\n{}",
        wrong.join("\n")
    );
    Ok(())
}

/// All unsafe code.
fn code() -> Result<BTreeMap<String, Vec<String>>> {
    let mut code = BTreeMap::new();
    for folder in FOLDERS {
        for path in files(&project().join(folder))? {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let name = path.strip_prefix(project())?.display().to_string();
            let found = scan(&fs::read_to_string(&path)?).with_context(|| name.clone())?;
            if !found.is_empty() {
                code.insert(name, found);
            }
        }
    }
    Ok(code)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Returns what is unsafe in a file, each thing under a name that no other line of it changes.
fn scan(source: &str) -> Result<Vec<String>> {
    let mut scan = Scan::default();
    scan.visit_file(&syn::parse_file(source)?);
    Ok(scan.found)
}

#[derive(Default)]
struct Scan {
    /// The items around what is looked at: the innermost last.
    inside: Vec<String>,
    /// In an impl of a trait: whether a method is unsafe says the trait.
    of_trait: bool,
    blocks: HashMap<String, usize>,
    found: Vec<String>,
}

impl Scan {
    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.inside.push(name);
        visit(self);
        self.inside.pop();
    }

    fn path(&self, name: &str) -> String {
        let inside = self.inside.iter().map(String::as_str);
        inside.chain([name]).collect::<Vec<_>>().join("::")
    }

    fn block(&mut self) {
        let place = self.inside.join("::");
        let number = self.blocks.entry(place.clone()).or_default();
        *number += 1;
        self.found.push(match number {
            1 => format!("block in `{place}`"),
            n => format!("block {n} in `{place}`"),
        });
    }

    /// A macro's tokens are nobody's items yet.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(ident) if ident == "unsafe" => match tokens.peek() {
                    Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                        self.block();
                    }
                    Some(TokenTree::Ident(next)) if next == "impl" => {
                        let place = self.inside.join("::");
                        self.found.push(format!("`unsafe impl` in `{place}`"));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Scan {
    fn visit_expr_unsafe(&mut self, block: &'ast ExprUnsafe) {
        self.block();
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let name = item.sig.ident.to_string();
        if is_unsafe(&item.sig) {
            self.found.push(format!("`unsafe fn {}`", self.path(&name)));
        }
        self.within(name, |scan| visit::visit_item_fn(scan, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let name = item.sig.ident.to_string();
        if is_unsafe(&item.sig) && !self.of_trait {
            self.found.push(format!("`unsafe fn {}`", self.path(&name)));
        }
        self.within(name, |scan| visit::visit_impl_item_fn(scan, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        let name = item.sig.ident.to_string();
        if is_unsafe(&item.sig) {
            self.found.push(format!("`unsafe fn {}`", self.path(&name)));
        }
        self.within(name, |scan| visit::visit_trait_item_fn(scan, item));
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let this = text(&item.self_ty);
        let name = match &item.trait_ {
            Some((.., path, _)) => {
                let path = text(path);
                if item.unsafety.is_some() {
                    self.found.push(format!("`unsafe impl {path} for {this}`"));
                }
                format!("<{this} as {path}>")
            }
            None => this,
        };
        let outer = std::mem::replace(&mut self.of_trait, item.trait_.is_some());
        self.within(name, |scan| visit::visit_item_impl(scan, item));
        self.of_trait = outer;
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        let name = item.ident.to_string();
        if item.unsafety.is_some() {
            self.found.push(format!("`unsafe trait {name}`"));
        }
        self.within(name, |scan| visit::visit_item_trait(scan, item));
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast ItemForeignMod) {
        self.found.push("`unsafe extern`".to_owned());
        visit::visit_item_foreign_mod(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = item.ident.to_string();
        self.within(name, |scan| visit::visit_item_mod(scan, item));
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        // The macro that it defines, or the one that it uses.
        let name = match &item.ident {
            Some(name) => name.to_string(),
            None => text(&item.mac.path),
        };
        self.within(format!("{name}!"), |scan| {
            visit::visit_item_macro(scan, item);
        });
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.tokens(item.tokens.clone());
    }
}

fn is_unsafe(signature: &Signature) -> bool {
    matches!(signature.safety, Safety::Unsafe(_))
}

/// Returns a type or path much as rustfmt has it.
fn text(what: &impl ToTokens) -> String {
    let mut text = what.to_token_stream().to_string();
    for (from, to) in [
        (" :: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(from, to);
    }
    text
}

/// Reads the page: what comes before the first file, and the rows.
fn read(page: &str) -> Result<(&str, Page)> {
    let start = page.find("\n## `").map_or(page.len(), |at| at + 1);
    let (intro, rest) = page.split_at(start);
    let mut files = Page::new();
    let mut rows = None;
    for line in rest.lines() {
        if let Some(file) = line.strip_prefix("## `") {
            rows = Some(
                files
                    .entry(file.trim_end_matches('`').to_owned())
                    .or_default(),
            );
            continue;
        }
        let Some(cells) = line.strip_prefix("| ") else {
            continue;
        };
        let cells: Vec<_> = cells.trim_end_matches('|').split('|').collect();
        let [what, rests_on, tests] = cells[..] else {
            anyhow::bail!("not a row of three: {line}");
        };
        if HEAD.contains(line) {
            continue;
        }
        let row = Row {
            rests_on: rests_on.trim().to_owned(),
            tests: tests.trim().to_owned(),
        };
        rows.as_mut()
            .context("a row under no file")?
            .push((what.trim().to_owned(), row));
    }
    Ok((intro, files))
}

/// Writes the page with a row for all code, and those cells that are there.
fn write(intro: &str, code: &BTreeMap<String, Vec<String>>, written: &Page) -> String {
    let mut page = intro.trim_end().to_owned() + "\n";
    for (file, found) in code {
        page += &format!("\n## `{file}`\n\n{HEAD}");
        for what in found {
            let known = written.get(file).and_then(|rows| row(rows, what));
            let Row { rests_on, tests } = known.cloned().unwrap_or_default();
            page += &format!("| {what} | {rests_on} | {tests} |\n");
        }
    }
    page
}

fn row<'a>(rows: &'a [(String, Row)], what: &str) -> Option<&'a Row> {
    rows.iter()
        .find(|(name, _)| name == what)
        .map(|(_, row)| row)
}

/// Returns what the page lacks and what it has too much.
fn compare(code: &BTreeMap<String, Vec<String>>, written: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, found) in code {
        let rows = written.get(file).map(Vec::as_slice).unwrap_or_default();
        for what in found {
            match row(rows, what) {
                None => wrong.push(format!("{file}: no row for {what}")),
                Some(row) if row.rests_on.is_empty() || row.tests.is_empty() => {
                    wrong.push(format!("{file}: {what}: an empty cell"));
                }
                Some(_) => {}
            }
        }
    }
    for (file, rows) in written {
        let found = code.get(file).map(Vec::as_slice).unwrap_or_default();
        for (what, _) in rows {
            if !found.contains(what) {
                wrong.push(format!("{file}: {what} is not there any more"));
            }
        }
    }
    wrong
}

/// Whether there is such a test: `<suite>/<name>`, each part of the name in a file, or as a file, where
/// the suite's tests are written down.
fn exists(test: &str) -> Result<bool> {
    let test = test.trim_matches('`');
    if test == BUILD {
        return Ok(true);
    }
    let Some((suite, name)) = test.split_once('/') else {
        return Ok(false);
    };
    let Some((_, folder)) = SUITES.iter().find(|(known, _)| *known == suite) else {
        return Ok(false);
    };
    let mut missing: Vec<_> = name.split('/').collect();
    for file in files(&project().join(folder))? {
        let text = fs::read(&file)?;
        let text = String::from_utf8_lossy(&text);
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        missing.retain(|part| *part != stem && !has_word(&text, part));
    }
    Ok(missing.is_empty())
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "
        unsafe trait Kind { unsafe fn first(&self); }
        unsafe impl<E> Kind for Chain<E, Raw> {
            unsafe fn first(&self) { unsafe { a() } unsafe { b() } }
        }
        impl Chain { unsafe fn head(&self) { c!(pin => unsafe { d() }) } }
        macro_rules! impls { () => { unsafe impl Kind for X {} }; }
        unsafe extern \"C\" { static A: u8; }
        const POINTER: unsafe fn() = f;
        // unsafe { } in a comment
    ";

    #[test]
    fn all_that_is_unsafe_is_found() {
        let expected = [
            "`unsafe trait Kind`",
            "`unsafe fn Kind::first`",
            "`unsafe impl Kind for Chain<E, Raw>`",
            "block in `<Chain<E, Raw> as Kind>::first`",
            "block 2 in `<Chain<E, Raw> as Kind>::first`",
            "`unsafe fn Chain::head`",
            "block in `Chain::head`",
            "`unsafe impl` in `impls!`",
            "`unsafe extern`",
        ];
        assert_eq!(scan(SOURCE).expect("plain Rust"), expected);
    }

    #[test]
    fn what_has_no_row_and_what_has_one_too_much_is_said() {
        let code = |what: &[&str]| {
            let what = what.iter().map(ToString::to_string).collect();
            BTreeMap::from([("a.rs".to_owned(), what)])
        };
        let page = format!("Intro\n\n## `a.rs`\n\n{HEAD}| block in `f` | it is so | build |\n");
        let (intro, written) = read(&page).expect("a page");
        assert!(compare(&code(&["block in `f`"]), &written).is_empty());
        let wrong = compare(&code(&["`unsafe fn f`"]), &written);
        assert_eq!(
            wrong,
            [
                "a.rs: no row for `unsafe fn f`",
                "a.rs: block in `f` is not there any more"
            ]
        );

        let both = code(&["block in `f`", "block 2 in `f`"]);
        let page = write(intro, &both, &written);
        assert!(page.contains("| block in `f` | it is so | build |\n| block 2 in `f` |  |  |\n"));
        let (_, written) = read(&page).expect("a page");
        assert_eq!(
            compare(&both, &written),
            ["a.rs: block 2 in `f`: an empty cell"]
        );
    }

    #[test]
    fn a_test_is_looked_for_where_its_suite_is() {
        for there in ["build", "compile-fail/registration_moved", "vm/alarm"] {
            assert!(exists(there).expect("the tree"), "{there}");
        }
        for absent in [
            "vm/no-such-test",
            "compile-fail/no_such",
            "nosuch/alarm",
            "nothing",
        ] {
            assert!(!exists(absent).expect("the tree"), "{absent}");
        }
    }
}
