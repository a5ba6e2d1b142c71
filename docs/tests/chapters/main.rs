//! The book holds together, and names only what exists.
#![allow(missing_docs)]

mod accepted;
mod chapter;

use std::collections::BTreeSet;
use std::path::Path;

use chapter::{Chapter, chapters, source};

#[test]
fn every_chapter_is_in_the_summary_and_compiled() {
    let summary = Chapter::read("SUMMARY.md");
    let listed: BTreeSet<&str> = summary.links.iter().map(String::as_str).collect();
    let compiled: BTreeSet<&str> = coyote_book::COMPILED.iter().copied().collect();
    assert_eq!(listed, compiled, "left: in SUMMARY.md; right: compiled in docs/lib.rs");

    let all = chapters();
    let there: BTreeSet<&str> = all.iter().map(|chapter| chapter.file.as_str()).collect();
    assert_eq!(listed, there, "left: in SUMMARY.md; right: files in docs/src");
}

#[test]
fn every_block_has_a_language_and_none_of_rust_is_skipped() {
    let languages = ["rust", "rust,test_harness", "toml", "sh", "text", "json"];
    for chapter in chapters() {
        for block in &chapter.blocks {
            assert!(
                languages.contains(&block.language.as_str()),
                "{}: a block of {:?}; write one of {languages:?}:\n{}",
                chapter.file,
                block.language,
                block.text
            );
        }
    }
}

#[test]
fn links_lead_to_pages_and_headings() {
    let all = chapters();
    for chapter in &all {
        for link in &chapter.links {
            if let Some(path) = link.strip_prefix(chapter::REPOSITORY) {
                let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path);
                assert!(path.exists(), "{}: {} is not in the repository", chapter.file, path.display());
            }
            if link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(f, a)| (f, Some(a)));
            let file = if file.is_empty() { chapter.file.as_str() } else { file };
            let target = all.iter().find(|chapter| chapter.file == file);
            let target = target.unwrap_or_else(|| panic!("{}: no page {link}", chapter.file));
            if let Some(anchor) = anchor {
                let is_there = target.anchors.iter().any(|found| found == anchor);
                assert!(is_there, "{}: no heading {link}; there are {:?}", chapter.file, target.anchors);
            }
        }
    }
}

#[test]
fn options_of_the_attribute_are_those_that_it_accepts() {
    let accepted = accepted::options();
    let listed = Chapter::read("configuration.md").keys_of_table("The attribute");
    assert_eq!(listed, accepted, "left: in configuration.md; right: what #[coyote::test] accepts");

    // Keys of manifests and of other attributes.
    let others = ["coyote", "futures", "tokio", "panic", "do", "goto", "push"];
    for chapter in chapters() {
        for code in &chapter.inline {
            let Some((key, _)) = code.split_once(" = ") else { continue };
            let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let is_known = accepted.contains(key) || others.contains(&key);
            assert!(!is_key || is_known, "{}: `{code}`: no such option", chapter.file);
        }
    }
}

#[test]
fn variables_are_those_that_are_read() {
    let read = accepted::variables();
    let listed = Chapter::read("configuration.md").keys_of_table("The environment");
    assert_eq!(listed, read, "left: in configuration.md; right: what src/settings.rs reads");

    for chapter in chapters() {
        let text = source(&chapter.file);
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        for word in words.filter(|word| word.starts_with("COYOTE_")) {
            assert!(read.contains(word), "{}: {word} is read by nobody", chapter.file);
        }
    }
}

#[test]
fn strategies_are_those_that_there_are() {
    let known: BTreeSet<String> = coyote_engine::strategy::KNOWN
        .replace(" or ", ", ")
        .split(", ")
        .map(|name| name.trim().to_owned())
        .collect();
    let listed = Chapter::read("strategies.md").keys_of_table("Strategies");
    assert_eq!(listed, known, "left: in strategies.md; right: KNOWN of the engine");

    for chapter in chapters() {
        for code in &chapter.inline {
            let Some(name) = code.strip_prefix("strategy = \"").and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            // A letter stands for a number.
            let name = ["(d)", "(k)", "(n)", "(N)"]
                .iter()
                .fold(name.to_owned(), |name, letter| name.replace(letter, "(3)"));
            assert!(coyote::StrategySpec::parse(&name).is_some(), "{}: `{code}`", chapter.file);
        }
    }
}

#[test]
fn what_is_said_of_cargo_coyote_is_what_it_takes() {
    let accepted = accepted::command_line();
    // What the harness takes, after a `--`.
    let harness = ["ignored", "include-ignored", "exact", "skip"];
    for chapter in chapters() {
        // The page about it names nothing but its options; elsewhere its commands are told by their beginning.
        let is_its_page = chapter.file == "cli.md";
        let lines =
            chapter.blocks.iter().filter(|block| block.language == "sh").flat_map(|block| block.text.lines());
        let lines = lines.chain(chapter.inline.iter().map(String::as_str));
        for line in
            lines.filter(|line| line.contains("cargo coyote") || is_its_page && line.starts_with("--"))
        {
            let line = line.split(" # ").next().unwrap_or(line);
            for option in line.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
                let option = option.split('=').next().unwrap_or(option);
                let is_known = option.is_empty() || accepted.contains(option) || harness.contains(&option);
                assert!(is_known, "{}: `{line}`: no option --{option}", chapter.file);
            }
        }
    }

    let keys = accepted::profile();
    let cli = Chapter::read("cli.md");
    let profiles: Vec<_> = cli.blocks.iter().filter(|block| block.text.starts_with("[profile.")).collect();
    assert!(!profiles.is_empty(), "cli.md shows no profile");
    for line in profiles.iter().flat_map(|block| block.text.lines()) {
        let Some((key, _)) = line.split_once(" = ") else { continue };
        assert!(keys.contains(key), "cli.md: `{line}`: no such key of a profile; there are {keys:?}");
    }
    let columns: BTreeSet<String> = cli.keys_of_column("Options of `test`", 2);
    assert!(columns.is_subset(&keys), "cli.md lists {columns:?}; a profile has {keys:?}");
}
