// SPDX-License-Identifier: GPL-2.0

//! What cannot be read from the object code, by name and with a reason: `rules.txt`.

use crate::{
    module::Class,
    names::{matches, readable},
};
use anyhow::{bail, ensure, Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub const TEXT: &str = include_str!("../rules.txt");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Good in these classes, whatever it calls.
    Ok {
        atomic: bool,
        nmi: bool,
    },
    /// Nothing of the handler's doing, and it writes to nothing that it is given.
    Stop,
    /// The same, and it changes no register.
    Keeps,
    /// The end.
    NoReturn,
    Sleeps,
    /// For a lock.
    Waits,
    /// Or frees.
    Allocates,
    /// Allocates, and sleeps if the flags in this argument, counted from 0, say so.
    Gfp(u8),
    /// Sleeps if this argument, counted from 0, is null.
    Null(u8),
    /// What this argument points to, counted from 0, runs later and elsewhere.
    Later(u8),
    /// It calls what this argument points to, counted from 0.
    Calls(u8),
    /// It calls functions that drivers have left with the kernel.
    Callbacks,
    /// No function, but pointers to some: those that it begins with are those that are called.
    Table,
    /// It calls functions that lie behind one of these arguments, a bit for each.
    Behind(u8),
    /// It has a function run later, in a context of this class.
    Runs(Class, Place),
}

/// Where a function finds another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The argument, counted from 0.
    pub argument: u8,
    /// How far into what the argument points to, if it is not the argument itself.
    pub offset: Option<i32>,
    /// Whether another call gives the function to the object: what is not found here is found there.
    pub may_be_empty: bool,
}

/// A rule of the kind `runs`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Runs {
    pub class: Class,
    pub place: Place,
    /// What such a function is called.
    pub kind: String,
    /// Only if this argument, counted from 0, is this object of the kernel's.
    pub only: Option<(u8, String)>,
}

pub struct Rules {
    exact: HashMap<String, Vec<usize>>,
    /// By the byte that the name begins with, and those that begin with any.
    patterns: HashMap<Option<u8>, Vec<(String, usize)>>,
    rules: Vec<Rule>,
    /// Each name with what the rule says of it, and why, by the rule's number.
    lines: Vec<(String, String)>,
    /// What an argument must be for a rule of the kind `runs`, by the rule's number.
    only: HashMap<usize, (u8, String)>,
}

/// What a rule says of a function in one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Good,
    Sleeps,
    Waits,
    Allocates,
    Gfp(u8),
}

impl Rules {
    /// The rules for a kernel that is configured so: `is_set` knows its options.
    pub fn built_in(is_set: impl Fn(&str) -> bool) -> Result<Self> {
        Self::parse(TEXT, is_set).context("rules.txt")
    }

