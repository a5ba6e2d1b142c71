//! `cargo coyote test`.

use std::fs;
use std::path::{Path, PathBuf};

use coyote_report::{Recorded, dgml, dot};

use super::{check_folder, coverage, out_folder};
use crate::arguments::{BuildArguments, MessageFormat, TestArguments};
use crate::cargo::{build, metadata, select};
use crate::config;
use crate::error::{BUG, CLEAN, Error, INTERRUPTED};
use crate::harness::{Filter, list};
use crate::interrupt;
use crate::output::{Both, Human, Json, Style, here, quote};
use crate::run::{Durations, Finished, Settings, run as run_tests};

pub(super) fn run(mut arguments: TestArguments, style: Style) -> Result<u8, Error> {
    // What is wrong is said before anything is built.
    let filter = Filter::new(&arguments.filters, &arguments.harness)?;
    let all = metadata(&arguments.build)?;
    let profile =
        config::profile(&all.workspace_root, arguments.config_file.as_deref(), arguments.profile.as_deref())?;
    profile.fill_in(&mut arguments, |variable| std::env::var_os(variable).is_some());
    let mut variables = arguments.explore.variables()?;
    let folder = out_folder(&all, arguments.outdir.as_deref())?;
    check_folder(&folder)?;
    let selection = select(&all, &arguments.build)?;
    if !selection.left_out.is_empty() {
        eprintln!(
            "note: left out, for no feature of theirs gives control: {}; `cargo coyote init -p NAME` prepares one",
            selection.left_out.join(", ")
        );
    }
    let programs = build(&all, &selection, &arguments.build)?;
    let (mut tests, others) = list(&programs, &filter)?;
    others.iter().for_each(|other| eprintln!("note: left out: {other}"));
    if tests.is_empty() {
        eprintln!("no test is chosen; `cargo coyote list` shows which there are");
    }
    let name = |test: &crate::harness::Test| format!("{} {}", programs[test.program].id, test.name);
    let mut durations = Durations::read(&folder);
    durations.sort(&mut tests, name);

    variables.push(("COYOTE_OUT", folder.display().to_string()));
    variables.push(("COYOTE_REPLAYED_BY", replay_command(&arguments.build)));
    if style.is_coloured {
        variables.push(("CARGO_TERM_COLOR", "always".to_owned()));
    }
    if arguments.coverage {
        variables.push(("COYOTE_COVERAGE", "on".to_owned()));
    }
    let jobs = arguments.jobs.map(|jobs| usize::try_from(jobs).unwrap_or(usize::MAX));
    let settings = Settings {
        jobs: jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        fail_fast: arguments.fail_fast,
        variables,
        folder: folder.join(format!(".running-{}", std::process::id())),
    };
    let ids = || programs.iter().map(|program| program.id.clone()).collect::<Vec<_>>();
    let is_json = arguments.message_format == MessageFormat::Json;
    let mut listener = Both {
        human: Human::new(style, ids(), tests.len()),
        json: is_json.then(|| Json::new(ids(), tests.len())),
    };
    let finished = run_tests(&programs, tests, &settings, &mut listener)?;
    for test in finished.iter().filter(|test| test.ended.is_some() || !test.verdict.is_failure()) {
        durations.note(name(&test.test), test.duration);
    }
    durations.write();
    if arguments.actor_graph {
        finished.iter().for_each(draw);
    }
    if arguments.coverage {
        add_up(&finished, &folder)?;
    }
    let was_interrupted = interrupt::asked() > 0;
    listener.human.conclude(&finished, was_interrupted);
    let code = match finished.iter().any(|test| test.verdict.is_failure()) {
        _ if was_interrupted => INTERRUPTED,
        true => BUG,
        false => CLEAN,
    };
    if let Some(json) = &listener.json {
        json.conclude(code);
    }
    Ok(code)
}

/// Draws what the tasks and actors of each failure did.
fn draw(finished: &Finished) {
    let bugs = finished.ended.iter().flat_map(|ended| &ended.bugs);
    for trace in bugs.filter_map(|bug| bug.trace.as_deref()).map(Path::new) {
        let text = fs::read_to_string(trace.with_extension("json")).unwrap_or_default();
        let Ok(recorded) = Recorded::parse(&text) else { continue };
        for (extension, graph) in [("dgml", dgml::graph(&recorded)), ("dot", dot::graph(&recorded))] {
            let path: PathBuf = trace.with_extension(extension);
            match fs::write(&path, graph) {
                Ok(()) => eprintln!("  wrote {}", here(&path.display().to_string())),
                Err(error) => eprintln!("  {} could not be written: {error}", path.display()),
            }
        }
    }
}

/// Adds up what the tests have covered, each of which has written a file of its own.
fn add_up(finished: &[Finished], folder: &Path) -> Result<(), Error> {
    let files = finished.iter().filter_map(|test| Some(coverage_file(folder, test.full_name.as_ref()?)));
    let files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
    if files.is_empty() {
        eprintln!("note: no test has written what it covers");
        return Ok(());
    }
    let sum = coverage::sum(&files)?;
    for (name, text) in [("coverage.json", sum.to_json()), ("coverage.txt", sum.text())] {
        let path = folder.join(name);
        fs::write(&path, text)
            .map_err(|error| Error::file(&path, error, "write another folder after --outdir"))?;
        eprintln!(
            "  wrote {}: what {} executions have covered",
            here(&path.display().to_string()),
            sum.executions
        );
    }
    Ok(())
}

/// Returns where a test writes what it covers.
fn coverage_file(folder: &Path, test: &str) -> PathBuf {
    let is_legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name: String = test.replace("::", ".").chars().map(|c| if is_legal(c) { c } else { '-' }).collect();
    folder.join(&name).join(format!("{name}.coverage.json"))
}

/// Returns the command that replays, of what is built in this way.
fn replay_command(arguments: &BuildArguments) -> String {
    let mut words = vec!["cargo".to_owned(), "coyote".to_owned(), "replay".to_owned()];
    let flags = [
        (arguments.release, "--release"),
        (arguments.all_features, "--all-features"),
        (arguments.no_default_features, "--no-default-features"),
    ];
    words.extend(flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.to_owned()));
    let mut value = |flag: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    };
    value("--cargo-profile", arguments.cargo_profile.clone());
    value("--features", (!arguments.features.is_empty()).then(|| arguments.features.join(",")));
    value("--target", arguments.target.clone());
    for config in &arguments.cargo_config {
        value("--config", Some(config.clone()));
    }
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    value("--target-dir", path(&arguments.target_dir));
    value("--manifest-path", path(&arguments.manifest_path));
    words.into_iter().map(|word| quote(&word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_replays_builds_the_same() {
        let arguments = BuildArguments {
            release: true,
            features: vec!["a".to_owned(), "b".to_owned()],
            target_dir: Some("a folder".into()),
            ..BuildArguments::default()
        };
        let command = replay_command(&arguments);
        assert_eq!(command, "cargo coyote replay --release --features a,b --target-dir 'a folder'");
    }
}
