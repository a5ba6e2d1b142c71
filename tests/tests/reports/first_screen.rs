//! For bugs of the corpus, the first screen of the report is enough to name the racing lines.
//!
//! `COYOTE_SUITE_BLESS=1` writes the snapshots anew; look at what has changed.

use std::fs;
use std::path::{Path, PathBuf};

use coyote::StrategySpec;
use coyote_report::text::{Style, first_screen};
use coyote_tests::child;

/// Programs, the file each is in, and its racing lines.
const BUGS: [(&str, &str, &[&str]); 10] = [
    (
        "check_then_act",
        "asynchronous/check_then_act.rs",
        &["if *balance.lock().await < amount {", "*balance.lock().await -= amount;"],
    ),
    (
        "transfer_order",
        "asynchronous/transfer_order.rs",
        &["let mut source = accounts[from].lock().await;", "let mut target = accounts[to].lock().await;"],
    ),
    (
        "lost_notify",
        "asynchronous/lost_notify.rs",
        &["while !self.open.load(SeqCst) {", "self.open.store(true, SeqCst);"],
    ),
    (
        "cache_stampede",
        "asynchronous/cache_stampede.rs",
        &[
            "if let Some(&value) = cache.values.lock().unwrap().get(&key) {",
            "assert_eq!(self.0.fetch_add(1, SeqCst), 0, \"the backend was asked twice\");",
        ],
    ),
    (
        "double_init",
        "asynchronous/double_init.rs",
        &["if service.started.load(SeqCst) {", "service.started.store(true, SeqCst);"],
    ),
    (
        "torn_config",
        "asynchronous/torn_config.rs",
        &[
            "*self.limit.write().await = limit;",
            "*self.burst.write().await = burst;",
            "let limit = *self.limit.read().await;",
        ],
    ),
    (
        "timer_race",
        "asynchronous/timer_race.rs",
        &["self.0.lock().unwrap().contains_key(&id)", "let reply = self.0.lock().unwrap().remove(&id);"],
    ),
    (
        "wronglock",
        "sctbench/wronglock.rs",
        &["let before = data.value.load(Relaxed);", "self.value.store(value + 1, Relaxed);"],
    ),
    (
        "stringbuffer",
        "sctbench/stringbuffer.rs",
        &["let text = self.0.lock().unwrap().clone();", "self.0.lock().unwrap().drain(start..end);"],
    ),
    (
        "deadlock01",
        "sctbench/deadlock01.rs",
        &["let mut first = first.lock().unwrap();", "let mut second = second.lock().unwrap();"],
    ),
];

#[test]
fn the_first_screen_names_the_racing_lines() {
    let mut wrong = Vec::new();
    for (name, file, lines) in BUGS {
        let screen = screen_of(name);
        let racing = numbers(file, lines);
        // As the snippet renderer shows them: the number, then the line.
        let is_shown = |line: &str, of: &[usize]| {
            screen.lines().any(|shown| {
                shown.split_once('|').is_some_and(|(number, text)| {
                    text.trim() == line && number.trim().parse().is_ok_and(|number| of.contains(&number))
                })
            })
        };
        for (line, numbers) in lines.iter().zip(&racing) {
            assert!(is_shown(line, numbers), "{name} does not show {line:?} (line {numbers:?}):\n{screen}");
        }
        let count = screen.lines().count();
        assert!(count <= 40, "{name}: {count} lines are more than a screen:\n{screen}");
        // Source may be wider, and what the program says.
        let is_ours = |line: &&str| !line.contains('|') && !line.contains("panicked");
        let wide = screen.lines().filter(is_ours).find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{name}: a line is too wide:\n{screen}");
        let told: Vec<String> = lines
            .iter()
            .zip(&racing)
            .map(|(line, numbers)| format!("# {file}:{}  {line}", numbers[0]))
            .collect();
        let snapshot = format!("# The racing lines:\n{}\n{screen}", told.join("\n"));
        let path = path(name);
        if child::count("COYOTE_SUITE_BLESS", 0) > 0 {
            fs::write(&path, &snapshot).expect("snapshots can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != snapshot {
            wrong.push(format!("{}:\n{snapshot}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "these have changed (COYOTE_SUITE_BLESS=1 takes them):\n{}",
        wrong.join("\n\n")
    );
}

/// Explores a program until its bug is found. What depends on time is taken out.
fn screen_of(name: &str) -> String {
    let program =
        coyote_corpus::programs().find(|program| program.name == name).expect("a program of that name");
    let config = coyote_corpus::config(name, 10_000).strategy(StrategySpec::Pos).shrink(true);
    let report = program.body.explore(config);
    assert!(program.expected.is_shown_by(&report), "{name}:\n{report}");
    let screen = first_screen(&report.recorded().expect("a bug was recorded"), Style::Plain);
    screen.lines().filter(|line| !line.starts_with("  shrunk from")).map(|line| format!("{line}\n")).collect()
}

/// Returns at which lines of a file each of these is.
fn numbers(file: &str, lines: &[&str]) -> Vec<Vec<usize>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/src").join(file);
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let of = |wanted: &&str| -> Vec<usize> {
        let found = source.lines().enumerate().filter(|(_, line)| line.trim() == *wanted);
        let found: Vec<usize> = found.map(|(at, _)| at + 1).collect();
        assert!(!found.is_empty(), "{file} has no line {wanted:?}");
        found
    };
    lines.iter().map(of).collect()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/snapshots").join(format!("{name}.txt"))
}
