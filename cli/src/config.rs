//! Profiles: `coyote.toml` beside the workspace's manifest.
//!
//! ```toml
//! [profile.default]
//! iterations = 1000
//!
//! [profile.ci]
//! inherits = "default"      # so it does if it does not say
//! iterations = 10_000
//! timeout = "60s"
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::arguments::{self, ExploreArguments, Seed, TestArguments, TimePolicy, Until};
use crate::error::Error;

/// The name of the file.
pub(crate) const FILE: &str = "coyote.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
}

/// What a profile says; what it does not is inherited.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Profile {
    inherits: Option<String>,
    iterations: Option<Count>,
    timeout: Option<Span>,
    strategy: Option<Strategy>,
    max_steps: Option<Count>,
    seed: Option<SeedText>,
    time: Option<TimePolicy>,
    until: Option<Until>,
    explore: Option<bool>,
    fail_on_max_steps: Option<bool>,
    jobs: Option<Count>,
    fail_fast: Option<bool>,
    outdir: Option<PathBuf>,
    actor_graph: Option<bool>,
    coverage: Option<bool>,
    features: Option<Vec<String>>,
    cargo_profile: Option<String>,
    build_jobs: Option<Count>,
}

/// Defines a value that is checked when it is read, so that an error names its place in the file.
macro_rules! checked {
    ($name:ident($held:ty), $check:expr) => {
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(try_from = "Text")]
        struct $name($held);

        impl TryFrom<Text> for $name {
            type Error = String;

            fn try_from(text: Text) -> Result<Self, String> {
                let text = text.0;
                let check: fn(&str) -> Result<$held, String> = $check;
                check(&text).map($name).map_err(|problem| format!("{text:?}: {problem}"))
            }
        }
    };
}

/// A string or a number, as text.
#[derive(Deserialize)]
#[serde(from = "Scalar")]
struct Text(String);

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Whole(i64),
    Fraction(f64),
    Words(String),
}

impl From<Scalar> for Text {
    fn from(scalar: Scalar) -> Text {
        Text(match scalar {
            Scalar::Whole(number) => number.to_string(),
            Scalar::Fraction(number) => number.to_string(),
            Scalar::Words(text) => text,
        })
    }
}

checked!(Count(u64), arguments::count);
checked!(Span(Duration), arguments::time_span);
checked!(SeedText(Seed), arguments::seed);
checked!(Strategy(String), |text| arguments::strategy(text, None));

/// Reads the profile that is asked for.
///
/// # Errors
/// Returns what is wrong with the file, and where, or which profiles there are.
pub(crate) fn profile(root: &Path, file: Option<&Path>, name: Option<&str>) -> Result<Profile, Error> {
    let path = file.map_or_else(|| root.join(FILE), Path::to_path_buf);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.is_none() => String::new(),
        Err(error) => return Err(Error::file(&path, error, "write the path of a file with profiles")),
    };
    parse(&text, name).map_err(|problem| Error::Usage(format!("{}: {problem}", path.display())))
}

fn parse(text: &str, name: Option<&str>) -> Result<Profile, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let mut name = name.unwrap_or("default");
    let mut chain = vec![name];
    let mut profile = Profile::default();
    loop {
        match file.profile.get(name) {
            Some(found) => {
                let inherits = found.inherits.as_deref();
                profile = profile.over(found.clone());
                name = match inherits {
                    Some(above) => above,
                    None if name == "default" => break,
                    None => "default",
                };
            }
            None if name == "default" => break,
            None => {
                let mut known: Vec<&str> = file.profile.keys().map(String::as_str).collect();
                if !known.contains(&"default") {
                    known.push("default");
                }
                let known = known.join(", ");
                return Err(format!(
                    "there is no profile {name:?}; write one of {known}, or add [profile.{name}]"
                ));
            }
        }
        if chain.contains(&name) {
            let circle = chain.join(" inherits ");
            return Err(format!(
                "profile {circle} inherits {name}, which is a circle; take one `inherits` out"
            ));
        }
        chain.push(name);
    }
    Ok(profile)
}

