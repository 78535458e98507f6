// SPDX-License-Identifier: GPL-2.0

//! Suite `kunit`: the tests that run inside a kernel.

use super::{
    limited,
    pool::{Job, Needs},
    report::Report,
    splat,
    states::EMULATOR_MIB,
    Bench, Target,
};
use crate::{
    arch::Arch,
    initramfs::{self, Initramfs},
    kernel::Flavour,
    machine::Boot,
    model::{Model, UML},
    modules, pace,
};
use anyhow::{anyhow, ensure, Context, Result};
use regex::Regex;
use serde_json::Value;
use std::{
    fs,
    time::{Duration, Instant},
};

/// How long a machine may take for all its test modules, on the reference machine.
const MACHINE: Duration = Duration::from_secs(400);

/// Where tests of that suite run that are wanted.
pub fn places(suite: &str, report: &Report) -> Vec<Flavour> {
    let places = match report.wanted().arch() {
        Arch::X86_64 => vec![Flavour::UML, Flavour::DEBUG],
        arch => vec![Flavour::DEBUG.on(arch)],
    };
    let names: Vec<_> = places.iter().map(|place| place.name()).collect();
    let wanted = |place: &Flavour| {
        let prefix = format!("{suite}/{}/", place.name());
        report.wanted().below(&prefix, &names)
    };
    places.into_iter().filter(wanted).collect()
}

/// What the kernel is told to run, if the filter says it by a whole path such as
/// `kunit/uml/SUITE/CASE`, whose end may be missing. A filter that is only a part of one can mean
/// suites and cases alike, and the kernel has no word for that: all run, and few are shown.
fn glob(filter: Option<&str>, place: &str) -> Option<String> {
    let path = filter?.strip_prefix("kunit/")?.strip_prefix(place)?;
    let path = path.strip_prefix('/').filter(|path| !path.is_empty())?;
    if path.starts_with("machine") {
        return None;
    }
    Some(match path.split_once('/') {
        Some((suite, case)) => format!("{suite}.{case}*"),
        None => format!("{path}*"),
    })
}

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Vec<Job<'a>> {
    let jobs = targets("kunit", bench, report)
        .into_iter()
        .map(|(target, place)| {
            let estimate = bench.estimate(&format!("kunit/{place}/machine"), estimate(target));
            Job::new(NEEDS, estimate, move || {
                let glob = glob(report.wanted().filter(), place);
                let run = Run::new(bench, report, target, "kunit", place, glob.as_deref());
                for module in &run.modules {
                    run.record(report, &format!("kunit/{place}"), || {
                        run.cases(bench, module)
                    });
                }
                run.end(report);
            })
        });
    jobs.collect()
}

/// What a machine with tests takes.
pub const NEEDS: Needs = Needs {
    cpus: 1,
    memory_mib: 512 + EMULATOR_MIB,
};

/// What it is likely to take.
pub fn estimate(target: &Target) -> Duration {
    match target.kernel.flavour {
        Flavour::UML => Duration::from_secs(15),
        _ => Duration::from_secs(90),
    }
}

/// The kernels that are wanted, and what they are called in the names of tests.
pub fn targets<'a>(
    suite: &str,
    bench: &Bench<'a>,
    report: &Report,
) -> Vec<(&'a Target, &'static str)> {
    let places = places(suite, report);
    let targets = bench.targets.iter().filter_map(|target| {
        let flavour = target.kernel.flavour;
        places
            .contains(&flavour)
            .then_some((target, flavour.name()))
    });
    targets.collect()
}

/// A machine that has loaded the test modules of a suite: those with its name in theirs.
pub struct Run<'a> {
    target: &'a Target,
    suite: &'static str,
    place: &'static str,
    pub modules: Vec<String>,
    start: Instant,
    /// Whether tests are listed, and do not run.
    only_lists: bool,
    console: Vec<String>,
    ended: Result<()>,
}

