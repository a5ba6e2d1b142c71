//! Strategies by name: `random`, `pct(3)`, `portfolio`.

use super::{
    DelayBounding, Dfs, FairSuffix, Pct, Portfolio, Pos, Probabilistic, Profiled, QLearning, Random, RffLite,
    RoundRobin, Strategy, Surw, Urw,
};

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
    /// `fair-pct(d)`.
    FairPct(u32),
    /// `fair-pct`: the depth is drawn from 1 to 10 for each execution.
    FairPctOfRandomDepth,
    /// `delay-bounding(d)`; d is 3 if not given.
    DelayBounding(u32),
    /// `fair-delay-bounding(d)`; d is 3 if not given.
    FairDelayBounding(u32),
    /// `pos`.
    Pos,
    /// `surw`.
    Surw,
    /// `urw`.
    Urw,
    /// `rff-lite`.
    RffLite,
    /// `q-learning`.
    QLearning,
    /// `dfs`, or `dfs(k)`: all schedules, or those with at most k preemptions.
    Dfs(Option<u32>),
    /// `round-robin`.
    RoundRobin,
    /// `portfolio`, the default: of nine executions four by `rff-lite`, four by `surw` and one by `urw`.
    Portfolio,
}

/// What may be written, for error messages.
pub const KNOWN: &str = "portfolio, random, probabilistic(n), pct(d), fair-pct, fair-pct(d), delay-bounding(d), \
     fair-delay-bounding(d), pos, surw, urw, rff-lite, q-learning, round-robin, dfs or dfs(k)";

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
            if value > 1000 {
                return None;
            }
            number = Some(value);
        }
        let (name, _) = bytes.split_at(open);
        match number {
            None => StrategySpec::named(name),
            Some(0) if !equal(name, b"dfs") => None,
            Some(number) => StrategySpec::numbered(name, number),
        }
    }

    const fn named(name: &[u8]) -> Option<StrategySpec> {
        Some(match name {
            b"portfolio" => StrategySpec::Portfolio,
            b"random" => StrategySpec::Random,
            b"fair-pct" => StrategySpec::FairPctOfRandomDepth,
            b"pos" => StrategySpec::Pos,
            b"surw" => StrategySpec::Surw,
            b"urw" => StrategySpec::Urw,
            b"rff-lite" => StrategySpec::RffLite,
            b"q-learning" => StrategySpec::QLearning,
            b"round-robin" => StrategySpec::RoundRobin,
            b"dfs" => StrategySpec::Dfs(None),
            _ => return StrategySpec::numbered(name, 3),
        })
    }

    const fn numbered(name: &[u8], number: u32) -> Option<StrategySpec> {
        Some(match name {
            b"probabilistic" if number <= 32 => StrategySpec::Probabilistic(number),
            b"pct" => StrategySpec::Pct(number),
            b"fair-pct" => StrategySpec::FairPct(number),
            b"delay-bounding" => StrategySpec::DelayBounding(number),
            b"fair-delay-bounding" => StrategySpec::FairDelayBounding(number),
            b"dfs" => StrategySpec::Dfs(Some(number)),
            _ => return None,
        })
    }

    /// Returns whether each execution is drawn independently of those before: the strategy learns nothing.
    pub fn is_independent(self) -> bool {
        use StrategySpec::{Pos, Probabilistic, Random, RoundRobin};
        matches!(self, Random | Probabilistic(_) | Pos | RoundRobin)
    }

    /// Returns whether schedules are enumerated rather than drawn.
    pub fn is_systematic(self) -> bool {
        matches!(self, StrategySpec::Dfs(_))
    }

    /// Creates the strategy. Those that are not fair, but become random walks after `unfair_steps` steps,
    /// are all but `pct`, `delay-bounding` and `dfs`.
    pub fn build(self, unfair_steps: u64) -> Box<dyn Strategy + Send> {
        match self {
            StrategySpec::Random => Box::new(Random::new()),
            StrategySpec::Probabilistic(flips) => Box::new(Probabilistic::new(flips)),
            StrategySpec::Pct(depth) => Box::new(Pct::new(depth)),
            StrategySpec::FairPct(depth) => Box::new(Pct::fair(depth, unfair_steps)),
            StrategySpec::FairPctOfRandomDepth => Box::new(Pct::fair(10, unfair_steps).with_random_depth()),
            StrategySpec::DelayBounding(delays) => Box::new(DelayBounding::new(delays)),
            StrategySpec::FairDelayBounding(delays) => Box::new(DelayBounding::fair(delays, unfair_steps)),
            StrategySpec::Pos => Box::new(FairSuffix::new(Pos::new(), unfair_steps)),
            StrategySpec::Surw => Box::new(Profiled::new(FairSuffix::new(Surw::new(), unfair_steps))),
            StrategySpec::Urw => Box::new(Profiled::new(FairSuffix::new(Urw::new(), unfair_steps))),
            StrategySpec::RffLite => Box::new(Profiled::new(FairSuffix::new(RffLite::new(), unfair_steps))),
            StrategySpec::QLearning => Box::new(FairSuffix::new(QLearning::new(), unfair_steps)),
            StrategySpec::Dfs(None) => Box::new(Dfs::new()),
            StrategySpec::Dfs(Some(preemptions)) => Box::new(Dfs::bounded(preemptions)),
            StrategySpec::RoundRobin => Box::new(RoundRobin::new()),
            StrategySpec::Portfolio => Box::new(Profiled::new(Portfolio::new(vec![
                (4, Box::new(FairSuffix::new(RffLite::new(), unfair_steps))),
                (4, Box::new(FairSuffix::new(Surw::new(), unfair_steps))),
                (1, Box::new(FairSuffix::new(Urw::new(), unfair_steps))),
            ]))),
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
            StrategySpec::FairPctOfRandomDepth => f.write_str("fair-pct"),
            StrategySpec::DelayBounding(d) => write!(f, "delay-bounding({d})"),
            StrategySpec::FairDelayBounding(d) => write!(f, "fair-delay-bounding({d})"),
            StrategySpec::Pos => f.write_str("pos"),
            StrategySpec::Surw => f.write_str("surw"),
            StrategySpec::Urw => f.write_str("urw"),
            StrategySpec::RffLite => f.write_str("rff-lite"),
            StrategySpec::QLearning => f.write_str("q-learning"),
            StrategySpec::Dfs(None) => f.write_str("dfs"),
            StrategySpec::Dfs(Some(k)) => write!(f, "dfs({k})"),
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
            "unknown strategy: write portfolio, random, probabilistic(n) with n from 1 to 32, pct(d), \
             fair-pct, fair-pct(d), delay-bounding(d) or fair-delay-bounding(d) with d from 1 to 1000, pos, \
             surw, urw, rff-lite, q-learning, round-robin, dfs, or dfs(k) with k from 0 to 1000"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_nonsense_is_refused() {
        let known = KNOWN.replace("(n)", "(3)").replace("(d)", "(10)").replace("(k)", "(0)");
        for text in known.replace(" or ", ", ").split(", ") {
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
