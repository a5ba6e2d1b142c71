//! The whole run: generate, compile, execute, judge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::arguments::{Arguments, Mode};
use crate::error::{Error, Result, at};
use crate::execute::{Execution, Ran};
use crate::rewritten::runtime_users;
use crate::summary::Explored;
use crate::verdicts::{Verdict, listed, reason, verdicts};
use crate::{build, exceptions, overlay, summary};

/// The strategies, in turn by seed.
const STRATEGIES: [&str; 4] = ["random", "pct(3)", "probabilistic(3)", "fair-pct(2)"];
/// Programs at most at the same time; each runs its tests one after the other.
const AT_A_TIME: usize = 4;
const FILE_AT_MOST: Duration = Duration::from_secs(120);
const TEST_AT_MOST: Duration = Duration::from_secs(20);

/// One file of tests.
struct File {
    name: String,
    program: PathBuf,
    tests: Vec<String>,
    /// The tests that use a runtime, by the last part of their names.
    runtime_users: BTreeSet<String>,
}

/// What came of one test in one execution of its program.
struct Outcome {
    file: usize,
    test: String,
    seed: u64,
    verdict: Verdict,
    reason: String,
    explored: Explored,
}

/// Runs the tests as asked; returns whether all passed but those that are excused.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let workspace = overlay::generate(arguments.mode != Mode::Off)?;
    let mut names = arguments.files.clone();
    if let Some(unknown) = names.iter().find(|name| !workspace.files.contains(name)) {
        return Err(Error::Argument {
            argument: unknown.clone(),
            problem: "tokio has no portable test file of this name",
        });
    }
    if names.is_empty() {
        names.clone_from(&workspace.files);
    }
    let programs = build::build(&workspace, &names, arguments.mode)?;
    let broken: Vec<&String> = names.iter().filter(|name| !programs.contains_key(*name)).collect();
    let package = build::package(&workspace.root);
    let logs = workspace.root.join("logs");
    if logs.exists() {
        // What an earlier run has left would be taken for this one's.
        at(&logs, std::fs::remove_dir_all(&logs))?;
    }
    at(&logs, std::fs::create_dir_all(&logs))?;
    let mut files = Vec::new();
    for (name, program) in programs {
        let arguments_list =
            |test: &Option<String>| ["--list".to_owned()].into_iter().chain(test.clone()).collect::<Vec<_>>();
        let execution = Execution {
            program: &program,
            folder: &package,
            arguments: arguments_list(&arguments.test),
            environment: Vec::new(),
            log: logs.join(format!("{name}.list")),
            at_most: TEST_AT_MOST,
        };
        let tests = listed(&execution.run()?.output);
        if tests.is_empty() && arguments.test.is_none() && arguments.files.is_empty() {
            // It is for another platform, or an unstable feature.
            continue;
        }
        let source = package.join(format!("tests/{name}.rs"));
        let runtime_users = runtime_users(&source)?;
        files.push(File { name, program, tests, runtime_users });
    }
    let outcomes = execute(&files, arguments, &package, &logs)?;
    conclude(&files, outcomes, arguments, &broken)
}

