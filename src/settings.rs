//! Environment variables. This is the only place where they are read.
//!
//! | variable | meaning | unit |
//! |---|---|---|
//! | `COYOTE` | `off`: run tests once, uncontrolled; `on` or unset: explore | |
//! | `COYOTE_PLAIN` | `off`: leave alone tests that build their runtime themselves | |
//! | `COYOTE_ITERATIONS` | executions per test | count |
//! | `COYOTE_TIMEOUT` | time per test after which no execution begins; 0 for none | seconds, or `500ms`, `10s`, `2m` |
//! | `COYOTE_SEED` | the seed | 64-bit number, or `random` |
//! | `COYOTE_STRATEGY` | the strategy | name, as in the attribute |
//! | `COYOTE_UNTIL` | when to end if nothing is found: `budget`, or `saturated`: hardly anything is new | |
//! | `COYOTE_MAX_STEPS` | scheduling points of an unfair schedule; fair ones may have ten times as many | count |
//! | `COYOTE_REPLAY` | repeat one recorded execution | a trace file's path, or a trace string |
//! | `COYOTE_ISOLATE` | `process`: each execution in a process of its own; `off`: none | |
//! | `COYOTE_ISOLATED` | set by coyote itself, in such a test's own process | |
//! | `COYOTE_OUT` | the folder for traces and reports | path |
//! | `COYOTE_REGRESSIONS` | `on`: keep the schedules of bugs, and repeat them first; `repeat`: keep no new ones; `off` | |
//! | `CI` | set to anything but `false`: as `COYOTE_REGRESSIONS=repeat`, unless that is set | |
//! | `COYOTE_SHRINK` | `off`: report schedules as they are found; `on` or unset: make them simpler first | |
//! | `COYOTE_SUMMARY` | a file that each test appends a line of JSON to: executions, points, bug | path |
//! | `COYOTE_TIME` | how virtual time passes | `idle` or `racing` |
//! | `COYOTE_EXPLORE` | `on`: go on after a bug, and report each that differs, up to ten | |
//! | `COYOTE_FAIL_ON_MAX_STEPS` | `on`: an execution that reaches the step bound fails the test | |
//! | `COYOTE_PROGRESS` | a file that an exploration appends lines of JSON to while it runs | path |
//! | `COYOTE_REPLAYED_BY` | what a report names as the command that replays, before the trace's file | |
//! | `COYOTE_COVERAGE` | `on`: count what is covered, and write it beside the traces; several times as slow | |
//! | `COYOTE_STUCK_AFTER` | time without a scheduling point after which a task is stuck | as `COYOTE_TIMEOUT` |

use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use coyote_engine::Time;
use coyote_engine::strategy::{KNOWN, StrategySpec};
use coyote_report::text::Style;

use crate::classes::Until;
use crate::config::{Config, Isolate, Regressions};

/// An environment variable whose value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}={value:?}: {problem}; write {instead}")]
pub struct SettingError {
    /// The variable.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
    /// What would be right.
    pub instead: String,
}

/// Where the trace to be replayed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReplaySource {
    /// In a file.
    File(PathBuf),
    /// In the variable itself.
    Short(String),
}

/// What the environment asks for, besides the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// No exploration at all.
    pub(crate) off: bool,
    /// No control of tests that build their runtime themselves.
    pub(crate) plain_off: bool,
    /// This process is one test's own: where to tell how it ended.
    pub(crate) isolated: Option<i32>,
    /// Repeat this.
    pub(crate) replay: Option<ReplaySource>,
}

