//! Strategies by name: `random`, `pct(3)`, `portfolio`.

use super::{Pct, Portfolio, Probabilistic, Random, RoundRobin, Strategy};

/// A strategy, as written in an attribute or an environment variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum StrategySpec {
    /// `random`.
    Random,
    /// `probabilistic(n)`; n is 3 if not given.
    Probabilistic(u32),
    /// `pct(d)`; d is 3 if not given.
    Pct(u32),
    /// `fair-pct(d)`; d is 3 if not given.
    FairPct(u32),
    /// `round-robin`.
    RoundRobin,
    /// `portfolio`, the default: random, fair PCT of random depth, probabilistic, round-robin.
    Portfolio,
}

/// What may be written, for error messages.
pub const KNOWN: &str = "random, probabilistic(n), pct(d), fair-pct(d), round-robin or portfolio";

impl StrategySpec {
    /// Parses the text of a strategy; None if it is none of [`KNOWN`], or its number is out of range.
    pub const fn parse(text: &str) -> Option<StrategySpec> {
        let bytes = text.as_bytes();
        let mut open = 0;
        while open < bytes.len() && bytes[open] != b'(' {
            open += 1;
        }
        let mut number = None;
        if open < bytes.len() {
            if bytes[bytes.len() - 1] != b')' || open + 2 >= bytes.len() {
                return None;
            }
            let mut value = 0u32;
            let mut i = open + 1;
            while i + 1 < bytes.len() {
                if !bytes[i].is_ascii_digit() || value > 1000 {
                    return None;
                }
                value = value * 10 + (bytes[i] - b'0') as u32;
                i += 1;
            }
            if value == 0 || value > 1000 {
                return None;
            }
            number = Some(value);
        }
        let depth = match number {
            Some(value) => value,
            None => 3,
        };
        let (name, _) = bytes.split_at(open);
        if equal(name, b"probabilistic") {
            return if depth <= 32 { Some(StrategySpec::Probabilistic(depth)) } else { None };
        }
        if equal(name, b"pct") {
            return Some(StrategySpec::Pct(depth));
        }
        if equal(name, b"fair-pct") {
            return Some(StrategySpec::FairPct(depth));
        }
        if number.is_some() {
            return None;
        }
        if equal(name, b"random") {
            Some(StrategySpec::Random)
        } else if equal(name, b"round-robin") {
            Some(StrategySpec::RoundRobin)
        } else if equal(name, b"portfolio") {
            Some(StrategySpec::Portfolio)
        } else {
            None
        }
    }

    /// Creates the strategy. Fair forms become random walks after `unfair_steps` steps.
    pub fn build(self, unfair_steps: u64) -> Box<dyn Strategy + Send> {
        match self {
            StrategySpec::Random => Box::new(Random::new()),
            StrategySpec::Probabilistic(flips) => Box::new(Probabilistic::new(flips)),
            StrategySpec::Pct(depth) => Box::new(Pct::new(depth)),
            StrategySpec::FairPct(depth) => Box::new(Pct::fair(depth, unfair_steps)),
            StrategySpec::RoundRobin => Box::new(RoundRobin::new()),
            StrategySpec::Portfolio => Box::new(Portfolio::new(vec![
                Box::new(Random::new()),
                Box::new(Pct::fair(10, unfair_steps).with_random_depth()),
                Box::new(Probabilistic::new(3)),
                Box::new(Pct::fair(3, unfair_steps)),
                Box::new(Random::new()),
                Box::new(Pct::fair(10, unfair_steps).with_random_depth()),
                Box::new(Probabilistic::new(2)),
                Box::new(RoundRobin::new()),
            ])),
        }
    }
}

impl std::fmt::Display for StrategySpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StrategySpec::Random => f.write_str("random"),
            StrategySpec::Probabilistic(n) => write!(f, "probabilistic({n})"),
            StrategySpec::Pct(d) => write!(f, "pct({d})"),
            StrategySpec::FairPct(d) => write!(f, "fair-pct({d})"),
            StrategySpec::RoundRobin => f.write_str("round-robin"),
            StrategySpec::Portfolio => f.write_str("portfolio"),
        }
    }
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Checks a strategy written in an attribute, at compile time.
///
/// # Panics
/// Panics, which at compile time is an error on the attribute's value, if the text names no strategy.
#[track_caller]
pub const fn check(text: &str) {
    if StrategySpec::parse(text).is_none() {
        panic!(
            "unknown strategy: write random, probabilistic(n) with n from 1 to 32, pct(d) or \
             fair-pct(d) with d from 1 to 1000, round-robin or portfolio"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_nonsense_is_refused() {
        for text in ["random", "probabilistic(3)", "pct(1)", "fair-pct(10)", "round-robin", "portfolio"] {
            assert_eq!(StrategySpec::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(StrategySpec::parse("pct"), Some(StrategySpec::Pct(3)));
        for text in [
            "",
            "pct(",
            "pct()",
            "pct(0)",
            "pct(x)",
            "pct(1",
            "random(2)",
            "Random",
            "pct(99999999999)",
            "(3)",
        ] {
            assert_eq!(StrategySpec::parse(text), None, "{text}");
        }
    }
}
