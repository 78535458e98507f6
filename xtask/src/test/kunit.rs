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
const MACHINE: Duration = Duration::from_secs(180);

/// Where tests run that the filter can mean: it may name the place, as in `kunit/uml/`.
pub fn places(filter: Option<&str>) -> &'static [Flavour] {
    match filter {
        Some(filter) if filter.contains("uml") => &[Flavour::Uml],
        Some(filter) if filter.contains("debug") => &[Flavour::Debug],
        _ => &[Flavour::Uml, Flavour::Debug],
    }
}

pub fn run(bench: &Bench<'_>, report: &Report, filter: Option<&str>) -> Result<()> {
    let places = places(filter);
    for target in bench.targets {
        if !places.contains(&target.kernel.flavour) {
            continue;
        }
        let place = match target.kernel.flavour {
            Flavour::Uml => "uml",
            Flavour::Debug => "debug",
            Flavour::Lean => continue,
        };
        let start = Instant::now();
        let mut console = Vec::new();
        let ended = boot(bench, target, place, &mut console);
        for module in test_modules(target) {
            let name = format!("kunit/{place}/{module}");
            match cases(bench, target, &module, &console) {
                Ok(cases) => {
                    for (case, result) in cases {
                        report.record(&format!("kunit/{place}/{case}"), start.elapsed(), result);
                    }
                }
                Err(error) => report.fail(&name, start.elapsed(), error),
            }
        }
        // The machine as a whole: it lived to the end and the kernel had nothing to complain about.
        report.record(
            &format!("kunit/{place}/machine"),
            start.elapsed(),
            ended.and_then(|()| splat::none_in(&console)),
        );
    }
    Ok(())
}

fn test_modules(target: &Target) -> Vec<String> {
    let names = target
        .modules
        .iter()
        .filter_map(|ko| ko.file_stem()?.to_str());
    names
        .filter(|name| name.contains("kunit"))
        .map(str::to_owned)
        .collect()
}

fn boot(bench: &Bench<'_>, target: &Target, place: &str, console: &mut Vec<String>) -> Result<()> {
    let modules = test_modules(target);
    ensure!(!modules.is_empty(), "no *kunit*.ko was built");
    let folder = tempfile::tempdir()?;
    let initramfs = folder.path().join("initramfs");
    let mut packed = Initramfs::new(bench.toolbox)?;
    for module in &modules {
        packed = packed.module(modules::named(&target.modules, module)?)?;
    }
    packed
        .scenario(&fs::read(initramfs::guest("kunit.sh"))?)?
        .write(&initramfs)?;
    let mut machine = Boot {
        kernel: &target.kernel,
        initramfs: &initramfs,
        cmdline: "panic=-1 panic_on_oops=1 kunit.enable=1",
        nics: &[],
        cpus: 2,
        memory_mib: 512,
        log: &bench.logs.join(format!("kunit-{place}")),
        limit: MACHINE,
    }
    .start(bench.toolbox)?;
    let ended = machine
        .expect("scenario ended: 0")
        .and_then(|_| machine.wait_off());
    *console = machine.lines();
    ended
}

/// A case's name, and how it went.
type Case = (String, Result<()>);

/// What the kernel tree's own parser makes of the part of the console that belongs to a module.
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
