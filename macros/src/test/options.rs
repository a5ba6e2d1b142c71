//! The keys of `#[coyote::test]`.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use syn::{Error, Expr, Ident, Lit, LitStr, Path, parse_quote};

use crate::arguments::{Argument, Errors, Keys, crate_path};
use crate::values::{boolean, choice, duration, literal, number, size, text};

const KEYS: Keys = Keys {
    attribute: "coyote::test",
    keys: &[
        ("iterations", "1000"),
        ("timeout", "\"10s\""),
        ("max_steps", "10_000"),
        ("strategy", "\"random\""),
        ("until", "\"saturated\""),
        ("seed", "7"),
        ("time", "\"racing\""),
        ("granularity", "\"await\""),
        ("lanes", "4"),
        ("unobserved_panic", "\"ignore\""),
        ("spurious", "false"),
        ("leaks", "\"fail\""),
        ("races", "false"),
        ("lock_order", "false"),
        ("stack_size", "\"2MiB\""),
        ("isolate", "\"process\""),
        ("shrink", "false"),
        ("regressions", "\"off\""),
        ("expect", "\"bug\""),
        ("message", "\"text of the failure\""),
        ("monitors", "(Progress)"),
        ("liveness_threshold", "5_000"),
        ("crate", "\"::coyote\""),
    ],
};

/// What the attribute says. Absent keys are left to the facade's defaults and the environment.
pub(crate) struct Options {
    pub(crate) krate: Path,
    pub(crate) iterations: Option<u64>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_steps: Option<u64>,
    pub(crate) strategy: Option<LitStr>,
    /// Variant of the facade's `Until`.
    pub(crate) until: Option<&'static str>,
    pub(crate) seed: Option<u64>,
    /// Variant of the facade's `Time`.
    pub(crate) time: Option<&'static str>,
    /// Variant of the facade's `Granularity`.
    pub(crate) granularity: Option<&'static str>,
    pub(crate) lanes: Option<Lanes>,
    /// Variant of the facade's `UnobservedPanic`.
    pub(crate) unobserved_panic: Option<&'static str>,
    pub(crate) spurious: Option<bool>,
    /// Variant of the facade's `Leaks`.
    pub(crate) leaks: Option<&'static str>,
    pub(crate) races: Option<bool>,
    pub(crate) lock_order: Option<bool>,
    pub(crate) stack_size: Option<u64>,
    /// Variant of the facade's `Isolate`.
    pub(crate) isolate: Option<&'static str>,
    pub(crate) shrink: Option<bool>,
    /// Variant of the facade's `Regressions`.
    pub(crate) regressions: Option<&'static str>,
    pub(crate) expect_bug: Option<ExpectBug>,
    pub(crate) monitors: Vec<Path>,
    pub(crate) liveness_threshold: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lanes {
    Workers(u32),
    Unlimited,
    CurrentThread,
}

/// The test passes only if a bug is found.
pub(crate) struct ExpectBug {
    pub(crate) message: Option<LitStr>,
}

impl Options {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self, Error> {
        let mut options = Self {
            krate: parse_quote!(::coyote),
            iterations: None,
            timeout: None,
            max_steps: None,
            strategy: None,
            until: None,
            seed: None,
            time: None,
            granularity: None,
            lanes: None,
            unobserved_panic: None,
            spurious: None,
            leaks: None,
            races: None,
            lock_order: None,
            stack_size: None,
            isolate: None,
            shrink: None,
            regressions: None,
            expect_bug: None,
            monitors: Vec::new(),
            liveness_threshold: None,
        };
        let mut message = None;
        let mut errors = Errors::default();
        for argument in KEYS.parse(tokens, &mut errors) {
            let result = options.set(&argument, &mut message);
            errors.take(result);
        }
        match (&mut options.expect_bug, message) {
            (Some(expect), message) => expect.message = message.map(|(_, text)| text),
            (None, Some((span, _))) => errors.add(Error::new(
                span,
                "`message` belongs to an expected bug: add `expect = \"bug\"`, or use `#[should_panic(expected = …)]`",
            )),
            (None, None) => {}
        }
        errors.finish(options)
    }

