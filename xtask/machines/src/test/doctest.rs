// SPDX-License-Identifier: GPL-2.0

//! Suite `doctest`: the examples in the documentation, each a test that runs inside a kernel.

use super::{
    kunit::{self, Run},
    limited,
    pool::{Job, Needs},
    report::Report,
    Bench, Target,
};
use crate::{check, doc, kernel::Flavour, project, rustc::Rustc};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{fs, time::Duration};

/// How long rustdoc may take.
const RUSTDOC: Duration = Duration::from_secs(120);

/// The module with the library's examples, which is also how KUnit calls them together.
const LIBRARY: &str = "notifier_chain_doctest";

/// The one with examples that are wrong.
const BROKEN: &str = "notifier_chain_doctest_broken";

/// How those fail, by a piece of the line in `tests/doctest/broken/broken.rs` where they do.
const FAILURES: [(&str, &str); 2] = [
    (
        "assert_eq!(NotifyReturn::DONE",
        "`NotifyReturn::DONE` is NOTIFY_DONE, not NOTIFY_OK",
    ),
    ("prepare()?;", "error: "),
];

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Vec<Job<'a>> {
    let test = |name: String, test: Box<dyn Fn() -> Result<()> + Send + Sync + 'a>| {
        let estimate = bench.estimate(&name, Duration::from_secs(20));
        Job::new(Needs::PROGRAM, estimate, move || report.test(&name, &test))
    };
    let mut jobs = vec![test("doctest/reasons".to_owned(), Box::new(reasons))];
    for (target, place) in kunit::targets("doctest", bench, report) {
        // Where the kernel has all chains that the documentation speaks of.
        if target.kernel.flavour != Flavour::UML {
            jobs.push(test(
                format!("doctest/{place}/docs"),
                Box::new(|| docs(bench, target)),
            ));
            let name = format!("doctest/{place}/every-module");
            jobs.push(test(name, Box::new(|| every_module(bench, target))));
        }
        let name = format!("doctest/{place}/machine");
        let estimate = bench.estimate(&name, kunit::estimate(target));
        jobs.push(Job::new(kunit::NEEDS, estimate, move || {
            examples(bench, report, target, place)
        }));
    }
    jobs
}

/// Runs the examples, and those that are wrong.
fn examples(bench: &Bench<'_>, report: &Report, target: &Target, place: &'static str) {
    let run = Run::new(bench, report, target, "doctest", place, None);
    run.record(report, &format!("doctest/{place}"), || {
        let mut cases = run.cases(bench, LIBRARY)?;
        for (name, _) in &mut cases {
            // The file and the line say it.
            *name = name.replacen(&format!("{LIBRARY}/"), "", 1);
        }
        Ok(cases)
    });
    report.test(&format!("doctest/{place}/broken"), || broken(bench, &run));
    run.end(report);
}

/// The documentation builds, without warnings and with links that lead somewhere.
fn docs(bench: &Bench<'_>, target: &Target) -> Result<()> {
    let out = tempfile::tempdir()?;
    let (kernel, modules) = (&target.kernel, &target.modules);
    let page = doc::build(bench.toolbox, kernel, modules, out.path(), |rustdoc| {
        limited::run(rustdoc, RUSTDOC).map(drop)
    })?;
    let text =
        fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    ensure!(
        text.contains("../kernel/"),
        "the front page has no link to the kernel crate"
    );
    Ok(())
}

/// Every public module of the library has an example, for itself or for an item in it.
fn every_module(bench: &Bench<'_>, target: &Target) -> Result<()> {
    let out = tempfile::tempdir()?;
    let mut rustdoc = Rustc::of_library(&target.modules)?.rustdoc(bench.toolbox, out.path())?;
    limited::run(rustdoc.arg("--output-format=json"), RUSTDOC)?;
    let json = fs::read_to_string(out.path().join("notifier_chain.json"))?;
    let json: Value = serde_json::from_str(&json).context("rustdoc writes no JSON")?;
    let mut bare = Vec::new();
    without_example(&json["index"], &json["root"], "notifier_chain", &mut bare)?;
    ensure!(
        bare.is_empty(),
        "these have no example:\n    {}",
        bare.join("\n    ")
    );
    Ok(())
}

