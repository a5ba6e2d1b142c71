//! Backtraces, trimmed to the user's frames.

use std::collections::BTreeMap;

use coyote_engine::Stack;
use coyote_report::Frame;

/// At most so many frames are kept.
const KEPT: usize = 16;

/// Functions whose paths begin like this are nobody's business but ours, and the libraries'.
const FOREIGN: [&str; 16] = [
    "std::",
    "core::",
    "alloc::",
    "tokio::",
    "futures_",
    "corosensei::",
    "coyote::",
    "coyote_engine::",
    "coyote_actors::",
    "coyote_spec::",
    "coyote_shim::",
    "coyote_tokio::",
    "rust_begin_unwind",
    "rust_panic",
    "__rust",
    "__rustc",
];

/// Where our own sources are, if they are compiled in their workspace.
const HOME: &str = env!("CARGO_MANIFEST_DIR");
const OURS: [&str; 5] = ["src/", "engine/src/", "shim/src/", "spec/src/", "actors/src/"];

/// Returns the frames of each task's last panic.
pub(super) fn by_task(stacks: &[(u32, Stack)]) -> BTreeMap<u32, Vec<Frame>> {
    stacks.iter().map(|(task, stack)| (*task, frames(&stack.to_string()))).collect()
}

/// Takes the frames out of a backtrace as std writes it.
fn frames(text: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(frame) = frames.last_mut() {
                frame.place = Some(without_column(place).trim_start_matches("./").to_owned());
            }
        } else if let Some((number, function)) = line.split_once(": ")
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            frames.push(Frame { function: without_hash(function).to_owned(), place: None });
        }
    }
    frames.retain(is_own);
    frames.truncate(KEPT);
    frames
}

fn is_own(frame: &Frame) -> bool {
    let path = frame.function.trim_start_matches(['<', '&', '*']);
    let path = path.strip_prefix("dyn ").unwrap_or(path);
    let is_foreign = path == "<unknown>" || FOREIGN.iter().any(|foreign| path.starts_with(foreign));
    // What was inlined has no path if there are line tables only, but a place.
    let is_at = |place: &String| {
        let is_library = place.starts_with("/rustc/") || place.contains("/registry/src/");
        let at_home = place.strip_prefix(HOME).and_then(|rest| rest.strip_prefix('/'));
        !is_library && !at_home.is_some_and(|place| OURS.iter().any(|ours| place.starts_with(ours)))
    };
    !is_foreign && frame.place.as_ref().map_or(path.contains("::"), is_at)
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
                    3: coyote_engine::execution::drive::drive\n   \
                    4: wait_until\n             at /rustc/abc/library/std/src/sync/mpmc/context.rs:1:2\n   \
                    5: inlined\n             at ./src/till.rs:12:9\n";
        let kept = frames(text);
        assert_eq!(kept.len(), 2);
        assert_eq!(
            (kept[1].function.as_str(), kept[1].place.as_deref()),
            ("inlined", Some("src/till.rs:12"))
        );
        assert_eq!(kept[0].function, "shop::till::count");
        assert_eq!(kept[0].place.as_deref(), Some("src/till.rs:30"));
    }
}
