//! `cargo coyote replay`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use coyote_engine::trace::{Short, Trace};
use coyote_report::progress::Replayed;

use super::out_folder;
use crate::arguments::{BuildArguments, ReplayArguments};
use crate::cargo::{Metadata, TestProgram, build, metadata, select};
use crate::error::{BUG, Error, INTERRUPTED, NOT_REPRODUCED};
use crate::harness::{self, Filter, Test, list};
use crate::interrupt;
use crate::output::Style;
use crate::run::{Finished, Listener, Running, Settings, run as run_tests};

/// What is to be replayed.
enum Source {
    File { path: PathBuf, trace: Box<Trace> },
    Short { text: String, short: Short },
}

impl Source {
    /// # Errors
    /// Returns why this is no trace.
    fn read(given: &str) -> Result<Source, Error> {
        let path = Path::new(given);
        if given.starts_with('c') && given.contains('.') && !given.ends_with(".trace") && !path.exists() {
            let short = Trace::parse_short(given).map_err(Error::Short)?;
            return Ok(Source::Short { text: given.to_owned(), short });
        }
        // The other files of a report are easily taken for it.
        let is_other = path.extension().is_some_and(|it| it == "txt" || it == "html" || it == "json");
        let path = if is_other { path.with_extension("trace") } else { path.to_path_buf() };
        const INSTEAD: &str = "write the path of a .trace file, or a trace string, as a report names them";
        let bytes = std::fs::read(&path).map_err(|error| Error::file(&path, error, INSTEAD))?;
        let text = String::from_utf8_lossy(&bytes);
        let trace = Trace::parse_file(&text).map_err(|error| Error::Trace { path: path.clone(), error })?;
        let path = std::path::absolute(&path).map_err(|error| Error::file(&path, error, INSTEAD))?;
        Ok(Source::File { path, trace: Box::new(trace) })
    }

    /// Returns what a test takes as COYOTE_REPLAY.
    fn value(&self) -> String {
        match self {
            Source::File { path, .. } => path.display().to_string(),
            Source::Short { text, .. } => text.clone(),
        }
    }

    fn is_of(&self, test: &str) -> bool {
        match self {
            Source::File { trace, .. } => trace.test == test,
            Source::Short { short, .. } => short.check_test(test).is_ok(),
        }
    }
}

pub(super) fn run(arguments: &ReplayArguments, style: Style) -> Result<u8, Error> {
    let source = Source::read(&arguments.trace)?;
    let all = metadata(&arguments.build)?;
    let narrowed = narrow(&all, &source, &arguments.build);
    let selection = select(&all, &narrowed)?;
    let programs = build(&all, &selection, &narrowed)?;
    let filter = match &source {
        Source::File { trace, .. } => {
            Filter::exactly(trace.test.split_once("::").map_or("", |(_, name)| name))
        }
        Source::Short { .. } => Filter::new(&[], &["--include-ignored".to_owned()])?,
    };
    let (tests, _) = list(&programs, &filter)?;
    let is_asked = |test: &Test| {
        let program = &programs[test.program];
        source.is_of(&format!("{}::{}", program.crate_name, test.name))
    };
    let tests: Vec<Test> = tests.into_iter().filter(is_asked).collect();
    if tests.is_empty() {
        let test = match &source {
            Source::File { trace, .. } => format!("test `{}`", trace.test),
            Source::Short { .. } => "a test".to_owned(),
        };
        let ids: Vec<&str> = programs.iter().map(|program| &*program.id).collect();
        return Err(Error::Usage(format!(
            "the trace was recorded for {test}, which is none of {}; write -p PACKAGE, or --features, with which it \
             was recorded",
            ids.join(", ")
        )));
    }
    let folder = out_folder(&all, arguments.outdir.as_deref())?;
    if arguments.break_ {
        return debug(arguments, &programs[tests[0].program], &tests[0], &source);
    }
    let mut variables = vec![
        ("COYOTE_REPLAY", source.value()),
        ("COYOTE", "on".to_owned()),
        ("COYOTE_OUT", folder.display().to_string()),
    ];
    if style.is_coloured {
        variables.push(("CARGO_TERM_COLOR", "always".to_owned()));
    }
    let settings = Settings {
        jobs: 1,
        fail_fast: false,
        variables,
        folder: folder.join(format!(".running-{}", std::process::id())),
    };
    // A library and a program may have the same name, and the same test.
    let finished = run_tests(&programs, tests, &settings, &mut Silent)?;
    if interrupt::asked() > 0 {
        return Ok(INTERRUPTED);
    }
    let reproduced = finished.iter().find(|test| test.replayed() == Some(Replayed::Same));
    let shown = reproduced.or(finished.first());
    if let Some(shown) = shown {
        let mut error = io::stderr();
        drop(error.write_all(&shown.output.stderr));
    }
    Ok(match reproduced {
        Some(_) => BUG,
        None => {
            let why = shown.map_or_else(String::new, why_not);
            eprintln!("{} {why}", style.red("not reproduced:"));
            NOT_REPRODUCED
        }
    })
}

