//! Traces that were cut, changed or made up: each is read, or refused with a reason, and costs no more memory than
//! it is long. The same mutations every time; `fuzz/` looks further.
#![allow(missing_docs)]

use coyote_engine::strategy::{Decisions, Expected};
use coyote_engine::trace::{Settings, Trace, TraceError};
use coyote_engine::{Granularity, Rng, Time};

/// Mutations of each trace.
const MUTATIONS: u64 = 4000;

fn decision(index: u32, alternatives: u32, is_choice: bool) -> Expected {
    let task = "main/2\twith\\tabs".to_owned();
    let (op, location) = ("lock Mutex main:1".to_owned(), "src/lib.rs:10:5".to_owned());
    Expected { index, alternatives, task, op, location, is_choice }
}

fn trace(decisions: Vec<Expected>) -> Trace {
    Trace {
        test: "a_crate::a_test".to_owned(),
        strategy: "pct(3)".to_owned(),
        seed: 17,
        iteration: 3,
        end: "failed".to_owned(),
        message: "task main panicked\nleft: 1".to_owned(),
        fingerprint: 0x0123_4567_89ab_cdef,
        settings: Settings {
            time: Time::Racing,
            granularity: Granularity::Await,
            spurious: true,
            max_unfair_steps: 10_000,
            max_fair_steps: 100_000,
        },
        decisions,
    }
}

fn traces() -> Vec<Trace> {
    let some = vec![decision(1, 3, false), decision(4, 6, true), decision(0, 2, false)];
    let many = (0..300).map(|at| decision(at % 7, 7, at % 5 == 0)).collect();
    vec![trace(Vec::new()), trace(some), trace(many)]
}

/// Changes a few bytes: other ones, none, twice, or those of another place.
fn mutate(bytes: &mut Vec<u8>, random: &mut Rng) {
    const WORDS: [&str; 12] = [
        "0",
        "1",
        "9",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "=",
        "/",
        "\t",
        "\n",
        "é",
        "decisions ",
    ];
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len() as u32) as usize;
        let to = at + random.below((bytes.len() - at) as u32 + 1) as usize;
        match random.below(6) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..to.min(at + 40))),
            3 => bytes.splice(at..at, WORDS[random.below(12) as usize].bytes()).for_each(drop),
            4 => {
                let copy = bytes[at..to].to_vec();
                bytes.splice(at..at, copy).for_each(drop);
            }
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
}

/// Reads a file, and if it is one, writes and reads it again.
fn read_file(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    match Trace::parse_file(&text) {
        Ok(trace) => {
            let again = trace.to_string();
            assert!(again.len() <= 2 * text.len() + 400, "{} bytes of {}", again.len(), text.len());
            assert_eq!(Trace::parse_file(&again).as_ref(), Ok(&trace));
            let short = Trace::parse_short(&trace.to_short()).expect("what is written can be read");
            assert_eq!(short.count, trace.decisions.len() as u64);
            true
        }
        Err(error) => {
            is_kind(&error);
            false
        }
    }
}

/// Reads a string, and if it is one, takes decisions of all widths until there are none.
fn read_short(text: &str, random: &mut Rng) -> bool {
    match Trace::parse_short(text) {
        Ok(mut short) => {
            let mut taken = 0;
            while let Some(expected) = Decisions::next(&mut short, 1 + random.below(u32::MAX)) {
                assert_eq!(expected.task, "");
                taken += 1;
                // One alternative takes no bits.
                assert!(taken <= 8 * text.len() || taken as u64 <= short.count);
                if taken > 10_000 {
                    break;
                }
            }
            true
        }
        Err(error) => {
            is_kind(&error);
            false
        }
    }
}

/// Says what is wrong, and what to do.
fn is_kind(error: &TraceError) {
    let words = error.to_string();
    assert!(
        ["give ", "run the test again", "copy it again"].iter().any(|part| words.contains(part)),
        "{words}"
    );
}

#[test]
fn damaged_files_are_read_or_refused() {
    let mut random = Rng::new(1);
    let (mut read, mut refused) = (0, 0);
    for trace in traces() {
        for _ in 0..MUTATIONS {
            let mut bytes = trace.to_string().into_bytes();
            mutate(&mut bytes, &mut random);
            // With a sum that fits, what is before it is looked at.
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some(at) = text.rfind("sum ") {
                read_file(format!("{}sum {:016x}\n", &text[..at], fnv(&text.as_bytes()[..at])).as_bytes());
            }
            *(if read_file(&bytes) { &mut read } else { &mut refused }) += 1;
        }
        assert!(read_file(trace.to_string().as_bytes()));
    }
    // Those that changed nothing that counts are read.
    assert!(refused > 20 * read, "{read} read, {refused} refused");
}

#[test]
fn damaged_strings_are_read_or_refused() {
    let mut random = Rng::new(2);
    let mut read = 0;
    for trace in traces() {
        for _ in 0..MUTATIONS {
            let mut bytes = trace.to_short().into_bytes();
            mutate(&mut bytes, &mut random);
            read += u32::from(read_short(&String::from_utf8_lossy(&bytes), &mut random));
        }
        assert!(read_short(&trace.to_short(), &mut random));
    }
    assert!(read < 3 * MUTATIONS as u32 / 10, "{read} damaged strings were read");
}

#[test]
fn strings_that_are_made_up_but_fit_their_sum_are_read() {
    let mut random = Rng::new(3);
    let mut read = 0;
    for _ in 0..MUTATIONS {
        let length = random.below(64) as usize;
        let mut bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        let sum = bytes
            .iter()
            .fold(0x811c_9dc5_u32, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        bytes.extend(sum.to_le_bytes());
        read += u32::from(read_short(&format!("c1.{}", base64(&bytes)), &mut random));
    }
    assert!(read > MUTATIONS as u32 / 4, "only {read} were read");
}

#[test]
fn a_count_of_decisions_that_are_not_there_is_refused_at_once() {
    let text = trace(Vec::new()).to_string().replace("decisions 0", "decisions 18446744073709551615");
    assert!(matches!(Trace::parse_file(&text), Err(TraceError::Damaged { .. })));
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().enumerate().fold(0u32, |word, (at, &byte)| word | u32::from(byte) << (16 - 8 * at));
        text.extend((0..=chunk.len()).map(|at| char::from(ALPHABET[(word >> (18 - 6 * at) & 63) as usize])));
    }
    text
}
