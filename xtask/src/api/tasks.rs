//! The tasks themselves.

use std::collections::BTreeMap;
use std::fs;

use super::classes::{Class, Classes};
use super::program::{self, Against, Missing};
use super::table::{Row, Table};
use super::uses::Uses;
use super::{calls, page};
use crate::error::Error;

/// What `--modules` may name; `root` is the root of the crate.
pub(crate) const MODULES: &[&str] = &["task", "sync", "time", "runtime", "io", "macros", "root"];

/// Checks the rows of these modules, and prints what is missing. Returns whether nothing is.
pub(crate) fn coverage(modules: &[String]) -> Result<bool, Error> {
    let table = Table::read()?;
    let uses = Uses::new(&table)?;
    let classes = Classes::read(&table)?;
    let chosen = |row: &&Row| modules.iter().any(|module| module == row.module());
    let rows: Vec<Row> = table.rows.iter().filter(chosen).copied().collect();
    let checker = check_the_checker(&rows, &uses)?;

    let missing = refused(&rows, &uses, Against::Mirror)?;
    let absent: BTreeMap<usize, &Missing> = missing.iter().map(|missing| (missing.row, missing)).collect();
    let points = calls::points()?;
    let mut complaints = Vec::new();
    let mut operations: BTreeMap<Class, usize> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let class = classes.of(row);
        match (absent.get(&number), classes.why_absent(row)) {
            (Some(_), Some(reason)) => {
                println!("absent, and hidden in tokio's documentation: {}: {reason}", row.path);
                continue;
            }
            (Some(missing), None) => complaints.push(format!("missing: {}: {}", row.path, missing.message)),
            (None, Some(_)) => complaints.push(format!("not absent, as classes.tsv says: {}", row.path)),
            (None, None) => {}
        }
        *operations.entry(class.unwrap_or(Class::Absent)).or_insert(0) += usize::from(class.is_some());
        match (class, points.get(row.path)) {
            (Some(Class::Modelled), None) => {
                complaints.push(format!("modelled, but not called: {}", row.path))
            }
            (Some(Class::Modelled), Some(0)) => {
                complaints.push(format!("modelled, but a call reaches no point: {}", row.path));
            }
            (Some(Class::NoPoint | Class::ReExported | Class::Absent), Some(_)) => {
                complaints.push(format!("called, but not classified as modelled: {}", row.path));
            }
            _ => {}
        }
    }
    for path in points.keys().filter(|path| !table.rows.iter().any(|row| row.path == path.as_str())) {
        complaints.push(format!("called, but in no row: {path}"));
    }
    complaints.iter().for_each(|complaint| println!("{complaint}"));
    println!("operations: {}", counted(&operations));
    let hidden = |hidden: bool| {
        let of_kind = |number: &usize| rows[*number].hidden == hidden;
        let all = (0..rows.len()).filter(of_kind).count();
        format!("covered {} of {all}", all - absent.keys().filter(|number| of_kind(number)).count())
    };
    println!("hidden in tokio's documentation: {}", hidden(true));
    println!("{}", hidden(false));
    Ok(checker && complaints.is_empty())
}

/// Compiles the true rows, and some that are not true, against tokio itself; and the latter against the
/// mirror. Prints what is wrong; returns whether nothing is.
fn check_the_checker(rows: &[Row], uses: &Uses<'_>) -> Result<bool, Error> {
    let wrong = Table::wrong()?;
    let mut holds = true;
    let refused_by_tokio = refused(rows, uses, Against::Real)?;
    for missing in &refused_by_tokio {
        println!("does not compile against tokio itself: {}: {}", rows[missing.row].path, missing.message);
        holds = false;
    }
    for against in [Against::Real, Against::Mirror] {
        let refused = refused(&wrong, uses, against)?;
        for (number, row) in wrong.iter().enumerate() {
            if !refused.iter().any(|missing| missing.row == number) {
                println!(
                    "compiles against {}, but is not true: {} `{}`",
                    against.name(),
                    row.path,
                    row.signature
                );
                holds = false;
            }
        }
    }
    println!(
        "checker: {} of {} rows compile against tokio itself, {} that are not true were tried",
        rows.len() - refused_by_tokio.len(),
        rows.len(),
        wrong.len()
    );
    Ok(holds)
}

fn refused(rows: &[Row], uses: &Uses<'_>, against: Against) -> Result<Vec<Missing>, Error> {
    program::compile(rows, uses, against)
}

fn counted(operations: &BTreeMap<Class, usize>) -> String {
    let counted = operations.iter().filter(|(_, count)| **count > 0);
    let counted: Vec<String> = counted.map(|(class, count)| format!("{count} {}", class.name())).collect();
    counted.join(", ")
}

/// Writes the page of the documentation, or says whether it is up to date.
pub(crate) fn docs(check: bool) -> Result<bool, Error> {
    let table = Table::read()?;
    let page = page::render(&table, &Classes::read(&table)?);
    let path = program::root().join("docs/src/tokio-coverage.md");
    if check {
        let is_current = fs::read_to_string(&path).is_ok_and(|text| text == page);
        if !is_current {
            println!("{} is out of date: run `cargo run -p xtask -- api-docs`", page::PATH);
        }
        return Ok(is_current);
    }
    program::write(&path, &page)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_features_are_those_of_the_real_crates() {
        let mut command = Command::new("cargo");
        let output = command.args(["metadata", "--format-version=1"]).current_dir(program::root()).output();
        let text = output.expect("cargo runs").stdout;
        let metadata: Value = serde_json::from_slice(&text).expect("metadata in JSON");
        let features = |name: &str| -> BTreeSet<String> {
            let packages = metadata["packages"].as_array().expect("packages");
            let package = packages.iter().find(|package| package["name"] == name).expect("the package");
            package["features"].as_object().expect("features").keys().cloned().collect()
        };
        for (swap, mirrored, known) in
            [("coyote-tokio", "tokio", "full"), ("coyote-futures", "futures", "executor")]
        {
            let (mut own, real) = (features(swap), features(mirrored));
            assert!(own.remove("coyote") && real.contains(known));
            assert_eq!(own, real, "{swap}");
        }
    }

    #[test]
    fn the_page_of_the_documentation_is_up_to_date() {
        assert!(docs(true).expect("the tables can be read"), "run `cargo run -p xtask -- api-docs`");
    }
}
