//! Lines of the user's source, for reports.

use std::path::{Path, PathBuf};

use coyote_report::Run;

/// Lines shown before and after each place.
const AROUND: u32 = 12;

/// Where source files are found.
pub(super) struct Sources<'a> {
    root: Option<&'a Path>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(root: Option<&'a Path>) -> Self {
        Sources { root }
    }

    /// Returns what lies around these lines of a file, in order; nothing if it cannot be read.
    pub(super) fn runs(&self, path: &str, mut lines: Vec<u32>) -> Vec<Run> {
        let Some(text) = read(self.root, path) else { return Vec::new() };
        let text: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for line in lines {
            let (from, to) = (line.saturating_sub(AROUND).max(1), (line + AROUND).min(text.len() as u32));
            match ranges.last_mut() {
                Some((_, last)) if from <= *last + 1 => *last = to.max(*last),
                _ => ranges.push((from, to)),
            }
        }
        let run = |(first, last): (u32, u32)| {
            let lines = text.get(first as usize - 1..last as usize)?;
            Some(Run { first, lines: lines.iter().map(|line| line.replace('\t', "    ")).collect() })
        };
        ranges.into_iter().filter_map(run).collect()
    }
}

/// Reads a file whose path is relative to where the compiler ran: the workspace, which is the package's
/// folder or one above it. Tests run in the package's folder.
fn read(root: Option<&Path>, file: &str) -> Option<String> {
    let root = root.map(Path::to_path_buf).or_else(|| std::env::current_dir().ok());
    let candidates = root.iter().flat_map(|root| root.ancestors()).map(|folder| folder.join(file));
    std::iter::once(PathBuf::from(file)).chain(candidates).find_map(|path| std::fs::read_to_string(path).ok())
}
