// SPDX-License-Identifier: GPL-2.0

//! Names as people read them.

use std::borrow::Cow;

/// A function's name, without what tells apart crates and builds.
pub fn readable(name: &str) -> Cow<'_, str> {
    // As all mangled names do.
    if !name.starts_with('_') {
        return Cow::Borrowed(name);
    }
    match rustc_demangle::try_demangle(name) {
        Ok(demangled) => Cow::Owned(format!("{demangled:#}")),
        Err(_) => Cow::Borrowed(name),
    }
}

/// Whether the Rust compiler has made it.
pub fn is_rust(name: &str) -> bool {
    rustc_demangle::try_demangle(name).is_ok()
}

/// What a timer of the kernel crate runs is called: the pointer to the type that has the timer stands
/// before it.
const TIMER: &str = " as kernel::time::hrtimer::RawHrTimerCallback>::run";

/// The handler that a callback is for: the last type that it is generic over, or the type with the
/// timer.
pub fn handler(callback: &str) -> String {
    let name = readable(callback);
    if let Some(pointer) = name.strip_prefix('<').and_then(|it| it.strip_suffix(TIMER)) {
        return pointee(pointer).to_owned();
    }
    let inner = name
        .strip_suffix('>')
        .and_then(|name| Some(&name[name.find("callback::<")? + "callback::<".len()..]));
    let Some(inner) = inner else {
        return name.into_owned();
    };
    let (mut depth, mut from) = (0, 0);
    let mut before = ' ';
    for (at, c) in inner.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => from = at + 1,
            _ => {}
        }
        before = c;
    }
    inner[from..].trim().to_owned()
}

/// What a smart pointer, or one in a `Pin`, points to.
fn pointee(pointer: &str) -> &str {
    let inner = |of: &str| {
        let (name, inner) = pointer.split_once('<')?;
        name.ends_with(of).then_some(inner.strip_suffix('>')?)
    };
    if let Some(inner) = inner("::Pin") {
        pointee(inner)
    } else if let Some(inner) = inner("::Arc") {
        inner
    } else if let Some(inner) = inner("::Box") {
        // Behind the type is its allocator.
        inner.rsplit_once(", ").map_or(inner, |(first, _)| first)
    } else {
        let inner = pointer.strip_prefix('&').unwrap_or(pointer);
        inner.strip_prefix("mut ").unwrap_or(inner)
    }
}

/// Whether `pattern`, in which `*` stands for anything, is that name.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(matches("kfree", "kfree"));
        assert!(!matches("kfree", "kfree_rcu"));
        assert!(matches("_raw_*_lock*", "_raw_spin_lock_irqsave"));
        assert!(!matches("_raw_*_lock*", "_raw_spin_trylock"));
        assert!(matches("*", ""));
        assert!(matches("*::drop", "a::drop"));
    }

    #[test]
    fn handlers_by_their_type() {
        let callback = "a::registration::nmi_callback::<a::chains::panic::Chain, \
                        b::Alarm<fn(u8, i8) -> (), 3>>";
        assert_eq!(handler(callback), "b::Alarm<fn(u8, i8) -> (), 3>");
        let callback = "a::registration::atomic_callback::<\
                        k::Arc<a::raw::Chain<b::Irq, k::SpinLockBackend>>, b::Odd>";
        assert_eq!(handler(callback), "b::Odd");
        assert_eq!(handler("c_callback"), "c_callback");
        let timer = |pointer| handler(&format!("<{pointer}{TIMER}"));
        assert_eq!(timer("kernel::sync::arc::Arc<m::Beat>"), "m::Beat");
        assert_eq!(timer("core::pin::Pin<&mut m::Beat>"), "m::Beat");
        let boxed = "core::pin::Pin<kernel::alloc::kbox::Box<m::Beat, kernel::alloc::Kmalloc>>";
        assert_eq!(timer(boxed), "m::Beat");
    }
}
