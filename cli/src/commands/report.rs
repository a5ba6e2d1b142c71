//! `cargo coyote report`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use coyote_report::{Recorded, dgml, dot, html, junit, mermaid, perfetto, summary, text};

use super::{is_seen, only_manifest, out_folder, write_out};
use crate::arguments::{Format, ReportArguments};
use crate::cargo::metadata;
use crate::error::{CLEAN, Error};
use crate::output::here;

pub(super) fn run(arguments: &ReportArguments) -> Result<u8, Error> {
    let path = match &arguments.trace {
        Some(given) => recording_of(given)?,
        None => latest(arguments)?,
    };
    const INSTEAD: &str = "give a trace, or the .json beside it; `cargo coyote replay` makes none, \
                           `cargo coyote test` does where it finds a bug";
    let bytes = fs::read(&path).map_err(|error| Error::file(&path, error, INSTEAD))?;
    let recorded = Recorded::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|error| Error::Recording { path: path.clone(), error })?;
    let rendered = render(&recorded, arguments.format);
    let output = arguments.output.clone().or_else(|| {
        // A page is for a browser, and the one that was written with the recording will do.
        let is_page = arguments.format == Format::Html && (arguments.open || is_seen());
        (is_page || arguments.open).then(|| path.with_extension(extension(arguments.format)))
    });
    let Some(output) = output else { return write_out(rendered.as_bytes()) };
    fs::write(&output, rendered)
        .map_err(|error| Error::file(&output, error, "write another path after --output"))?;
    eprintln!("wrote {}", here(&output.display().to_string()));
    if arguments.open {
        open(&output)?;
    }
    Ok(CLEAN)
}

fn render(recorded: &Recorded, format: Format) -> String {
    match format {
        Format::Text => text::full(recorded),
        Format::Html => html::page(recorded),
        Format::Json => summary::json(recorded) + "\n",
        Format::Recording => recorded.to_json() + "\n",
        Format::Dot => dot::graph(recorded),
        Format::Dgml => dgml::graph(recorded),
        Format::Mermaid => mermaid::sequence(recorded),
        Format::Perfetto => perfetto::timeline(recorded),
        Format::Junit => junit::element(recorded),
    }
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Text => "txt",
        Format::Html => "html",
        Format::Json => "summary.json",
        Format::Recording => "json",
        Format::Dot => "dot",
        Format::Dgml => "dgml",
        Format::Mermaid => "mmd",
        Format::Perfetto => "perfetto.json",
        Format::Junit => "xml",
    }
}

/// Returns the recording beside a file of a report, or in its folder.
fn recording_of(given: &Path) -> Result<PathBuf, Error> {
    if given.is_dir() {
        let found = recordings(given);
        return newest(found).ok_or_else(|| {
            Error::Usage(format!(
                "{} has no recording; give a trace, or the .json beside it",
                given.display()
            ))
        });
    }
    let beside = given.with_extension("json");
    if given.is_file() && !beside.is_file() {
        return Err(Error::Usage(format!(
            "{} has no recording beside it, {}; run the test again to get one",
            given.display(),
            beside.display()
        )));
    }
    Ok(beside)
}

/// Returns the recording that was written last.
fn latest(arguments: &ReportArguments) -> Result<PathBuf, Error> {
    let all = metadata(&only_manifest(arguments.manifest_path.as_ref()))?;
    let folder = out_folder(&all, arguments.outdir.as_deref())?;
    let tests = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
    let found = tests.filter(|entry| entry.path().is_dir()).flat_map(|entry| recordings(&entry.path()));
    newest(found).ok_or_else(|| {
        Error::Usage(format!("{} has no recording; give a trace, or find a bug first", folder.display()))
    })
}

/// Returns the recordings in a test's folder.
fn recordings(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.with_extension("trace").is_file() && ends_in_json(path)).collect()
}

fn ends_in_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn newest(paths: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    let written =
        |path: &PathBuf| path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    paths.into_iter().max_by_key(|path| (written(path), path.clone()))
}

/// Opens a file with the program that the desktop, or the user, has for it.
fn open(path: &Path) -> Result<(), Error> {
    let browser = std::env::var("BROWSER").ok().filter(|browser| !browser.is_empty());
    let usual: &[&str] = if cfg!(target_os = "macos") {
        &["open"]
    } else if cfg!(windows) {
        &["explorer"]
    } else {
        &["xdg-open", "wslview", "x-www-browser"]
    };
    let programs = browser.as_deref().into_iter().chain(usual.iter().copied());
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for program in programs {
        let started = Command::new(program)
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match started {
            Ok(_) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(Error::Start {
        program: usual[0].to_owned(),
        error: last,
        instead: "set BROWSER, or open the file that was written",
    })
}
