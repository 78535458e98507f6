// SPDX-License-Identifier: GPL-2.0

//! What the module printed, and what it comes to.

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::collections::HashMap;

/// All rounds in which two twins were compared.
pub struct Comparison {
    /// What was measured, as `calls`.
    pub measure: String,
    /// What tells it from the others of its measure: names and values, as `length` and `16`.
    pub what: Vec<(String, String)>,
    /// Nanoseconds of C and of Rust, in each round.
    rounds: Vec<(f64, f64)>,
}

/// The middle, and where the middle half of all begins and ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Comparison {
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == Some(value)
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.what.iter().find(|(other, _)| other == name)?;
        Some(value)
    }

    pub fn c(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|(c, _)| *c))
    }

    pub fn rust(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|(_, rust)| *rust))
    }

    /// Rust by C, round by round.
    pub fn ratio(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|(c, rust)| rust / c))
    }

    pub fn json(&self) -> Value {
        let ratio = self.ratio();
        let mut json = json!({
            "c_ns": self.c().median,
            "rust_ns": self.rust().median,
            "ratio": ratio.median,
            "ratio_low": ratio.low,
            "ratio_high": ratio.high,
            "rounds": self.rounds.len(),
        });
        for (name, value) in &self.what {
            json[name] = match value.parse::<u64>() {
                Ok(number) => number.into(),
                Err(_) => value.as_str().into(),
            };
        }
        json
    }
}

impl Spread {
    pub fn json(self) -> Value {
        json!({ "low": self.low, "median": self.median, "high": self.high })
    }

    pub fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<_> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |part: usize| {
            let last = values.len().saturating_sub(1);
            values.get(last * part / 4).copied().unwrap_or(f64::NAN)
        };
        Spread {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }
}

/// Reads the module's lines of a console.
pub fn read(console: &[String]) -> Result<Vec<Comparison>> {
    let mut ns_per_tick = None;
    let mut comparisons: Vec<Comparison> = Vec::new();
    for line in console {
        let Some((_, line)) = line.split_once("notifier_chain_bench: ") else {
            continue;
        };
        if let Some(clock) = line.strip_prefix("clock ") {
            let (_, values) = fields(clock);
            ns_per_tick = Some(number(&values, "ns", line)? / number(&values, "ticks", line)?);
        } else if let Some(round) = line.strip_prefix("round ") {
            let ns_per_tick = ns_per_tick.context("the module does not say how long a tick is")?;
            add(&mut comparisons, round, ns_per_tick)?;
        }
    }
    ensure!(!comparisons.is_empty(), "the module measured nothing");
    Ok(comparisons)
}

/// The comparisons of each measure, in the order in which they came.
pub fn by_measure(comparisons: &[Comparison]) -> Vec<(&str, Vec<&Comparison>)> {
    let mut measures: Vec<(&str, Vec<&Comparison>)> = Vec::new();
    for one in comparisons {
        match measures.iter_mut().find(|(name, _)| *name == one.measure) {
            Some((_, all)) => all.push(one),
            None => measures.push((&one.measure, vec![one])),
        }
    }
    measures
}

fn add(comparisons: &mut Vec<Comparison>, round: &str, ns_per_tick: f64) -> Result<()> {
    let (measure, mut what) = fields(round);
    let ns = ns_per_tick / number(&what, "calls", round)?;
    let both = (
        number(&what, "c", round)? * ns,
        number(&what, "rust", round)? * ns,
    );
    what.retain(|(name, _)| !["calls", "c", "rust"].contains(&name.as_str()));
    match comparisons
        .iter_mut()
        .find(|other| other.measure == measure && other.what == what)
    {
        Some(comparison) => comparison.rounds.push(both),
        None => comparisons.push(Comparison {
            measure,
            what,
            rounds: vec![both],
        }),
    }
    Ok(())
}

/// `word name=value name=value`.
fn fields(line: &str) -> (String, Vec<(String, String)>) {
    let first = line.split(' ').find(|word| !word.contains('='));
    let pairs = line.split(' ').filter_map(|word| word.split_once('='));
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    (first.unwrap_or_default().to_owned(), pairs.collect())
}

fn number(fields: &[(String, String)], name: &str, line: &str) -> Result<f64> {
    let fields: HashMap<_, _> = fields
        .iter()
        .map(|(name, value)| (&**name, value))
        .collect();
    fields
        .get(name)
        .and_then(|value| value.parse().ok())
        .with_context(|| format!("the module prints no number `{name}` in `{line}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(lines: &[&str]) -> Vec<String> {
        let line = |line: &&str| format!("[    0.1] notifier_chain_bench: {line}");
        lines.iter().map(line).collect()
    }

    #[test]
    fn rounds_of_one_kind_belong_together() {
        let read = read(&console(&[
            "clock ticks=200 ns=100 look=1",
            "round call kind=raw length=4 calls=10 c=40 rust=60",
            "round call kind=raw length=4 calls=10 c=40 rust=80",
            "round call kind=raw length=4 calls=10 c=40 rust=20",
            "round register kind=raw length=4 calls=1 c=2 rust=2",
        ]))
        .unwrap();
        assert_eq!(read.len(), 2);
        assert!(read[0].is("kind", "raw") && !read[0].is("kind", "srcu"));
        assert_eq!(read[0].c().median, 2.0);
        assert_eq!(read[0].rust().median, 3.0);
        assert_eq!(read[0].ratio().median, 1.5);
        assert_eq!(read[0].json()["length"], 4);
        let measures = by_measure(&read);
        assert_eq!(measures[1].0, "register");
    }

    #[test]
    fn lines_without_figures_are_told() {
        let broken = console(&["clock ticks=1 ns=1", "round call calls=1 c=x rust=1"]);
        let error = read(&broken).err().unwrap().to_string();
        assert!(error.contains("`c`"), "{error}");
        assert!(read(&[]).is_err());
    }
}
