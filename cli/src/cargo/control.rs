//! Which feature of a package gives Coyote control.
//!
//! It is not known by its name, but by what it turns on, through however many features and packages of the
//! workspace: `control` of coyote-rs, or `coyote` of coyote-tokio.

use super::metadata::{Metadata, Package};
use crate::arguments::BuildArguments;
use crate::error::Error;

/// How a package comes under control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// It always is: its dependencies say so.
    Always,
    /// By this feature.
    Feature(String),
    /// By any of these, none of which has the usual name.
    Several(Vec<String>),
    /// It is not prepared for it.
    None,
}

/// The packages to be tested, and the features to turn on.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    pub(crate) packages: Vec<&'a Package>,
    pub(crate) features: Vec<String>,
    /// Members that were left out, for they are not prepared.
    pub(crate) left_out: Vec<&'a str>,
}

/// Returns how a package comes under control.
pub(crate) fn control(package: &Package, all: &Metadata) -> Control {
    if is_always(package, all, 0) {
        return Control::Always;
    }
    let named = package.features.keys().filter(|feature| turns_on(package, feature, all, 0));
    let mut named: Vec<String> = named.cloned().collect();
    match named.iter().position(|feature| feature == "coyote") {
        Some(usual) => Control::Feature(named.swap_remove(usual)),
        None if named.len() > 1 => Control::Several(named),
        None => named.pop().map_or(Control::None, Control::Feature),
    }
}

/// Deeper than any chain of features in earnest; a circle ends there.
const DEEPEST: u32 = 32;

/// Returns whether a feature of a dependency, by the name of that package, gives control.
fn gives(package: &str, feature: &str, all: &Metadata, depth: u32) -> bool {
    match (package, feature) {
        ("coyote-rs", "control") | ("coyote-tokio", "coyote") => true,
        _ => {
            let member = all.packages.iter().find(|member| member.name == package);
            depth < DEEPEST && member.is_some_and(|member| turns_on(member, feature, all, depth + 1))
        }
    }
}

fn turns_on(package: &Package, feature: &str, all: &Metadata, depth: u32) -> bool {
    let Some(parts) = package.features.get(feature).filter(|_| depth < DEEPEST) else { return false };
    parts.iter().any(|part| match part.split_once('/') {
        None => turns_on(package, part, all, depth + 1),
        Some((dependency, feature)) => {
            let known_as = dependency.trim_end_matches('?');
            let mut dependencies = package.dependencies.iter();
            let dependency = dependencies.find(|dependency| dependency.known_as() == known_as);
            dependency.is_some_and(|dependency| gives(&dependency.name, feature, all, depth))
        }
    })
}

fn is_always(package: &Package, all: &Metadata, depth: u32) -> bool {
    let mut dependencies = package.dependencies.iter().filter(|dependency| !dependency.optional);
    dependencies.any(|dependency| {
        let mut features = dependency.features.iter();
        features.any(|feature| gives(&dependency.name, feature, all, 0))
            || dependency.path.is_some() && {
                let mut members = all.packages.iter();
                let member = members.find(|member| member.name == dependency.name);
                depth < DEEPEST && member.is_some_and(|member| is_always(member, all, depth + 1))
            }
    })
}

