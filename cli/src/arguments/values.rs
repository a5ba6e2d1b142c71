//! Values that clap does not know, with errors that say what to write instead.

use std::fmt;
use std::time::Duration;

use coyote_engine::strategy::{KNOWN, StrategySpec};

/// What everything drawn depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    Number(u64),
    Random,
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seed::Number(number) => write!(f, "{number}"),
            Seed::Random => f.write_str("random"),
        }
    }
}

pub(crate) fn count(text: &str) -> Result<u64, String> {
    match text.replace('_', "").parse() {
        Ok(0) => Err("0 would do nothing; write a number from 1 on".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("this is no whole number; write a number from 1 on, such as 1000".to_owned()),
    }
}

pub(crate) fn time_span(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale = match unit.trim() {
        "" | "s" => Some(1.0),
        "ms" => Some(1e-3),
        "m" | "min" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let seconds = number.parse::<f64>().ok().zip(scale).map(|(number, scale)| number * scale);
    let span = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    span.ok_or_else(|| {
        "this is no time span; write seconds, or a span such as 500ms, 10s or 2m; 0 for no limit".to_owned()
    })
}

pub(crate) fn seed(text: &str) -> Result<Seed, String> {
    match text.parse() {
        Ok(number) => Ok(Seed::Number(number)),
        Err(_) if text == "random" => Ok(Seed::Random),
        Err(_) => Err("this is no 64-bit number; write a number, or `random`".to_owned()),
    }
}

pub(crate) fn strategy_value(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|&number: &u32| number <= 1000);
    number.ok_or_else(|| "this is no such number; write a number from 0 to 1000".to_owned())
}

/// Returns a strategy as the tests understand it: by Coyote's names too, and with its number in parentheses.
///
/// # Errors
/// Returns what is wrong with it, and what to write instead.
pub(crate) fn strategy(name: &str, value: Option<u32>) -> Result<String, String> {
    let ours = match name {
        "prioritization" => "pct",
        "fair-prioritization" => "fair-pct",
        other => other,
    };
    let text = match value {
        Some(value) => format!("{ours}({value})"),
        None => ours.to_owned(),
    };
    if StrategySpec::parse(&text).is_some() {
        return Ok(text);
    }
    match value {
        Some(value) if StrategySpec::parse(ours).is_some() => {
            Err(format!("strategy {name:?} takes no value {value}; write {KNOWN}"))
        }
        _ => Err(format!("there is no strategy {text:?}; write {KNOWN}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_known_by_coyotes_names_too() {
        assert_eq!(strategy("prioritization", Some(10)), Ok("pct(10)".to_owned()));
        assert_eq!(strategy("fair-prioritization", None), Ok("fair-pct".to_owned()));
        assert_eq!(strategy("delay-bounding", Some(3)), Ok("delay-bounding(3)".to_owned()));
        assert_eq!(strategy("pct(7)", None), Ok("pct(7)".to_owned()));
    }

    #[test]
    fn strategies_that_are_none_are_named() {
        for (name, value, problem) in [
            ("luck", None, "there is no strategy \"luck\"; write portfolio, random"),
            ("luck", Some(3), "there is no strategy \"luck(3)\"; write"),
            ("random", Some(3), "strategy \"random\" takes no value 3; write"),
            ("pct", Some(0), "strategy \"pct\" takes no value 0; write"),
            ("pct(3)", Some(3), "takes no value 3"),
            ("", None, "there is no strategy \"\""),
        ] {
            let error = strategy(name, value).expect_err(name);
            assert!(error.contains(problem), "{error}");
        }
    }

    #[test]
    fn time_spans_have_units() {
        assert_eq!(time_span("90"), Ok(Duration::from_secs(90)));
        assert_eq!(time_span("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(time_span("500 ms"), Ok(Duration::from_millis(500)));
        assert_eq!(time_span("0"), Ok(Duration::ZERO));
        for bad in ["", "s", "-1", "1d", "1e400", "9999999999999999999999s"] {
            assert!(time_span(bad).is_err(), "{bad}");
        }
    }
}
