//! Tests that cannot pass under control, each with the reason why: `exceptions.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Result, content};

/// Reasons by `file::test`.
pub(crate) type Exceptions = BTreeMap<String, String>;

/// Reads the table that is committed.
pub(crate) fn read() -> Result<Exceptions> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/exceptions.toml"));
    let by_file: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(include_str!("../exceptions.toml")).map_err(|error| content(path, error))?;
    let of_file = |(file, tests): (String, BTreeMap<String, String>)| {
        tests.into_iter().map(move |(test, reason)| (format!("{file}::{test}"), reason))
    };
    Ok(by_file.into_iter().flat_map(of_file).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_exception_has_a_reason() {
        for (test, reason) in super::read().expect("readable") {
            assert!(reason.split_whitespace().count() > 3, "{test}: {reason:?} is no reason");
        }
    }
}