/// Returns the packages that are asked for, with the features that bring them under control.
///
/// # Errors
/// Returns which package there is not, or is not prepared, or that none is.
pub(crate) fn select<'a>(all: &'a Metadata, arguments: &BuildArguments) -> Result<Selection<'a>, Error> {
    let members = || all.packages.iter().filter(|package| all.workspace_members.contains(&package.id));
    let named = |name: &String| {
        members().find(|package| package.name == *name).ok_or_else(|| {
            let names: Vec<&str> = members().map(|package| &*package.name).collect();
            Error::Usage(format!("there is no package {name:?} here; write one of {}", names.join(", ")))
        })
    };
    let is_asked_for = !arguments.package.is_empty();
    let asked: Vec<&Package> = if is_asked_for {
        arguments.package.iter().map(named).collect::<Result<_, _>>()?
    } else if arguments.workspace {
        let excluded: Vec<&Package> = arguments.exclude.iter().map(named).collect::<Result<_, _>>()?;
        members().filter(|package| !excluded.iter().any(|other| other.id == package.id)).collect()
    } else {
        all.default_members()
    };
    // Whoever names features may know better.
    let is_theirs = arguments.all_features || !arguments.features.is_empty();
    let mut selection = Selection { packages: Vec::new(), features: Vec::new(), left_out: Vec::new() };
    for package in asked {
        match control(package, all) {
            Control::Always => {}
            Control::Feature(feature) => selection.features.push(format!("{}/{feature}", package.name)),
            _ if is_theirs => {}
            Control::Several(features) => {
                return Err(Error::Usage(format!(
                    "package {} has several features that give control: {}; name one with --features",
                    package.name,
                    features.join(", ")
                )));
            }
            Control::None if is_asked_for => {
                return Err(Error::Usage(format!(
                    "package {} has no feature that gives control; write `cargo coyote init -p {}`, or name one with \
                     --features",
                    package.name, package.name
                )));
            }
            Control::None => {
                selection.left_out.push(&package.name);
                continue;
            }
        }
        selection.packages.push(package);
    }
    if selection.packages.is_empty() {
        return Err(Error::Usage(format!(
            "no package here has a feature that gives control ({}); write `cargo coyote init` in the folder of one",
            selection.left_out.join(", ")
        )));
    }
    Ok(selection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::metadata::Dependency;

    fn dependency(name: &str, rename: &str, features: &[&str]) -> Dependency {
        Dependency {
            name: name.to_owned(),
            rename: (!rename.is_empty()).then(|| rename.to_owned()),
            features: features.iter().map(|&feature| feature.to_owned()).collect(),
            path: Some("..".into()),
            ..Dependency::default()
        }
    }

    fn package(name: &str, dependencies: Vec<Dependency>, features: &[(&str, &[&str])]) -> Package {
        let parts = |parts: &[&str]| parts.iter().map(|&part| part.to_owned()).collect();
        Package {
            name: name.to_owned(),
            id: name.to_owned(),
            dependencies,
            features: features.iter().map(|(name, list)| ((*name).to_owned(), parts(list))).collect(),
            ..Package::default()
        }
    }

    fn workspace(packages: Vec<Package>) -> Metadata {
        Metadata {
            workspace_members: packages.iter().map(|package| package.id.clone()).collect(),
            workspace_default_members: Vec::new(),
            packages,
            workspace_root: "/".into(),
            target_directory: "/target".into(),
        }
    }

    fn example() -> Metadata {
        let swap = || dependency("coyote-tokio", "tokio", &["full"]);
        workspace(vec![
            package("usual", vec![swap()], &[("x", &["tokio/full"]), ("coyote", &["tokio/coyote"])]),
            package("other-name", vec![swap()], &[("a", &["b"]), ("b", &["tokio?/coyote"]), ("c", &["c"])]),
            package("through", vec![dependency("usual", "", &[])], &[("check", &["usual/coyote"])]),
            package("always", vec![dependency("coyote-rs", "coyote", &["control"])], &[]),
            package("above", vec![dependency("always", "", &[])], &[]),
            package("real", vec![dependency("tokio", "", &["full"])], &[("coyote", &["tokio/full"])]),
        ])
    }

    #[test]
    fn the_feature_is_known_by_what_it_turns_on() {
        let all = example();
        let feature = |name: &str| Control::Feature(name.to_owned());
        let expected = [
            feature("coyote"),
            Control::Several(vec!["a".to_owned(), "b".to_owned()]),
            feature("check"),
            Control::Always,
            Control::Always,
            Control::None,
        ];
        let found: Vec<Control> = all.packages.iter().map(|package| control(package, &all)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_that_are_not_prepared_are_left_out_unless_named() {
        let all = example();
        let asked = |names: &[&str], features: &[&str]| BuildArguments {
            package: names.iter().map(|&name| name.to_owned()).collect(),
            features: features.iter().map(|&name| name.to_owned()).collect(),
            ..BuildArguments::default()
        };
        let usual = select(&all, &asked(&["usual", "always"], &[])).expect("both are prepared");
        assert_eq!(usual.features, ["usual/coyote"]);
        let error = |arguments| select(&all, &arguments).expect_err("not prepared").to_string();
        assert!(error(asked(&["real"], &[])).contains("cargo coyote init -p real"));
        assert!(error(asked(&["unreal"], &[])).contains("no package \"unreal\""));
        assert!(error(asked(&["other-name"], &[])).contains("a, b; name one with --features"));
        assert!(select(&all, &asked(&["other-name"], &["b"])).is_ok());
        let none = workspace(vec![all.packages[5].clone()]);
        let error = select(&none, &asked(&[], &[])).expect_err("not prepared").to_string();
        assert!(error.contains("(real); write `cargo coyote init`"), "{error}");
    }
}
