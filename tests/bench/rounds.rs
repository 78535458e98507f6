// SPDX-License-Identifier: GPL-2.0

//! How two twins are compared: in rounds, one beside the other.

use core::fmt;

use kernel::prelude::*;

/// How often the two are compared.
const ROUNDS: u32 = 41;

/// How often before that, while caches fill and branch predictors learn.
const WARM_UP: u32 = 4;

/// How many batches of each there are in a round, if it takes no more than a moment. They are
/// short, so that most of them are not interrupted; the median of them stands for the round.
const BATCHES: usize = 15;

/// What is compared.
pub(crate) struct Comparison<'a, const N: usize> {
    /// The names of what is measured: each becomes a table of its own.
    pub(crate) measures: [&'static str; N],
    /// What tells this comparison from its others, as in `kind=atomic length=4`.
    pub(crate) what: fmt::Arguments<'a>,
    /// How many of them a batch does.
    pub(crate) calls: u32,
    /// Whether a batch takes so long that one has to do for a round.
    pub(crate) slow: bool,
}

impl<const N: usize> Comparison<'_, N> {
    /// Compares two twins, and prints what each round came to.
    ///
    /// Each closure is given the number of the round, does a batch, and returns how many ticks that
    /// took by each measure.
    pub(crate) fn run(
        &self,
        mut c: impl FnMut(u32) -> [u64; N],
        mut rust: impl FnMut(u32) -> [u64; N],
    ) {
        let batches = if self.slow { 1 } else { BATCHES };
        for round in 0..WARM_UP + ROUNDS {
            let mut of_c = [[0; N]; BATCHES];
            let mut of_rust = [[0; N]; BATCHES];
            for batch in 0..batches {
                // Neither is always the one that finds the caches as the other left them.
                if (round as usize + batch) % 2 == 0 {
                    of_c[batch] = c(round);
                    of_rust[batch] = rust(round);
                } else {
                    of_rust[batch] = rust(round);
                    of_c[batch] = c(round);
                }
            }
            if round < WARM_UP {
                continue;
            }
            for (nth, measure) in self.measures.iter().enumerate() {
                pr_info!(
                    "round {} {} calls={} c={} rust={}\n",
                    measure,
                    self.what,
                    self.calls,
                    median(&mut of_c[..batches], nth),
                    median(&mut of_rust[..batches], nth)
                );
            }
        }
    }
}

/// Does so many batches that one which is interrupted does not count, as a round has them that is
/// not slow, and returns the median of what they say.
pub(crate) fn middle(mut batch: impl FnMut() -> u64) -> u64 {
    median(&mut [[0]; BATCHES].map(|_| [batch()]), 0)
}

fn median<const N: usize>(batches: &mut [[u64; N]], measure: usize) -> u64 {
    batches.sort_unstable_by_key(|ticks| ticks[measure]);
    batches[batches.len() / 2][measure]
}
