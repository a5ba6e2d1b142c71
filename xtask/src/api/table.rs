//! The table of tokio's public API.

use std::collections::BTreeMap;

use syn::{Generics, ItemEnum, ItemStruct};

use crate::error::Error;

const TABLE: &str = include_str!("../../api/tokio-1.54.tsv");
const WRONG: &str = include_str!("../../api/wrong.tsv");

/// One public item, method, field, or implementation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Hidden in the documentation; may still be used by other crates.
    pub(crate) hidden: bool,
    pub(crate) kind: &'static str,
    /// As `tokio::sync::Mutex::lock`, `tokio::sync::Mutex: Debug` or `tokio::io::AsyncRead for &[u8]`.
    pub(crate) path: &'static str,
    pub(crate) signature: &'static str,
}

impl Row {
    /// The item's path without what is implemented for it.
    pub(crate) fn item(&self) -> &'static str {
        let path = self.path;
        path.split_once(": ").or_else(|| path.split_once(" for ")).map_or(path, |(item, _)| item)
    }

    /// The path of what the row is a part of, and its last name.
    pub(crate) fn split(&self) -> (&'static str, &'static str) {
        self.item().rsplit_once("::").unwrap_or(("", self.item()))
    }

    /// The module as `--modules` names it.
    pub(crate) fn module(&self) -> &'static str {
        let first = self.item().split("::").nth(1).unwrap_or_default();
        super::MODULES.iter().copied().find(|&module| module == first).unwrap_or("root")
    }
}

/// All rows, and what they are parts of.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// Types and traits by path, with their parameters.
    pub(crate) types: BTreeMap<&'static str, Type>,
}

/// A struct, an enum, a trait or an alias.
pub(crate) struct Type {
    pub(crate) is_trait: bool,
    pub(crate) generics: Generics,
}

impl Table {
    pub(crate) fn read() -> Result<Table, Error> {
        let mut table = Table { rows: rows(TABLE, "tokio-1.54.tsv")?, types: BTreeMap::new() };
        for row in &table.rows {
            if let Some(found) = Type::of(row)? {
                table.types.insert(row.path, found);
            }
        }
        Ok(table)
    }

    /// Reads rows that are not true.
    pub(crate) fn wrong() -> Result<Vec<Row>, Error> {
        rows(WRONG, "wrong.tsv")
    }
}

fn rows(text: &'static str, file: &'static str) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let &[status, kind, path, ..] = &cells[..] else {
            let problem = "has fewer than three cells".to_owned();
            return Err(Error::Data { file, line: line.to_owned(), problem });
        };
        let signature = cells.get(3).copied().unwrap_or_default();
        let signature = signature.strip_suffix(" #[deprecated]").unwrap_or(signature);
        rows.push(Row { hidden: status == "hidden", kind, path, signature });
    }
    Ok(rows)
}

impl Type {
    fn of(row: &Row) -> Result<Option<Type>, Error> {
        let signature = |text: String| {
            move |error| Error::Signature { path: row.path.to_owned(), signature: text, error }
        };
        let found = match row.kind {
            "struct" => {
                let text = format!("{};", row.signature);
                let item: ItemStruct = syn::parse_str(&text).map_err(signature(text))?;
                Type { is_trait: false, generics: item.generics }
            }
            "enum" => {
                let text = format!("{} {{}}", row.signature);
                let item: ItemEnum = syn::parse_str(&text).map_err(signature(text))?;
                Type { is_trait: false, generics: item.generics }
            }
            "trait" => Type { is_trait: true, generics: Generics::default() },
            "type_alias" | "reexport_struct" | "reexport_enum" | "reexport_type_alias" => {
                Type { is_trait: false, generics: Generics::default() }
            }
            _ => return Ok(None),
        };
        Ok(Some(found))
    }
}
