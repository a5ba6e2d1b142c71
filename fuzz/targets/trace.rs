//! Traces, as files and as strings: read, or refused.
//!
//! The first byte chooses what is read, and whether its sum is put right first.
#![no_main]

use coyote_engine::strategy::Decisions;
use coyote_engine::trace::Trace;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&how, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match how % 4 {
        0 => file(&text),
        1 => {
            let at = text.rfind("sum ").unwrap_or(text.len());
            let sum = text.as_bytes()[..at]
                .iter()
                .fold(0xcbf2_9ce4_8422_2325_u64, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            file(&format!("{}sum {sum:016x}\n", &text[..at]));
        }
        2 => short(&text),
        _ => {
            let sum = rest
                .iter()
                .fold(0x811c_9dc5_u32, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
            short(&format!("c1.{}", base64(&[rest, &sum.to_le_bytes()].concat())));
        }
    }
});

fn file(text: &str) {
    if let Ok(trace) = Trace::parse_file(text) {
        let again = trace.to_string();
        assert!(again.len() <= 2 * text.len() + 400);
        assert_eq!(Trace::parse_file(&again).as_ref(), Ok(&trace));
        short(&trace.to_short());
    }
}

fn short(text: &str) {
    if let Ok(mut short) = Trace::parse_short(text) {
        let widths = (0..).map(|at| 1 + (at * 0x9e37_79b9_u64 >> 7) as u32 % (1 << (at % 31)));
        widths.take(2000).for_each(|alternatives| drop(Decisions::next(&mut short, alternatives)));
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0u32, |word, (at, &byte)| word | u32::from(byte) << (16 - 8 * at));
        text.extend((0..=chunk.len()).map(|at| char::from(ALPHABET[(word >> (18 - 6 * at) & 63) as usize])));
    }
    text
}
