// SPDX-License-Identifier: GPL-2.0

//! The functions of a module to which any pointer in its memory may point: those whose address its
//! code keeps or its data has.

use crate::{
    flow::{Flow, Target},
    image::Kind,
    module::Module,
    tables,
    values::Value,
};
use std::collections::BTreeSet;

/// Finds them. What is only in the table behind a `dyn Trait` is left out, as it is called as a method;
/// and what is only given to the kernel, which calls it itself.
pub fn find(module: &Module, flow: impl Fn(u64) -> std::rc::Rc<Flow>) -> BTreeSet<u64> {
    let image = &module.image;
    let mut found = BTreeSet::new();
    in_data(module, &mut found);
    for function in image.functions() {
        in_code(module, &flow(function.start), &mut found);
    }
    found.retain(|&address| image.function_at(address).is_some());
    found
}

/// Those whose address the data has.
pub fn in_data(module: &Module, found: &mut BTreeSet<u64>) {
    let image = &module.image;
    let is_own = |field: u64| {
        let range = module.this_module.map(|(start, end)| start..end);
        range.is_some_and(|range| range.contains(&field))
    };
    let methods = tables::fields(image);
    for &(field, target) in &image.relocated {
        // What only the kernel's tools look at has no `.data` or `.rodata` in its name.
        let is_data = image.segment(field).is_some_and(|segment| {
            segment.kind != Kind::Code
                && [".data", ".rodata", ".bss"]
                    .iter()
                    .any(|start| segment.name.starts_with(start))
        });
        if is_data && !is_own(field) && !methods.contains(&field) {
            found.insert(target);
        }
    }
}

fn in_code(module: &Module, flow: &Flow, found: &mut BTreeSet<u64>) {
    found.extend(flow.stored.keys());
    for edge in &flow.edges {
        let Target::Taken(address) = edge.to else {
            continue;
        };
        let is_given = |to: &Target| match to {
            Target::Code(to) => module.image.outside(*to).is_some(),
            _ => false,
        };
        let uses = flow.edges.iter().filter(|other| {
            !matches!(other.to, Target::Taken(_))
                && other.arguments.contains(&Value::Const(address))
        });
        let mut is_used = false;
        let only_given = uses.fold(true, |only, other| {
            is_used = true;
            only && is_given(&other.to)
        });
        if !is_used || !only_given {
            found.insert(address);
        }
    }
}
