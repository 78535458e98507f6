// SPDX-License-Identifier: GPL-2.0

//! All functions that the handlers come to, as a graph for Graphviz.

use super::short::short;
use crate::{
    causes::{INDIRECT, TOO_MUCH, USER_MEMORY},
    check::{Answer, Finding, Kind},
    graph::{Graph, Place},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// How wide a name is at most.
const WIDTH: usize = 50;

/// Handlers are boxes with two edges, functions of the module are boxes, and those of the kernel are ellipses. The
/// paths of findings are red if they are refused, and orange if they are unproven.
pub fn dot(module: &str, answer: &Answer) -> String {
    let graph = &answer.graph;
    let paths = Paths::of(answer);
    let mut dot = format!(
        "digraph {} {{\n\trankdir=LR;\n\tnode [fontname=\"monospace\", fontsize=10];\n",
        quoted(module)
    );
    for (address, node) in &graph.nodes {
        let shape = match node.place {
            Place::Handler => "box, peripheries=2",
            Place::Module => "box",
            Place::Outside => "ellipse",
        };
        let _ = writeln!(
            dot,
            "\t{} [label={}, tooltip={}, shape={shape}{}];",
            id(*address),
            quoted(&short(&node.name, WIDTH)),
            quoted(&node.name),
            color(paths.nodes.get(address))
        );
    }
    for link in &graph.links {
        let dotted = if link.is_allowed {
            ", style=dotted"
        } else {
            ""
        };
        let color = color(paths.links.get(&(link.from, link.to)));
        let _ = writeln!(
            dot,
            "\t{} -> {} [arrowhead=normal{dotted}{color}];",
            id(link.from),
            id(link.to)
        );
    }
    for (from, what, kind) in &paths.ends {
        let color = color(Some(kind));
        let end = quoted(&format!("{}: {what}", id(*from)));
        let _ = writeln!(
            dot,
            "\t{end} [label={}, shape=octagon{color}];\n\t{} -> {end} [arrowhead=normal{color}];",
            quoted(&short(what, WIDTH)),
            id(*from)
        );
    }
    dot.push_str("}\n");
    dot
}

/// What is in colour.
#[derive(Default)]
struct Paths<'a> {
    nodes: BTreeMap<u64, Kind>,
    links: BTreeMap<(u64, u64), Kind>,
    /// What is called and is no function, such as a pointer.
    ends: BTreeSet<(u64, &'a str, Kind)>,
}

impl<'a> Paths<'a> {
    fn of(answer: &'a Answer) -> Self {
        let mut paths = Self::default();
        for finding in &answer.findings {
            let kind = finding.kind;
            let mut steps: Vec<u64> = finding.path.iter().map(|call| call.address).collect();
            match (called(&answer.graph, finding), steps.last()) {
                (Some(called), _) => steps.push(called),
                (None, Some(&last)) => _ = paths.ends.insert((last, &finding.what, kind)),
                (None, None) => {}
            }
            for &step in &steps {
                worst(paths.nodes.entry(step).or_insert(kind), kind);
            }
            for pair in steps.windows(2) {
                worst(paths.links.entry((pair[0], pair[1])).or_insert(kind), kind);
            }
        }
        paths
    }
}

/// Refused comes before unproven.
fn worst(kind: &mut Kind, other: Kind) {
    *kind = (*kind).min(other);
}

/// The function at which a finding ends, if that is one.
fn called(graph: &Graph, finding: &Finding) -> Option<u64> {
    if [INDIRECT, TOO_MUCH, USER_MEMORY].contains(&finding.what.as_str()) {
        return None;
    }
    let from = finding.path.last()?.address;
    let links = graph.links.iter().filter(|link| link.from == from);
    let is_it = |to: &u64| {
        graph
            .nodes
            .get(to)
            .is_some_and(|node| node.name == finding.what)
    };
    links.map(|link| link.to).find(is_it)
}

fn color(kind: Option<&Kind>) -> &'static str {
    match kind {
        Some(Kind::Refused) => ", color=red, penwidth=2",
        Some(Kind::Unproven) => ", color=orange, penwidth=2",
        None => "",
    }
}

fn id(address: u64) -> String {
    format!("f{address:x}")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
