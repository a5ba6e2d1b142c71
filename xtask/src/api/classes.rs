//! How the mirror treats each operation.

use std::collections::BTreeMap;

use super::table::{Row, Table};
use crate::error::Error;

const CLASSES: &str = include_str!("../../api/classes.tsv");

/// Implementations that do something when they are used; others are declarations.
const OPERATIONS: &[&str] = &[
    "AsyncBufRead",
    "AsyncRead",
    "AsyncSeek",
    "AsyncWrite",
    "Clone",
    "Default",
    "Drop",
    "Extend<F>",
    "FromIterator<F>",
    "Future",
    "Iterator",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// A controlled call of it reaches a scheduling point.
    Modelled,
    /// No other task can tell when it happens.
    NoPoint,
    /// tokio's own.
    ReExported,
    /// Missing.
    Absent,
}

impl Class {
    const ALL: [Class; 4] = [Class::Modelled, Class::NoPoint, Class::ReExported, Class::Absent];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Class::Modelled => "modelled",
            Class::NoPoint => "no point",
            Class::ReExported => "re-exported",
            Class::Absent => "absent",
        }
    }
}

/// One line of the table of classes.
pub(crate) struct Entry {
    pub(crate) parent: &'static str,
    pub(crate) class: Class,
    pub(crate) names: Vec<&'static str>,
    pub(crate) reason: &'static str,
}

/// The class of each operation.
pub(crate) struct Classes {
    pub(crate) entries: Vec<Entry>,
    by_name: BTreeMap<(&'static str, &'static str), Class>,
}

impl Classes {
    /// Reads the classes. Each operation of the table has one, and there are no others.
    pub(crate) fn read(table: &Table) -> Result<Classes, Error> {
        let mut classes = Classes { entries: Vec::new(), by_name: BTreeMap::new() };
        for line in CLASSES.lines().filter(|line| !line.starts_with('#')) {
            let bad = |problem: &str| Error::Data {
                file: "classes.tsv",
                line: line.to_owned(),
                problem: problem.to_owned(),
            };
            let cells: Vec<&str> = line.split('\t').collect();
            let &[parent, class, names, ..] = &cells[..] else {
                return Err(bad("has fewer than three cells"));
            };
            let Some(class) = Class::ALL.into_iter().find(|known| known.name() == class) else {
                return Err(bad("has a class that there is not: modelled, no point, re-exported, absent"));
            };
            let reason = cells.get(3).copied().unwrap_or_default();
            if reason.is_empty() && class != Class::Modelled {
                return Err(bad("does not say why"));
            }
            let names: Vec<&str> = names.split(' ').collect();
            for &name in &names {
                let name = name.trim_start_matches(':');
                if classes.by_name.insert((parent, name), class).is_some() {
                    return Err(bad(&format!("has {name}, which has a class already")));
                }
                if !table
                    .rows
                    .iter()
                    .any(|row| key(row) == Some((parent, name)) || is_declared(row, parent, name))
                {
                    return Err(bad(&format!("has {name}, which is in no row of tokio-1.54.tsv")));
                }
            }
            classes.entries.push(Entry { parent, class, names, reason });
        }
        match table.rows.iter().find(|row| !row.hidden && classes.is_unclassified(row)) {
            Some(row) => Err(Error::Data {
                file: "classes.tsv",
                line: row.path.to_owned(),
                problem: "is missing: say how the mirror treats it".to_owned(),
            }),
            None => Ok(classes),
        }
    }

    fn is_unclassified(&self, row: &Row) -> bool {
        key(row).is_some_and(|key| !self.by_name.contains_key(&key))
    }

    /// Returns the class of an operation; None if the row is a declaration.
    pub(crate) fn of(&self, row: &Row) -> Option<Class> {
        self.by_name.get(&key(row)?).copied()
    }

    /// Returns why a row may be missing, if it may.
    pub(crate) fn why_absent(&self, row: &Row) -> Option<&'static str> {
        let absent = self.entries.iter().filter(|entry| entry.class == Class::Absent && row.hidden);
        let mut absent = absent.filter(|entry| {
            entry.names.iter().any(|name| is_or_belongs_to(row, &format!("{}::{name}", entry.parent)))
        });
        absent.next().map(|entry| entry.reason)
    }
}

/// Whether a row is this item, or a part or an implementation of it.
fn is_or_belongs_to(row: &Row, path: &str) -> bool {
    let rest = |text: &str| text.strip_prefix(path).map(|rest| rest.is_empty() || rest.starts_with(':'));
    let implemented = row.path.split_once(" for ").is_some_and(|(of, _)| of == path);
    rest(row.path).unwrap_or(false) || implemented
}

fn is_declared(row: &Row, parent: &str, name: &str) -> bool {
    row.hidden && row.split() == (parent, name)
}

/// Returns how the table of classes names an operation: its parent, and its name; None for a declaration.
fn key(row: &Row) -> Option<(&'static str, &'static str)> {
    match row.kind {
        "fn"
        | "method"
        | "assoc_fn"
        | "trait_method_req"
        | "trait_method_prov"
        | "macro"
        | "reexport_proc_attribute" => Some(row.split()),
        "trait_impl" if !row.path.contains("::error::") => {
            let (item, of) = row.path.split_once(": ")?;
            OPERATIONS.contains(&of).then_some((item, of))
        }
        _ => None,
    }
}