/// Reads a variable of the environment.
type Read<'a> = &'a dyn Fn(&'static str) -> Option<String>;

/// Applies the environment to a configuration.
///
/// # Errors
/// Returns the first variable that cannot be used.
pub(crate) fn apply(config: Config) -> Result<(Config, Settings), SettingError> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    apply_from(config, &|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn apply_from(mut config: Config, read: Read<'_>) -> Result<(Config, Settings), SettingError> {
    let error = |variable, value: &str, problem: &str, instead: &str| SettingError {
        variable,
        value: value.to_owned(),
        problem: problem.to_owned(),
        instead: instead.to_owned(),
    };
    let count = |variable| -> Result<Option<u64>, SettingError> {
        let Some(value) = read(variable) else { return Ok(None) };
        match value.replace('_', "").parse() {
            Ok(0) => Err(error(variable, &value, "0 would do nothing", "a number from 1 on")),
            Ok(number) => Ok(Some(number)),
            Err(_) => {
                Err(error(variable, &value, "this is no whole number", "a number from 1 on, such as 1000"))
            }
        }
    };
    let duration = |variable| -> Result<Option<Duration>, SettingError> {
        let Some(value) = read(variable) else { return Ok(None) };
        let duration = parse_duration(&value);
        duration.map(Some).ok_or_else(|| {
            error(variable, &value, "this is no time span", "seconds, or a span such as 500ms, 10s or 2m")
        })
    };
    if let Some(iterations) = count("COYOTE_ITERATIONS")? {
        config.iterations = iterations;
    }
    if let Some(timeout) = duration("COYOTE_TIMEOUT")? {
        config.timeout = timeout;
    }
    if let Some(max_steps) = count("COYOTE_MAX_STEPS")? {
        config.max_steps = max_steps;
    }
    if let Some(stuck_after) = duration("COYOTE_STUCK_AFTER")? {
        if stuck_after.is_zero() {
            return Err(error("COYOTE_STUCK_AFTER", "0", "every task would be stuck", "a span such as 10s"));
        }
        config.stuck_after = stuck_after;
    }
    if let Some(value) = read("COYOTE_SEED") {
        config.seed = match value.parse() {
            Ok(seed) => seed,
            Err(_) if value == "random" => crate::random_range(0..u64::from(u32::MAX)),
            Err(_) => {
                return Err(error(
                    "COYOTE_SEED",
                    &value,
                    "this is no 64-bit number",
                    "a number, or `random`",
                ));
            }
        };
    }
    if let Some(value) = read("COYOTE_STRATEGY") {
        config.strategy = StrategySpec::parse(&value)
            .ok_or_else(|| error("COYOTE_STRATEGY", &value, "there is no such strategy", KNOWN))?;
    }
    if let Some(value) = read("COYOTE_UNTIL") {
        config.until = Until::parse(&value)
            .ok_or_else(|| error("COYOTE_UNTIL", &value, "there is no such end", Until::KNOWN))?;
    }
    config.style = style(read, std::io::stderr().is_terminal());
    config.annotate = read("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if let Some(value) = read("COYOTE_OUT") {
        if value.is_empty() {
            return Err(error("COYOTE_OUT", &value, "this is no folder", "a path"));
        }
        config.out = Some(PathBuf::from(value));
    }
    if let Some(value) = read("COYOTE_SUMMARY") {
        if value.is_empty() {
            return Err(error("COYOTE_SUMMARY", &value, "this is no file", "a path"));
        }
        config.summary = Some(PathBuf::from(value));
    }
    if let Some(value) = read("COYOTE_PROGRESS") {
        if value.is_empty() {
            return Err(error("COYOTE_PROGRESS", &value, "this is no file", "a path"));
        }
        config.progress = Some(PathBuf::from(value));
    }
    config.replayed_by = read("COYOTE_REPLAYED_BY").filter(|value| !value.is_empty());
    match read("COYOTE_TIME").as_deref() {
        None => {}
        Some("idle") => config.time = Time::Idle,
        Some("racing") => config.time = Time::Racing,
        Some(value) => return Err(error("COYOTE_TIME", value, "unknown value", "`idle` or `racing`")),
    }
    let is_on = |variable| match read(variable).as_deref() {
        None | Some("off" | "") => Ok(false),
        Some("on") => Ok(true),
        Some(value) => Err(error(variable, value, "unknown value", "`on` or `off`")),
    };
    config.explore = is_on("COYOTE_EXPLORE")?;
    config.fail_on_max_steps = is_on("COYOTE_FAIL_ON_MAX_STEPS")?;
    let is_off = |variable| match read(variable).as_deref() {
        None | Some("on" | "") => Ok(false),
        Some("off") => Ok(true),
        Some(value) => Err(error(variable, value, "unknown value", "`off` or `on`")),
    };
    match read("COYOTE_ISOLATE").as_deref() {
        None | Some("") => {}
        Some("process") => config.isolate = Isolate::Process,
        Some("off") => config.isolate = Isolate::No,
        Some(value) => {
            return Err(error("COYOTE_ISOLATE", value, "unknown value", "`process` or `off`"));
        }
    }
    let isolated = match read("COYOTE_ISOLATED") {
        None => None,
        Some(value) => Some(value.parse().map_err(|_| {
            error("COYOTE_ISOLATED", &value, "this is set by coyote itself", "nothing: unset it")
        })?),
    };
    // Neither gives a test what its attribute takes away.
    config.regressions = config.regressions.min(match read("COYOTE_REGRESSIONS").as_deref() {
        Some("on") => Regressions::Keep,
        Some("repeat") => Regressions::Repeat,
        Some("off") => Regressions::Off,
        None | Some("") => match read("CI").as_deref() {
            None | Some("" | "false" | "0") => Regressions::Keep,
            Some(_) => Regressions::Repeat,
        },
        Some(value) => {
            return Err(error("COYOTE_REGRESSIONS", value, "unknown value", "`on`, `repeat` or `off`"));
        }
    });
    if read("COYOTE_SHRINK").is_some_and(|value| !value.is_empty()) {
        config.shrink = !is_off("COYOTE_SHRINK")?;
    }
    if read("COYOTE_COVERAGE").is_some_and(|value| !value.is_empty()) {
        config.coverage = !is_off("COYOTE_COVERAGE")?;
    }
    let off = is_off("COYOTE")?;
    let plain_off = is_off("COYOTE_PLAIN")?;
    let replay = match read("COYOTE_REPLAY") {
        None => None,
        Some(value) if value.is_empty() => {
            return Err(error(
                "COYOTE_REPLAY",
                &value,
                "it is empty",
                "a trace file's path or a trace string",
            ));
        }
        Some(value) if value.ends_with(".trace") || Path::new(&value).exists() => {
            Some(ReplaySource::File(PathBuf::from(value)))
        }
        Some(value) => Some(ReplaySource::Short(value)),
    };
    Ok((config, Settings { off, plain_off, isolated, replay }))
}

/// Returns whether the test harness was told to run its tests in turn.
pub(crate) fn one_test_at_a_time() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    let variable = env::var("RUST_TEST_THREADS").is_ok_and(|threads| threads == "1");
    let arguments: Vec<String> = env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    variable
        || arguments.iter().any(|word| word == "--test-threads=1")
        || arguments.windows(2).any(|words| words[0] == "--test-threads" && words[1] == "1")
}

/// Returns whether the report is coloured, by the conventions of terminals: on one, unless `NO_COLOR` is set or
/// the terminal is `dumb`; and where cargo was told to.
fn style(read: Read<'_>, is_terminal: bool) -> Style {
    let is_set = |variable| read(variable).is_some_and(|value| !value.is_empty());
    match read("CARGO_TERM_COLOR").as_deref() {
        _ if is_set("NO_COLOR") => Style::Plain,
        Some("always") => Style::Coloured,
        Some("never") => Style::Plain,
        _ if is_terminal && read("TERM").as_deref() != Some("dumb") => Style::Coloured,
        _ => Style::Plain,
    }
}

/// Parses `10`, `10s`, `500ms`, `2m`, `1.5s`.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit.trim() {
        "" | "s" => number,
        "ms" => number / 1e3,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variable: &'static str, value: &str) -> Result<(Config, Settings), SettingError> {
        apply_from(Config::new("t"), &|name| (name == variable).then(|| value.to_owned()))
    }

    #[test]
    fn good_values_are_taken() {
        assert_eq!(with("COYOTE_ITERATIONS", "1_000").expect("good").0.iterations, 1000);
        assert_eq!(with("COYOTE_TIMEOUT", "500ms").expect("good").0.timeout, Duration::from_millis(500));
        assert_eq!(with("COYOTE_TIMEOUT", "2m").expect("good").0.timeout, Duration::from_secs(120));
        assert_eq!(with("COYOTE_TIMEOUT", "0").expect("good").0.timeout, Duration::ZERO);
        assert_eq!(with("COYOTE_SEED", "17").expect("good").0.seed, 17);
        assert_eq!(with("COYOTE_STRATEGY", "pct(5)").expect("good").0.strategy, StrategySpec::Pct(5));
        assert_eq!(with("COYOTE_UNTIL", "saturated").expect("good").0.until, Until::Saturated);
        assert_eq!(with("COYOTE_TIME", "racing").expect("good").0.time, Time::Racing);
        assert!(with("COYOTE_EXPLORE", "on").expect("good").0.explore);
        assert!(with("COYOTE_FAIL_ON_MAX_STEPS", "on").expect("good").0.fail_on_max_steps);
        assert!(with("COYOTE", "off").expect("good").1.off);
        assert!(with("COYOTE_PLAIN", "off").expect("good").1.plain_off);
        assert!(!with("COYOTE_SHRINK", "off").expect("good").0.shrink);
        assert!(with("COYOTE_COVERAGE", "on").expect("good").0.coverage);
        for (variable, value, regressions) in [
            ("COYOTE_REGRESSIONS", "on", Regressions::Keep),
            ("COYOTE_REGRESSIONS", "off", Regressions::Off),
            ("CI", "true", Regressions::Repeat),
            ("CI", "false", Regressions::Keep),
        ] {
            assert_eq!(with(variable, value).expect("good").0.regressions, regressions);
        }
        let short = with("COYOTE_REPLAY", "c1.AAAA").expect("good").1.replay;
        assert_eq!(short, Some(ReplaySource::Short("c1.AAAA".to_owned())));
    }

    #[test]
    fn colours_are_for_terminals_and_those_who_ask() {
        let with = |variables: &'static [(&str, &str)], is_terminal| {
            let read = move |name: &'static str| {
                variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
            };
            style(&read, is_terminal)
        };
        assert_eq!(with(&[], true), Style::Coloured);
        assert_eq!(with(&[], false), Style::Plain);
        assert_eq!(with(&[("NO_COLOR", "1")], true), Style::Plain);
        assert_eq!(with(&[("NO_COLOR", "")], true), Style::Coloured);
        assert_eq!(with(&[("NO_COLOR", "1"), ("CARGO_TERM_COLOR", "always")], true), Style::Plain);
        assert_eq!(with(&[("CARGO_TERM_COLOR", "always")], false), Style::Coloured);
        assert_eq!(with(&[("TERM", "dumb")], true), Style::Plain);
    }

    #[test]
    fn bad_values_are_named_with_what_to_write_instead() {
        let bad = [
            ("COYOTE_ITERATIONS", "0"),
            ("COYOTE_ITERATIONS", "many"),
            ("COYOTE_TIMEOUT", "soon"),
            ("COYOTE_TIMEOUT", "-1"),
            ("COYOTE_MAX_STEPS", "0"),
            ("COYOTE_SEED", "0x17"),
            ("COYOTE_STRATEGY", "pct(0)"),
            ("COYOTE_STRATEGY", "luck"),
            ("COYOTE_UNTIL", "dawn"),
            ("COYOTE", "maybe"),
            ("COYOTE_PLAIN", "no"),
            ("COYOTE_ISOLATE", "thread"),
            ("COYOTE_ISOLATED", "yes"),
            ("COYOTE_REPLAY", ""),
            ("COYOTE_OUT", ""),
            ("COYOTE_SUMMARY", ""),
            ("COYOTE_PROGRESS", ""),
            ("COYOTE_TIME", "fast"),
            ("COYOTE_EXPLORE", "yes"),
            ("COYOTE_FAIL_ON_MAX_STEPS", "1"),
            ("COYOTE_STUCK_AFTER", "0"),
            ("COYOTE_SHRINK", "no"),
            ("COYOTE_COVERAGE", "100%"),
            ("COYOTE_REGRESSIONS", "no"),
        ];
        for (variable, value) in bad {
            let error = with(variable, value).expect_err(variable).to_string();
            assert!(error.contains(variable) && error.contains(value) && error.contains("write "), "{error}");
        }
    }
}
