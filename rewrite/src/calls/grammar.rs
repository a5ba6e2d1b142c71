//! Which macros are known, and what their arguments look like.

use crate::select::Dialect;

/// The grammar of a macro's arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// Expressions and commas.
    Expressions,
    /// Expressions and commas, and `name = value` among them.
    Format,
    /// A list, or an element and a length.
    Vec,
    /// An expression, a pattern and perhaps a guard.
    Matches,
    /// Futures, perhaps after `biased;`.
    Join,
    /// The branches of a `select!`.
    Select(Dialect),
    /// Statements, as `tokio::pin!` takes; a list of names is left alone.
    Statements,
    /// `static` declarations with or without initialisers.
    Locals,
}

/// Whether the arguments of the macro at this path, the crate first, are rewritten.
pub(crate) fn is_known(path: &[String]) -> bool {
    Grammar::of(path).is_some()
}

impl Grammar {
    pub(super) fn of(path: &[String]) -> Option<Self> {
        let (krate, path) = path.split_first()?;
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match krate.as_str() {
            "std" | "core" | "alloc" => Self::of_std(&path),
            "tokio" => Self::of_tokio(&path),
            "futures" | "futures_util" | "futures_lite" => Self::of_futures(&path),
            "tokio_test" => {
                let asserts = path.len() == 1 && path[0].starts_with("assert_");
                asserts.then_some(Self::Format)
            }
            "pretty_assertions" => matches!(path[..], ["assert_eq" | "assert_ne"]).then_some(Self::Format),
            "anyhow" | "eyre" => {
                matches!(path[..], ["anyhow" | "eyre" | "bail" | "ensure"]).then_some(Self::Format)
            }
            _ => None,
        }
    }

    fn of_std(path: &[&str]) -> Option<Self> {
        Some(match path {
            [
                "assert" | "assert_eq" | "assert_ne" | "debug_assert" | "debug_assert_eq" | "debug_assert_ne"
                | "eprint" | "eprintln" | "format" | "format_args" | "panic" | "print" | "println" | "todo"
                | "unimplemented" | "unreachable" | "write" | "writeln",
            ] => Self::Format,
            ["dbg"] | ["pin", "pin"] | ["ptr", "addr_of" | "addr_of_mut"] | ["task", "ready"] => {
                Self::Expressions
            }
            ["vec"] => Self::Vec,
            ["matches"] => Self::Matches,
            ["assert_matches", "assert_matches" | "debug_assert_matches"] => Self::Matches,
            ["thread_local"] => Self::Locals,
            _ => return None,
        })
    }

    fn of_tokio(path: &[&str]) -> Option<Self> {
        Some(match path {
            ["select"] => Self::Select(Dialect::Tokio),
            ["join" | "try_join"] => Self::Join,
            ["pin"] => Self::Statements,
            ["task_local"] => Self::Locals,
            _ => return None,
        })
    }

    fn of_futures(path: &[&str]) -> Option<Self> {
        Some(match path {
            ["select" | "select_biased"] | ["future", "select" | "select_biased"] => {
                Self::Select(Dialect::Futures)
            }
            ["join" | "try_join" | "ready" | "poll" | "stream_select"] => Self::Expressions,
            _ => return None,
        })
    }
}
