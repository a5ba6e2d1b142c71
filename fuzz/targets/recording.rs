//! Recordings: refused, or rendered in every format.
#![no_main]

use coyote_report::{Recorded, dgml, dot, html, junit, mermaid, perfetto, summary, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recorded) = Recorded::parse(&String::from_utf8_lossy(bytes)) else { return };
    assert!(Recorded::parse(&recorded.to_json()).is_ok());
    for render in [
        text::full,
        html::page,
        summary::json,
        dot::graph,
        dgml::graph,
        mermaid::sequence,
        perfetto::timeline,
        junit::element,
    ] {
        drop(render(&recorded));
    }
});