impl<'a> Run<'a> {
    pub fn new(
        bench: &Bench<'_>,
        report: &Report,
        target: &'a Target,
        suite: &'static str,
        place: &'static str,
        glob: Option<&str>,
    ) -> Run<'a> {
        let names = target
            .modules
            .iter()
            .filter_map(|ko| ko.file_stem()?.to_str());
        let modules = names.filter(|name| name.contains(suite)).map(str::to_owned);
        let mut run = Run {
            target,
            suite,
            place,
            modules: modules.collect(),
            start: Instant::now(),
            only_lists: report.wanted().only_lists(),
            console: Vec::new(),
            ended: Ok(()),
        };
        run.ended = run.boot(bench, glob);
        run
    }

    fn boot(&mut self, bench: &Bench<'_>, glob: Option<&str>) -> Result<()> {
        let suite = self.suite;
        ensure!(!self.modules.is_empty(), "no *{suite}*.ko was built");
        let folder = tempfile::tempdir()?;
        let initramfs = folder.path().join("initramfs");
        let mut packed = Initramfs::new(bench.toolbox, self.target.kernel.flavour.arch)?;
        for module in &self.modules {
            packed = packed.module(modules::named(&self.target.modules, module)?)?;
        }
        packed
            .scenario(&fs::read(initramfs::guest("kunit.sh"))?)?
            .write(&initramfs)?;
        let mut kunit = glob.map_or(String::new(), |glob| format!(" kunit.filter_glob={glob}"));
        if self.only_lists {
            kunit += " kunit.action=list";
        }
        let mut machine = Boot {
            model: match self.target.kernel.flavour {
                Flavour::UML => UML,
                other => Model {
                    memory_mib: 512,
                    ..Model::alone(other)
                },
            },
            kernel: &self.target.kernel,
            initramfs: &initramfs,
            cmdline: &format!("panic=-1 panic_on_oops=1 kunit.enable=1{kunit}"),
            frames_to: None,
            disk: None,
            sound: None,
            log: &bench.log(&format!("{suite}/{}", self.place)),
            limit: pace::limit(MACHINE),
        }
        .start(bench.toolbox)?;
        let ended = machine
            .expect("scenario ended: 0")
            .and_then(|_| machine.wait_off());
        self.console = machine.lines();
        ended
    }

    /// Reports what came of each case, or, as `name`, why there are none.
    pub fn record(&self, report: &Report, name: &str, cases: impl FnOnce() -> Result<Vec<Case>>) {
        let (suite, place) = (self.suite, self.place);
        match cases() {
            Ok(cases) => {
                for (case, result) in cases {
                    let name = format!("{suite}/{place}/{case}");
                    if !report.lists(&name) {
                        report.record(&name, self.start.elapsed(), result);
                    }
                }
            }
            Err(error) => report.fail(name, self.start.elapsed(), error),
        }
    }

    /// What the kernel tree's own parser makes of the part of the console that belongs to a module.
    pub fn cases(&self, bench: &Bench<'_>, module: &str) -> Result<Vec<Case>> {
        let ktap = self
            .console
            .iter()
            .skip_while(|line| !line.ends_with(&format!("loading {module}")))
            .take_while(|line| !line.ends_with(&format!("loaded {module}")));
        if self.only_lists {
            return listed(ktap);
        }
        cases(bench, self.target, module, ktap)
    }

    /// Reports on the machine as a whole: it lived to the end and the kernel had nothing to complain
    /// about.
    pub fn end(self, report: &Report) {
        let name = format!("{}/{}/machine", self.suite, self.place);
        if report.lists(&name) {
            if let Err(error) = self.ended {
                eprintln!("{name}: not all tests are listed: {error:#}");
            }
        } else {
            let result = self.ended.and_then(|()| splat::none_in(&self.console));
            report.record(&name, self.start.elapsed(), result);
        }
    }
}

/// A case's name, and how it went.
pub type Case = (String, Result<()>);

