//! The file form: lines of text.
//!
//! ```text
//! coyote-trace 1
//! test account_manager::create_race
//! strategy random
//! seed 17
//! iteration 3
//! end failed
//! message assertion failed
//! fingerprint 0123456789abcdef
//! time idle
//! granularity op
//! bounds 10000 100000
//! spurious on
//! decisions 2
//! 1/3 <tab> main/2 <tab> lock Mutex main:1 <tab> src/lib.rs:10:5
//! =4/6 <tab> main <tab> choose <tab> src/lib.rs:12:9
//! sum 89abcdef
//! ```
//!
//! A decision is its alternative, counting from 0, of how many; then the task, the operation and the
//! place. `=` marks a value drawn. The line `spurious` is absent if that is off. The sum is FNV-1a of everything before its line.

use std::fmt;

use super::{Settings, Trace, TraceError, VERSION};
use crate::execution::{Granularity, Time};
use crate::strategy::Expected;

pub(super) fn write(trace: &Trace, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = body(trace);
    let sum = hash(text.as_bytes());
    writeln!(f, "{text}sum {sum:016x}")
}

fn body(trace: &Trace) -> String {
    let settings = &trace.settings;
    let time = match settings.time {
        Time::Idle => "idle",
        Time::Racing => "racing",
    };
    let granularity = match settings.granularity {
        Granularity::Op => "op",
        Granularity::Await => "await",
    };
    let spurious = if settings.spurious { "spurious on\n" } else { "" };
    let mut text = format!(
        "coyote-trace {VERSION}\ntest {}\nstrategy {}\nseed {}\niteration {}\nend {}\nmessage {}\n\
         fingerprint {:016x}\ntime {time}\ngranularity {granularity}\nbounds {} {}\n{spurious}decisions {}\n",
        escape(&trace.test),
        trace.strategy,
        trace.seed,
        trace.iteration,
        trace.end,
        escape(&trace.message),
        trace.fingerprint,
        settings.max_unfair_steps,
        settings.max_fair_steps,
        trace.decisions.len(),
    );
    for decision in &trace.decisions {
        let mark = if decision.is_choice { "=" } else { "" };
        let fields = [&decision.task, &decision.op, &decision.location].map(|field| escape(field));
        text.push_str(&format!(
            "{mark}{}/{}\t{}\t{}\t{}\n",
            decision.index, decision.alternatives, fields[0], fields[1], fields[2]
        ));
    }
    text
}

/// Lines with their numbers, and errors that name them.
struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    line: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, TraceError> {
        match self.lines.next() {
            Some((at, line)) => {
                self.line = at + 1;
                Ok(line)
            }
            None => Err(TraceError::Damaged { problem: format!("it ends after line {}", self.line) }),
        }
    }

    fn error(&self, problem: &str) -> TraceError {
        TraceError::Damaged { problem: format!("line {}: {problem}", self.line) }
    }

    /// Returns what follows `name` in the next line.
    fn field(&mut self, name: &str) -> Result<&'a str, TraceError> {
        let line = self.next()?;
        let rest = line.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        rest.map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
            .ok_or_else(|| self.error(&format!("expected `{name} …`, found {line:?}")))
    }

    /// Skips the next line if it is this one.
    fn is_next(&mut self, line: &str) -> bool {
        let mut ahead = self.lines.clone();
        let is_it = ahead.next().is_some_and(|(_, next)| next == line);
        if is_it {
            self.lines = ahead;
            self.line += 1;
        }
        is_it
    }

    fn number<T: std::str::FromStr>(&self, text: &str) -> Result<T, TraceError> {
        text.parse().map_err(|_| self.error(&format!("expected a number, found {text:?}")))
    }
}

pub(super) fn parse(text: &str) -> Result<Trace, TraceError> {
    let mut lines = Lines { lines: text.lines().enumerate(), line: 0 };
    let first = text.lines().next().unwrap_or_default();
    let Some(version) = first.strip_prefix("coyote-trace ") else {
        return Err(TraceError::NoTrace { found: first.chars().take(24).collect() });
    };
    if version != VERSION.to_string() {
        return Err(TraceError::Version { found: version.to_owned() });
    }
    lines.next()?;
    let test = unescape(lines.field("test")?);
    let strategy = lines.field("strategy")?.to_owned();
    let seed = lines.field("seed")?;
    let seed = lines.number(seed)?;
    let iteration = lines.field("iteration")?;
    let iteration = lines.number(iteration)?;
    let end = lines.field("end")?.to_owned();
    let message = unescape(lines.field("message")?);
    let fingerprint = lines.field("fingerprint")?;
    let fingerprint =
        u64::from_str_radix(fingerprint, 16).map_err(|_| lines.error("expected a hexadecimal number"))?;
    let time = match lines.field("time")? {
        "idle" => Time::Idle,
        "racing" => Time::Racing,
        other => return Err(lines.error(&format!("unknown time {other:?}"))),
    };
    let granularity = match lines.field("granularity")? {
        "op" => Granularity::Op,
        "await" => Granularity::Await,
        other => return Err(lines.error(&format!("unknown granularity {other:?}"))),
    };
    let bounds = lines.field("bounds")?;
    let (unfair, fair) = bounds.split_once(' ').ok_or_else(|| lines.error("expected two numbers"))?;
    let spurious = lines.is_next("spurious on");
    let settings = Settings {
        time,
        granularity,
        spurious,
        max_unfair_steps: lines.number(unfair)?,
        max_fair_steps: lines.number(fair)?,
    };
    let count = lines.field("decisions")?;
    let count: usize = lines.number(count)?;
    let mut decisions = Vec::new();
    for _ in 0..count {
        decisions.push(decision(&mut lines)?);
    }
    let trace = Trace { test, strategy, seed, iteration, end, message, fingerprint, settings, decisions };
    let sum = lines.field("sum")?;
    if sum != format!("{:016x}", hash(body(&trace).as_bytes())) {
        return Err(lines.error("the checksum does not fit"));
    }
    Ok(trace)
}

fn decision(lines: &mut Lines<'_>) -> Result<Expected, TraceError> {
    let line = lines.next()?;
    let mut fields = line.split('\t');
    let pick = fields.next().unwrap_or_default();
    let (is_choice, pick) = match pick.strip_prefix('=') {
        Some(pick) => (true, pick),
        None => (false, pick),
    };
    let (index, alternatives) = pick.split_once('/').ok_or_else(|| lines.error("expected a decision"))?;
    let (index, alternatives) = (lines.number(index)?, lines.number(alternatives)?);
    if alternatives < 2 || index >= alternatives {
        return Err(lines.error(&format!("there is no alternative {index} of {alternatives}")));
    }
    let mut field =
        || fields.next().map(unescape).ok_or_else(|| lines.error("expected task, operation and place"));
    let (task, op, location) = (field()?, field()?, field()?);
    Ok(Expected { index, alternatives, task, op, location, is_choice })
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

/// 64-bit FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
