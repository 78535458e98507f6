// SPDX-License-Identifier: GPL-2.0

//! Functions that never return: what comes after a call of one is other code, which happens to lie
//! there.

use crate::{
    image::{Function, Image},
    ops::{Control, Lifted},
    parallel,
};
use std::collections::{HashMap, HashSet};

/// Finds those that have neither a return in them nor a jump out of them, and that do not end with a
/// call of a function that does return. `known` are those that never do, as others have found out.
pub fn never_return(image: &Image, known: &HashSet<u64>) -> HashSet<u64> {
    let mut found = known.clone();
    let mut callers: HashMap<u64, Vec<u64>> = HashMap::new();
    let ends = parallel::map(image.functions(), |_, function| end(image, function));
    for (function, end) in image.functions().iter().zip(ends) {
        match end {
            End::Returns => {}
            End::Never => _ = found.insert(function.start),
            End::Calls(callee) => callers.entry(callee).or_default().push(function.start),
        }
    }
    let mut ready: Vec<u64> = found.iter().copied().collect();
    while let Some(callee) = ready.pop() {
        for caller in callers.remove(&callee).unwrap_or_default() {
            if found.insert(caller) {
                ready.push(caller);
            }
        }
    }
    found
}

#[derive(Clone, Copy, Default)]
enum End {
    #[default]
    Returns,
    Never,
    /// With a call of that function, whether it returns or not.
    Calls(u64),
}

fn end(image: &Image, function: &Function) -> End {
    let mut lifted = Lifted::default();
    let Some(bytes) = image.bytes(function.start) else {
        return End::Returns;
    };
    let length = usize::try_from(function.end - function.start).unwrap_or(usize::MAX);
    let bytes = &bytes[..bytes.len().min(length)];
    let inside = function.start..function.end;
    // One that runs into the next function does return from there.
    let mut last = End::Returns;
    let mut at = function.start;
    let (mut begins, mut targets) = (Vec::new(), Vec::new());
    let mut code = image.arch.code(bytes, at);
    while inside.contains(&at) {
        if !code.lift(&mut lifted) {
            return End::Returns;
        }
        begins.push(at);
        let jumps = image.special(at).map(|special| &special.jumps);
        if jumps.is_some_and(|jumps| jumps.iter().any(|target| !inside.contains(target))) {
            return End::Returns;
        }
        if let Control::Jump(target) | Control::Branch(_, target) = lifted.control {
            targets.push(target);
        }
        last = match lifted.control {
            Control::Return(_) | Control::JumpTo(_) | Control::Strange => return End::Returns,
            Control::Jump(target) | Control::Branch(_, target) if !inside.contains(&target) => {
                return End::Returns;
            }
            Control::Call(target) => End::Calls(target),
            Control::Jump(_) | Control::Trap => End::Never,
            // Between functions.
            _ if lifted.is_filler => last,
            _ => End::Returns,
        };
        at += u64::from(lifted.length);
    }
    // There is other code where it jumps into the middle of an instruction.
    if targets
        .iter()
        .any(|target| begins.binary_search(target).is_err())
    {
        return End::Returns;
    }
    last
}
