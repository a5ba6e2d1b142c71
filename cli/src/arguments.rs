//! What may be written on the command line.

mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use values::strategy_value;
pub(crate) use values::{Seed, count, seed, strategy, time_span};

/// Systematic concurrency testing for tokio and std programs.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-coyote",
    bin_name = "cargo coyote",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 no bug; 1 usage or build error; 2 a bug was found, or a test failed; 3 internal error; \
                  4 a trace did not reproduce its failure; 130 interrupted."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Whether to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Explores the schedules of tests, in parallel processes.
    #[command(visible_alias = "t")]
    Test(Box<TestArguments>),
    /// Repeats the execution of a trace.
    Replay(ReplayArguments),
    /// Shows what a test has found, in the format that is asked for.
    Report(ReportArguments),
    /// Lists tests.
    List(ListArguments),
    /// Adds what a package needs to its manifest, and a first test.
    Init(InitArguments),
    /// Removes traces and reports.
    Clean(CleanArguments),
    /// Works on coverage files.
    #[command(subcommand)]
    Coverage(CoverageCommand),
    /// Writes completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Writes the manual page, in the format of man(1).
    Man,
}

/// Which packages and targets, and how they are built: as in `cargo test`.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Packages and build")]
pub(crate) struct BuildArguments {
    /// Package to test; may be repeated. By default, those that have a feature for control.
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) package: Vec<String>,
    /// All packages of the workspace.
    #[arg(long, visible_alias = "all")]
    pub(crate) workspace: bool,
    /// A package to leave out.
    #[arg(long, value_name = "SPEC", requires = "workspace")]
    pub(crate) exclude: Vec<String>,
    /// Unit tests of the library only.
    #[arg(long)]
    pub(crate) lib: bool,
    /// Unit tests of all programs.
    #[arg(long)]
    pub(crate) bins: bool,
    /// Unit tests of this program.
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Vec<String>,
    /// All tests in `tests/`, and unit tests.
    #[arg(long)]
    pub(crate) tests: bool,
    /// This test target.
    #[arg(long, value_name = "NAME")]
    pub(crate) test: Vec<String>,
    /// Features to turn on, besides the one that gives control.
    #[arg(short = 'F', long, value_name = "FEATURES", value_delimiter = ',')]
    pub(crate) features: Vec<String>,
    /// All features.
    #[arg(long)]
    pub(crate) all_features: bool,
    /// No default features.
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Build with optimisations.
    #[arg(short, long, conflicts_with = "cargo_profile")]
    pub(crate) release: bool,
    /// cargo's profile to build with.
    #[arg(long, value_name = "NAME")]
    pub(crate) cargo_profile: Option<String>,
    /// Processes that build at a time.
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub(crate) build_jobs: Option<u64>,
    /// The platform to build for.
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
    /// The folder for what is built.
    #[arg(long, value_name = "DIR")]
    pub(crate) target_dir: Option<PathBuf>,
    /// The package's manifest.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// The lock file must not change.
    #[arg(long)]
    pub(crate) locked: bool,
    /// No network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Both.
    #[arg(long)]
    pub(crate) frozen: bool,
    /// A setting of cargo's, or a file of them; may be repeated.
    #[arg(long = "config", value_name = "KEY=VALUE")]
    pub(crate) cargo_config: Vec<String>,
}

