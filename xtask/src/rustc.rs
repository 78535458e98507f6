// SPDX-License-Identifier: GPL-2.0

//! The compiler and rustdoc, called as Kbuild calls the compiler.

use crate::{modules, toolbox::Toolbox};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The driver whose call is borrowed: its module, and its object in Rust.
const DRIVER: (&str, &str) = ("panic_broadcaster", "panic_broadcaster_main.o");

/// The object of the library, beside each module.
const LIBRARY: &str = "notifier_chain.o";

/// How the notes begin on a type or a trait that is too long to print, and on the file that it is written to, which has
/// another name every time.
const LONG_TYPE: [&str; 3] = [
    "the full name for the type has been written to",
    "the full trait has been written to",
    "consider using `--verbose`",
];

pub struct Rustc {
    /// Where Kbuild was when it made the call.
    folder: PathBuf,
    /// Where the object is.
    out: PathBuf,
    /// Assignments to the environment, the compiler, its arguments.
    words: Vec<String>,
    source: String,
}

impl Rustc {
    pub fn of_driver(modules: &[PathBuf]) -> Result<Rustc> {
        let (module, object) = DRIVER;
        Rustc::of(&modules::named(modules, module)?.with_file_name(object))
    }

    /// The library, as it is built for one of the modules. It is the same call for all of them.
    pub fn of_library(modules: &[PathBuf]) -> Result<Rustc> {
        Rustc::of(&modules::beside(modules, LIBRARY)?)
    }

    /// Reads the call from where Kbuild keeps it, beside the object.
    pub fn of(object: &Path) -> Result<Rustc> {
        let name = object.file_name().unwrap_or_default().to_string_lossy();
        let cmd = object.with_file_name(format!(".{name}.cmd"));
        let text =
            fs::read_to_string(&cmd).with_context(|| format!("cannot read {}", cmd.display()))?;
        Rustc::parse(&text, object)
            .with_context(|| format!("cannot make sense of {}", cmd.display()))
    }

    fn parse(text: &str, object: &Path) -> Result<Rustc> {
        let (target, call) = line(text, "savedcmd_").context("no command")?;
        let (_, source) = line(text, "source_").context("no source")?;
        // Kbuild names the object from the folder that it works in.
        let folder = object
            .ancestors()
            .find(|folder| folder.join(target) == object)
            .context("no such object")?;
        let words = shlex::split(&call.replace("$$", "$").replace("$(pound)", "#"))
            .context("no shell words")?;
        // objtool follows.
        let words: Vec<_> = words
            .into_iter()
            .take_while(|word| word != ";" && word != "&&")
            .collect();
        ensure!(
            words.iter().any(|word| word == source),
            "the source is not in the call"
        );
        Ok(Rustc {
            folder: folder.to_owned(),
            out: object.parent().unwrap_or(folder).to_owned(),
            words,
            source: source.to_owned(),
        })
    }

    /// The same call for another source, its object and the rest going to `out`.
    pub fn command(&self, toolbox: &Toolbox, source: &Path, out: &Path) -> Command {
        let mut command = self.environment(toolbox);
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            if word == "--crate-name" || word == "--out-dir" {
                words.next();
            } else if *word == self.source {
                command.arg(source);
            } else if !word.starts_with("--emit=") {
                command.arg(word);
            }
        }
        command
            .args([
                "--emit=obj",
                "--crate-name",
                "case",
                "--error-format=json",
                "--out-dir",
            ])
            .arg(out);
        command
    }

    /// The same call of rustdoc, which writes to `out`.
    pub fn rustdoc(&self, toolbox: &Toolbox, out: &Path) -> Result<Command> {
        let mut command = self.environment(toolbox);
        let mut words = self.words.iter();
        let is_assignment = |word: &&String| !word.starts_with('-') && word.contains('=');
        let program = words.find(|word| {
            let is_program = !is_assignment(word);
            if !is_program {
                command.arg(word);
            }
            is_program
        });
        command.arg(rustdoc_of(program.context("no compiler")?));
        while let Some(word) = words.next() {
            if word == "--out-dir" {
                words.next();
            } else if !word.starts_with("--emit=") {
                command.arg(word);
            }
        }
        command.arg("-Zunstable-options").arg("--output").arg(out);
        Ok(command)
    }

    /// The place of the call, and what the Makefiles export.
    fn environment(&self, toolbox: &Toolbox) -> Command {
        let mut command = toolbox.command("env");
        command.arg("-C").arg(&self.folder);
        // The leave to use unstable features, and where the library's bindings are.
        command.arg("RUSTC_BOOTSTRAP=1");
        command.arg(format!("NOTIFIER_CHAIN_OBJ={}", self.out.display()));
        command
    }

    /// What the compiler has against the source, told so that it stays the same when code elsewhere moves: places only
    /// in the source itself, and no excerpts.
    pub fn errors(output: &str, source: &Path) -> Result<String> {
        let mut text = String::new();
        for message in messages(output).filter(|message| message["level"] == "error") {
            // The last one, which counts the others, has no place.
            let Some(spans) = message["spans"]
                .as_array()
                .filter(|spans| !spans.is_empty())
            else {
                continue;
            };
            let code = message["code"]["code"]
                .as_str()
                .map(|code| format!("[{code}]"))
                .unwrap_or_default();
            writeln!(
                text,
                "error{code}: {}",
                message["message"]
                    .as_str()
                    .context("an error without words")?
            )?;
            for span in spans {
                if span["file_name"].as_str().map(Path::new) == Some(source) {
                    let label = span["label"].as_str().unwrap_or_default();
                    let place = format!("{}:{}", span["line_start"], span["column_start"]);
                    writeln!(text, "  --> {place} {label}",)?;
                }
            }
            for child in message["children"].as_array().into_iter().flatten() {
                let (level, words) = (child["level"].as_str(), child["message"].as_str());
                let words = words.unwrap_or_default();
                if LONG_TYPE.iter().any(|note| words.starts_with(note)) {
                    continue;
                }
                writeln!(text, "  = {}: {words}", level.unwrap_or_default())?;
            }
            writeln!(text)?;
        }
        ensure!(
            !text.is_empty(),
            "the compiler fails without an error\n{output}"
        );
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        Ok(lines.join("\n").trim_end().to_owned() + "\n")
    }

    /// The compiler's words as a person would see them.
    pub fn rendered(output: &str) -> String {
        let rendered: String = messages(output)
            .filter_map(|m| Some(m["rendered"].as_str()?.to_owned()))
            .collect();
        if rendered.is_empty() {
            output.to_owned()
        } else {
            rendered
        }
    }
}

