//! For people: a line per test as it ends, how far the others are, a table at the end. On a terminal, those that
//! run are shown below, and change; elsewhere a line tells of them now and then.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::table::{count, table, thousands};
use crate::arguments::Colour;
use crate::run::{Finished, Listener, Running, Totals, Verdict};

/// How often there is a line on those that run, where no terminal shows them.
const EVERY: Duration = Duration::from_secs(10);
/// The table has no more rows than this: of more tests, those that passed are left out.
const ROWS: usize = 40;

/// Whether, and how, text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) is_coloured: bool,
    is_terminal: bool,
}

impl Style {
    /// Decides by what was asked for, and by the conventions of terminals.
    pub(crate) fn of(colour: Colour) -> Style {
        let is_set = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let is_terminal = std::io::stderr().is_terminal() && !is_dumb;
        let asked = std::env::var("CARGO_TERM_COLOR").unwrap_or_default();
        let is_coloured = match (colour, asked.as_str()) {
            (Colour::Always, _) => true,
            (Colour::Never, _) => false,
            _ if is_set("NO_COLOR") => false,
            (_, "always") => true,
            (_, "never") => false,
            _ => is_terminal,
        };
        Style { is_coloured, is_terminal }
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.is_coloured {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }
}

/// Shows a run.
pub(crate) struct Human {
    style: Style,
    /// The name of each program.
    programs: Vec<String>,
    total: usize,
    totals: Totals,
    done: usize,
    /// Room for the words of the longest name.
    began: Instant,
    said: Instant,
    display: Option<Display>,
}

/// What changes at the bottom of a terminal.
struct Display {
    all: MultiProgress,
    sum: ProgressBar,
    /// One per test that runs.
    tests: BTreeMap<String, ProgressBar>,
}

impl Human {
    /// Begins to show a run of so many tests.
    pub(crate) fn new(style: Style, programs: Vec<String>, total: usize) -> Human {
        let display = style.is_terminal.then(|| {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            let sum = all.add(ProgressBar::new(total as u64));
            sum.set_style(bar_style("  {bar:30} {pos}/{len} tests, {elapsed}: {msg}"));
            Display { all, sum, tests: BTreeMap::new() }
        });
        let (began, totals) = (Instant::now(), Totals::default());
        Human { style, programs, total, totals, done: 0, began, said: began, display }
    }

    /// Returns a test's name, with that of its program.
    pub(crate) fn name(&self, test: &crate::harness::Test) -> String {
        format!("{} {}", self.programs[test.program], test.name)
    }

    fn say(&self, text: &str) {
        match &self.display {
            Some(display) => drop(display.all.println(text)),
            // Nobody is left to be told if this cannot be written.
            None => drop(writeln!(std::io::stderr(), "{text}")),
        }
    }

    /// Shows the table, and what is to be done next.
    pub(crate) fn conclude(&mut self, finished: &[Finished], was_interrupted: bool) {
        if let Some(display) = self.display.take() {
            display.tests.values().for_each(ProgressBar::finish_and_clear);
            display.sum.finish_and_clear();
        }
        let shown = |test: &&Finished| finished.len() <= ROWS || test.verdict != Verdict::Passed;
        let explored = finished.iter().filter(shown).filter(|test| test.strategy.is_some());
        let mut rows: Vec<Vec<String>> = explored.map(|test| self.row(test)).collect();
        if !rows.is_empty() {
            rows.sort();
            let heads = ["test", "schedules", "classes", "points", "bugs", "time", "strategy", ""];
            rows.insert(0, heads.map(str::to_owned).into());
            self.say("");
            self.say(table(&rows, |column| (1..=5).contains(&column)).trim_end());
        }
        self.say("");
        for test in finished.iter().filter(|test| test.verdict.is_failure()) {
            self.say(&self.failure(test));
        }
        self.say(&self.sum(was_interrupted));
    }