    pub fn parse(text: &str, is_set: impl Fn(&str) -> bool) -> Result<Self> {
        let mut this = Self {
            exact: HashMap::new(),
            patterns: HashMap::new(),
            rules: Vec::new(),
            lines: Vec::new(),
            only: HashMap::new(),
        };
        let mut above = "";
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                above = this
                    .line(line, above, &is_set)
                    .with_context(|| format!("line {number}"))?;
            }
        }
        Ok(this)
    }

    /// Reads a rule. Returns its reason, or the one that it points to: `above` is that of the rule before.
    fn line<'t>(
        &mut self,
        line: &'t str,
        above: &'t str,
        is_set: &impl Fn(&str) -> bool,
    ) -> Result<&'t str> {
        let (rule, reason) = line
            .split_once(": ")
            .context("a rule ends with a colon and a reason")?;
        let reason = reason.trim();
        ensure!(!reason.is_empty(), "a rule without a reason");
        let (above, reason) = match reason.strip_prefix("as above") {
            Some(rest) => (above, format!("{above}{rest}")),
            None => (reason, reason.to_owned()),
        };
        let said = rule;
        let mut words: Vec<&str> = rule.split_whitespace().collect();
        let mut applies = true;
        words.retain(|word| {
            let option = |option: &&str| option.starts_with("CONFIG_");
            match word.strip_prefix('!').filter(option) {
                Some(option) => applies &= !is_set(option),
                None if option(word) => applies &= is_set(word),
                None => return true,
            }
            false
        });
        let argument = |n: &str| -> Result<u8> {
            match n.parse() {
                Ok(n @ 1..=6) => Ok(n - 1),
                _ => bail!("`{n}` is not the number of an argument, 1 to 6"),
            }
        };
        let mut only = None;
        let (rule, names) = match *words {
            ["ok", classes, ref names @ ..] => {
                let mut rule = (false, false);
                for class in classes.split(',') {
                    match class {
                        "atomic" => rule.0 = true,
                        "nmi" => rule.1 = true,
                        _ => bail!("`{class}` is neither atomic nor nmi"),
                    }
                }
                let (atomic, nmi) = rule;
                (Rule::Ok { atomic, nmi }, names)
            }
            ["stop", ref names @ ..] => (Rule::Stop, names),
            ["keeps", ref names @ ..] => (Rule::Keeps, names),
            ["noreturn", ref names @ ..] => (Rule::NoReturn, names),
            ["sleeps", ref names @ ..] => (Rule::Sleeps, names),
            ["waits", ref names @ ..] => (Rule::Waits, names),
            ["allocates", ref names @ ..] => (Rule::Allocates, names),
            ["gfp", n, ref names @ ..] => (Rule::Gfp(argument(n)?), names),
            ["null", n, ref names @ ..] => (Rule::Null(argument(n)?), names),
            ["later", n, ref names @ ..] => (Rule::Later(argument(n)?), names),
            ["calls", n, ref names @ ..] => (Rule::Calls(argument(n)?), names),
            ["callbacks", ref names @ ..] => (Rule::Callbacks, names),
            ["table", ref names @ ..] => (Rule::Table, names),
            ["behind", numbers, ref names @ ..] => {
                let bits = numbers.split(',').map(|n| argument(n).map(|n| 1 << n));
                (Rule::Behind(bits.sum::<Result<u8>>()?), names)
            }
            ["runs", class, place, ref names @ ..] => {
                let names = match names {
                    [condition, rest @ ..] if condition.contains('=') => {
                        let (n, object) = condition.split_once('=').unwrap_or_default();
                        only = Some((argument(n)?, object.to_owned()));
                        rest
                    }
                    names => names,
                };
                let class = match class {
                    "atomic" => Class::Atomic,
                    "nmi" => Class::Nmi,
                    _ => bail!("`{class}` is neither atomic nor nmi"),
                };
                let (place, may_be_empty) = match place.strip_suffix('?') {
                    Some(place) => (place, true),
                    None => (place, false),
                };
                let (n, offset) = match place.split_once('+') {
                    Some((n, offset)) => {
                        let number = offset.parse();
                        let number = number.with_context(|| format!("`{offset}` is no offset"))?;
                        (n, Some(number))
                    }
                    None => (place, None),
                };
                let place = Place {
                    argument: argument(n)?,
                    offset,
                    may_be_empty,
                };
                (Rule::Runs(class, place), names)
            }
            _ => bail!("`{rule}` is no rule"),
        };
        ensure!(!names.is_empty(), "a rule that names no function");
        if !applies {
            return Ok(above);
        }
        // Of what is said, all but the names.
        let mut head: Vec<_> = said.split_whitespace().collect();
        head.truncate(head.len() - names.len());
        let head = head.join(" ");
        for name in names {
            let index = self.rules.len();
            self.rules.push(rule);
            if let Some(only) = &only {
                self.only.insert(index, only.clone());
            }
            self.lines.push((format!("{head} {name}"), reason.clone()));
            if name.contains('*') {
                let first = name.bytes().next().filter(|&first| first != b'*');
                let patterns = self.patterns.entry(first).or_default();
                patterns.push(((*name).to_owned(), index));
            } else {
                self.exact
                    .entry((*name).to_owned())
                    .or_default()
                    .push(index);
            }
        }
        Ok(above)
    }

    /// The rules for a function: those by its whole name before those with a pattern.
    fn all(&self, name: &str) -> Vec<Rule> {
        self.numbers(name)
            .into_iter()
            .map(|i| self.rules[i])
            .collect()
    }

    /// Their numbers.
    fn numbers(&self, name: &str) -> Vec<usize> {
        let name = readable(name);
        let mut found = self.named(&name);
        // GCC may have cut something off, or an argument: the numbers of others are not the same then.
        let whole = without_suffix(&name);
        if found.is_empty() && whole != name {
            found = self.named(whole);
            let has_number = |rule| {
                matches!(
                    rule,
                    Rule::Gfp(_) | Rule::Null(_) | Rule::Later(_) | Rule::Calls(_) | Rule::Runs(..)
                )
            };
            found.retain(|&i| !has_number(self.rules[i]));
        }
        found
    }

    fn named(&self, name: &str) -> Vec<usize> {
        let exact = self.exact.get(name).into_iter().flatten();
        let patterns = [name.bytes().next(), None]
            .into_iter()
            .filter_map(|first| self.patterns.get(&first))
            .flatten()
            .filter(|(pattern, _)| matches(pattern, name))
            .map(|(_, index)| index);
        let mut patterns: Vec<&usize> = patterns.collect();
        patterns.sort_unstable();
        exact.chain(patterns).copied().collect()
    }

    /// Each name in a rule, as `RULE NAME: REASON`, with those of `names` that it is about.
    pub fn uses<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Vec<(String, BTreeSet<String>)> {
        let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let exact = self.exact.iter();
        let exact = exact.flat_map(|(name, all)| all.iter().map(move |&index| (&**name, index)));
        let patterns = self.patterns.values().flatten();
        let patterns = patterns.map(|(pattern, index)| (&**pattern, *index));
        let mut all: Vec<(&str, usize)> = exact.chain(patterns).collect();
        all.sort_unstable_by_key(|&(_, index)| index);
        uses.extend(all.iter().map(|&(name, _)| (name, BTreeSet::new())));
        for name in names {
            let name = readable(name);
            for name in [&*name, without_suffix(&name)] {
                for (rule, used) in &mut uses {
                    if matches(rule, name) {
                        used.insert(name.to_owned());
                    }
                }
            }
        }
        let with_uses = all.into_iter().map(|(name, index)| {
            let (rule, reason) = &self.lines[index];
            (
                format!("{rule}: {reason}"),
                uses.get(name).cloned().unwrap_or_default(),
            )
        });
        with_uses.collect()
    }

    /// Whether there is a rule for it.
    pub fn are_about(&self, name: &str) -> bool {
        !self.numbers(name).is_empty()
    }

    pub fn ruling(&self, name: &str, class: Class) -> Option<Ruling> {
        self.all(name).into_iter().find_map(|rule| match rule {
            Rule::Ok { atomic, nmi } => match class {
                Class::Atomic => atomic.then_some(Ruling::Good),
                Class::Nmi => nmi.then_some(Ruling::Good),
            },
            Rule::Stop | Rule::Keeps | Rule::NoReturn => Some(Ruling::Good),
            Rule::Sleeps => Some(Ruling::Sleeps),
            Rule::Waits => (class == Class::Nmi).then_some(Ruling::Waits),
            Rule::Allocates => (class == Class::Nmi).then_some(Ruling::Allocates),
            Rule::Gfp(n) => Some(match class {
                Class::Atomic => Ruling::Gfp(n),
                Class::Nmi => Ruling::Allocates,
            }),
            Rule::Null(_)
            | Rule::Later(_)
            | Rule::Calls(_)
            | Rule::Callbacks
            | Rule::Table
            | Rule::Behind(_)
            | Rule::Runs(..) => None,
        })
    }

    pub fn has(&self, name: &str, rule: Rule) -> bool {
        self.all(name).contains(&rule)
    }

    /// The arguments of it that run later.
    pub fn later(&self, name: &str) -> Vec<u8> {
        self.pick(name, |rule| match rule {
            Rule::Later(n) => Some(n),
            _ => None,
        })
    }

    /// The arguments of it that are called.
    pub fn calls(&self, name: &str) -> Vec<u8> {
        self.pick(name, |rule| match rule {
            Rule::Calls(n) => Some(n),
            _ => None,
        })
    }

    /// The arguments of it that must not be null.
    pub fn null(&self, name: &str) -> Vec<u8> {
        self.pick(name, |rule| match rule {
            Rule::Null(n) => Some(n),
            _ => None,
        })
    }

    /// The arguments of which it calls what lies behind one, a bit for each.
    pub fn behind(&self, name: &str) -> u8 {
        let bits = self.pick(name, |rule| match rule {
            Rule::Behind(bits) => Some(bits),
            _ => None,
        });
        bits.into_iter().fold(0, |all, bits| all | bits)
    }

    /// The functions that it has run later, and how.
    pub fn runs(&self, name: &str) -> Vec<Runs> {
        let runs = |i: usize| match self.rules[i] {
            Rule::Runs(class, place) => Some(Runs {
                class,
                place,
                kind: self.lines[i].1.clone(),
                only: self.only.get(&i).cloned(),
            }),
            _ => None,
        };
        self.numbers(name).into_iter().filter_map(runs).collect()
    }

    fn pick(&self, name: &str, of: impl Fn(Rule) -> Option<u8>) -> Vec<u8> {
        self.all(name).into_iter().filter_map(of).collect()
    }
}

