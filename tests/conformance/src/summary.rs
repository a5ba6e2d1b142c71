//! What the explorations of a program say of themselves, through `COYOTE_SUMMARY`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// How much one test was explored.
#[derive(Deserialize, Clone, Copy, Default)]
pub(crate) struct Explored {
    pub(crate) executions: u64,
    pub(crate) points: u64,
}

#[derive(Deserialize)]
struct Line {
    test: String,
    #[serde(flatten)]
    explored: Explored,
}

/// Reads the file; the names are those of libtest. There is none if nothing was explored.
pub(crate) fn read(path: &Path) -> BTreeMap<String, Explored> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut explored: BTreeMap<String, Explored> = BTreeMap::new();
    for line in text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
        let name = line.test.split_once("::").map_or(line.test.as_str(), |(_krate, name)| name);
        let sum = explored.entry(name.to_owned()).or_default();
        sum.executions += line.explored.executions;
        sum.points += line.explored.points;
    }
    explored
}