    fn row(&self, test: &Finished) -> Vec<String> {
        let numbers = &test.numbers;
        let ended = test.ended.as_deref();
        let mut remarks = Vec::new();
        if let Some(ended) = ended {
            let says = [
                (ended.complete, "complete"),
                (ended.saturated, "saturated"),
                (ended.expected, "as expected"),
                (!ended.repeatable, "NOT REPEATABLE"),
                (!ended.uncontrolled.is_empty(), "not all under control"),
                (numbers.bounded > 0, "cut at the bound of points"),
            ];
            remarks.extend(says.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words));
        }
        let bugs = match ended {
            Some(ended) => ended.bugs.iter().filter(|bug| bug.is_bug).count(),
            None => 0,
        };
        vec![
            self.name(&test.test),
            thousands(numbers.executions),
            thousands(numbers.classes),
            thousands(numbers.points),
            if bugs == 0 { String::new() } else { bugs.to_string() },
            seconds(test.duration),
            test.strategy.clone().unwrap_or_default(),
            remarks.join(", "),
        ]
    }

    /// Says what failed, and how to see it again.
    fn failure(&self, test: &Finished) -> String {
        let name = self.name(&test.test);
        let mut text = format!("{} {}", self.style.red(test.verdict.word()), self.style.bold(&name));
        for message in test.verdict.messages() {
            text.push_str(&format!("\n  {}", first_line(message)));
        }
        let bugs = test.ended.iter().flat_map(|ended| &ended.bugs);
        for bug in bugs {
            if let Some(trace) = &bug.trace {
                let trace = quote(&here(trace));
                text.push_str(&format!(
                    "\n  cargo coyote replay {trace}\n  cargo coyote report {trace} --open"
                ));
            } else if let Some(short) = &bug.short {
                text.push_str(&format!("\n  cargo coyote replay {short}"));
            }
        }
        text.push('\n');
        text
    }

    fn sum(&self, was_interrupted: bool) -> String {
        let Totals { passed, buggy, failed, interrupted, executions, .. } = self.totals;
        let mut parts = Vec::new();
        let mut part = |number: usize, words: &str| {
            if number > 0 {
                parts.push(format!("{} {words}", thousands(number as u64)));
            }
        };
        part(passed, "passed");
        part(buggy, if buggy == 1 { "has a bug" } else { "have bugs" });
        part(failed, "failed");
        part(interrupted, "stopped before the end");
        part(self.total - self.done, "not run");
        if parts.is_empty() {
            parts.push("none run".to_owned());
        }
        let is_clean = buggy + failed == 0 && !was_interrupted;
        let word = match is_clean {
            true => self.style.green("clean"),
            false if was_interrupted => self.style.red("interrupted"),
            false => self.style.red("failed"),
        };
        format!(
            "{word}: {} in {}: {}; {}",
            count(self.total as u64, "test"),
            seconds(self.began.elapsed()),
            parts.join(", "),
            count(executions, "schedule")
        )
    }
}

impl Listener for Human {
    fn started(&mut self, running: &Running) {
        let name = self.name(&running.test);
        if let Some(display) = &mut self.display {
            let bar = display.all.insert_before(&display.sum, ProgressBar::no_length());
            bar.set_style(bar_style("  {spinner} {prefix} {msg}"));
            bar.set_prefix(name.clone());
            display.tests.insert(name, bar);
        }
    }