/// Says why a replay is none.
fn why_not(finished: &Finished) -> String {
    match finished.replayed() {
        Some(Replayed::Diverged) => {
            "the program left the trace; it has changed since, or is built with other features".to_owned()
        }
        Some(Replayed::Passed) => "the trace was followed to its end, and nothing failed".to_owned(),
        Some(Replayed::Other) => {
            "the test failed, but in another execution than the one that was recorded".to_owned()
        }
        _ => match finished.verdict.messages().first() {
            Some(message) => format!("the test was not replayed: {message}"),
            None => "the test was not replayed: it is not explored".to_owned(),
        },
    }
}

/// Leaves out packages that cannot have the test, so that they need not be built.
fn narrow(all: &Metadata, source: &Source, arguments: &BuildArguments) -> BuildArguments {
    let mut narrowed = arguments.clone();
    if !arguments.package.is_empty() {
        return narrowed;
    }
    narrowed.workspace = arguments.exclude.is_empty() || arguments.workspace;
    let Source::File { trace, .. } = source else { return narrowed };
    let name = trace.test.split("::").next().unwrap_or_default();
    let members = all.packages.iter().filter(|package| all.workspace_members.contains(&package.id));
    let may_have =
        members.filter(|package| package.targets.iter().any(|target| target.name.replace('-', "_") == name));
    let names: Vec<String> = may_have.map(|package| package.name.clone()).collect();
    if !names.is_empty() {
        narrowed.workspace = false;
        narrowed.exclude.clear();
        narrowed.package = names;
    }
    narrowed
}

/// Runs a test under a debugger, that the user talks to.
fn debug(
    arguments: &ReplayArguments,
    program: &TestProgram,
    test: &Test,
    source: &Source,
) -> Result<u8, Error> {
    let usual = ["rust-gdb", "gdb", "rust-lldb", "lldb"].map(str::to_owned);
    let candidates = match &arguments.debugger {
        Some(named) => std::slice::from_ref(named),
        None => &usual[..],
    };
    for debugger in candidates {
        let run = harness::one(program, &test.name);
        let mut command = Command::new(debugger);
        if debugger.contains("lldb") {
            command.args(["-o", "breakpoint set -n rust_panic", "-o", "run", "--"]);
        } else {
            command.args(["-ex", "break rust_panic", "-ex", "run", "--args"]);
        }
        command.arg(run.get_program()).args(run.get_args());
        command.current_dir(&program.folder);
        command.envs(program.variables.iter().map(|(name, value)| (name, value)));
        // Whoever looks at a task keeps it from going on.
        command.env("COYOTE_REPLAY", source.value()).env("COYOTE_STUCK_AFTER", "24h").env("COYOTE", "on");
        match command.status() {
            Ok(_) => return Ok(BUG),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Error::Start {
                    program: debugger.clone(),
                    error,
                    instead: "name another with --debugger",
                });
            }
        }
    }
    Err(Error::Usage(format!(
        "there is no {}; install a debugger, or name one with --debugger",
        candidates.join(", no ")
    )))
}

/// Shows nothing: the report of the one test is shown at the end.
struct Silent;

impl Listener for Silent {
    fn started(&mut self, _running: &Running) {}

    fn looked(&mut self, _running: &std::collections::BTreeMap<usize, Running>) {}

    fn finished(&mut self, _finished: &Finished) {}
}