impl Profile {
    /// Returns this, with what it does not say taken from `below`.
    fn over(self, below: Profile) -> Profile {
        Profile {
            inherits: None,
            iterations: self.iterations.or(below.iterations),
            timeout: self.timeout.or(below.timeout),
            strategy: self.strategy.or(below.strategy),
            max_steps: self.max_steps.or(below.max_steps),
            seed: self.seed.or(below.seed),
            time: self.time.or(below.time),
            until: self.until.or(below.until),
            explore: self.explore.or(below.explore),
            fail_on_max_steps: self.fail_on_max_steps.or(below.fail_on_max_steps),
            jobs: self.jobs.or(below.jobs),
            fail_fast: self.fail_fast.or(below.fail_fast),
            outdir: self.outdir.or(below.outdir),
            actor_graph: self.actor_graph.or(below.actor_graph),
            coverage: self.coverage.or(below.coverage),
            features: self.features.or(below.features),
            cargo_profile: self.cargo_profile.or(below.cargo_profile),
            build_jobs: self.build_jobs.or(below.build_jobs),
        }
    }

    /// Fills in what the command line does not say, nor a variable of the environment: one of those overrides a
    /// file.
    pub(crate) fn fill_in(self, arguments: &mut TestArguments, is_set: impl Fn(&str) -> bool) {
        let explore = &mut arguments.explore;
        let unless = |variable: &str| !is_set(variable);
        let count = |count: Option<Count>| count.map(|count| count.0);
        explore.iterations =
            explore.iterations.or(count(self.iterations).filter(|_| unless("COYOTE_ITERATIONS")));
        explore.timeout =
            explore.timeout.or(self.timeout.map(|span| span.0).filter(|_| unless("COYOTE_TIMEOUT")));
        let strategy = self.strategy.map(|strategy| strategy.0);
        explore.strategy = explore.strategy.take().or(strategy.filter(|_| unless("COYOTE_STRATEGY")));
        explore.max_steps =
            explore.max_steps.or(count(self.max_steps).filter(|_| unless("COYOTE_MAX_STEPS")));
        explore.seed = explore.seed.or(self.seed.map(|seed| seed.0).filter(|_| unless("COYOTE_SEED")));
        explore.time = explore.time.or(self.time.filter(|_| unless("COYOTE_TIME")));
        explore.until = explore.until.or(self.until.filter(|_| unless("COYOTE_UNTIL")));
        explore.explore |= self.explore.unwrap_or_default();
        explore.fail_on_max_steps |= self.fail_on_max_steps.unwrap_or_default();
        arguments.jobs = arguments.jobs.or(count(self.jobs));
        arguments.fail_fast |= self.fail_fast.unwrap_or_default();
        arguments.outdir = arguments.outdir.take().or(self.outdir.filter(|_| unless("COYOTE_OUT")));
        arguments.actor_graph |= self.actor_graph.unwrap_or_default();
        arguments.coverage |= self.coverage.unwrap_or_default();
        let build = &mut arguments.build;
        if build.features.is_empty() {
            build.features = self.features.unwrap_or_default();
        }
        if !build.release {
            build.cargo_profile = build.cargo_profile.take().or(self.cargo_profile);
        }
        build.build_jobs = build.build_jobs.or(count(self.build_jobs));
    }
}

