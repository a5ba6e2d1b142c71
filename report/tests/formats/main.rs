//! What is written for other tools is what they read, and what is read is refused if it is damaged.
#![allow(missing_docs)]

mod damage;
mod graphs;
mod machines;
mod timeline;

use std::path::Path;

use coyote_report::Recorded;

pub(crate) fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn recording(name: &str) -> Recorded {
    Recorded::parse(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) const ALL: [&str; 3] = ["v1-race.json", "v1-deadlock.json", "v1-actor.json"];