/// Adds a module, and those in it, if it has no example.
fn without_example(
    index: &Value,
    module: &Value,
    path: &str,
    bare: &mut Vec<String>,
) -> Result<()> {
    let item = |id: &Value| &index[id.to_string().trim_matches('"')];
    let has_example = |item: &Value| item["docs"].as_str().unwrap_or_default().contains("```");
    let items = item(module)["inner"]["module"]["items"].as_array();
    let mut is_bare = !has_example(item(module));
    for id in items.with_context(|| format!("{path} has no items"))? {
        let found = item(id);
        if found["inner"]["module"].is_object() {
            let name = found["name"].as_str().unwrap_or_default();
            without_example(index, id, &format!("{path}::{name}"), bare)?;
        }
        is_bare &= !has_example(found);
    }
    if is_bare {
        bare.push(path.to_owned());
    }
    Ok(())
}

/// What is wrong must fail, and say where.
fn broken(bench: &Bench<'_>, run: &Run<'_>) -> Result<()> {
    let file = "tests/doctest/broken/broken.rs";
    let source =
        fs::read_to_string(project().join(file)).with_context(|| format!("cannot read {file}"))?;
    let cases = run.cases(bench, BROKEN)?;
    let failed: Vec<_> = cases
        .iter()
        .filter_map(|(_, result)| Some(result.as_ref().err()?.to_string()))
        .collect();
    ensure!(
        (cases.len(), failed.len()) == (1 + FAILURES.len(), FAILURES.len()),
        "{} of {} fail\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n")
    );
    for (failure, (code, what)) in failed.iter().zip(FAILURES) {
        let line = source.lines().position(|line| line.contains(code));
        let place = format!("{file}:{}", line.context("no such line")? + 1);
        ensure!(
            failure.contains(&place) && failure.contains(what),
            "{place}: {what}: not in\n{failure}"
        );
    }
    Ok(())
}

/// Why an example is not run stands in its first line.
fn reasons() -> Result<()> {
    let mut files = Vec::new();
    check::rust_files(&project().join("src"), &mut files)?;
    let mut silent = Vec::new();
    for path in files {
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        silent.extend(
            without_reason(&text)
                .into_iter()
                .map(|line| format!("{}:{line}", path.display())),
        );
    }
    ensure!(
        silent.is_empty(),
        "an example that is not run says why in its first line, as in \
         \"// `no_run`: the machine would go.\"\n{}",
        silent.join("\n")
    );
    Ok(())
}

/// The numbers of the lines where an example begins that is not run and does not say why.
fn without_reason(text: &str) -> Vec<usize> {
    let lines: Vec<_> = text.lines().map(documentation).collect();
    let mut silent = Vec::new();
    for (number, pair) in lines.windows(2).enumerate() {
        let [Some(fence), next] = pair else { continue };
        for word in ["no_run", "ignore", "compile_fail", "should_panic"] {
            let reason = format!("// `{word}`: ");
            let is_given =
                next.is_some_and(|next| next.trim_start_matches("# ").starts_with(&reason));
            let attributes = fence.strip_prefix("```").unwrap_or_default();
            if attributes.split(',').any(|attribute| attribute == word) && !is_given {
                silent.push(number + 1);
            }
        }
    }
    silent
}

/// The text of a line of documentation.
fn documentation(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or(line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_module_without_an_example_is_found() {
        let index = json!({
            "0": { "name": "it", "inner": { "module": { "items": [1, 3, 4] } } },
            "1": { "name": "m", "inner": { "module": { "items": [2] } } },
            "2": { "name": "Bare", "docs": "Words.", "inner": { "struct": {} } },
            "3": { "name": "f", "docs": "```\nf();\n```", "inner": { "function": {} } },
            "4": { "name": null, "docs": null, "inner": { "impl": {} } },
        });
        let mut bare = Vec::new();
        without_example(&index, &json!(0), "it", &mut bare).unwrap();
        assert_eq!(bare, ["it::m"]);
    }

    #[test]
    fn an_example_that_is_not_run_says_why() {
        let text = "//! ```ignore\n//! // `ignore`: a test is not a module.\n//! ```\n\
            \x20   /// ```no_run\n    /// # // `no_run`: it ends.\n    /// ```\n\
            /// ```\n/// run();\n/// ```\n";
        assert_eq!(without_reason(text), [0; 0]);
        for silent in ["/// ```no_run\n/// end();\n/// ```\n", "//! ```ignore\n\n"] {
            assert_eq!(without_reason(silent), [1]);
        }
        let another = "/// ```ignore\n/// // `no_run`: it ends.\n/// ```\n";
        assert_eq!(without_reason(another), [1]);
    }
}