    fn looked(&mut self, running: &BTreeMap<usize, Running>) {
        let speed = |test: &Running| {
            let elapsed = test.numbers.elapsed_ms.max(1);
            test.numbers.executions * 1000 / elapsed
        };
        if let Some(display) = &self.display {
            for test in running.values() {
                let name = self.name(&test.test);
                if let Some(bar) = display.tests.get(&name) {
                    bar.set_message(progress(test));
                    bar.tick();
                }
            }
            let now: u64 = running.values().map(speed).sum();
            let bugs = self.totals.bugs + running.values().filter(|test| test.found.is_some()).count() as u64;
            let executions: u64 =
                self.totals.executions + running.values().map(|test| test.numbers.executions).sum::<u64>();
            display.sum.set_message(format!(
                "{}, {}/s, {}",
                count(executions, "schedule"),
                thousands(now),
                count(bugs, "bug")
            ));
        } else if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            let each = running.values().map(|test| format!("{} {}", self.name(&test.test), progress(test)));
            let each = each.collect::<Vec<_>>().join("; ");
            self.say(&format!(
                "  {} of {} tests after {}; running: {each}",
                self.done,
                self.total,
                seconds(self.began.elapsed())
            ));
        }
    }

    fn finished(&mut self, finished: &Finished) {
        self.done += 1;
        self.totals.add(finished);
        let name = self.name(&finished.test);
        if let Some(display) = &mut self.display {
            display.sum.inc(1);
            if let Some(bar) = display.tests.remove(&name) {
                bar.finish_and_clear();
            }
        }
        let word = format!("{:>6}", finished.verdict.word());
        let word = match finished.verdict {
            Verdict::Passed => self.style.green(&word),
            _ => self.style.red(&word),
        };
        self.say(&format!("{word} {:>8}  {name}", seconds(finished.duration)));
        let is_told = finished.ended.as_ref().is_some_and(|ended| {
            !ended.uncontrolled.is_empty() || !ended.remarks.is_empty() || !ended.repeatable
        });
        if finished.verdict.is_failure() || is_told && finished.verdict == Verdict::Passed {
            self.say(&indented(&report(finished)));
        }
    }
}

/// Returns what a test wrote to standard error: the report. Of one that is not explored, also what it wrote to
/// standard output.
fn report(finished: &Finished) -> String {
    let error = String::from_utf8_lossy(&finished.output.stderr);
    let is_explored = finished.ended.is_some();
    let output = String::from_utf8_lossy(&finished.output.stdout);
    let of_harness = |line: &&str| {
        let words = ["running 1 test", "test result:", "failures:", "    "];
        !line.is_empty() && !words.iter().any(|word| line.starts_with(word))
    };
    let mut text = String::new();
    if !is_explored {
        output.lines().filter(of_harness).for_each(|line| text.extend([line, "\n"]));
    }
    // The panic that fails the test says what the report says, and its stack is coyote's own.
    let panic = error.find("\ncoyote found: ").and_then(|at| error[..at].rfind("\nthread '"));
    let is_told = matches!(finished.verdict, Verdict::Bugs(_));
    text.push_str(panic.filter(|_| is_told).map_or(&*error, |at| &error[..at]).trim_end());
    text
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn progress(test: &Running) -> String {
    if let Some(found) = &test.found {
        return format!("found a bug, now made simpler: {}", first_line(found));
    }
    let numbers = &test.numbers;
    if numbers.executions == 0 {
        return seconds(test.began.elapsed());
    }
    let of = test.iterations.map_or_else(String::new, |iterations| format!("/{}", thousands(iterations)));
    let speed = numbers.executions * 1000 / numbers.elapsed_ms.max(1);
    format!(
        "{}{of} schedules, {}/s, {} classes, {} points",
        thousands(numbers.executions),
        thousands(speed),
        thousands(numbers.classes),
        thousands(numbers.points)
    )
}

/// Returns the beginning of a message that fits on a line.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Returns a path from the working directory, if it lies below.
pub(crate) fn here(path: &str) -> String {
    let working = std::env::current_dir().ok();
    let below = working.and_then(|folder| std::path::Path::new(path).strip_prefix(folder).ok());
    below.map_or_else(|| path.to_owned(), |below| below.display().to_string())
}

/// Returns a word as a shell takes it.
pub(crate) fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,@+%".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0..=99 => format!("{:.2} s", duration.as_secs_f64()),
        seconds => format!("{}:{:02} min", seconds / 60, seconds % 60),
    }
}

fn bar_style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
