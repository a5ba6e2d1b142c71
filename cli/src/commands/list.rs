//! `cargo coyote list`.

use super::write_out;
use crate::arguments::{ListArguments, MessageFormat};
use crate::cargo::{build, metadata, select};
use crate::error::{CLEAN, Error};
use crate::harness::{Filter, list};
use crate::output::listed;

pub(super) fn run(arguments: &ListArguments) -> Result<u8, Error> {
    let filter = Filter::new(&arguments.filters, &arguments.harness)?;
    let all = metadata(&arguments.build)?;
    let selection = select(&all, &arguments.build)?;
    let programs = build(&all, &selection, &arguments.build)?;
    let (tests, others) = list(&programs, &filter)?;
    others.iter().for_each(|other| eprintln!("note: {other}"));
    if arguments.message_format == MessageFormat::Json {
        tests.iter().for_each(|test| listed(&programs[test.program].id, test));
        return Ok(CLEAN);
    }
    let lines = tests.iter().map(|test| format!("{} {}\n", programs[test.program].id, test.name));
    write_out(lines.collect::<String>().as_bytes())
}
