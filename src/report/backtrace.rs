//! Backtraces, trimmed to the user's frames.

use std::collections::BTreeMap;

use coyote_engine::Stack;
use coyote_report::Frame;

/// At most so many frames are kept.
const KEPT: usize = 16;

/// Functions whose paths begin like this are nobody's business but ours, and the libraries'.
const FOREIGN: [&str; 14] = [
    "std::",
    "core::",
    "alloc::",
    "tokio::",
    "futures_",
    "corosensei::",
    "coyote::",
    "coyote_engine::",
    "coyote_shim::",
    "coyote_tokio::",
    "rust_begin_unwind",
    "rust_panic",
    "__rust",
    "__rustc",
];

/// Returns the frames of each task's last panic.
pub(super) fn by_task(stacks: &[(u32, Stack)]) -> BTreeMap<u32, Vec<Frame>> {
    stacks.iter().map(|(task, stack)| (*task, frames(&stack.to_string()))).collect()
}

/// Takes the frames out of a backtrace as std writes it.
fn frames(text: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut is_kept = false;
    for line in text.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(frame) = frames.last_mut().filter(|_| is_kept) {
                frame.place = Some(without_column(place).trim_start_matches("./").to_owned());
            }
        } else if let Some((number, function)) = line.split_once(": ")
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            is_kept = is_own(function) && frames.len() < KEPT;
            if is_kept {
                frames.push(Frame { function: without_hash(function).to_owned(), place: None });
            }
        }
    }
    frames
}

fn is_own(function: &str) -> bool {
    let path = function.trim_start_matches(['<', '&', '*']);
    let path = path.strip_prefix("dyn ").unwrap_or(path);
    path != "<unknown>" && !FOREIGN.iter().any(|foreign| path.starts_with(foreign)) && path.contains("::")
}

/// Takes off the `::h0123456789abcdef` of a symbol.
fn without_hash(function: &str) -> &str {
    match function.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => path,
        _ => function,
    }
}

fn without_column(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(place, _column)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_own_frames_are_kept() {
        let text = "   0: std::panicking::begin_panic_handler\n             at /rustc/abc/library/std/src/panicking.rs:1:2\n   \
                    1: shop::till::count::h0123456789abcdef\n             at ./src/till.rs:30:9\n   \
                    2: <core::pin::Pin<P> as core::future::future::Future>::poll\n   \
                    3: coyote_engine::execution::drive::drive\n";
        let kept = frames(text);
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].function, "shop::till::count");
        assert_eq!(kept[0].place.as_deref(), Some("src/till.rs:30"));
    }
}
