// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask fuzz`: what reads strangers' bytes under libFuzzer, on stable Rust: the receiver, the
//! wire format, and the checker of modules with its kernels.

use crate::{
    arch::Arch,
    cache::Cache,
    host::{self, User},
    progress::Steps,
    project,
    run_folder::RunFolder,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// Counters in every branch, and what is compared with what: the pass that Clang has for this, and
/// that `cargo fuzz` asks for too.
const INSTRUMENTED: &str = "-Cpasses=sancov-module \
     -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares \
     -Ccodegen-units=1 \
     --cfg=fuzzing";

/// No input takes so long, or so much, unless something is wrong.
const INPUT_SECONDS: u32 = 10;
const MEGABYTES: u32 = 512;

/// Somewhat more than the longest datagram without fragments, several times.
const INPUT_BYTES: u32 = 8192;

pub const TARGETS: [&str; 7] = [
    "code", "datagram", "frame", "kmsg", "module", "receiver", "vmlinuz",
];

/// The targets that belong to context-check, and not to the receiver.
const OF_CHECKER: [&str; 3] = ["code", "module", "vmlinuz"];

#[derive(clap::Args)]
pub struct Args {
    /// Only this one: code, module and vmlinuz are of context-check, the others are of the receiver
    #[arg(value_parser = TARGETS)]
    target: Option<String>,
    /// How long each may look for new paths
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Keep what was found in the tree: the smallest inputs that reach all paths
    #[arg(long)]
    bless: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let targets = build()?;
    let wanted = targets
        .iter()
        .filter(|target| args.target.as_ref().is_none_or(|name| *name == target.name));
    for target in wanted {
        println!("== {}", target.name);
        let found = target.found("corpus")?;
        let status = target
            .fuzz(Duration::from_secs(args.seconds), &found)?
            .status()?;
        ensure!(
            status.success(),
            "{} has found something: the input is the file named above; put it into {} once it is mended",
            target.name,
            target.corpus().display()
        );
        if args.bless {
            target.keep()?;
        }
    }
    Ok(())
}

/// One program that the fuzzer feeds.
pub struct Target {
    pub name: String,
    program: PathBuf,
}

/// Builds them all, instrumented.
pub fn build() -> Result<Vec<Target>> {
    let cache = Cache::open()?;
    let run = RunFolder::new("fuzz")?;
    let mut steps = Steps::new(&run, 1);
    steps.make(
        &cache,
        "a C++ compiler",
        || env::var_os("CXX").is_some() || host::find("c++").is_some(),
        |step| host::install_or_ask(&User::current()?, &["g++"], step),
    )?;
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(project())
        .env("RUSTFLAGS", INSTRUMENTED)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .args([
            "build",
            "--quiet",
            "--profile=fuzz",
            "--package=panic-listen-fuzz",
            "--package=context-check-fuzz",
            // What only runs while building is not instrumented.
            &format!("--target={}-unknown-linux-gnu", Arch::HOST.qemu()),
            "--message-format=json-render-diagnostics",
        ])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "the fuzzer cannot be built");
    let mut targets = Vec::new();
    for message in serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>() {
        let message = message?;
        let (Some(program), Some(name)) = (
            message["executable"].as_str(),
            message["target"]["name"].as_str(),
        ) else {
            continue;
        };
        targets.push(Target {
            name: name.trim_start_matches("fuzz_").to_owned(),
            program: program.into(),
        });
    }
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    ensure!(
        targets.iter().map(|target| &target.name).eq(TARGETS),
        "the targets are not those that are named here"
    );
    Ok(targets)
}

impl Target {
    /// Where its crate is.
    fn folder(&self) -> PathBuf {
        project().join(if OF_CHECKER.contains(&&*self.name) {
            "context-check/fuzz"
        } else {
            "panic-listen/fuzz"
        })
    }

    /// The inputs that the tree keeps.
    fn corpus(&self) -> PathBuf {
        self.folder().join("corpus").join(&self.name)
    }

    /// Those that were found here, and those that failed.
    fn found(&self, what: &str) -> Result<PathBuf> {
        let folder = project().join("target/fuzz").join(&self.name).join(what);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// All inputs that are known, then new ones for so long, of which those that reach something are kept in `found`.
    pub fn fuzz(&self, time: Duration, found: &Path) -> Result<Command> {
        let mut command = self.command()?;
        command
            .arg(format!("-max_total_time={}", time.as_secs()))
            .arg("-print_final_stats=1")
            .arg(found)
            .arg(self.corpus());
        // Against limits, which no path tells apart: written by hand, and kept whatever is reached.
        let seeds = self.folder().join("seeds").join(&self.name);
        if seeds.is_dir() {
            command.arg(seeds);
        }
        Ok(command)
    }

    fn command(&self) -> Result<Command> {
        ensure!(
            self.corpus().is_dir(),
            "{} is not there",
            self.corpus().display()
        );
        let mut command = Command::new(&self.program);
        command
            .arg(format!("-timeout={INPUT_SECONDS}"))
            .arg(format!("-rss_limit_mb={MEGABYTES}"))
            .arg(format!("-max_len={INPUT_BYTES}"))
            .arg(format!(
                "-artifact_prefix={}/",
                self.found("failed")?.display()
            ));
        Ok(command)
    }

    /// Replaces the corpus by the smallest one that reaches all that is reached.
    fn keep(&self) -> Result<()> {
        let smallest = tempfile::tempdir()?;
        let status = self
            .command()?
            .args(["-set_cover_merge=1", "-use_counters=0"])
            .arg(smallest.path())
            .arg(self.corpus())
            .arg(self.found("corpus")?)
            .status()?;
        ensure!(status.success(), "cannot minimise {}", self.name);
        for file in files(&self.corpus())? {
            fs::remove_file(file)?;
        }
        for file in files(smallest.path())? {
            let name = file.file_name().context("a file without a name")?;
            fs::copy(&file, self.corpus().join(name))?;
        }
        Ok(())
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        files.push(file?.path());
    }
    Ok(files)
}
