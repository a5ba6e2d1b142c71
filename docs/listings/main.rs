//! Programs of the book whose output it shows.
//!
//! `COYOTE_SUITE_BLESS=1` writes what they print into the chapters; look at what has changed.
#![allow(missing_docs)]

mod hits;
mod late;
mod transfer;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A program, its test, and the chapter that shows both.
struct Listing {
    program: &'static str,
    test: &'static str,
    chapter: &'static str,
}

const LISTINGS: [Listing; 3] = [
    Listing { program: "hits", test: "no_hit_is_lost", chapter: "first-test.md" },
    Listing { program: "late", test: "the_answer_comes_in_time", chapter: "time.md" },
    Listing { program: "transfer", test: "two_transfers_end", chapter: "reports.md" },
];

/// What begins a report.
const HEAD: &str = "coyote: tested ";

#[test]
fn chapters_have_the_programs() {
    for Listing { program, chapter, .. } in LISTINGS {
        let text = fs::read_to_string(path("listings").join(format!("{program}.rs"))).expect("a program");
        let is_shown = |line: &&str| !line.starts_with("#[ignore");
        let text: String = text.lines().filter(is_shown).map(|line| format!("{line}\n")).collect();
        let shown = fs::read_to_string(path("src").join(chapter)).expect("a chapter");
        let shown: String =
            shown.lines().filter(|line| !line.starts_with("# ")).map(|line| format!("{line}\n")).collect();
        assert!(shown.contains(&text), "{chapter} has not docs/listings/{program}.rs:\n{text}");
    }
}

#[test]
fn chapters_show_what_the_programs_print() {
    #[expect(clippy::disallowed_methods, reason = "a setting of this test")]
    let bless = env::var_os("COYOTE_SUITE_BLESS").is_some();
    for listing in LISTINGS {
        let path = path("src").join(listing.chapter);
        let chapter = fs::read_to_string(&path).expect("a chapter");
        let begin = chapter.find(&format!("{HEAD}listings::{}", listing.program)).expect("output is shown");
        let end = begin + chapter[begin..].find("```").expect("the block ends");
        let (shown, printed) = (&chapter[begin..end], printed(&listing));
        if bless && lasting(shown) != lasting(&printed) {
            fs::write(&path, [&chapter[..begin], &printed, &chapter[end..]].concat())
                .expect("docs can be written to");
        } else if !bless {
            assert_eq!(
                lasting(shown),
                lasting(&printed),
                "left: {}; right: what is printed (COYOTE_SUITE_BLESS=1 takes it)",
                listing.chapter
            );
        }
    }
}

/// Runs a test, which has to fail, and returns its report.
fn printed(listing: &Listing) -> String {
    let out = env::temp_dir().join(format!("coyote-book-{}", std::process::id()));
    let test = format!("{}::{}", listing.program, listing.test);
    let run = Command::new(env::current_exe().expect("a test program has a path"))
        .args([&test, "--exact", "--ignored", "--nocapture"])
        .env("COYOTE_OUT", &out)
        .env("COYOTE_REGRESSIONS", "off")
        .env("NO_COLOR", "1")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .expect("a test program can be started");
    let _ = fs::remove_dir_all(&out);
    assert_eq!(run.status.code(), Some(101), "{run:?}");
    let printed = String::from_utf8(run.stderr).expect("text");
    let begin = printed.find(HEAD).expect("a report");
    // The harness's own lines, which say the same again, follow.
    let report = printed[begin..].split("\nthread '").next().expect("there is a first part").trim_end();
    format!("{report}\n").replace(&out.display().to_string(), "target/coyote")
}

/// Returns the lines of a report that depend neither on what strategies draw, nor on how the test was started.
fn lasting(report: &str) -> Vec<String> {
    let passing =
        ["  strategy ", "  iteration ", "  COYOTE_REPLAY=", "  or, without", "  wrote ", "  shrunk from "];
    let is_lasting = |line: &&str| {
        !passing.iter().any(|begin| line.starts_with(begin)) && !line.contains("scheduling points: ")
    };
    report.lines().filter(is_lasting).map(str::to_owned).collect()
}

fn path(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}
