// SPDX-License-Identifier: GPL-2.0

//! Which tests the user has asked for.

use crate::{
    arch::Arch,
    kernel::Flavour,
    model::{Model, DEBIAN, DEBIAN_72, DEBIAN_FORKY, DEBIAN_GENERIC, DEBIAN_RT},
};
use clap::ValueEnum;
use std::collections::BTreeSet;

#[derive(Default)]
pub struct Wanted {
    /// Only the tests whose name contains this.
    filter: Option<String>,
    /// Only the tests of these names.
    names: Option<BTreeSet<String>>,
    /// Only those of `--quick`.
    quick: bool,
    only_lists: bool,
    all_kernels: bool,
    /// The architecture that was named.
    arch: Option<Arch>,
}

/// What an edit is most likely to have broken, in under two minutes: the beginnings of the tests' names.
const QUICK: [&str; 12] = [
    "host/unsafe-audit",
    "host/planted-patches",
    "host/line-width",
    "host/fmt",
    "host/xtask/",
    "host/machines/",
    "host/wire/",
    "host/context-check/",
    "compile-fail/",
    "kunit/uml/",
    "doctest/uml/",
    "crash/lean/process/",
];

/// Of those, what takes too long.
const NOT_QUICK: [&str; 1] = ["compile-fail/kernel-clippy"];

impl Wanted {
    pub fn new(filter: Option<String>, quick: bool, only_lists: bool) -> Wanted {
        Wanted {
            filter,
            names: None,
            quick,
            only_lists,
            all_kernels: false,
            arch: None,
        }
    }

    /// What is tried on Debian's usual kernel is tried on its others, too.
    pub fn on_all_kernels(self) -> Wanted {
        Wanted {
            all_kernels: true,
            ..self
        }
    }

    pub fn all_kernels(&self) -> bool {
        self.all_kernels
    }

    /// On machines of that architecture.
    pub fn on(self, arch: Arch) -> Wanted {
        Wanted {
            arch: Some(arch),
            ..self
        }
    }

    /// Whether the test of this name runs only if another architecture is named.
    pub fn is_elsewhere(&self, name: &str) -> bool {
        let usual = match self.arch {
            Some(arch) => Flavour::usual_on(arch),
            None => Flavour::usual(),
        };
        let is_part = |place: &str| name.split('/').any(|part| part == place);
        let is_other = |flavour: &Flavour| flavour.arch != self.arch() && !usual.contains(flavour);
        // The suite torture names the architecture.
        let mut arches = Arch::value_variants().iter();
        Flavour::all()
            .filter(is_other)
            .any(|flavour| is_part(flavour.name()))
            || arches.any(|arch| *arch != self.arch() && is_part(&arch.to_string()))
    }

    /// What the command line has said of kernels.
    pub fn options(&self) -> String {
        let mut options = String::new();
        if self.all_kernels {
            options += " --kernels all";
        }
        if let Some(arch) = self.arch {
            options += &format!(" --arch {arch}");
        }
        options
    }

    pub fn names_arch(&self) -> bool {
        self.arch.is_some()
    }

    pub fn arch(&self) -> Arch {
        self.arch.unwrap_or(Arch::HOST)
    }

    /// Where a test runs that names these kinds of machine, and perhaps the only architecture that it is for: with
    /// `--kernels all`, also on Debian's other kernels; if no architecture was named, also on Debian's usual kernel for
    /// arm64.
    pub fn models(&self, on: &[Model], only_on: Option<Arch>) -> Vec<Model> {
        let is_for = |arch| only_on.is_none_or(|only| only == arch);
        let mut models = Vec::new();
        if is_for(self.arch()) {
            models.extend(on);
            if self.all_kernels && on.contains(&DEBIAN) {
                models.extend([DEBIAN_GENERIC, DEBIAN_RT, DEBIAN_72, DEBIAN_FORKY]);
            }
        }
        let mut models: Vec<_> = models.iter().map(|model| model.on(self.arch())).collect();
        let arm64 = DEBIAN.on(Arch::Arm64);
        if self.arch.is_none()
            && is_for(Arch::Arm64)
            && on.contains(&DEBIAN)
            && !models.contains(&arm64)
        {
            models.push(arm64);
        }
        models
    }

    /// Of those, only the ones of these names.
    pub fn named(self, names: BTreeSet<String>) -> Wanted {
        Wanted {
            names: Some(names),
            ..self
        }
    }

    #[cfg(test)]
    pub fn everything() -> Wanted {
        Wanted::default()
    }

    #[cfg(test)]
    pub fn containing(filter: &str) -> Wanted {
        Wanted::new(Some(filter.to_owned()), false, false)
    }

    pub fn is_everything(&self) -> bool {
        self.filter.is_none() && self.names.is_none() && !self.quick
    }

