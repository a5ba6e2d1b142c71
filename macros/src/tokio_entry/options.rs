//! The arguments of `#[tokio::main]` and `#[tokio::test]`.

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Lit, LitStr, Meta, Path, Token, parse_quote};

use super::Kind;
use crate::arguments::Errors;
use crate::suggest::list;
use crate::values::literal;

/// The keys with examples of their values.
const KEYS: [(&str, &str); 6] = [
    ("flavor", "\"multi_thread\""),
    ("worker_threads", "2"),
    ("start_paused", "true"),
    ("crate", "\"tokio\""),
    ("unhandled_panic", "\"shutdown_runtime\""),
    ("name", "\"my-runtime\""),
];

/// What the attribute says.
pub(crate) struct Options {
    pub(crate) krate: Path,
    pub(crate) flavor: Flavor,
    pub(crate) worker_threads: Option<usize>,
    pub(crate) start_paused: Option<bool>,
    pub(crate) unhandled_panic: Option<UnhandledPanic>,
    pub(crate) name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
    Local,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnhandledPanic {
    Ignore,
    ShutdownRuntime,
}

impl Options {
    /// The defaults.
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            krate: parse_quote!(tokio),
            flavor: match kind {
                Kind::Main => Flavor::MultiThread,
                Kind::Test => Flavor::CurrentThread,
            },
            worker_threads: None,
            start_paused: None,
            unhandled_panic: None,
            name: None,
        }
    }

    pub(crate) fn parse(kind: Kind, tokens: TokenStream) -> Result<Self, Error> {
        let arguments = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens)?;
        let mut options = Self::new(kind);
        let mut seen: Vec<(String, Span)> = Vec::new();
        let mut errors = Errors::default();
        for argument in &arguments {
            errors.take(options.set(kind, argument, &mut seen));
        }
        let needs = |key: &str, flavor: &str| {
            let (_, span) = seen.iter().find(|(seen, _)| seen == key)?;
            let message = format!(
                "`{key}` needs the `{flavor}` flavor: write `#[{}(flavor = \"{flavor}\", {key} = …)]`",
                kind.attribute()
            );
            Some(Error::new(*span, message))
        };
        let misplaced = match options.flavor {
            Flavor::MultiThread => {
                [needs("start_paused", "current_thread"), needs("unhandled_panic", "current_thread")]
            }
            Flavor::CurrentThread | Flavor::Local => [needs("worker_threads", "multi_thread"), None],
        };
        misplaced.into_iter().flatten().for_each(|error| errors.add(error));
        errors.finish(options)
    }

    fn set(&mut self, kind: Kind, argument: &Meta, seen: &mut Vec<(String, Span)>) -> Result<(), Error> {
        let key = argument.path().get_ident().map(|ident| ident.to_string().to_lowercase());
        let key = key.ok_or_else(|| Error::new_spanned(argument.path(), unknown(kind, argument.path())))?;
        let Meta::NameValue(pair) = argument else {
            return Err(Error::new_spanned(argument, without_value(kind, &key, argument.path())));
        };
        let value = &pair.value;
        let span = value.span();
        if seen.iter().any(|(earlier, _)| *earlier == key) {
            return Err(Error::new(span, format!("`{key}` is set twice: remove one of the two")));
        }
        match key.as_str() {
            "flavor" => self.flavor = flavor(&text(&key, value)?)?,
            "worker_threads" => self.worker_threads = Some(worker_threads(value)?),
            "start_paused" => match literal(value) {
                Some(Lit::Bool(paused)) => self.start_paused = Some(paused.value),
                _ => return Err(Error::new(span, "`start_paused` is `true` or `false`")),
            },
            "crate" => {
                let text = text(&key, value)?;
                self.krate = text.parse().map_err(|_| {
                    let message = format!("`{}` is not a path: write `crate = \"tokio\"`", text.value());
                    Error::new(text.span(), message)
                })?;
            }
            "unhandled_panic" => self.unhandled_panic = Some(unhandled_panic(&text(&key, value)?)?),
            "name" => self.name = Some(text(&key, value)?.value()),
            "core_threads" => {
                let message = "`core_threads` is called `worker_threads` now: write `worker_threads = 2`";
                return Err(Error::new_spanned(&pair.path, message));
            }
            _ => return Err(Error::new_spanned(&pair.path, unknown(kind, &pair.path))),
        }
        seen.push((key, span));
        Ok(())
    }
}

fn unknown(kind: Kind, path: &Path) -> String {
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let name = segments.join("::");
    let known: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
    let hint = crate::suggest::closest(&name, &known)
        .map(|key| format!(" Did you mean `{key}`?"))
        .unwrap_or_default();
    format!("`{name}` is no key of `#[{}]`.{hint} Here the keys are {}.", kind.attribute(), list(&known))
}

fn without_value(kind: Kind, key: &str, path: &Path) -> String {
    let flavor =
        |flavor: &str| format!("set the flavor with `#[{}(flavor = \"{flavor}\")]`", kind.attribute());
    match key {
        "threaded_scheduler" | "multi_thread" => flavor("multi_thread"),
        "basic_scheduler" | "current_thread" | "single_threaded" => flavor("current_thread"),
        "local" => flavor("local"),
        key => match KEYS.iter().find(|(known, _)| *known == key) {
            Some((_, example)) => format!("`{key}` needs a value: write `{key} = {example}`"),
            None => unknown(kind, path),
        },
    }
}

fn text(key: &str, value: &Expr) -> Result<LitStr, Error> {
    match literal(value) {
        Some(Lit::Str(text)) => Ok(text.clone()),
        _ => {
            let example =
                KEYS.iter().find(|(known, _)| *known == key).map_or("\"…\"", |(_, example)| *example);
            Err(Error::new_spanned(value, format!("`{key}` takes a string: write `{key} = {example}`")))
        }
    }
}

fn flavor(text: &LitStr) -> Result<Flavor, Error> {
    let renamed = |old: &str, new: &str| {
        format!("the flavor `{old}` is called `{new}` now: write `flavor = \"{new}\"`")
    };
    let message = match text.value().as_str() {
        "current_thread" => return Ok(Flavor::CurrentThread),
        "multi_thread" => return Ok(Flavor::MultiThread),
        "local" => return Ok(Flavor::Local),
        old @ ("single_thread" | "basic_scheduler") => renamed(old, "current_thread"),
        old @ "threaded_scheduler" => renamed(old, "multi_thread"),
        other => {
            format!("`{other}` is no flavor. The flavors are `current_thread`, `local` and `multi_thread`.")
        }
    };
    Err(Error::new(text.span(), message))
}

fn worker_threads(value: &Expr) -> Result<usize, Error> {
    let Some(Lit::Int(int)) = literal(value) else {
        let message = "`worker_threads` takes a whole number: write `worker_threads = 2`";
        return Err(Error::new_spanned(value, message));
    };
    match int.base10_parse() {
        Ok(0) => Err(Error::new(int.span(), "`worker_threads` is at least 1, not 0")),
        Ok(threads) => Ok(threads),
        Err(error) => Err(Error::new(int.span(), format!("`{int}` is no number of threads: {error}"))),
    }
}

fn unhandled_panic(text: &LitStr) -> Result<UnhandledPanic, Error> {
    match text.value().as_str() {
        "ignore" => Ok(UnhandledPanic::Ignore),
        "shutdown_runtime" => Ok(UnhandledPanic::ShutdownRuntime),
        other => {
            let message = format!(
                "`{other}` is no way to treat a panic. The ways are `ignore` and `shutdown_runtime`."
            );
            Err(Error::new(text.span(), message))
        }
    }
}
