// SPDX-License-Identifier: GPL-2.0

//! What people read of a module, in a terminal.

use super::{short::short, Verdict};
use crate::{
    causes::{INDIRECT, TOO_MUCH, USER_MEMORY},
    check::{Answer, Assumed, Call, Finding, Handler, Kind, Stack},
    help::help,
    lines::Line,
    module::Class,
};
use std::{env, path::Path};

/// How long a line is, unless one name in it is longer.
const COLUMNS: usize = 100;

/// How long the name of a method is that may be called.
const CANDIDATE: usize = 40;

/// Where the kernel crate is in the kernel's sources.
const KERNEL_CRATE: &str = "/rust/kernel/";

/// What stands for those that there is no room for.
const MORE: &str = ", ...";

/// Each finding, what was assumed and allowed, and one line for the module.
pub fn text(module: &str, answer: &Answer) -> String {
    let mut text = String::new();
    for finding in &answer.findings {
        of_finding(&mut text, module, finding, answer);
    }
    of_stack(&mut text, answer);
    for assumed in &answer.assumed {
        of_assumed(&mut text, assumed);
    }
    for place in &answer.used {
        line(&mut text, &format!("allowed: by {place}"));
    }
    let said = match answer.handlers.is_empty() {
        true => format!("{module}: no atomic handlers"),
        false => format!(
            "{module}: {}, {}: {}",
            counted(answer.count(Class::Atomic), "atomic handler"),
            counted(answer.count(Class::Nmi), "NMI handler"),
            Verdict::of(answer).word()
        ),
    };
    line(&mut text, &said);
    text
}

fn counted(number: usize, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}

/// One line, whatever the names in it are: those of a module may have line ends in them.
fn line(text: &mut String, line: &str) {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.extend(line.chars().map(shown));
    text.push('\n');
}

fn of_finding(text: &mut String, module: &str, finding: &Finding, answer: &Answer) {
    head(text, module, finding);
    for (number, call) in finding.path.iter().enumerate() {
        let step = match number {
            0 => format!("  {}", root(finding, answer)),
            _ => format!("  -> {}", short(&call.function, COLUMNS - 5)),
        };
        let at = place(call);
        if columns(&step) + 1 + columns(&at) <= COLUMNS {
            line(text, &format!("{step} {at}"));
        } else {
            line(text, &step);
            wrapped(text, "      ", "        ", &at);
        }
    }
    let of_kernel = finding.within.iter().skip(1);
    let after = std::iter::once(&finding.what).chain(of_kernel);
    for (number, function) in after.enumerate() {
        let is_of_kernel = !finding.within.is_empty();
        let note = if is_of_kernel { " in the kernel" } else { "" };
        let why = match number {
            0 if finding.kind == Kind::Unproven && !finding.why.is_empty() => {
                format!(": {}", finding.why)
            }
            _ => note.to_owned(),
        };
        let step = format!("-> {}{why}", short(function, COLUMNS - 5 - note.len()));
        wrapped(text, "  ", "     ", &step);
    }
    wrapped(text, "  ", "    ", &format!("help: {}", help(finding)));
    line(
        text,
        "  or allow it: copy this line to context-check.allow, and put your reason for WHY",
    );
    line(text, &format!("    {}", finding.allow));
}

/// The line that editors look for: where it is, and what is wrong.
fn head(text: &mut String, module: &str, finding: &Finding) {
    let word = match finding.kind {
        Kind::Refused => "refused",
        Kind::Unproven => "unproven",
    };
    let own = finding.path.iter().rev().find(|call| call.source.is_own);
    let own = own.and_then(|call| call.source.line.as_ref());
    let begin = match own {
        Some(line) => format!("{}: {word}: ", shown(line)),
        None => format!("{module}: {word}: "),
    };
    let what = |columns| match &*finding.what {
        INDIRECT | USER_MEMORY | TOO_MUCH => finding.what.clone(),
        name => format!("calls {}", short(name, columns)),
    };
    // The reason is told below once more, and may go.
    let ends = |columns| match finding.kind {
        Kind::Refused => vec![format!(" {}: {}", finding.why, what(columns))],
        Kind::Unproven if finding.why.is_empty() => vec![format!(": {}", what(columns))],
        Kind::Unproven => vec![
            format!(": {}: {}", what(columns), finding.why),
            format!(": {}", what(columns)),
        ],
    };
    let tries = ends(COLUMNS).into_iter().chain(ends(0)).map(|end| {
        let room = COLUMNS.saturating_sub(columns(&begin) + columns(&end));
        format!("{begin}{}{end}", short(&finding.handler, room))
    });
    let mut tries: Vec<_> = tries.collect();
    let best = tries.iter().position(|head| columns(head) <= COLUMNS);
    let best = best.unwrap_or(tries.len() - 1);
    line(text, &tries.swap_remove(best));
}