/// How tests are explored. What is not given is taken from the profile, then from the test's attribute.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Exploration")]
pub(crate) struct ExploreArguments {
    /// Schedules per test.
    #[arg(short, long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub(crate) iterations: Option<u64>,
    /// Time per test after which no schedule begins: seconds, or `500ms`, `10s`, `2m`; 0 for none.
    #[arg(short, long, value_name = "TIME", value_parser = time_span, allow_negative_numbers = true)]
    pub(crate) timeout: Option<Duration>,
    /// How schedules are chosen: `portfolio`, `random`, `pct(3)`, …
    #[arg(short, long, value_name = "NAME")]
    pub(crate) strategy: Option<String>,
    /// The number in the strategy's parentheses; `-sv` is the same.
    #[arg(long, value_name = "N", value_parser = strategy_value, allow_negative_numbers = true, requires = "strategy", visible_alias = "sv")]
    pub(crate) strategy_value: Option<u32>,
    /// Scheduling points of a schedule at most, ten times as many of a fair one; `-ms` is the same.
    #[arg(long, value_name = "N", value_parser = count, visible_alias = "ms")]
    pub(crate) max_steps: Option<u64>,
    /// What all that is drawn depends on: a number, or `random`.
    #[arg(long, value_name = "SEED", value_parser = seed, allow_negative_numbers = true)]
    pub(crate) seed: Option<Seed>,
    /// How virtual time passes.
    #[arg(long, value_name = "HOW")]
    pub(crate) time: Option<TimePolicy>,
    /// When to end if nothing is found.
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<Until>,
    /// Go on after a bug, and report each that differs.
    #[arg(long)]
    pub(crate) explore: bool,
    /// A schedule that reaches the bound of scheduling points fails the test.
    #[arg(long)]
    pub(crate) fail_on_max_steps: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TimePolicy {
    /// The clock moves when nothing can run.
    Idle,
    /// A timer may also fire before ready work.
    Racing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Until {
    /// After all schedules, or all the time.
    Budget,
    /// When hardly anything is new.
    Saturated,
}

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// Only tests whose name contains one of these.
    #[arg(value_name = "TESTNAME")]
    pub(crate) filters: Vec<String>,
    /// For the test harness: `--ignored`, `--include-ignored`, `--exact`, `--skip NAME`.
    #[arg(last = true, value_name = "HARNESS OPTIONS")]
    pub(crate) harness: Vec<String>,
    #[command(flatten)]
    pub(crate) explore: ExploreArguments,
    /// Tests that run at a time, each in a process of its own [default: as many as there are processors].
    #[arg(short, long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub(crate) jobs: Option<u64>,
    /// Begin no further test once one has failed.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// The profile of `coyote.toml` to use.
    #[arg(short = 'P', long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The file with the profiles [default: `coyote.toml` beside the workspace's manifest].
    #[arg(long, value_name = "PATH")]
    pub(crate) config_file: Option<PathBuf>,
    /// The folder for traces and reports [default: `coyote` in cargo's target folder].
    #[arg(short, long, value_name = "DIR")]
    pub(crate) outdir: Option<PathBuf>,
    /// Write graphs of what each failure's tasks and actors did, as `.dgml` and `.dot`, beside its trace.
    #[arg(long)]
    pub(crate) actor_graph: bool,
    /// Write what the tests have covered.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// What is written to standard output.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) message_format: MessageFormat,
    #[command(flatten)]
    pub(crate) build: BuildArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// Nothing: what is said for people goes to standard error.
    Human,
    /// A line of JSON for each thing that happens.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// A trace's file, or its string (`c1.…`).
    #[arg(value_name = "TRACE")]
    pub(crate) trace: String,
    /// Run under a debugger, which stops where the program panics.
    #[arg(short, long = "break")]
    pub(crate) break_: bool,
    /// The debugger [default: rust-gdb, gdb, rust-lldb or lldb].
    #[arg(long, value_name = "PROGRAM", requires = "break_")]
    pub(crate) debugger: Option<String>,
    /// The folder for reports.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) outdir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// A trace, or the recording beside it; a test's folder [default: what was found last].
    #[arg(value_name = "TRACE")]
    pub(crate) trace: Option<PathBuf>,
    /// The format.
    #[arg(long, value_name = "FORMAT", default_value = "text", default_value_if("open", "true", "html"))]
    pub(crate) format: Format,
    /// Open the page, or what is written, with the program that the desktop has for it.
    #[arg(long)]
    pub(crate) open: bool,
    /// Write to this file, not to standard output.
    #[arg(short = 'O', long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The folder with traces and reports.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) outdir: Option<PathBuf>,
    /// The package's manifest.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Words.
    Text,
    /// A page with a timeline.
    Html,
    /// A summary for programs.
    Json,
    /// All that was recorded.
    Recording,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Visual Studio.
    Dgml,
    /// A sequence diagram for Markdown.
    Mermaid,
    /// A timeline for Perfetto, or Chrome.
    Perfetto,
    /// Properties of a test case.
    Junit,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Only tests whose name contains one of these.
    #[arg(value_name = "TESTNAME")]
    pub(crate) filters: Vec<String>,
    /// For the test harness: `--ignored`, `--include-ignored`, `--exact`, `--skip NAME`.
    #[arg(last = true, value_name = "HARNESS OPTIONS")]
    pub(crate) harness: Vec<String>,
    /// What is written to standard output: a test's name per line, or JSON.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) message_format: MessageFormat,
    #[command(flatten)]
    pub(crate) build: BuildArguments,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The package [default: the one in this folder].
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Take Coyote from a clone in this folder, not from the registry.
    #[arg(long, value_name = "DIR", conflicts_with = "git")]
    pub(crate) path: Option<PathBuf>,
    /// Take Coyote from a repository, not from the registry.
    #[arg(long, value_name = "URL")]
    pub(crate) git: Option<String>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The package's manifest.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArguments {
    /// The folder with traces and reports [default: `coyote` in cargo's target folder].
    #[arg(short, long, value_name = "DIR")]
    pub(crate) outdir: Option<PathBuf>,
    /// Say what would be removed, and remove nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The package's manifest.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CoverageCommand {
    /// Adds up coverage files.
    Merge {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Where to write the sum; by default it is shown in words.
        #[arg(short = 'O', long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Returns the words of the command line as clap understands them: without the `coyote` that cargo gives to
/// a subcommand, and with the long options of two letters that Coyote's users type after one dash.
pub(crate) fn words(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words = words.into_iter().peekable();
    let mut given: Vec<OsString> = words.next().into_iter().collect();
    words.next_if(|word| word == "coyote");
    let mut is_harness = false;
    for word in words {
        is_harness |= word == "--";
        let text = word.to_str().filter(|_| !is_harness);
        let long = text.and_then(|text| text.strip_prefix('-')).filter(|text| {
            let name = text.split('=').next().unwrap_or_default();
            name == "sv" || name == "ms"
        });
        given.push(long.map_or(word.clone(), |long| format!("--{long}").into()));
    }
    given
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn test(line: &str) -> Result<TestArguments, String> {
        let given = words(line.split(' ').map(OsString::from));
        match Arguments::try_parse_from(given).map_err(|error| error.to_string())?.command {
            Command::Test(arguments) => Ok(*arguments),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn coyote_users_may_type_what_they_are_used_to() {
        for line in [
            "cargo-coyote coyote test -i 100 -s pct -sv 10 -ms 500",
            "cargo-coyote test --iterations=100 --strategy pct -sv=10 -ms=500",
            "cargo-coyote test -i100 -spct --strategy-value 10 --max-steps 500",
        ] {
            let explore = test(line).expect(line).explore;
            assert_eq!((explore.iterations, explore.max_steps), (Some(100), Some(500)), "{line}");
            assert_eq!(explore.strategy_value, Some(10), "{line}");
        }
        let arguments = test("cargo-coyote test a b -- --skip -ms --ignored").expect("good");
        assert_eq!(arguments.filters, ["a", "b"]);
        assert_eq!(arguments.harness, ["--skip", "-ms", "--ignored"]);
    }

    #[test]
    fn bad_values_are_named_with_what_to_write_instead() {
        for (line, value, instead) in [
            ("test -i 0", "'0'", "write a number from 1 on"),
            ("test -i many", "'many'", "write a number from 1 on"),
            ("test -t soon", "'soon'", "write seconds, or a span such as 500ms"),
            ("test -t -1", "'-1'", "write seconds, or a span"),
            ("test -i -5", "'-5'", "write a number from 1 on"),
            ("test -ms 0", "'0'", "write a number from 1 on"),
            ("test -s pct -sv 2000", "'2000'", "write a number from 0 to 1000"),
            ("test -sv 3", "--strategy <NAME>", "required"),
            ("test --seed 0x17", "'0x17'", "write a number, or `random`"),
            ("test --time fast", "'fast'", "idle, racing"),
            ("test --until dawn", "'dawn'", "budget, saturated"),
            ("test --jobs 0", "'0'", "write a number from 1 on"),
            ("test --build-jobs x", "'x'", "write a number from 1 on"),
            ("test --message-format xml", "'xml'", "human, json"),
            ("test --exclude a", "--workspace", "required"),
            ("test --release --cargo-profile x", "--cargo-profile", "cannot be used"),
            ("replay", "<TRACE>", "required"),
            ("report --format pdf", "'pdf'", "mermaid"),
            ("completions tcsh", "'tcsh'", "zsh"),
            ("init --path a --git b", "--git", "cannot be used"),
            ("dance", "'dance'", "cargo coyote"),
            ("test --color pink", "'pink'", "always"),
        ] {
            let error = test(&format!("cargo-coyote {line}")).expect_err(line);
            assert!(error.contains(value) && error.contains(instead), "{line}: {error}");
        }
    }
}
