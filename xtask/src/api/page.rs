//! The page of the documentation.

use std::fmt::Write;

use super::classes::{Class, Classes, Entry};
use super::table::Table;

pub(crate) const PATH: &str = "docs/src/tokio-coverage.md";

const HEAD: &str = "\
<!-- Written by `cargo run -p xtask -- api-docs` from xtask/api/*.tsv. -->
# What of tokio is under control

The mirror has every public item of tokio 1.54 in `task`, `sync`, `time`, `runtime` and `io`, its macros, and the
root of the crate. `cargo run -p xtask -- api-coverage` proves it: it compiles a use of every row of tokio's API,
with its exact signature, against tokio and against the mirror, and calls every modelled operation under control.

* **modelled**: a call reaches a scheduling point, where another task may go first.
* **no point**: the mirror's own, or tokio's behind the mirror's type; no other task can tell when it happens.
* **re-exported**: tokio's own item, as it is.
* **absent**: missing.

`net`, `fs`, `process` and `signal` are re-exported as a whole, and not under control yet.
";

/// Writes the page.
pub(crate) fn render(table: &Table, classes: &Classes) -> String {
    let mut page = HEAD.to_owned();
    page.push_str(
        "\n| module | rows of the API | modelled | no point | re-exported | declarations | absent |\n",
    );
    page.push_str("|---|---|---|---|---|---|---|\n");
    for module in super::MODULES {
        let rows: Vec<_> = table.rows.iter().filter(|row| !row.hidden && row.module() == *module).collect();
        let of = |class| rows.iter().filter(|row| classes.of(row) == class).count();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            if *module == "root" { "tokio".to_owned() } else { format!("tokio::{module}") },
            rows.len(),
            of(Some(Class::Modelled)),
            of(Some(Class::NoPoint)),
            of(Some(Class::ReExported)),
            of(None),
            of(Some(Class::Absent)),
        );
    }
    page.push_str("\nDeclarations are modules, types, fields, variants, constants, and implementations that do nothing\n");
    page.push_str("of their own, auto traits among them.\n");
    for module in super::MODULES {
        let is_here = |entry: &&Entry| entry.class != Class::Absent && module_of(entry) == *module;
        let entries: Vec<&Entry> = classes.entries.iter().filter(is_here).collect();
        if entries.is_empty() {
            continue;
        }
        let title = if *module == "root" { "the crate and its macros" } else { module };
        let _ = write!(page, "\n## {title}\n\n| of | how | what | why |\n|---|---|---|---|\n");
        for entry in entries {
            let names: Vec<String> =
                entry.names.iter().map(|name| format!("`{}`", name.trim_start_matches(':'))).collect();
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                entry.parent,
                entry.class.name(),
                names.join(" "),
                entry.reason
            );
        }
    }
    page.push_str("\n## absent\n\nNothing that tokio documents. Of what it hides:\n\n| of | what | why |\n|---|---|---|\n");
    for entry in classes.entries.iter().filter(|entry| entry.class == Class::Absent) {
        let names: Vec<String> = entry.names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "| `{}` | {} | {} |", entry.parent, names.join(" "), entry.reason);
    }
    page
}

fn module_of(entry: &Entry) -> &'static str {
    let first = entry.parent.split("::").nth(1).unwrap_or_default();
    super::MODULES.iter().copied().find(|&module| module == first).unwrap_or("root")
}