/// A name as it is in the source.
fn without_suffix(name: &str) -> &str {
    if !name.contains('.') {
        return name;
    }
    let ends = [".part.", ".isra.", ".constprop.", ".llvm."];
    let end = ends.iter().filter_map(|end| name.find(end)).min();
    end.map_or(name, |end| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_rules_are_read() {
        let rules = Rules::built_in(|_| false).unwrap();
        assert_eq!(rules.ruling("_printk", Class::Nmi), Some(Ruling::Good));
        assert_eq!(rules.ruling("schedule", Class::Nmi), Some(Ruling::Sleeps));
        assert_eq!(rules.ruling("_raw_spin_lock", Class::Atomic), None);
        assert_eq!(
            rules.ruling("_raw_spin_lock", Class::Nmi),
            Some(Ruling::Waits)
        );
    }

    #[test]
    fn bookkeeping_that_sleeps() {
        let rules = Rules::built_in(|_| false).unwrap();
        let ruling = |name| rules.ruling(name, Class::Atomic);
        assert_eq!(ruling("lockdep_register_key"), Some(Ruling::Good));
        // What is called alike, and may sleep, is judged by what it does.
        assert_eq!(ruling("lockdep_unregister_key"), None);
        assert_eq!(ruling("stack_depot_init"), None);
        assert_eq!(ruling("stack_depot_save"), Some(Ruling::Gfp(2)));
        assert_eq!(ruling("kmemleak_alloc"), Some(Ruling::Gfp(3)));
    }

    #[test]
    fn wrong_rules_are_errors() {
        for wrong in [
            "sleeps schedule",
            "sleeps schedule: ",
            "sleeps: nothing",
            "ok somewhere f: why",
            "gfp 7 f: why",
            "dreams f: why",
        ] {
            assert!(Rules::parse(wrong, |_| true).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_the_rules_say() {
        let text = "sleeps f g*: it waits\ngfp 2 !CONFIG_A h: as above, mostly\nstop i: it looks";
        let rules = Rules::parse(text, |_| false).unwrap();
        let uses = rules.uses(["good", "great.isra.0", "h"].into_iter());
        let uses = uses.iter().map(|(rule, used)| {
            let used: Vec<_> = used.iter().map(String::as_str).collect();
            (rule.as_str(), used)
        });
        let expected = [
            ("sleeps f: it waits", vec![]),
            ("sleeps g*: it waits", vec!["good", "great", "great.isra.0"]),
            ("gfp 2 !CONFIG_A h: it waits, mostly", vec!["h"]),
            ("stop i: it looks", vec![]),
        ];
        assert_eq!(uses.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rules_for_some_kernels() {
        let text = "gfp 2 !CONFIG_A f: why\ngfp 3 CONFIG_A f: why";
        let flags = |is_set| {
            let rules = Rules::parse(text, |_| is_set).unwrap();
            rules.ruling("f", Class::Atomic)
        };
        assert_eq!(flags(false), Some(Ruling::Gfp(1)));
        assert_eq!(flags(true), Some(Ruling::Gfp(2)));
    }
}
