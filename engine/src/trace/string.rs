//! The console form: `c1.` and base64url of a header, the decisions as bits, and a checksum.
//!
//! ```text
//! bytes 0..4   hash of the test's name
//!       4..12  fingerprint
//!       12     settings: bit 0 racing time, bit 1 await granularity, bit 2 spurious wake-ups and failures
//!       then   bounds and number of decisions, as three LEB128 numbers
//!       then   decisions: each as few bits as its number of alternatives needs, low bits first
//!       last 4 FNV-1a of all before
//! ```
//!
//! How many bits a decision has is known when it is replayed: the program tells the number of
//! alternatives.

use super::{Settings, Trace, TraceError, VERSION};
use crate::execution::{Granularity, Time};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A short trace, read up to its decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    test: u32,
    /// The execution's fingerprint.
    pub fingerprint: u64,
    /// Which settings the decisions depend on.
    pub settings: Settings,
    /// How many decisions there are.
    pub count: u64,
    bits: Vec<u8>,
    position: usize,
    taken: u64,
}

impl Short {
    /// Checks that the trace was recorded for `test`.
    ///
    /// # Errors
    /// Returns [`TraceError::OtherTest`] if not.
    pub fn check_test(&self, test: &str) -> Result<(), TraceError> {
        if self.test == hash(test.as_bytes()) {
            return Ok(());
        }
        Err(TraceError::OtherTest { recorded: "another test".to_owned(), asked: test.to_owned() })
    }

    pub(super) fn next_index(&mut self, alternatives: u32) -> Option<u32> {
        if self.taken == self.count {
            return None;
        }
        self.taken += 1;
        let mut index = 0;
        for i in 0..width(alternatives) {
            let byte = self.bits.get(self.position / 8)?;
            index |= u32::from(byte >> (self.position % 8) & 1) << i;
            self.position += 1;
        }
        Some(index)
    }
}

/// Returns how many bits a choice among `alternatives` takes.
fn width(alternatives: u32) -> u32 {
    u32::BITS - (alternatives - 1).leading_zeros()
}

pub(super) fn encode(trace: &Trace) -> String {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&hash(trace.test.as_bytes()).to_le_bytes());
    bytes.extend_from_slice(&trace.fingerprint.to_le_bytes());
    let settings = &trace.settings;
    let racing = u8::from(settings.time == Time::Racing);
    let awaits = u8::from(settings.granularity == Granularity::Await);
    bytes.push(racing | awaits << 1 | u8::from(settings.spurious) << 2);
    for number in [settings.max_unfair_steps, settings.max_fair_steps, trace.decisions.len() as u64] {
        write_number(&mut bytes, number);
    }
    let start = bytes.len() * 8;
    let mut position = start;
    for decision in &trace.decisions {
        for i in 0..width(decision.alternatives) {
            if position / 8 == bytes.len() {
                bytes.push(0);
            }
            bytes[position / 8] |= ((decision.index >> i & 1) as u8) << (position % 8);
            position += 1;
        }
    }
    let sum = hash(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    format!("c{VERSION}.{}", to_base64(&bytes))
}

pub(super) fn decode(text: &str) -> Result<Short, TraceError> {
    let text = text.trim();
    let no_trace = || TraceError::NoTrace { found: text.chars().take(24).collect() };
    let (version, data) =
        text.strip_prefix('c').and_then(|rest| rest.split_once('.')).ok_or_else(no_trace)?;
    if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit()) {
        return Err(no_trace());
    }
    if version != VERSION.to_string() {
        return Err(TraceError::Version { found: version.to_owned() });
    }
    let damaged = |problem: &str| TraceError::Damaged { problem: problem.to_owned() };
    let bytes = from_base64(data)?;
    let Some((body, sum)) = bytes.split_last_chunk::<4>() else {
        return Err(damaged("it is too short"));
    };
    if hash(body) != u32::from_le_bytes(*sum) {
        return Err(damaged("its checksum does not fit"));
    }
    let too_short = || damaged("its header is too short");
    let (test, rest) = body.split_first_chunk::<4>().ok_or_else(too_short)?;
    let (fingerprint, rest) = rest.split_first_chunk::<8>().ok_or_else(too_short)?;
    let (&flags, mut rest) = rest.split_first().ok_or_else(too_short)?;
    let mut number = || read_number(&mut rest).ok_or_else(too_short);
    let (max_unfair_steps, max_fair_steps, count) = (number()?, number()?, number()?);
    let settings = Settings {
        time: if flags & 1 != 0 { Time::Racing } else { Time::Idle },
        granularity: if flags & 2 != 0 { Granularity::Await } else { Granularity::Op },
        spurious: flags & 4 != 0,
        max_unfair_steps,
        max_fair_steps,
    };
    Ok(Short {
        test: u32::from_le_bytes(*test),
        fingerprint: u64::from_le_bytes(*fingerprint),
        settings,
        count,
        bits: rest.to_vec(),
        position: 0,
        taken: 0,
    })
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// 32-bit FNV-1a.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0u32, |word, (i, &b)| word | u32::from(b) << (16 - 8 * i));
        for i in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * i) & 63) as usize]));
        }
    }
    text
}

