// SPDX-License-Identifier: GPL-2.0

//! Long names, shortened to be read in a terminal.

/// What stands for that which was left out.
const LEFT_OUT: &str = "..";

/// What is between the parts of a path.
const SEPARATOR: &str = "::";

/// A name of at most that many characters, if its last part is not longer. The paths in its generic
/// arguments go first, then these arguments, then the path of the function.
pub fn short(name: &str, columns: usize) -> String {
    let fits = |name: &str| name.chars().count() <= columns;
    if fits(name) {
        return name.to_owned();
    }
    let without_paths = without_paths(name);
    if fits(&without_paths) {
        return without_paths;
    }
    let without_arguments = without_arguments(&without_paths);
    let mut rest = &*without_arguments;
    if fits(rest) {
        return rest.to_owned();
    }
    let mut left = rest.chars().count();
    while let Some((before, after)) = split_path(rest).filter(|(_, after)| !after.starts_with('<'))
    {
        left -= before.chars().count() + SEPARATOR.len();
        rest = after;
        if LEFT_OUT.len() + SEPARATOR.len() + left <= columns {
            break;
        }
    }
    match rest.len() < without_arguments.len() {
        true => format!("{LEFT_OUT}{SEPARATOR}{rest}"),
        false => rest.to_owned(),
    }
}

/// Splits behind the first `::` that is not in brackets.
fn split_path(name: &str) -> Option<(&str, &str)> {
    let mut depth = Depth::default();
    for (at, c) in name.char_indices() {
        depth.see(c);
        if let (0, Some(after)) = (depth.now, name[at..].strip_prefix("::")) {
            return Some((&name[..at], after));
        }
    }
    None
}

/// `a::Bell<b::c::Sound>` becomes `a::Bell<Sound>`.
fn without_paths(name: &str) -> String {
    let mut short = String::new();
    let mut depth = Depth::default();
    // Where the path begins that is being read.
    let mut begin = 0;
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let after = rest.strip_prefix("::");
        match after {
            Some(after)
                if depth.now > 0 && after.starts_with(is_part) && short.ends_with(is_part) =>
            {
                short.truncate(begin);
                rest = after;
                continue;
            }
            _ => {}
        }
        depth.see(c);
        short.push(c);
        if !is_part(c) && c != ':' {
            begin = short.len();
        }
        rest = &rest[c.len_utf8()..];
    }
    short
}

/// `a::Bell<Sound>` becomes `a::Bell<..>`; the type that `<Bell as Ring>::f` begins with stays.
fn without_arguments(name: &str) -> String {
    let mut short = String::new();
    let mut depth = Depth::default();
    let mut in_arguments = false;
    for c in name.chars() {
        let before = depth.now;
        depth.see(c);
        let begins = before == 0 && c == '<' && !short.is_empty();
        if begins {
            short.push('<');
            short.push_str(LEFT_OUT);
        }
        in_arguments = (in_arguments || begins) && depth.now > 0;
        if !in_arguments {
            short.push(c);
        }
    }
    short
}

/// How many brackets are open.
#[derive(Default)]
struct Depth {
    now: usize,
    after_dash: bool,
}

impl Depth {
    fn see(&mut self, c: char) {
        match c {
            '<' | '(' | '[' => self.now += 1,
            // An arrow.
            '>' if self.after_dash => {}
            '>' | ')' | ']' => self.now = self.now.saturating_sub(1),
            _ => {}
        }
        self.after_dash = c == '-';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names() {
        let name = "driver::ring::<kernel::Arc<driver::bells::Bell>, fn(core::A) -> core::B>";
        assert_eq!(short(name, 100), name);
        assert_eq!(short(name, 50), "driver::ring::<Arc<Bell>, fn(A) -> B>");
        assert_eq!(short(name, 20), "driver::ring::<..>");
        assert_eq!(short(name, 17), "..::ring::<..>");
    }

    #[test]
    fn methods_of_traits() {
        let name = "<driver::bells::Bell as kernel::chains::Handler<driver::Event>>::call";
        assert_eq!(short(name, 40), "<Bell as Handler<Event>>::call");
        assert_eq!(short(name, 25), "..::call");
        let name = "driver::main::{closure#0}";
        assert_eq!(short(name, 20), "..::{closure#0}");
        assert_eq!(short("a_long_name_of_c", 5), "a_long_name_of_c");
    }
}
