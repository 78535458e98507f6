// SPDX-License-Identifier: GPL-2.0

//! What `context-check` says of modules.

use crate::test::{limited, Programs, Target};
use anyhow::{bail, ensure, Context, Result};
use serde::Deserialize;
use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// A kernel is read, and the module. With a good many others at it at the same time.
const LIMIT: Duration = Duration::from_secs(300);

pub struct Checker<'a> {
    pub programs: &'a Programs,
    pub target: &'a Target,
}

/// All that is said of a module.
#[derive(Debug, Deserialize)]
pub struct Said {
    pub handlers: Vec<Handler>,
    pub findings: Vec<Finding>,
    pub verdict: String,
}

#[derive(Debug, Deserialize)]
pub struct Handler {
    pub name: String,
    pub registered: Option<Registered>,
}

/// How the kernel came to know it.
#[derive(Debug, Deserialize)]
pub struct Registered {
    pub kind: String,
    pub by: String,
}

#[derive(Debug, Deserialize)]
pub struct Finding {
    pub kind: String,
    pub handler: String,
    pub path: Vec<Call>,
    pub what: String,
    #[serde(default)]
    pub within: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Call {
    pub function: String,
}

impl Finding {
    /// The functions from the handler on.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        let what = std::iter::once(&self.what);
        let path = self.path.iter().map(|call| &call.function);
        let all = path.chain(what).chain(&self.within);
        all.map(String::as_str)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<_> = self.steps().collect();
        write!(f, "{}: {}", self.kind, steps.join(" -> "))
    }
}

impl Checker<'_> {
    /// The program.
    pub fn program(&self) -> Result<&Path> {
        self.programs.context_check()
    }

    /// The call of the program.
    pub fn command(&self, module: &Path) -> Result<Command> {
        let mut command = self.call()?;
        command.arg(module);
        Ok(command)
    }

    /// The call that tells what the rules are about.
    pub fn rules(&self) -> Result<Command> {
        let mut command = self.call()?;
        command.arg("--rules");
        Ok(command)
    }

    fn call(&self) -> Result<Command> {
        let program = self.program()?;
        // What is installed of a distribution's kernel is in its toolbox.
        let kernel = &self.target.kernel;
        let mut command = match kernel.flavour.debian() {
            Some(_) => kernel.toolbox.command(&program.to_string_lossy()),
            None => Command::new(program),
        };
        command.arg("--kernel").arg(&self.target.kernel.kdir);
        Ok(command)
    }

    /// The same for a module of the project's own, whose folder may have an allowlist.
    pub fn command_allowing(&self, module: &Path, folder: &Path) -> Result<Command> {
        let mut command = self.command(module)?;
        let allowed = folder.join("context-check.allow");
        if allowed.exists() {
            command.arg("--allow").arg(allowed);
        }
        Ok(command)
    }

    /// What it says of a module that it can read.
    pub fn read(&self, module: &Path) -> Result<Said> {
        read(&mut self.command(module)?)
    }
}

/// Runs the program, which must be called for one module.
pub fn read(command: &mut Command) -> Result<Said> {
    let (output, code) = run(command.arg("--json"))?;
    let json = output.lines().find(|line| line.starts_with('{'));
    let json = json.with_context(|| format!("it says nothing of the module\n{output}"))?;
    let said: Said =
        serde_json::from_str(json).with_context(|| format!("not as expected\n{json}"))?;
    let expected = match said.verdict.as_str() {
        "proven" => 0,
        "refused" => 1,
        "unproven" => 2,
        other => bail!("`{other}` is no verdict"),
    };
    ensure!(
        code == expected,
        "it is {}, but the exit status is {code}",
        said.verdict
    );
    Ok(said)
}

/// What it prints, and its exit status.
pub fn run(command: &mut Command) -> Result<(String, i32)> {
    let (output, status) = limited::run_to_status(command, LIMIT)?;
    ensure!(!output.contains("panicked at"), "it panics\n{output}");
    let code = status
        .code()
        .with_context(|| format!("{status}\n{output}"))?;
    Ok((output, code))
}

/// The folder of the module's sources.
pub fn folder_of(module: &Path) -> PathBuf {
    let folder = module.parent().and_then(Path::file_name);
    crate::project()
        .join("samples")
        .join(folder.unwrap_or_default())
}
