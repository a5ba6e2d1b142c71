//! The commands, one file each.

mod clean;
mod coverage;
mod init;
mod list;
mod replay;
mod report;
mod test;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, BuildArguments, Command, words};
use crate::cargo::Metadata;
use crate::error::{CLEAN, Error, INTERNAL, USAGE};
use crate::interrupt;
use crate::output::Style;

/// Does what the command line says, and returns the code to end with.
pub(crate) fn main() -> ExitCode {
    // A panic is a mistake of this program's own, whose message the hook has shown.
    let code = std::panic::catch_unwind(run).unwrap_or(INTERNAL);
    ExitCode::from(code)
}

fn run() -> u8 {
    let arguments = match Arguments::try_parse_from(words(std::env::args_os())) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are errors to clap, too.
            let code = if error.use_stderr() { USAGE } else { CLEAN };
            drop(error.print());
            return code;
        }
    };
    interrupt::listen();
    let style = Style::of(arguments.color);
    let done = match arguments.command {
        Command::Test(arguments) => test::run(*arguments, style),
        Command::Replay(arguments) => replay::run(&arguments, style),
        Command::Report(arguments) => report::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Coverage(command) => coverage::run(&command),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "cargo-coyote", &mut text);
            write_out(&text)
        }
        Command::Man => manual(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            drop(writeln!(io::stderr(), "{} {error}", style.red("error:")));
            error.code()
        }
    }
}

fn manual() -> Result<u8, Error> {
    let mut text = Vec::new();
    let write = |text: &mut Vec<u8>| {
        let mut command = Arguments::command();
        command.build();
        clap_mangen::Man::new(command.clone()).render(text)?;
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            let name = format!("cargo coyote {}", below.get_name());
            clap_mangen::Man::new(below.clone().name(name)).render(text)?;
        }
        Ok(())
    };
    let written: io::Result<()> = write(&mut text);
    written.map_err(|error| Error::Usage(format!("the manual cannot be made: {error}")))?;
    write_out(&text)
}

/// Writes what a command was asked for. Whoever has closed the pipe wants no more.
fn write_out(text: &[u8]) -> Result<u8, Error> {
    let mut out = io::stdout();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Usage(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(CLEAN),
    }
}

/// Returns the folder for traces and reports.
fn out_folder(all: &Metadata, asked: Option<&Path>) -> Result<PathBuf, Error> {
    let asked = asked.map(Path::to_path_buf).or_else(|| std::env::var_os("COYOTE_OUT").map(PathBuf::from));
    let Some(folder) = asked else { return Ok(all.target_directory.join("coyote")) };
    std::path::absolute(&folder).map_err(|error| Error::file(&folder, error, "write the path of a folder"))
}

/// Checks that files can be written to a folder, which is made if need be: before anything is built for them.
fn check_folder(folder: &Path) -> Result<(), Error> {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    let checked = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, ""))
        .and_then(|()| std::fs::remove_file(&probe));
    checked
        .map_err(|error| Error::file(folder, error, "write a folder that can be written to after --outdir"))
}

/// Returns the arguments of a command that needs no more of a package than where it is.
fn only_manifest(manifest_path: Option<&PathBuf>) -> BuildArguments {
    BuildArguments { manifest_path: manifest_path.cloned(), ..BuildArguments::default() }
}

/// Returns whether somebody sees what is written to standard output at once.
fn is_seen() -> bool {
    io::stdout().is_terminal()
}
