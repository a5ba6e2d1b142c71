//! The command line.

use crate::error::{Error, Result};

pub(crate) const USAGE: &str =
    "usage: tests/conformance/run --mode off|passive|controlled [--seeds K] [--test NAME] [--file NAME …]";

/// Under which control the tests run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// The feature `coyote` is off: the real tokio.
    Off,
    /// The feature is on, and `COYOTE=off`: the mirror passes everything through.
    Passive,
    /// Every test is explored.
    Controlled,
}

/// What was asked for.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    /// Executions of each test, each with a seed of its own.
    pub(crate) seeds: u64,
    /// The files, without `.rs`; all if there are none.
    pub(crate) files: Vec<String>,
    /// Only tests whose names contain this.
    pub(crate) test: Option<String>,
}

pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments> {
    let bad = |argument: &str, problem| Error::Argument { argument: argument.to_owned(), problem };
    let (mut mode, mut seeds, mut files, mut test) = (None, 1, Vec::new(), None);
    let mut in_files = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| bad(&word, "a value has to follow"));
        match word.as_str() {
            "--mode" => {
                let value = value()?;
                mode = Some(match value.as_str() {
                    "off" => Mode::Off,
                    "passive" => Mode::Passive,
                    "controlled" => Mode::Controlled,
                    _ => return Err(bad(&value, "there is no such mode")),
                });
            }
            "--seeds" => {
                let value = value()?;
                let number = value.parse().ok().filter(|&seeds: &u64| seeds > 0);
                seeds = number.ok_or_else(|| bad(&value, "this is no number of seeds"))?;
            }
            "--test" => test = Some(value()?),
            "--file" => files.push(value()?),
            file if in_files && !file.starts_with('-') => files.push(file.to_owned()),
            _ => return Err(bad(&word, "there is no such argument")),
        }
        in_files = word == "--file" || (in_files && !word.starts_with('-'));
    }
    let mode = mode.ok_or_else(|| bad("--mode", "it is missing"))?;
    files.iter_mut().for_each(|file| *file = file.trim_end_matches(".rs").to_owned());
    if mode != Mode::Controlled && seeds > 1 {
        return Err(bad("--seeds", "seeds matter to `--mode controlled` only"));
    }
    Ok(Arguments { mode, seeds, files, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn files_follow_their_flag() {
        let arguments = parsed("--file a.rs b --mode controlled --seeds 20 --test x").expect("good");
        assert_eq!(arguments.files, ["a", "b"]);
        assert_eq!((arguments.mode, arguments.seeds), (Mode::Controlled, 20));
        assert_eq!(arguments.test.as_deref(), Some("x"));
    }

    #[test]
    fn bad_words_are_named() {
        let bad = [
            "--mode",
            "--mode half",
            "--seeds 0 --mode controlled",
            "--mode off b",
            "--mode off --seeds 2",
            "",
        ];
        for line in bad {
            let error = parsed(line).expect_err(line).to_string();
            assert!(error.contains("usage:"), "{error}");
        }
    }
}
