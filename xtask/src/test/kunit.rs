// SPDX-License-Identifier: GPL-2.0

//! Suite `kunit`: the tests that run inside a kernel.

use super::{limited, report::Report, splat, Bench, Target};
use crate::{
    initramfs::{self, Initramfs},
    kernel::Flavour,
    machine::Boot,
    modules,
};
use anyhow::{anyhow, ensure, Context, Result};
use serde_json::Value;
use std::{
    fs,
    time::{Duration, Instant},
};

/// How long a machine may take for all its test modules.
const MACHINE: Duration = Duration::from_secs(400);

/// Where tests run that the filter can mean: it may name the place, as in `kunit/uml/`.
pub fn places(filter: Option<&str>) -> &'static [Flavour] {
    match filter {
        Some(filter) if filter.contains("uml") => &[Flavour::Uml],
        Some(filter) if filter.contains("debug") => &[Flavour::Debug],
        _ => &[Flavour::Uml, Flavour::Debug],
    }
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

pub fn run(bench: &Bench<'_>, report: &Report, filter: Option<&str>) -> Result<()> {
    for (target, place) in targets(bench, filter) {
        let glob = glob(filter, place);
        let run = Run::new(bench, target, "kunit", place, glob.as_deref());
        for module in &run.modules {
            run.record(report, &format!("kunit/{place}/{module}"), || {
                run.cases(bench, module)
            });
        }
        run.end(report);
    }
    Ok(())
}

/// The kernels that the filter can mean, and what they are called in the names of tests.
pub fn targets<'a>(
    bench: &Bench<'a>,
    filter: Option<&str>,
) -> impl Iterator<Item = (&'a Target, &'static str)> {
    let places = places(filter);
    bench.targets.iter().filter_map(move |target| {
        let flavour = target.kernel.flavour;
        places
            .contains(&flavour)
            .then_some((target, flavour.name()))
    })
}

/// A machine that has loaded the test modules of a suite: those with its name in theirs.
pub struct Run<'a> {
    target: &'a Target,
    suite: &'static str,
    place: &'static str,
    pub modules: Vec<String>,
    start: Instant,
    console: Vec<String>,
    ended: Result<()>,
}

impl<'a> Run<'a> {
    pub fn new(
        bench: &Bench<'_>,
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
        let mut packed = Initramfs::new(bench.toolbox)?;
        for module in &self.modules {
            packed = packed.module(modules::named(&self.target.modules, module)?)?;
        }
        packed
            .scenario(&fs::read(initramfs::guest("kunit.sh"))?)?
            .write(&initramfs)?;
        let glob = glob.map_or(String::new(), |glob| format!(" kunit.filter_glob={glob}"));
        let mut machine = Boot {
            kernel: &self.target.kernel,
            initramfs: &initramfs,
            cmdline: &format!("panic=-1 panic_on_oops=1 kunit.enable=1{glob}"),
            nics: &[],
            cpus: 2,
            memory_mib: 512,
            sound: None,
            log: &bench.logs.join(format!("{suite}-{}", self.place)),
            limit: MACHINE,
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
                    report.record(
                        &format!("{suite}/{place}/{case}"),
                        self.start.elapsed(),
                        result,
                    );
                }
            }
            Err(error) => report.fail(name, self.start.elapsed(), error),
        }
    }

    /// What the kernel tree's own parser makes of the part of the console that belongs to a module.
    pub fn cases(&self, bench: &Bench<'_>, module: &str) -> Result<Vec<Case>> {
        cases(bench, self.target, module, &self.console)
    }

    /// Reports on the machine as a whole: it lived to the end and the kernel had nothing to complain
    /// about.
    pub fn end(self, report: &Report) {
        report.record(
            &format!("{}/{}/machine", self.suite, self.place),
            self.start.elapsed(),
            self.ended.and_then(|()| splat::none_in(&self.console)),
        );
    }
}

/// A case's name, and how it went.
pub type Case = (String, Result<()>);

fn cases(
    bench: &Bench<'_>,
    target: &Target,
    module: &str,
    console: &[String],
) -> Result<Vec<Case>> {
    let ktap = console
        .iter()
        .skip_while(|line| !line.ends_with(&format!("loading {module}")))
        .take_while(|line| !line.ends_with(&format!("loaded {module}")));
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