fn from_base64(text: &str) -> Result<Vec<u8>, TraceError> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0u32, 0);
    for (at, byte) in text.bytes().enumerate() {
        let Some(value) = ALPHABET.iter().position(|&known| known == byte) else {
            let problem = format!("character {} does not belong there", at + 1);
            return Err(TraceError::Damaged { problem });
        };
        word = word << 6 | value as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::Expected;

    fn trace() -> Trace {
        let decision = |index, alternatives| Expected {
            index,
            alternatives,
            task: "main".to_owned(),
            op: "lock Mutex main:1".to_owned(),
            location: "src/lib.rs:1:2".to_owned(),
            is_choice: false,
        };
        Trace {
            test: "a::b".to_owned(),
            strategy: "random".to_owned(),
            seed: 7,
            iteration: 3,
            end: "failed".to_owned(),
            message: "two\nlines\\".to_owned(),
            fingerprint: 0x1234_5678_9abc_def0,
            settings: Settings {
                time: Time::Racing,
                granularity: Granularity::Op,
                spurious: true,
                max_unfair_steps: 10_000,
                max_fair_steps: 100_000,
            },
            decisions: vec![
                decision(1, 2),
                decision(2, 3),
                decision(999, 1000),
                decision(0, 2),
                decision(63, 64),
            ],
        }
    }

    #[test]
    fn short_strings_round_trip() {
        let trace = trace();
        let mut short = decode(&trace.to_short()).expect("decodes");
        assert_eq!((short.fingerprint, short.settings), (trace.fingerprint, trace.settings));
        short.check_test("a::b").expect("same test");
        assert!(matches!(short.check_test("a::c"), Err(TraceError::OtherTest { .. })));
        for decision in &trace.decisions {
            assert_eq!(short.next_index(decision.alternatives), Some(decision.index));
        }
        assert_eq!(short.next_index(2), None);
    }

    #[test]
    fn every_damage_is_noticed() {
        let text = trace().to_short();
        for at in 3..text.len() {
            let mut damaged = text.clone().into_bytes();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).expect("ascii");
            // The last character holds bits that are not part of any byte.
            let same = from_base64(&damaged[3..]) == from_base64(&text[3..]);
            assert!(same || matches!(decode(&damaged), Err(TraceError::Damaged { .. })), "{at}");
        }
        for cut in 0..text.len() - 1 {
            assert!(decode(&text[..cut]).is_err(), "{cut}");
        }
        assert!(matches!(decode("hello"), Err(TraceError::NoTrace { .. })));
        assert!(matches!(decode("c9.AAAA"), Err(TraceError::Version { .. })));
        assert!(matches!(decode("c1.AA AA"), Err(TraceError::Damaged { .. })));
    }

    #[test]
    fn files_round_trip_and_damage_is_named_with_its_line() {
        let trace = trace();
        let text = trace.to_string();
        assert_eq!(Trace::parse_file(&text).expect("parses"), trace);
        let older = text.replace("coyote-trace 1", "coyote-trace 0");
        assert!(matches!(Trace::parse_file(&older), Err(TraceError::Version { .. })));
        assert!(matches!(Trace::parse_file("hello"), Err(TraceError::NoTrace { .. })));
        for line in 1..text.lines().count() {
            let cut: String = text.lines().take(line).map(|l| format!("{l}\n")).collect();
            assert!(Trace::parse_file(&cut).is_err(), "{cut}");
        }
        let wrong = text.replace("2/3", "4/3");
        assert!(
            matches!(Trace::parse_file(&wrong), Err(TraceError::Damaged { problem }) if problem.contains("line"))
        );
    }
}
