//! Plain `#[test]`s that build a runtime themselves: each is one execution, in place.
//!
//! There is no body that could be run again, so the schedule is the one that the seed gives: the test's name
//! decides, or `COYOTE_SEED`, or the trace that is replayed.

#![expect(unsafe_code, reason = "a function that runs before `main`")]

use std::cell::RefCell;
use std::panic::Location;
use std::sync::OnceLock;
use std::thread;

use coyote_engine::{Decision, InPlace, Outcome, mix};
use coyote_shim::Spans;
use coyote_shim::entry::{self, Hooks};

use crate::config::{Config, Isolate};
use crate::settings::{self, Settings};
use crate::{progress, testing};

/// Makes the mirrors ask here. Nothing of a plain test refers to this crate, so nothing can call it later.
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
static INSTALL: extern "C" fn() = {
    extern "C" fn install() {
        entry::install(Hooks { enter, is_asked_here: is_test_thread, left });
    }
    install
};

thread_local! {
    /// What the execution on this thread was made with.
    static CURRENT: RefCell<Option<Config>> = const { RefCell::new(None) };
}

/// Returns how the code at `location`, which is under no control, is to come under it.
#[track_caller]
fn enter(location: &'static Location<'static>) -> Option<InPlace> {
    if !is_test_thread() {
        return None;
    }
    let mut config =
        Config::new(test_name(location)).unobserved_panic(coyote_engine::UnobservedPanic::Ignore);
    // cargo runs tests in the folder of their package.
    config.source_root = std::env::current_dir().ok();
    let (mut config, Settings { off, plain_off, replay, .. }) = match settings::apply(config) {
        Ok(applied) => applied,
        Err(error) => panic!("coyote: {error}"),
    };
    if off || plain_off || cfg!(panic = "abort") {
        return None;
    }
    let mut options = config.options();
    // A fair schedule goes on as long as the test would.
    options.max_fair_steps = u64::MAX;
    let mut strategy = config.strategy.build(config.max_steps);
    let replay_is_none = replay.is_none();
    if let Some(source) = replay {
        let source =
            match testing::load(source).and_then(|source| Ok(source.check(&config.name).map(|()| source)?)) {
                Ok(source) => source,
                Err(error) => panic!("coyote: COYOTE_REPLAY{error}"),
            };
        let settings = source.settings();
        options.time = settings.time;
        options.granularity = settings.granularity;
        strategy = Box::new(source.strategy());
    }
    #[cfg(unix)]
    if config.isolate == Isolate::Process
        && replay_is_none
        && let Some(seed) = crate::isolated::failing_seed(&config)
    {
        config.seed = seed;
    }
    let seed = mix(config.seed, 1);
    drop(progress::begin(&config));
    CURRENT.set(Some(config));
    Some(InPlace { options, strategy, seed, record: true, location, switch_hook: &Spans, stop })
}

/// Ends the test, which cannot go on.
fn stop(outcome: Outcome, _decisions: Vec<Decision>) -> ! {
    let config = CURRENT.take().unwrap_or_else(|| Config::new("a test"));
    testing::conclude_in_place(&config, outcome)
}

/// The test has left control by itself, or by a panic of its own.
fn left(outcome: &Outcome, _decisions: &[Decision]) {
    let Some(config) = CURRENT.take() else { return };
    progress::end_in_place(&config, outcome);
    if thread::panicking() {
        eprintln!(
            "coyote: {} ran under control, {} scheduling points, seed {}; every run repeats this schedule, \
             COYOTE_SEED=random takes another, COYOTE_PLAIN=off none",
            config.name, outcome.steps, config.seed
        );
        outcome.notes.uncontrolled.iter().for_each(|note| eprintln!("  not under control: {note}"));
    }
}

/// Returns whether this thread runs a test of Rust's own harness.
fn is_test_thread() -> bool {
    static IN_TEST_PROGRAM: OnceLock<bool> = OnceLock::new();
    let in_test_program = *IN_TEST_PROGRAM.get_or_init(|| {
        let program = std::env::current_exe().ok();
        // cargo puts programs elsewhere.
        program.is_some_and(|program| program.parent().is_some_and(|folder| folder.ends_with("deps")))
    });
    in_test_program && thread::current().name().is_some_and(is_test)
}

/// Returns whether a thread of this name runs a test: the harness names it by the test's path, or runs the
/// tests in turn on the main thread.
fn is_test(thread: &str) -> bool {
    if thread == "main" {
        return settings::one_test_at_a_time();
    }
    let is_name = |part: &str| {
        let part = part.strip_prefix("r#").unwrap_or(part);
        part.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    thread.split("::").all(is_name)
}

/// Returns the name of the test that runs on this thread, as `module_path!` would begin it.
fn test_name(location: &Location<'_>) -> String {
    let program = std::env::current_exe().ok();
    let stem = program.as_deref().and_then(|program| program.file_stem()?.to_str());
    let stem = stem.and_then(|stem| stem.rsplit_once('-')).map_or("test", |(name, _hash)| name);
    let name = thread::current().name().filter(|&name| name != "main").map(str::to_owned);
    match name.or_else(asked_for) {
        Some(name) => format!("{stem}::{name}"),
        // The harness does not say which it is.
        None => format!("{stem}::{}:{}", location.file(), location.line()),
    }
}

/// Returns the one test that the harness was asked to run, if it was asked for one.
fn asked_for() -> Option<String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_exact = arguments.iter().any(|word| word == "--exact");
    let mut names = arguments.into_iter().filter(|word| !word.starts_with('-'));
    names.next().filter(|_| is_exact && names.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_threads_are_told_by_their_names() {
        assert!(["it_works", "tests::it_works", "a::r#type::b2"].into_iter().all(is_test));
        assert!(!["worker-1", "tokio runtime worker", "a::", "", "2nd"].into_iter().any(is_test));
    }
}