    /// Whether the tests' names are all that is asked for.
    pub fn only_lists(&self) -> bool {
        self.only_lists
    }

    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Whether the test of this name is wanted.
    pub fn test(&self, name: &str) -> bool {
        let filter = self.filter.as_ref();
        let quick = QUICK.iter().any(|quick| name.starts_with(quick))
            && !NOT_QUICK.iter().any(|slow| name.starts_with(slow));
        filter.is_none_or(|filter| name.contains(filter))
            && self
                .names
                .as_ref()
                .is_none_or(|names| names.iter().any(|wanted| is_of(name, wanted)))
            && (!self.quick || quick)
    }

    /// Whether a test may be wanted whose name begins so. The filter may name a place, such as `uml`: then no test of
    /// another of the `places` is.
    pub fn below(&self, prefix: &str, places: &[&str]) -> bool {
        let filter = self.filter.as_deref().unwrap_or_default();
        let names_another = places.iter().any(|place| filter.contains(place))
            && !places
                .iter()
                .any(|place| filter.contains(place) && prefix.contains(place));
        let quick = QUICK
            .iter()
            .any(|quick| quick.starts_with(prefix) || prefix.starts_with(quick));
        let mut names = self.names.iter().flatten();
        !names_another
            && (!self.quick || quick)
            && (self.names.is_none()
                || names.any(|name| name.starts_with(prefix) || is_of(prefix, name)))
    }

    /// For the message that there is none.
    pub fn describe(&self) -> String {
        match (&self.filter, &self.names) {
            (Some(filter), _) => format!("has `{filter}` in its name"),
            (None, Some(_)) => "has failed the last time".to_owned(),
            (None, None) => "is wanted".to_owned(),
        }
    }
}

/// Whether a test has that name, or one below it.
fn is_of(test: &str, name: &str) -> bool {
    let below = test.strip_prefix(name);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_may_name_a_place() {
        let places = ["uml", "debug"];
        let wanted = Wanted::containing("kunit/uml/x");
        assert!(wanted.below("kunit/uml/", &places));
        assert!(!wanted.below("kunit/debug/", &places));
        assert!(Wanted::containing("outcome").below("kunit/debug/", &places));
    }

    #[test]
    fn what_has_failed_is_wanted_again() {
        let names = ["crash/lean/nmi/e1000".to_owned()];
        let wanted = Wanted::default().named(names.into());
        assert!(wanted.test("crash/lean/nmi/e1000") && !wanted.test("crash/lean/nmi/virtio-net"));
        assert!(wanted.below("crash/lean/", &[]) && !wanted.below("crash/debug/", &[]));
        assert!(!wanted.is_everything());
        // A build that failed stands for its tests.
        let wanted = Wanted::default().named(["host".to_owned()].into());
        assert!(wanted.test("host/a/b") && !wanted.test("hostile/a"));
        assert!(wanted.below("host/", &[]) && !wanted.below("vm/", &[]));
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn an_architecture_has_machines_of_its_own() {
        use crate::model::{DEBUG, LEAN};
        let (debian, lean) = (DEBIAN.on(Arch::Arm64), LEAN.on(Arch::Arm64));
        let on = [LEAN, DEBIAN];
        let usual = Wanted::default();
        assert_eq!(usual.models(&on, None), [LEAN, DEBIAN, debian]);
        assert_eq!(usual.models(&[DEBUG], None), [DEBUG]);
        assert_eq!(usual.models(&on, Some(Arch::X86_64)), on);
        assert_eq!(usual.models(&on, Some(Arch::Arm64)), [debian]);
        let arm64 = Wanted::default().on(Arch::Arm64);
        assert_eq!(arm64.models(&on, None), [lean, debian]);
        assert_eq!(arm64.models(&on, Some(Arch::X86_64)), []);
        let x86_64 = Wanted::default().on(Arch::X86_64);
        assert_eq!(x86_64.models(&on, None), on);
        for name in ["crash/lean-arm64/oops/e1000", "torture/arm64/2-cpus"] {
            assert!(usual.is_elsewhere(name) && !arm64.is_elsewhere(name));
        }
        for name in [
            "vm/sysrq",
            "vm/sysrq/debian-arm64/virtio-net",
            "kunit/uml/a/b",
        ] {
            assert!(!usual.is_elsewhere(name), "{name}");
        }
        assert!(arm64.is_elsewhere("crash/lean/oops/e1000"));
        let all = Wanted::default().on(Arch::Arm64).on_all_kernels();
        let rt = DEBIAN_RT.on(Arch::Arm64);
        assert!(all.models(&on, None).contains(&rt));
    }

    #[test]
    fn quick_tests_are_few() {
        let wanted = Wanted::new(None, true, false);
        for quick in [
            "compile-fail/x",
            "kunit/uml/a/b",
            "crash/lean/process/e1000",
        ] {
            assert!(wanted.test(quick), "{quick}");
        }
        for slow in [
            "compile-fail/kernel-clippy",
            "kunit/debug/a",
            "torture/2-cpus",
            "vm/x",
        ] {
            assert!(!wanted.test(slow), "{slow}");
        }
        assert!(wanted.below("kunit/uml/", &[]) && !wanted.below("kunit/debug/", &[]));
    }
}