/// Runs every file under every seed.
fn execute(files: &[File], arguments: &Arguments, folder: &Path, logs: &Path) -> Result<Vec<Outcome>> {
    let jobs: Vec<(usize, u64)> = (0..files.len())
        .filter(|&file| !files[file].tests.is_empty())
        .flat_map(|file| (1..=arguments.seeds).map(move |seed| (file, seed)))
        .collect();
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Ok(Vec::new()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(AT_A_TIME);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(&(file, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = Job { at: file, file: &files[file], seed, arguments, folder, logs }.run();
                    let mut outcomes = outcomes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    match (found, &mut *outcomes) {
                        (Ok(found), Ok(all)) => all.extend(found),
                        (Err(error), all @ Ok(_)) => *all = Err(error),
                        (_, Err(_)) => break,
                    }
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One file under one seed.
struct Job<'a> {
    at: usize,
    file: &'a File,
    seed: u64,
    arguments: &'a Arguments,
    folder: &'a Path,
    logs: &'a Path,
}

impl Job<'_> {
    fn run(&self) -> Result<Vec<Outcome>> {
        let mut words = vec!["--test-threads=1".to_owned()];
        words.extend(self.arguments.test.clone());
        let (ran, explored) = self.execute(&self.file.name, words, FILE_AT_MOST)?;
        let found = verdicts(&ran.output);
        let mut outcomes = Vec::new();
        for test in &self.file.tests {
            let explored = explored.get(test).copied().unwrap_or_default();
            match found.get(test) {
                Some(&verdict) => {
                    outcomes.push(self.outcome(test, verdict, reason(&ran.output, test), explored));
                }
                // The program did not get to it, or the test wrote over its verdict.
                None => outcomes.push(self.alone(test)?),
            }
        }
        Ok(outcomes)
    }

    /// Runs one test in a process of its own.
    fn alone(&self, test: &str) -> Result<Outcome> {
        let words = ["--test-threads=1", "--exact", test].map(str::to_owned).to_vec();
        let name = format!("{}.{}", self.file.name, test.replace("::", "."));
        let (ran, explored) = self.execute(&name, words, TEST_AT_MOST)?;
        let verdict = if ran.success { Verdict::Passed } else { Verdict::Failed };
        let mut why = reason(&ran.output, test);
        if why.is_empty() {
            why = ran.end;
        }
        Ok(self.outcome(test, verdict, why, explored.get(test).copied().unwrap_or_default()))
    }

    fn execute(
        &self,
        name: &str,
        arguments: Vec<String>,
        at_most: Duration,
    ) -> Result<(Ran, BTreeMap<String, Explored>)> {
        let log = self.logs.join(format!("{name}.{}.txt", self.seed));
        let list = self.logs.join(format!("{name}.{}.jsonl", self.seed));
        if list.exists() {
            at(&list, std::fs::remove_file(&list))?;
        }
        let seed = usize::try_from(self.seed).unwrap_or(usize::MAX);
        let environment = match self.arguments.mode {
            Mode::Off => Vec::new(),
            Mode::Passive => vec![("COYOTE", "off".to_owned())],
            Mode::Controlled => vec![
                ("COYOTE_ITERATIONS", "1".to_owned()),
                ("COYOTE_TIMEOUT", "0".to_owned()),
                ("COYOTE_SEED", self.seed.to_string()),
                ("COYOTE_STRATEGY", STRATEGIES[(seed - 1) % STRATEGIES.len()].to_owned()),
                ("COYOTE_STUCK_AFTER", "5s".to_owned()),
                ("COYOTE_REGRESSIONS", "off".to_owned()),
                ("COYOTE_SUMMARY", list.display().to_string()),
                ("COYOTE_OUT", self.logs.join(format!("bugs.{}", self.seed)).display().to_string()),
            ],
        };
        let program = &self.file.program;
        let ran = Execution { program, folder: self.folder, arguments, environment, log, at_most }.run()?;
        Ok((ran, summary::read(&list)))
    }

    fn outcome(&self, test: &str, verdict: Verdict, reason: String, explored: Explored) -> Outcome {
        let last = test.rsplit("::").next().unwrap_or(test);
        let uses_runtime = self.file.runtime_users.contains(last);
        // The first step of an execution is to begin.
        let is_controlled = explored.points > explored.executions;
        let (verdict, reason) = match verdict {
            Verdict::Passed if self.arguments.mode == Mode::Controlled && uses_runtime && !is_controlled => {
                (Verdict::Failed, "uses a runtime, but reached no scheduling point".to_owned())
            }
            verdict => (verdict, reason),
        };
        Outcome { file: self.at, test: test.to_owned(), seed: self.seed, verdict, reason, explored }
    }
}

/// Prints what came of it; returns whether all passed but those that are excused.
fn conclude(
    files: &[File],
    outcomes: Vec<Outcome>,
    arguments: &Arguments,
    broken: &[&String],
) -> Result<bool> {
    let excuses = if arguments.mode == Mode::Controlled { exceptions::read()? } else { BTreeMap::new() };
    let (mut passed, mut failed, mut excused, mut ignored) = (0, 0, 0, 0);
    let mut total = Explored::default();
    for (at, file) in files.iter().enumerate() {
        let of_file: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.file == at).collect();
        let mut explored = Explored::default();
        let (mut good, mut bad) = (0, Vec::new());
        for test in &file.tests {
            let of_test: Vec<&&Outcome> = of_file.iter().filter(|outcome| outcome.test == *test).collect();
            for outcome in &of_test {
                explored.executions += outcome.explored.executions;
                explored.points += outcome.explored.points;
            }
            if of_test.iter().any(|outcome| outcome.verdict == Verdict::Ignored) {
                ignored += 1;
            } else if of_test.iter().all(|outcome| outcome.verdict == Verdict::Passed) {
                good += 1;
            } else {
                bad.push((test, of_test));
            }
        }
        passed += good;
        total.executions += explored.executions;
        total.points += explored.points;
        println!(
            "{:32} {good:4} passed {:4} failed {:8} executions {:10} points",
            file.name,
            bad.len(),
            explored.executions,
            explored.points
        );
        for (test, of_test) in bad {
            let seeds: Vec<&&&Outcome> =
                of_test.iter().filter(|outcome| outcome.verdict == Verdict::Failed).collect();
            let excuse = excuses.get(&format!("{}::{test}", file.name));
            failed += 1;
            excused += usize::from(excuse.is_some());
            let numbers: Vec<String> = seeds.iter().map(|outcome| outcome.seed.to_string()).collect();
            println!("    {test}: {} of {} (seeds {})", seeds.len(), of_test.len(), numbers.join(" "));
            println!("        {}", seeds.first().map_or("", |outcome| outcome.reason.as_str()));
            if let Some(excuse) = excuse {
                println!("        excused: {excuse}");
            }
        }
    }
    for file in broken {
        println!("{file:32} does not compile");
    }
    println!("\n{passed} passed, {failed} failed");
    if excused > 0 {
        println!("{excused} of the failed are excused in exceptions.toml");
    }
    if ignored > 0 {
        println!("{ignored} ignored by their own attribute");
    }
    if arguments.mode == Mode::Controlled {
        println!("{} executions, {} scheduling points", total.executions, total.points);
    }
    Ok(failed == excused && broken.is_empty())
}
