//! How long tests took last time, so that the longest begin first: then two that run at a time end at
//! about the same time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::harness::Test;

/// Milliseconds, by a test's full name.
#[derive(Debug, Default)]
pub(crate) struct Durations {
    path: PathBuf,
    known: BTreeMap<String, u64>,
}

impl Durations {
    /// Reads those of the last run. A file that is not there, or damaged, is one that says nothing.
    pub(crate) fn read(folder: &Path) -> Durations {
        let path = folder.join("durations.json");
        let text = fs::read_to_string(&path).unwrap_or_default();
        Durations { path, known: serde_json::from_str(&text).unwrap_or_default() }
    }

    /// Sorts tests: first those that are not known, for they may take long, then the longest.
    pub(crate) fn sort(&self, tests: &mut [Test], name: impl Fn(&Test) -> String) {
        let longest =
            |test: &Test| std::cmp::Reverse(self.known.get(&name(test)).copied().unwrap_or(u64::MAX));
        tests.sort_by_key(longest);
    }

    /// Notes how long a test took.
    pub(crate) fn note(&mut self, name: String, duration: Duration) {
        self.known.insert(name, u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }

    /// Writes them down, if that is possible: it is only for speed.
    pub(crate) fn write(&self) {
        let temporary = self.path.with_extension(format!("{}.tmp", std::process::id()));
        let text = serde_json::to_string_pretty(&self.known).expect("numbers by name can be written as JSON");
        if fs::write(&temporary, text).is_ok() {
            drop(fs::rename(&temporary, &self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unknown_come_first_and_then_the_longest() {
        let test = |name: &str| Test { program: 0, name: name.to_owned(), is_ignored: false };
        let mut tests = ["short", "new", "long", "newer"].map(test);
        let mut durations = Durations::default();
        durations.note("short".to_owned(), Duration::from_millis(3));
        durations.note("long".to_owned(), Duration::from_secs(3));
        durations.sort(&mut tests, |test| test.name.clone());
        assert_eq!(tests.map(|test| test.name), ["new", "newer", "long", "short"]);
    }
}
