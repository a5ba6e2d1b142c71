//! What libtest prints.

use std::collections::BTreeMap;

/// What became of one test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Passed,
    Failed,
    Ignored,
}

/// Returns the names that a program of tests lists.
pub(crate) fn listed(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// Returns the verdicts in the output of a program of tests; those of tests it did not get to are missing.
pub(crate) fn verdicts(text: &str) -> BTreeMap<String, Verdict> {
    let mut verdicts = BTreeMap::new();
    for line in text.lines().take_while(|line| *line != "failures:") {
        let Some((name, word)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... ")) else {
            continue;
        };
        let verdict = match word.split(',').next() {
            Some("ok") => Verdict::Passed,
            Some("FAILED") => Verdict::Failed,
            Some("ignored") => Verdict::Ignored,
            // Output of the test itself got in between.
            _ => continue,
        };
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        verdicts.insert(name.to_owned(), verdict);
    }
    verdicts
}

/// Returns what a failed test printed, as far as it says why.
pub(crate) fn reason(text: &str, test: &str) -> String {
    let head = format!("---- {test} stdout ----");
    let Some((_, section)) = text.split_once(&head) else { return String::new() };
    let section = section.split("\n---- ").next().unwrap_or_default();
    let said = |line: &&str| line.contains("coyote found:") || line.contains("coyote:");
    let lines: Vec<&str> = section.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found = lines.iter().rev().find(|line| line.starts_with("coyote found:"));
    let found = found.or_else(|| lines.iter().find(|line| !line.starts_with("thread ") && !said(line)));
    found.or_else(|| lines.first()).map_or_else(String::new, |line| (*line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read_off_the_output() {
        let text = "running 4 tests\ntest a ... ok\ntest b::c - should panic ... ok\ntest d ... FAILED\ntest e ... ignored, why\n\
                    test f ... stray\n\nfailures:\n\n---- d stdout ----\nthread 'd' panicked at x:1:\nat last\n\n";
        let found = verdicts(text);
        assert_eq!(found["b::c"], Verdict::Passed);
        assert_eq!((found["d"], found["e"], found.get("f")), (Verdict::Failed, Verdict::Ignored, None));
        assert_eq!(reason(text, "d"), "at last");
    }
}
