// SPDX-License-Identifier: GPL-2.0

//! What programs read of a module. docs/context-check.md has the fields.

use super::Verdict;
use crate::{
    check::{Answer, Finding},
    help::help,
};
use serde::Serialize;
use serde_json::{json, Value};

/// A finding, and what else there is to say of it.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    help: &'static str,
}

pub fn json(module: &str, answer: &Answer) -> Value {
    let findings = answer.findings.iter().map(|finding| Said {
        finding,
        help: help(finding),
    });
    json!({
        "module": module,
        "verdict": Verdict::of(answer).word(),
        "handlers": answer.handlers,
        "findings": findings.collect::<Vec<_>>(),
        "assumed": answer.assumed,
        "allowed": answer.used,
    })
}