impl ExploreArguments {
    /// Returns the variables that tell a test what is asked for.
    ///
    /// # Errors
    /// Returns why the strategy cannot be used.
    pub(crate) fn variables(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let mut variables = Vec::new();
        let mut set =
            |variable, value: Option<String>| variables.extend(value.map(|value| (variable, value)));
        set("COYOTE_ITERATIONS", self.iterations.map(|number| number.to_string()));
        set("COYOTE_TIMEOUT", self.timeout.map(|span| format!("{}ms", span.as_millis())));
        if let Some(name) = &self.strategy {
            let strategy = arguments::strategy(name, self.strategy_value);
            set("COYOTE_STRATEGY", Some(strategy.map_err(Error::Usage)?));
        }
        set("COYOTE_MAX_STEPS", self.max_steps.map(|number| number.to_string()));
        set("COYOTE_SEED", self.seed.map(|seed| seed.to_string()));
        let time = |time| match time {
            TimePolicy::Idle => "idle".to_owned(),
            TimePolicy::Racing => "racing".to_owned(),
        };
        set("COYOTE_TIME", self.time.map(time));
        let until = |until| match until {
            Until::Budget => "budget".to_owned(),
            Until::Saturated => "saturated".to_owned(),
        };
        set("COYOTE_UNTIL", self.until.map(until));
        set("COYOTE_EXPLORE", self.explore.then(|| "on".to_owned()));
        set("COYOTE_FAIL_ON_MAX_STEPS", self.fail_on_max_steps.then(|| "on".to_owned()));
        Ok(variables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
        [profile.default]
        iterations = 100
        strategy = \"surw\"
        [profile.ci]
        iterations = 10_000
        timeout = \"1m\"
        [profile.night]
        inherits = \"ci\"
        timeout = 0
        seed = \"random\"
    ";

    fn arguments(profile: Profile, set: &'static [&'static str]) -> ExploreArguments {
        use clap::Parser;
        let parsed = arguments::Arguments::try_parse_from(["cargo-coyote", "test", "-i", "7"]).expect("good");
        let arguments::Command::Test(mut arguments) = parsed.command else { panic!("another command") };
        profile.fill_in(&mut arguments, |variable| set.contains(&variable));
        arguments.explore
    }

    #[test]
    fn profiles_inherit() {
        let ci = parse(TEXT, Some("ci")).expect("good");
        assert_eq!(ci.strategy, Some(Strategy("surw".to_owned())));
        assert_eq!(ci.iterations, Some(Count(10_000)));
        let night = parse(TEXT, Some("night")).expect("good");
        assert_eq!(night.iterations, Some(Count(10_000)));
        assert_eq!(night.timeout, Some(Span(Duration::ZERO)));
        assert_eq!(parse("", None), Ok(Profile::default()));
    }

    #[test]
    fn the_command_line_comes_before_variables_and_those_before_profiles() {
        let night = || parse(TEXT, Some("night")).expect("good");
        let explore = arguments(night(), &["COYOTE_STRATEGY"]);
        assert_eq!((explore.iterations, explore.strategy), (Some(7), None));
        let variables = arguments(night(), &[]).variables().expect("good");
        let expected = [
            ("COYOTE_ITERATIONS", "7"),
            ("COYOTE_TIMEOUT", "0ms"),
            ("COYOTE_STRATEGY", "surw"),
            ("COYOTE_SEED", "random"),
        ];
        assert_eq!(variables, expected.map(|(variable, value)| (variable, value.to_owned())));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, name, parts) in [
            ("[profile.default]\niterations = 0", None, &["line 2", "write a number from 1 on"][..]),
            ("[profile.default]\ntimeout = \"soon\"", None, &["line 2", "\"soon\"", "write seconds"]),
            ("[profile.default]\nstrategy = \"luck\"", None, &["line 2", "\"luck\"", "write portfolio"]),
            ("[profile.default]\ntime = \"fast\"", None, &["line 2", "`idle`"]),
            ("[profile.default]\niteration = 3", None, &["line 2", "iteration", "`iterations`"]),
            ("[profiles.ci]", None, &["line 1", "`profile`"]),
            ("[profile.default", None, &["line 1"]),
            (TEXT, Some("cl"), &["no profile \"cl\"", "ci, default, night", "add [profile.cl]"]),
            ("[profile.a]\ninherits = \"b\"", Some("a"), &["no profile \"b\""]),
            (
                "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"",
                Some("a"),
                &["a inherits b inherits a", "circle"],
            ),
        ] {
            let error = parse(text, name).expect_err(text);
            assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
        }
    }
}
