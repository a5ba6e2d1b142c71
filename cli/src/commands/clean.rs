//! `cargo coyote clean`.

use std::fs;
use std::io;
use std::path::Path;

use super::{only_manifest, out_folder};
use crate::arguments::CleanArguments;
use crate::cargo::metadata;
use crate::error::{CLEAN, Error};
use crate::output::here;

pub(super) fn run(arguments: &CleanArguments) -> Result<u8, Error> {
    let all = metadata(&only_manifest(arguments.manifest_path.as_ref()))?;
    let folder = out_folder(&all, arguments.outdir.as_deref())?;
    let name = here(&folder.display().to_string());
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("nothing to remove: there is no {name}");
            return Ok(CLEAN);
        }
        Err(error) => return Err(Error::file(&folder, error, "write the folder of traces after --outdir")),
    };
    let (mut removed, mut kept) = (0, 0);
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if !is_ours(&path) {
            kept += 1;
            continue;
        }
        removed += 1;
        if !arguments.dry_run {
            let done = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            done.map_err(|error| Error::file(&path, error, "remove it by hand"))?;
        }
    }
    if kept == 0 && !arguments.dry_run {
        // Somebody else's may have come since.
        drop(fs::remove_dir(&folder));
    }
    let did = if arguments.dry_run { "would remove" } else { "removed" };
    let things = if removed == 1 { "entry" } else { "entries" };
    let left = if kept == 0 { String::new() } else { format!("; left {kept}, not written by coyote") };
    eprintln!("{did} {removed} {things} of {name}{left}; schedules kept in coyote-regressions stay");
    Ok(CLEAN)
}

/// Returns whether this is a test's folder, or a file of this program's own. Whoever gives a folder with other things
/// in it after --outdir keeps those.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if name == "durations.json" || name.starts_with(".running-") || name.starts_with("coverage.") {
        return true;
    }
    let reports = [".trace", ".txt", ".html", ".json", ".dgml", ".dot", ".mmd", ".xml", ".tmp"];
    let is_report = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        reports.iter().any(|extension| name.ends_with(extension))
    };
    // A test's folder has the files of its reports, and nothing else.
    path.is_dir()
        && fs::read_dir(path).is_ok_and(|mut files| {
            files.all(|file| file.is_ok_and(|file| file.path().is_file() && is_report(&file.path())))
        })
}
