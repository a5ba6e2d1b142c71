//! The files a report writes, and the command that replays it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::config::Config;
use crate::report::{Report, full};

/// Writes the trace and the text of a report into a folder of the test's own, and notes in the report
/// where they are; `at` is its number among those of an exploration, from 0. A report whose files cannot be written is shown all the same.
pub(crate) fn write(config: &Config, report: &mut Report, at: usize) {
    let Some(bug) = &report.bug else { return };
    let folder = folder(config);
    let mut name = file_name(&config.name);
    if at > 0 {
        name.push_str(&format!(".{}", at + 1));
    }
    let path = |extension: &str| folder.join(format!("{name}.{extension}"));
    let (trace, as_found) = (path("trace"), path("original.trace"));
    let mut failed = Vec::new();
    if bug.has_trace {
        let content = bug.trace.to_string();
        report.replay_command = Some(match write_file(&trace, &content) {
            Ok(()) => {
                report.files.extend([
                    (trace.clone(), ""),
                    (path("txt"), ""),
                    (path("html"), "a page"),
                    (path("json"), ""),
                ]);
                command(config, &trace.display().to_string())
            }
            Err(error) => {
                failed.push((trace, error));
                command(config, &bug.trace.to_short())
            }
        });
    }
    // That of an earlier run would be of another schedule.
    match bug.original_trace().map(|original| write_file(&as_found, &original.to_string())) {
        Some(Ok(())) => report.files.push((as_found, "as it was found")),
        Some(Err(error)) => failed.push((as_found, error)),
        None => drop(fs::remove_file(&as_found)),
    }
    let mut contents = vec![(path("txt"), full(report))];
    if report.files.iter().any(|(file, _)| *file == path("html")) {
        let recorded = report.recorded().expect("a report with a trace has a bug");
        contents.push((path("html"), coyote_report::html::page(&recorded)));
        contents.push((path("json"), recorded.to_json()));
    }
    for (path, content) in contents {
        if let Err(error) = write_file(&path, &content) {
            report.files.retain(|(file, _)| *file != path);
            failed.push((path, error));
        }
    }
    let failed = failed.into_iter();
    report
        .uncontrolled
        .extend(failed.map(|(path, error)| format!("{} could not be written: {error}", path.display())));
}

/// Writes what was covered, if that was counted, into the same folder.
pub(crate) fn write_coverage(config: &Config, report: &mut Report) {
    let Some(coverage) = &report.coverage else { return };
    let stem = folder(config).join(file_name(&config.name));
    let contents = [
        ("coverage.json", coverage.to_json()),
        ("coverage.txt", coverage.text()),
        ("coverage.dot", coverage.dot()),
        ("coverage.dgml", coverage.dgml()),
    ];
    for (extension, content) in contents {
        let path = PathBuf::from(format!("{}.{extension}", stem.display()));
        if let Err(error) = write_file(&path, &content) {
            report.uncontrolled.push(format!("{} could not be written: {error}", path.display()));
        }
    }
}

/// Writes a file in one step, so that a reader, or a parallel run of the same test, never sees half.
pub(crate) fn write_file(path: &Path, content: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, content)?;
    fs::rename(&temporary, path)
}

fn folder(config: &Config) -> PathBuf {
    let base = config.out.clone().unwrap_or_else(|| target_folder(config).join("coyote"));
    base.join(file_name(&config.name))
}

/// Returns cargo's target folder: the running test lies in `target/<profile>/deps`.
fn target_folder(config: &Config) -> PathBuf {
    let from_program = std::env::current_exe().ok().and_then(|program| {
        let deps = program.parent()?;
        (deps.file_name()? == "deps").then(|| deps.parent()?.parent().map(Path::to_path_buf))?
    });
    from_program.unwrap_or_else(|| config.source_root.clone().unwrap_or_default().join("target"))
}

pub(crate) fn file_name(test: &str) -> String {
    let legal = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    test.replace("::", ".").chars().map(legal).collect()
}

/// Returns the command that replays: the one this process was started by, for this test alone.
fn command(config: &Config, trace: &str) -> String {
    if let Some(command) = &config.replayed_by {
        return format!("{command} {}", quote(trace));
    }
    let test = &*config.name;
    let name = test.split_once("::").map_or(test, |(_crate, name)| name);
    let arguments = parent_command().unwrap_or_else(|| vec!["cargo".to_owned(), "test".to_owned()]);
    let is_nextest = arguments.get(1).is_some_and(|word| word == "nextest");
    let split = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let (cargo, harness) = arguments.split_at(split);
    let mut words = vec![format!("COYOTE_REPLAY={}", quote(trace))];
    words.extend(cargo.iter().map(|word| quote(word)));
    if is_nextest {
        // Whatever else was asked for, this narrows it down.
        words.extend(["-E".to_owned(), quote(&format!("test(={name})"))]);
        return words.join(" ");
    }
    words.extend(["--".to_owned(), name.to_owned(), "--exact".to_owned()]);
    if harness.iter().any(|word| word == "--ignored" || word == "--include-ignored") {
        words.push("--include-ignored".to_owned());
    }
    words.join(" ")
}

/// Returns the words of the `cargo` command that runs this test, where that can be seen.
fn parent_command() -> Option<Vec<String>> {
    #[cfg(target_os = "linux")]
    {
        let parent = std::os::unix::process::parent_id();
        // An isolated test's own process was started by that of the harness.
        cargo_command(parent).or_else(|| cargo_command(parent_of(parent)?))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(target_os = "linux")]
fn cargo_command(process: u32) -> Option<Vec<String>> {
    let words = fs::read(format!("/proc/{process}/cmdline")).ok()?;
    let mut words: Vec<String> =
        words.split(|&b| b == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    words.pop();
    let program = Path::new(words.first()?).file_name()?.to_str()?.to_owned();
    let is_nextest = program == "cargo-nextest" && words.get(1).is_some_and(|word| word == "nextest");
    if is_nextest && words.iter().any(|word| word == "run" || word == "r") {
        words[0] = "cargo".to_owned();
        return Some(words);
    }
    if program != "cargo" || !words.iter().any(|word| word == "test" || word == "t") {
        return None;
    }
    words[0] = program;
    Some(words)
}

#[cfg(target_os = "linux")]
fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may have anything in it; after it come the state and the parent.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files_and_words_are_quoted() {
        assert_eq!(file_name("a_crate::tests::finds<it>"), "a_crate.tests.finds-it-");
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("--features=x"), "--features=x");
    }
}
