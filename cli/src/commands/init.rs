//! `cargo coyote init`: what a package needs, added to its manifest, with everything else left as it is.

mod manifest;
mod sample;

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::only_manifest;
use crate::arguments::InitArguments;
use crate::cargo::{Metadata, Package, metadata};
use crate::error::{CLEAN, Error};
use crate::output::here;
use manifest::{Asked, Source};

pub(super) fn run(arguments: &InitArguments) -> Result<u8, Error> {
    let all = metadata(&only_manifest(arguments.manifest_path.as_ref()))?;
    let package = chosen(&all, arguments.package.as_deref())?;
    let source = source(arguments)?;
    let mut done = Vec::new();
    let mut files = Files::default();

    let root = all.workspace_root.join("Cargo.toml");
    let manifest = &package.manifest_path;
    let is_root = *manifest == root;
    let mut own = read(manifest)?;
    let mut above = if is_root { None } else { Some(read(&root)?) };

    let mut needed = Vec::new();
    let mut tokio = None;
    for stand in [&manifest::TOKIO, &manifest::FUTURES] {
        let workspace = above.as_mut().unwrap_or(&mut own);
        let inherited = manifest::swap_in_workspace(workspace, stand, &source);
        let inherited = inherited.map_err(|problem| usage(&root, &problem))?;
        note(&mut done, &root, inherited.done);
        let own = manifest::swap(&mut own, stand, &source, &inherited.asked);
        let own = own.map_err(|problem| usage(manifest, &problem))?;
        note(&mut done, manifest, own.done);
        if let Some(asked) = own.asked {
            needed.push(asked.control(stand));
            tokio = tokio.or((stand.name == manifest::TOKIO.name).then_some(asked));
        }
    }
    let features = manifest::features(&mut own, &needed);
    note(&mut done, manifest, features.map_err(|problem| usage(manifest, &problem))?);
    let needed = tokio.as_ref().map_or(Asked::default(), |tokio| tokio.missing(sample::FEATURES));
    let dependencies = manifest::dev_dependencies(&mut own, &source, tokio.is_some(), &needed);
    note(&mut done, manifest, dependencies.map_err(|problem| usage(manifest, &problem))?);
    let profiles = manifest::profile(above.as_mut().unwrap_or(&mut own), tokio.is_some());
    note(&mut done, &root, profiles.map_err(|problem| usage(&root, &problem))?);
    files.add(manifest, own.to_string());
    if let Some(above) = above {
        files.add(&root, above.to_string());
    }
    let test = package.folder().join("tests/coyote.rs");
    if !test.exists() {
        done.push(format!("{}: a first test", here(&test.display().to_string())));
        files.add(&test, sample::text(tokio.is_some()).to_owned());
    }

    if done.is_empty() {
        eprintln!("nothing to do: {} has all it needs; `cargo coyote test` explores its tests", package.name);
        return Ok(CLEAN);
    }
    if !arguments.dry_run {
        files.write()?;
    }
    eprintln!("{}:", if arguments.dry_run { "would add" } else { "added" });
    done.iter().for_each(|line| eprintln!("  {line}"));
    if tokio.is_none() {
        eprintln!(
            "note: {} does not depend on tokio; mark the modules that use std::sync and std::thread with \
             #[coyote::instrument]",
            package.name
        );
    }
    eprintln!(
        "next: cargo coyote test{}",
        if is_root { String::new() } else { format!(" -p {}", package.name) }
    );
    Ok(CLEAN)
}

fn note(done: &mut Vec<String>, path: &Path, more: Vec<String>) {
    let path = here(&path.display().to_string());
    done.extend(more.into_iter().map(|what| format!("{path}: {what}")));
}

fn usage(path: &Path, problem: &str) -> Error {
    Error::Usage(format!("{}: {problem}", path.display()))
}

/// Returns the package that is asked for, or the one that the working directory is of.
fn chosen<'a>(all: &'a Metadata, asked: Option<&str>) -> Result<&'a Package, Error> {
    let members = || all.packages.iter().filter(|package| all.workspace_members.contains(&package.id));
    let names = || members().map(|package| &*package.name).collect::<Vec<_>>().join(", ");
    if let Some(name) = asked {
        return members().find(|package| package.name == name).ok_or_else(|| {
            Error::Usage(format!("there is no package {name:?} here; write one of {}", names()))
        });
    }
    match all.default_members()[..] {
        [one] => Ok(one),
        _ => Err(Error::Usage(format!("there are several packages here; write -p with one of {}", names()))),
    }
}

/// Returns where Coyote is taken from.
fn source(arguments: &InitArguments) -> Result<Source, Error> {
    if let Some(url) = &arguments.git {
        return Ok(Source::Git(url.clone()));
    }
    let Some(folder) = &arguments.path else { return Ok(Source::Registry) };
    const INSTEAD: &str = "write the folder of a clone of Coyote after --path";
    let absolute = folder.canonicalize().map_err(|error| Error::file(folder, error, INSTEAD))?;
    let swap = absolute.join(manifest::TOKIO.folder).join("Cargo.toml");
    match swap.is_file() {
        true => Ok(Source::Path(absolute)),
        false => Err(Error::Usage(format!(
            "{}: it has no {}; {INSTEAD}",
            folder.display(),
            manifest::TOKIO.folder
        ))),
    }
}

fn read(path: &Path) -> Result<DocumentMut, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::file(path, error, "make it readable"))?;
    text.parse().map_err(|error| usage(path, &format!("{error}")))
}

/// Files to be written, all or none.
#[derive(Default)]
struct Files(Vec<(PathBuf, String)>);

impl Files {
    fn add(&mut self, path: &Path, content: String) {
        self.0.push((path.to_path_buf(), content));
    }

    /// Writes those that change. What could be written before one that cannot is as it was afterwards.
    fn write(&self) -> Result<(), Error> {
        let mut before: Vec<(&Path, Option<String>)> = Vec::new();
        for (path, content) in &self.0 {
            let old = fs::read_to_string(path).ok();
            if old.as_ref() == Some(content) {
                continue;
            }
            let folder = path.parent().unwrap_or(Path::new("."));
            let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, content));
            before.push((path, old));
            if let Err(error) = written {
                for (path, old) in before {
                    // There is nothing else that could be done.
                    drop(match old {
                        Some(old) => fs::write(path, old),
                        None => fs::remove_file(path),
                    });
                }
                return Err(Error::file(path, error, "make it writable; nothing was changed"));
            }
        }
        Ok(())
    }
}