/// The rustdoc that comes with a rustc: that of `rustc-1.85` is `rustdoc-1.85`.
fn rustdoc_of(rustc: &str) -> PathBuf {
    let path = Path::new(rustc);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(name.replacen("rustc", "rustdoc", 1))
}

/// What Kbuild has written as `<prefix><target> := <value>`.
fn line<'a>(text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let (target, value) = text
        .lines()
        .find_map(|line| line.strip_prefix(prefix))?
        .split_once(":=")?;
    Some((target.trim(), value.trim()))
}

fn messages(output: &str) -> impl Iterator<Item = Value> + '_ {
    output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CMD: &str = "savedcmd_samples/x/x_main.o := OBJTREE=/k RUST_MODFILE=samples/x/x rustc \
        -Zcrate-attr='feature(a,b)' --crate-name x_main --emit=dep-info=samples/x/.d --emit=obj=samples/x/x_main.o \
        /p/samples/x/x_main.rs --extern notifier_chain ; ./tools/objtool/objtool --x samples/x/x_main.o\n\n\
        source_samples/x/x_main.o := /p/samples/x/x_main.rs\n";

    #[test]
    fn kbuilds_call_is_understood() {
        let rustc = Rustc::parse(CMD, Path::new("/out/samples/x/x_main.o")).expect("a call");
        assert_eq!(rustc.folder, Path::new("/out"));
        assert!(rustc
            .words
            .contains(&"-Zcrate-attr=feature(a,b)".to_owned()));
        assert_eq!(
            rustc.words.last().map(String::as_str),
            Some("notifier_chain")
        );
        assert!(Rustc::parse(CMD, Path::new("/out/samples/y/y_main.o")).is_err());
        assert!(Rustc::parse("", Path::new("/out/samples/x/x_main.o")).is_err());
    }

    #[test]
    fn rustdoc_is_the_compilers_own() {
        for (rustc, rustdoc) in [
            ("rustc", "rustdoc"),
            ("rustc-1.85", "rustdoc-1.85"),
            ("/opt/rustc/bin/rustc", "/opt/rustc/bin/rustdoc"),
        ] {
            assert_eq!(rustdoc_of(rustc), Path::new(rustdoc));
        }
    }

    #[test]
    fn an_error_is_told_without_what_moves() {
        let output = r#"noise
{"level":"error","message":"no","code":{"code":"E0277"},"spans":[{"file_name":"/t/a.rs","line_start":3,"column_start":5,"label":"here"},{"file_name":"/t/lib.rs","line_start":9,"column_start":9,"label":null}],"children":[{"level":"help","message":"do"}]}
{"level":"warning","message":"unused","code":null,"spans":[{"file_name":"/t/a.rs"}],"children":[]}
{"level":"error","message":"aborting due to 1 previous error","code":null,"spans":[],"children":[]}"#;
        let errors = Rustc::errors(output, Path::new("/t/a.rs")).expect("an error");
        assert_eq!(errors, "error[E0277]: no\n  --> 3:5 here\n  = help: do\n");
        assert!(Rustc::errors("Segmentation fault", Path::new("/t/a.rs")).is_err());
    }
}
