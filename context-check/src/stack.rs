// SPDX-License-Identifier: GPL-2.0

//! How much of the stack functions use, with all that they call.

use rustc_hash::{FxHashMap, FxHashSet};

/// What one function uses.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Itself, in bytes.
    pub own: u32,
    /// What it calls, and how much it uses there.
    pub calls: Vec<(u64, u32)>,
}

/// The deepest way from one function.
#[derive(Clone, Copy)]
struct Depth {
    /// In bytes.
    bytes: u32,
    /// What it calls there, and how much it uses itself until then.
    next: Option<(u64, u32)>,
}

/// The deepest way from one function: each on it, and how much it uses there. A function that calls
/// itself again, also by way of others, counts once.
pub fn deepest<'f>(root: u64, frame: impl Fn(u64) -> Option<&'f Frame>) -> Vec<(u64, u32)> {
    /// One that is being looked at: what was found so far, and which call is next.
    struct Open {
        of: u64,
        depth: Depth,
        next: usize,
    }
    let open = |of| Open {
        of,
        depth: Depth {
            bytes: frame(of).map_or(0, |frame| frame.own),
            next: None,
        },
        next: 0,
    };
    let mut known: FxHashMap<u64, Depth> = FxHashMap::default();
    let mut is_open = FxHashSet::from_iter([root]);
    let mut way = vec![open(root)];
    while let Some(top) = way.last_mut() {
        let call = frame(top.of).and_then(|frame| frame.calls.get(top.next));
        let Some(&(callee, used)) = call else {
            known.insert(top.of, top.depth);
            is_open.remove(&top.of);
            way.pop();
            continue;
        };
        match known.get(&callee) {
            _ if is_open.contains(&callee) => top.next += 1,
            Some(below) => {
                let bytes = used.saturating_add(below.bytes);
                if bytes > top.depth.bytes {
                    top.depth = Depth {
                        bytes,
                        next: Some((callee, used)),
                    };
                }
                top.next += 1;
            }
            None => {
                is_open.insert(callee);
                way.push(open(callee));
            }
        }
    }

    let mut way = Vec::new();
    let mut at = Some(root);
    while let Some((of, depth)) = at.and_then(|of| Some((of, known.get(&of)?))) {
        way.push((of, depth.next.map_or(depth.bytes, |(_, used)| used)));
        at = depth.next.map(|(next, _)| next);
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(frames: &[(u32, &[(u64, u32)])]) -> (u32, Vec<u64>) {
        let frames: Vec<Frame> = frames
            .iter()
            .map(|(own, calls)| Frame {
                own: *own,
                calls: calls.to_vec(),
            })
            .collect();
        let way = deepest(0, |index| frames.get(index as usize));
        let bytes = way.iter().map(|(_, used)| used).sum();
        (bytes, way.into_iter().map(|(index, _)| index).collect())
    }

    #[test]
    fn the_deepest_way_counts() {
        assert_eq!(depth(&[(32, &[])]), (32, vec![0]));
        // What comes before the call is not all that the caller uses.
        let frames: [(u32, &[_]); 3] = [(64, &[(1, 16), (2, 24)]), (100, &[]), (90, &[])];
        assert_eq!(depth(&frames), (116, vec![0, 1]));
        assert_eq!(depth(&[(64, &[(1, 16)]), (40, &[])]), (64, vec![0]));
    }

    #[test]
    fn recursion_counts_once() {
        let frames: [(u32, &[_]); 2] = [(16, &[(1, 24)]), (32, &[(0, 40), (1, 40)])];
        assert_eq!(depth(&frames), (56, vec![0, 1]));
    }
}