/// The cases that KUnit lists, each as `<suite>.<case>` in a line of its own.
fn listed<'a>(lines: impl Iterator<Item = &'a String>) -> Result<Vec<Case>> {
    let case = Regex::new(r"^(?:\[ *[0-9.]+\] )?(\w+)\.(\w+)$")?;
    let cases = lines.filter_map(|line| {
        let case = case.captures(line.trim_end())?;
        Some((format!("{}/{}", &case[1], &case[2]), Ok(())))
    });
    Ok(cases.collect())
}

fn cases<'a>(
    bench: &Bench<'_>,
    target: &Target,
    module: &str,
    ktap: impl Iterator<Item = &'a String>,
) -> Result<Vec<Case>> {
    let folder = tempfile::tempdir()?;
    let input = folder.path().join("console");
    let json = folder.path().join("json");
    fs::write(
        &input,
        ktap.map(|line| format!("{line}\n")).collect::<String>(),
    )?;
    let parser = target.kernel.source.join("tools/testing/kunit/kunit.py");
    let mut python = bench.toolbox.command("python3");
    // `-B`: the kernel's source tree stays as it is.
    python
        .arg("-B")
        .arg(parser)
        .arg("parse")
        .arg(format!("--json={}", json.display()))
        .arg(&input);
    // It says by its exit status whether all tests passed, which the JSON says too.
    let (output, _) = limited::run_any(&mut python, Duration::from_secs(30))?;
    let json =
        fs::read_to_string(json).with_context(|| format!("kunit.py writes nothing: {output}"))?;
    let mut cases = Vec::new();
    collect(&serde_json::from_str(&json)?, "", &output, &mut cases)?;
    ensure!(!cases.is_empty(), "no test ran in {module}\n{output}");
    Ok(cases)
}

fn collect(group: &Value, path: &str, output: &str, cases: &mut Vec<Case>) -> Result<()> {
    for case in group["test_cases"]
        .as_array()
        .context("kunit.py's JSON has no cases")?
    {
        let name = case["name"].as_str().context("a case without a name")?;
        let result = match case["status"].as_str() {
            Some("PASS") => Ok(()),
            status => Err(anyhow!(
                "{}\n{}",
                status.unwrap_or("no status"),
                about(output, name)
            )),
        };
        cases.push((format!("{path}{name}"), result));
    }
    for group in group["sub_groups"]
        .as_array()
        .context("kunit.py's JSON has no groups")?
    {
        let name = group["name"].as_str().context("a group without a name")?;
        collect(group, &format!("{path}{name}/"), output, cases)?;
    }
    Ok(())
}

/// What the parser printed about a failed case: the lines before its verdict.
fn about(output: &str, name: &str) -> String {
    let lines: Vec<_> = output.lines().collect();
    let verdict = format!("[FAILED] {name}");
    let end = lines
        .iter()
        .position(|line| line.ends_with(&verdict))
        .unwrap_or(lines.len());
    lines[end.saturating_sub(12)..end].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kunit_lists_is_understood() {
        let lines = [
            "[    0.52] KTAP version 1",
            "[    0.53] suite_a.case_b",
            "suite_a.c",
        ];
        let lines = lines.map(str::to_owned);
        let cases = listed(lines.iter()).expect("cases");
        let names: Vec<_> = cases.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["suite_a/case_b", "suite_a/c"]);
    }

    #[test]
    fn a_path_says_what_to_run() {
        let said = |filter| glob(Some(filter), "uml");
        assert_eq!(said("kunit/uml/chain_a"), Some("chain_a*".to_owned()));
        assert_eq!(said("kunit/uml/chain_a/"), Some("chain_a.*".to_owned()));
        assert_eq!(said("kunit/uml/chain_a/b"), Some("chain_a.b*".to_owned()));
        for all in [
            "kunit/uml",
            "kunit/uml/",
            "kunit/uml/machine",
            "kunit/debug/a",
            "a",
        ] {
            assert_eq!(said(all), None, "{all}");
        }
        assert_eq!(glob(None, "uml"), None);
    }
}
