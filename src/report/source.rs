//! Lines of the user's source, for reports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Source files, read once each.
pub(super) struct Sources<'a> {
    root: Option<&'a Path>,
    files: BTreeMap<String, Option<Vec<String>>>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(root: Option<&'a Path>) -> Self {
        Sources { root, files: BTreeMap::new() }
    }

    /// Returns the line at a place written as `file:line:column`, without its indentation.
    pub(super) fn line(&mut self, place: &str) -> Option<&str> {
        let mut parts = place.rsplitn(3, ':');
        let _column = parts.next()?;
        let line: usize = parts.next()?.parse().ok()?;
        let file = parts.next()?;
        let root = self.root;
        let lines = self.files.entry(file.to_owned()).or_insert_with(|| read(root, file));
        lines.as_ref()?.get(line.checked_sub(1)?).map(|text| text.trim())
    }
}

/// Reads a file whose path is relative to where the compiler ran: the workspace, which is the package's
/// folder or one above it. Tests run in the package's folder.
fn read(root: Option<&Path>, file: &str) -> Option<Vec<String>> {
    let root = root.map(Path::to_path_buf).or_else(|| std::env::current_dir().ok());
    let candidates = root.iter().flat_map(|root| root.ancestors()).map(|folder| folder.join(file));
    let text = std::iter::once(PathBuf::from(file))
        .chain(candidates)
        .find_map(|path| std::fs::read_to_string(path).ok())?;
    Some(text.lines().map(str::to_owned).collect())
}
