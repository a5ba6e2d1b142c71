//! The edition that is asked for.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, Error};

/// Parses the command line of a program: the name of one of its editions, of which the last is the default.
///
/// It ends the program if `--help` is asked for, with exit code 0, and if it cannot understand the command line: it
/// then says what was wrong and what may be written, with exit code 2.
///
/// # Panics
/// Panics if there are no editions.
pub fn edition<B: Copy, const N: usize>(
    program: &'static str,
    about: &'static str,
    editions: [(&'static str, B); N],
) -> B {
    parse(program, about, editions, std::env::args_os()).unwrap_or_else(|error| error.exit())
}

fn parse<B: Copy, const N: usize>(
    program: &'static str,
    about: &'static str,
    editions: [(&'static str, B); N],
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<B, Error> {
    let names = editions.map(|(name, _)| name);
    let default = names.last().expect("a program has editions");
    let argument = Arg::new("edition")
        .help("Which of the program's bugs are in")
        .value_parser(PossibleValuesParser::new(names))
        .default_value(*default);
    let command = Command::new(program).about(about).arg(argument);
    let matches = command.try_get_matches_from(arguments)?;
    let asked = matches.get_one::<String>("edition").expect("there is a default");
    let (_, bugs) = editions.into_iter().find(|(name, _)| name == asked).expect("clap has looked it up");
    Ok(bugs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<u32, Error> {
        let program = std::iter::once("oven").chain(arguments.iter().copied()).map(OsString::from);
        parse("oven", "Bakes.", [("burnt", 1), ("golden", 2)], program)
    }

    #[track_caller]
    fn refused(arguments: &[&str]) -> String {
        let error = asked(arguments).expect_err("a command line that is not understood");
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn an_edition_is_asked_for_by_name() {
        assert_eq!(asked(&["burnt"]).expect("there is one"), 1);
    }

    #[test]
    fn the_last_edition_is_the_default() {
        assert_eq!(asked(&[]).expect("there is a default"), 2);
    }

    #[test]
    fn an_edition_that_is_not_there_is_named_beside_those_that_are() {
        let message = refused(&["raw"]);
        assert!(message.contains("invalid value 'raw'"), "{message}");
        assert!(message.contains("[possible values: burnt, golden]"), "{message}");
    }

    #[test]
    fn an_edition_that_is_misspelt_is_guessed() {
        assert!(refused(&["goldn"]).contains("a similar value exists: 'golden'"));
    }

    #[test]
    fn a_second_edition_is_named_beside_how_to_ask_for_one() {
        let message = refused(&["burnt", "golden"]);
        assert!(message.contains("unexpected argument 'golden'"), "{message}");
        assert!(message.contains("Usage: oven [edition]"), "{message}");
    }

    #[test]
    fn help_is_an_answer_and_not_an_error() {
        let help = asked(&["--help"]).expect_err("help is not an edition");
        assert_eq!(help.exit_code(), 0);
        assert!(help.to_string().contains("[default: golden]"), "{help}");
    }
}