    fn set(&mut self, argument: &Argument, message: &mut Option<(Span, LitStr)>) -> Result<(), Error> {
        let Argument { key, value } = argument;
        match key.to_string().trim_start_matches("r#") {
            "iterations" => self.iterations = Some(number(key, value, 1, u64::MAX, "1000")?),
            "timeout" => self.timeout = Some(duration(key, value)?),
            "max_steps" => self.max_steps = Some(number(key, value, 1, u64::MAX, "10_000")?),
            "strategy" => self.strategy = Some(text(key, value, "\"random\"")?),
            "until" => {
                let word = text(key, value, "\"saturated\"")?;
                self.until = Some(choice(key, &word, &[("budget", "Budget"), ("saturated", "Saturated")])?);
            }
            "seed" => self.seed = Some(number(key, value, 0, u64::MAX, "7")?),
            "time" => {
                let word = text(key, value, "\"racing\"")?;
                self.time = Some(choice(key, &word, &[("idle", "Idle"), ("racing", "Racing")])?);
            }
            "granularity" => {
                let word = text(key, value, "\"await\"")?;
                self.granularity = Some(choice(key, &word, &[("op", "Op"), ("await", "Await")])?);
            }
            "lanes" => self.lanes = Some(lanes(argument)?),
            "unobserved_panic" => {
                let word = text(key, value, "\"ignore\"")?;
                self.unobserved_panic = Some(choice(key, &word, &[("fail", "Fail"), ("ignore", "Ignore")])?);
            }
            "spurious" => self.spurious = Some(boolean(key, value)?),
            "leaks" => {
                let word = text(key, value, "\"fail\"")?;
                let words = [("warn", "Warn"), ("fail", "Fail"), ("ignore", "Ignore")];
                self.leaks = Some(choice(key, &word, &words)?);
            }
            "races" => self.races = Some(boolean(key, value)?),
            "lock_order" => self.lock_order = Some(boolean(key, value)?),
            "isolate" => {
                let word = text(key, value, "\"process\"")?;
                self.isolate = Some(choice(key, &word, &[("process", "Process"), ("off", "No")])?);
            }
            "stack_size" => self.stack_size = Some(size(key, value)?),
            "regressions" => {
                let word = text(key, value, "\"off\"")?;
                let words = [("on", "Keep"), ("repeat", "Repeat"), ("off", "Off")];
                self.regressions = Some(choice(key, &word, &words)?);
            }
            "shrink" => self.shrink = Some(boolean(key, value)?),
            "expect" => {
                choice(key, &text(key, value, "\"bug\"")?, &[("bug", ())])?;
                self.expect_bug = Some(ExpectBug { message: None });
            }
            "message" => *message = Some((key.span(), text(key, value, "\"text of the failure\"")?)),
            "monitors" => self.monitors = monitors(key, value)?,
            "liveness_threshold" => {
                self.liveness_threshold = Some(number(key, value, 0, u64::MAX, "5_000")?);
            }
            "crate" => self.krate = crate_path(argument, "\"::coyote\"")?,
            other => return Err(Error::new(key.span(), format!("`{other}` is no key of `#[coyote::test]`"))),
        }
        Ok(())
    }
}

/// Takes the types of `monitors(A, B)`.
fn monitors(key: &Ident, value: &Expr) -> Result<Vec<Path>, Error> {
    let message = "`monitors` takes the types of monitors: write `monitors(Progress)`";
    let listed: Vec<&Expr> = match value {
        Expr::Tuple(tuple) if !tuple.elems.is_empty() => tuple.elems.iter().collect(),
        Expr::Paren(paren) => vec![&*paren.expr],
        Expr::Path(_) => vec![value],
        _ => return Err(Error::new(key.span(), message)),
    };
    let path = |expr: &Expr| match expr {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        _ => Err(Error::new_spanned(expr, message)),
    };
    listed.into_iter().map(path).collect()
}

fn lanes(Argument { key, value }: &Argument) -> Result<Lanes, Error> {
    const WORDS: [(&str, Lanes); 2] =
        [("unlimited", Lanes::Unlimited), ("current_thread", Lanes::CurrentThread)];
    match literal(value) {
        Some(Lit::Str(word)) => choice(key, word, &WORDS),
        Some(Lit::Int(_)) => {
            let workers = number(key, value, 1, u32::MAX.into(), "4")?;
            Ok(Lanes::Workers(u32::try_from(workers).unwrap_or(u32::MAX)))
        }
        _ => Err(not_lanes(value)),
    }
}

fn not_lanes(value: &Expr) -> Error {
    let message =
        "`lanes` takes a number of workers, `\"unlimited\"` or `\"current_thread\"`: write `lanes = 4`";
    Error::new_spanned(value, message)
}