/// The function that a path begins with, and of which kind it is.
fn root(finding: &Finding, answer: &Answer) -> String {
    let is_it = |it: &&Handler| it.class == finding.class && it.name == finding.handler;
    let kind = answer.handlers.iter().find(is_it).map(kind);
    let kind = kind.map_or(String::new(), |kind| format!(" ({kind})"));
    let room = COLUMNS.saturating_sub(2 + columns(&kind));
    format!("{}{kind}", short(&finding.handler, room))
}

/// What kind of handler it is.
fn kind(handler: &Handler) -> String {
    match (&handler.registered, handler.class) {
        (Some(registered), _) => {
            let by = registered.by.trim_start_matches("rust_helper_");
            format!("{}, {by}", registered.kind)
        }
        (None, Class::Atomic) => "atomic handler".to_owned(),
        (None, Class::Nmi) => "NMI handler".to_owned(),
    }
}

/// The handler that uses most of the stack, and how it comes to that. All are in JSON.
fn of_stack(text: &mut String, answer: &Answer) {
    let handlers = answer.handlers.iter();
    let Some(handler) = handlers.max_by_key(|handler| handler.stack.bytes) else {
        return;
    };
    let Stack {
        bytes,
        at_least,
        deepest,
    } = &handler.stack;
    let steps = deepest
        .iter()
        .map(|(function, used)| format!("{} {used}", short(function, COLUMNS / 2)));
    let steps: Vec<_> = steps.collect();
    let at_least = if *at_least { "at least " } else { "" };
    let name = short(&handler.name, COLUMNS / 2);
    let said = format!(
        "stack: {name} uses the most, {at_least}{bytes} bytes: {}",
        steps.join(" -> ")
    );
    wrapped(text, "", "  ", &said);
}

/// Where a function calls the next one.
fn place(call: &Call) -> String {
    match (&call.source.line, &call.source.library) {
        (None, _) => format!("at {}", address(&call.at)),
        (Some(line), None) => format!("at {}", shown(line)),
        (Some(line), Some(library)) => format!("at {}, inlined {}", shown(line), shown(library)),
    }
}

/// A place in the code, with a short name.
fn address(at: &str) -> String {
    match at.rsplit_once('+') {
        Some((name, offset)) => format!("{}+{offset}", short(name, COLUMNS - 20)),
        None => at.to_owned(),
    }
}

/// A line as editors take it: from the current folder on, if the file is below it.
fn shown(line: &Line) -> String {
    let file = Path::new(&line.file);
    let here = env::current_dir().ok();
    let below = here.and_then(|here| file.strip_prefix(here).ok());
    // The kernel's own sources are mostly elsewhere by now.
    let of_kernel = line.file.find(KERNEL_CRATE).map(|at| &line.file[at + 1..]);
    let of_kernel = of_kernel.filter(|_| !file.exists()).map(Path::new);
    let shown = below.or(of_kernel).unwrap_or(file);
    format!("{}:{}", shown.display(), line.line)
}

/// Two lines at most. All candidates are in JSON.
fn of_assumed(text: &mut String, assumed: &Assumed) {
    let all = &assumed.candidates;
    line(
        text,
        &format!(
            "assumed: an object of this module, in {}",
            address(&assumed.at)
        ),
    );
    let mut said = format!("  its method is one of {}: ", all.len());
    for (number, candidate) in all.iter().enumerate() {
        let comma = if number > 0 { ", " } else { "" };
        let name = format!("{comma}{}", short(candidate, CANDIDATE));
        if columns(&said) + columns(&name) + MORE.len() > COLUMNS {
            said.push_str(MORE);
            break;
        }
        said.push_str(&name);
    }
    line(text, &said);
}

/// Words on as many lines as they need.
fn wrapped(text: &mut String, begin: &str, indent: &str, words: &str) {
    let mut said = begin.to_owned();
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && columns(&said) + 1 + columns(word) > COLUMNS {
            line(text, &said);
            said = indent.to_owned();
            is_empty = true;
        }
        if !is_empty {
            said.push(' ');
        }
        said.push_str(word);
        is_empty = false;
    }
    line(text, &said);
}

fn columns(text: &str) -> usize {
    text.chars().count()
}
