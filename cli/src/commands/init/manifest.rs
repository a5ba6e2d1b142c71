//! Changes of a manifest. Each says what it has done, and does nothing the second time.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A crate, and the package that takes its place.
#[derive(Debug)]
pub(super) struct Stand {
    /// The crate's name.
    pub(super) name: &'static str,
    package: &'static str,
    version: &'static str,
    /// Where the package is in a clone.
    pub(super) folder: &'static str,
    /// How the versions begin that it stands for.
    of: &'static str,
}

pub(super) const TOKIO: Stand =
    Stand { name: "tokio", package: "coyote-tokio", version: "1.54", folder: "shim/swap/tokio", of: "1" };

pub(super) const FUTURES: Stand = Stand {
    name: "futures",
    package: "coyote-futures",
    version: "0.3",
    folder: "shim/swap/futures",
    of: "0.3",
};

/// Where Coyote is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Registry,
    /// A clone in this folder.
    Path(PathBuf),
    /// A repository.
    Git(String),
}

impl Stand {
    /// Returns whether it can take the place of this version, or of all others.
    fn is_for(&self, version: &str) -> bool {
        let number = version.trim_start_matches(|c: char| !c.is_ascii_digit());
        number.strip_prefix(self.of).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    }
}

impl Source {
    fn apply(&self, dependency: &mut dyn TableLike, version: &str, folder: &str) {
        let (key, value) = match self {
            Source::Registry => ("version", version.to_owned()),
            Source::Path(clone) => ("path", clone.join(folder).display().to_string()),
            Source::Git(url) => ("git", url.clone()),
        };
        for other in ["version", "path", "git", "branch", "tag", "rev", "registry"] {
            dependency.remove(other);
        }
        dependency.insert(key, value.into());
    }
}

/// What a package asks of a crate that it depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    features: BTreeSet<String>,
    /// Whether it is depended on anyway, without a feature.
    is_required: bool,
}

impl Asked {
    /// Returns what is not asked for, of what is needed.
    pub(super) fn missing(&self, needed: &[&str]) -> Asked {
        let has = |feature: &str| self.features.contains("full") || self.features.contains(feature);
        let features = needed.iter().filter(|feature| !has(feature)).map(|&it| it.to_owned()).collect();
        Asked { features, ..Asked::default() }
    }

    /// Returns the feature that gives control of the crate.
    pub(super) fn control(&self, stand: &Stand) -> String {
        // The first test needs tokio, optional or not.
        let is_weak = !self.is_required && stand.name != TOKIO.name;
        format!("{}{}/coyote", stand.name, if is_weak { "?" } else { "" })
    }

    fn add(&mut self, dependency: Option<&dyn TableLike>) {
        let features = dependency.and_then(|table| table.get("features")).and_then(Item::as_array);
        let names = features.into_iter().flatten().filter_map(Value::as_str);
        self.features.extend(names.map(str::to_owned));
        let is_optional = dependency.and_then(|table| table.get("optional")).and_then(Item::as_bool);
        self.is_required |= is_optional != Some(true);
    }
}

/// What a change has done.
pub(super) struct Swapped {
    pub(super) done: Vec<String>,
    /// What is asked of the crate; none if it is not depended on.
    pub(super) asked: Option<Asked>,
}

/// Puts the package that stands for a crate in its place in `[workspace.dependencies]`.
pub(super) fn swap_in_workspace(
    manifest: &mut DocumentMut,
    stand: &Stand,
    source: &Source,
) -> Result<Swapped, String> {
    let mut swapped = Swapped { done: Vec::new(), asked: None };
    let workspace = manifest.get_mut("workspace").and_then(Item::as_table_like_mut);
    let Some(table) = workspace.and_then(|workspace| workspace.get_mut("dependencies")) else {
        return Ok(swapped);
    };
    swap_in(table, "workspace.dependencies", stand, source, &mut swapped)?;
    Ok(swapped)
}

/// Puts the package that stands for a crate in its place wherever the package depends on that. `inherited` is what
/// the workspace asks of it.
pub(super) fn swap(
    manifest: &mut DocumentMut,
    stand: &Stand,
    source: &Source,
    inherited: &Option<Asked>,
) -> Result<Swapped, String> {
    let mut swapped = Swapped { done: Vec::new(), asked: None };
    for name in ["dependencies", "dev-dependencies"] {
        if let Some(table) = manifest.get_mut(name) {
            swap_in(table, name, stand, source, &mut swapped)?;
        }
    }
    let targets = manifest.get_mut("target").and_then(Item::as_table_like_mut);
    for (target, table) in targets.into_iter().flat_map(|targets| targets.iter_mut()) {
        let target = target.to_string();
        for name in ["dependencies", "dev-dependencies"] {
            let dependencies = table.as_table_like_mut().and_then(|table| table.get_mut(name));
            if let Some(dependencies) = dependencies {
                swap_in(dependencies, &format!("target.{target}.{name}"), stand, source, &mut swapped)?;
            }
        }
    }
    if let (Some(asked), Some(inherited)) = (&mut swapped.asked, inherited) {
        // More than is true, if no table inherits; then there is no such entry in the workspace, as a rule.
        asked.features.extend(inherited.features.iter().cloned());
    }
    Ok(swapped)
}

fn swap_in(
    table: &mut Item,
    name: &str,
    stand: &Stand,
    source: &Source,
    swapped: &mut Swapped,
) -> Result<(), String> {
    let Some(table) = table.as_table_like_mut() else { return Ok(()) };
    let Some(item) = table.get_mut(stand.name) else { return Ok(()) };
    if let Some(version) = item.as_str() {
        let mut in_full = InlineTable::new();
        in_full.insert("version", version.into());
        *item = Item::Value(in_full.into());
    }
    let Some(dependency) = item.as_table_like_mut() else {
        return Err(format!("`{name}.{}` is neither a version nor a table; write one of these", stand.name));
    };
    let package = dependency.get("package").and_then(Item::as_str).map(str::to_owned);
    let is_inherited = dependency.get("workspace").and_then(Item::as_bool) == Some(true);
    if !is_inherited && package.as_deref() != Some(stand.package) {
        if let Some(other) = package.as_deref().filter(|package| *package != stand.name) {
            return Err(format!(
                "`{name}.{crate_name}` is {other}; put {crate_name}, or {}, in its place",
                stand.package,
                crate_name = stand.name
            ));
        }
        if let Some(version) = dependency.get("version").and_then(Item::as_str)
            && !stand.is_for(version)
        {
            return Err(format!(
                "`{name}.{crate_name}` is version {version}, and {} stands for {}; update {crate_name}",
                stand.package,
                stand.version,
                crate_name = stand.name
            ));
        }
    }
    swapped.asked.get_or_insert_default().add(Some(&*dependency));
    if is_inherited || package.as_deref() == Some(stand.package) {
        return Ok(());
    }
    let rest: Vec<(String, Item)> =
        dependency.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
    rest.iter().for_each(|(key, _)| drop(dependency.remove(key)));
    dependency.insert("package", stand.package.into());
    for (key, value) in rest {
        dependency.insert(&key, value);
    }
    let version = dependency.remove("version");
    source.apply(dependency, stand.version, stand.folder);
    if let Some(inline) = item.as_inline_table_mut() {
        order(inline);
        inline.fmt();
    }
    let was = version.as_ref().and_then(Item::as_str).map_or(String::new(), |version| format!(" {version}"));
    swapped.done.push(format!(
        "[{name}] {} in the place of {}{was}: the same, until the feature is on",
        stand.package, stand.name
    ));
    Ok(())
}

/// Puts where a package comes from before what is asked of it.
fn order(inline: &mut InlineTable) {
    let rank = |key: &str| ["package", "version", "path", "git"].iter().position(|known| *known == key);
    inline.sort_values_by(|a, _, b, _| rank(a).unwrap_or(9).cmp(&rank(b).unwrap_or(9)));
}

/// Adds the feature that gives control, by those of the dependencies.
pub(super) fn features(manifest: &mut DocumentMut, needed: &[String]) -> Result<Vec<String>, String> {
    let features = table(manifest, "features")?;
    let feature = features.entry("coyote").or_insert_with(|| Item::Value(Array::new().into()));
    let Some(list) = feature.as_array_mut() else {
        return Err("`features.coyote` is no list; write one, such as []".to_owned());
    };
    let missing: Vec<&str> = needed
        .iter()
        .map(String::as_str)
        .chain(["coyote/control"])
        .filter(|needed| !list.iter().any(|part| part.as_str() == Some(needed)))
        .collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    missing.iter().for_each(|part| list.push(*part));
    Ok(vec![format!("[features] coyote, which turns control on: {}", missing.join(", "))])
}

/// Adds the library, and of tokio what the first test needs beyond what the package asks for.
pub(super) fn dev_dependencies(
    manifest: &mut DocumentMut,
    source: &Source,
    has_tokio: bool,
    needed: &Asked,
) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    let is_library = |item: &Item| {
        item.get("package").and_then(Item::as_str) == Some("coyote-rs")
            || item.get("workspace").and_then(Item::as_bool) == Some(true)
    };
    for name in ["dependencies", "dev-dependencies"] {
        match manifest.get(name).and_then(|table| table.get("coyote")) {
            Some(item) if !is_library(item) => {
                return Err(format!("`{name}.coyote` is another package; give that another name"));
            }
            _ => {}
        }
    }
    let has = |manifest: &DocumentMut, name: &str| {
        manifest.get(name).is_some_and(|table| table.get("coyote").is_some())
    };
    if !has(manifest, "dependencies") && !has(manifest, "dev-dependencies") {
        let mut dependency = InlineTable::new();
        dependency.insert("package", "coyote-rs".into());
        source.apply(&mut dependency, "0.1", "");
        table(manifest, "dev-dependencies")?.insert("coyote", Item::Value(dependency.into()));
        done.push("[dev-dependencies] coyote, the library for tests".to_owned());
    }
    if has_tokio && !needed.features.is_empty() {
        let dependencies = table(manifest, "dev-dependencies")?;
        let mut dependency = InlineTable::new();
        if !dependencies.contains_key("tokio") {
            dependency.insert("package", TOKIO.package.into());
            source.apply(&mut dependency, TOKIO.version, TOKIO.folder);
        }
        let tokio = dependencies.entry("tokio").or_insert_with(|| Item::Value(dependency.into()));
        let Some(tokio) = tokio.as_table_like_mut() else {
            return Err("`dev-dependencies.tokio` is no table; write one".to_owned());
        };
        let list = tokio.entry("features").or_insert_with(|| Item::Value(Array::new().into()));
        let Some(list) = list.as_array_mut() else {
            return Err("`dev-dependencies.tokio.features` is no list; write one".to_owned());
        };
        needed.features.iter().for_each(|feature| list.push(feature.as_str()));
        let features: Vec<&str> = needed.features.iter().map(String::as_str).collect();
        done.push(format!("[dev-dependencies] tokio, with what tests need of it: {}", features.join(", ")));
    }
    Ok(done)
}

/// Has the engine optimised in development builds.
pub(super) fn profile(manifest: &mut DocumentMut, has_tokio: bool) -> Result<Vec<String>, String> {
    let profile = table(manifest, "profile")?;
    profile.set_implicit(true);
    let dev = below(profile, "dev")?;
    let packages = below(dev, "package")?;
    let mut names = vec!["coyote-engine", "coyote-shim", "coyote-rs", "corosensei"];
    if has_tokio {
        names.push("tokio");
    }
    let missing: Vec<&str> = names.into_iter().filter(|name| !packages.contains_key(name)).collect();
    for name in &missing {
        let mut settings = InlineTable::new();
        settings.insert("opt-level", 3.into());
        if *name == "coyote-engine" {
            settings.insert("debug-assertions", false.into());
        }
        packages.insert(name, Item::Value(settings.into()));
    }
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![format!("[profile.dev.package] optimised: {}; your own code stays as it is", missing.join(", "))])
}

/// Returns a table of the manifest, made if need be.
fn table<'a>(manifest: &'a mut DocumentMut, name: &str) -> Result<&'a mut Table, String> {
    let item = manifest.entry(name).or_insert_with(|| Item::Table(Table::new()));
    item.as_table_mut().ok_or_else(|| format!("`{name}` is no table of its own; write [{name}]"))
}

/// Returns a table in a table, made if need be.
fn below<'a>(table: &'a mut Table, name: &str) -> Result<&'a mut Table, String> {
    let item = table.entry(name).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    item.as_table_mut().ok_or_else(|| format!("`{name}` is no table of its own; write [….{name}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does all that concerns one manifest, and returns it with what was done.
    fn changed(text: &str, source: &Source) -> (String, Vec<String>) {
        let mut manifest: DocumentMut = text.parse().expect("TOML");
        let (mut done, mut present, mut tokio) = (Vec::new(), Vec::new(), None);
        for stand in [&TOKIO, &FUTURES] {
            let inherited = swap_in_workspace(&mut manifest, stand, source).expect("good");
            done.extend(inherited.done);
            let swapped = swap(&mut manifest, stand, source, &inherited.asked).expect("good");
            done.extend(swapped.done);
            if let Some(asked) = swapped.asked {
                present.push(asked.control(stand));
                tokio = tokio.or((stand.name == "tokio").then_some(asked));
            }
        }
        let has_tokio = tokio.is_some();
        let needed = tokio.unwrap_or_default().missing(&["macros", "rt-multi-thread", "sync"]);
        done.extend(features(&mut manifest, &present).expect("good"));
        done.extend(dev_dependencies(&mut manifest, source, has_tokio, &needed).expect("good"));
        done.extend(profile(&mut manifest, has_tokio).expect("good"));
        (manifest.to_string(), done)
    }

    #[test]
    fn what_is_needed_is_added_and_the_rest_stays_as_it_is() {
        let text = "# My package.\n[package]\nname = \"mine\" # so\n\n[dependencies]\nserde = \"1\"\n\
                    tokio = { version = \"1.40\", features = [\"full\"] }   # all of it\n";
        let (manifest, done) = changed(text, &Source::Registry);
        let expected = "# My package.\n[package]\nname = \"mine\" # so\n\n[dependencies]\nserde = \"1\"\n\
            tokio = { package = \"coyote-tokio\", version = \"1.54\", features = [\"full\"] }   # all of it\n\n\
            [features]\ncoyote = [\"tokio/coyote\", \"coyote/control\"]\n\n\
            [dev-dependencies]\ncoyote = { package = \"coyote-rs\", version = \"0.1\" }\n\n\
            [profile.dev.package]\ncoyote-engine = { opt-level = 3, debug-assertions = false }\n\
            coyote-shim = { opt-level = 3 }\ncoyote-rs = { opt-level = 3 }\ncorosensei = { opt-level = 3 }\n\
            tokio = { opt-level = 3 }\n";
        assert_eq!(manifest, expected);
        assert_eq!(done.len(), 4, "{done:#?}");
        let (again, done) = changed(&manifest, &Source::Registry);
        assert_eq!((again, done), (manifest, Vec::new()));
    }

    #[test]
    fn every_form_of_a_dependency_is_swapped() {
        let clone = Source::Path("/clone".into());
        for (text, expected) in [
            (
                "[dependencies]\ntokio = \"1\"\n",
                "tokio = { package = \"coyote-tokio\", path = \"/clone/shim/swap/tokio\" }\n",
            ),
            (
                "[dependencies.tokio]\nversion = \"1\"\nfeatures = [\"rt\"]\n",
                "[dependencies.tokio]\npackage = \"coyote-tokio\"\nfeatures = [\"rt\"]\npath = \"/clone/shim/swap/tokio\"\n",
            ),
            (
                "[target.'cfg(unix)'.dependencies]\ntokio = { version = \"1\", optional = true }\n",
                "tokio = { package = \"coyote-tokio\", path = \"/clone/shim/swap/tokio\", optional = true }\n",
            ),
            (
                "[dev-dependencies]\ntokio = { version = \"1\", features = [\"sync\"] }\n",
                "features = [\"sync\", \"macros\", \"rt-multi-thread\"] }\n",
            ),
            (
                "[workspace.dependencies]\ntokio = { git = \"x\", branch = \"y\" }\n[dependencies]\n\
                 tokio = { workspace = true, features = [\"full\"] }\n",
                "tokio = { package = \"coyote-tokio\", path = \"/clone/shim/swap/tokio\" }\n[dependencies]\n\
                 tokio = { workspace = true, features = [\"full\"] }\n",
            ),
        ] {
            let (manifest, _) = changed(text, &clone);
            assert!(manifest.contains(expected), "{manifest}");
            assert!(manifest.parse::<DocumentMut>().is_ok(), "{manifest}");
            let (again, done) = changed(&manifest, &clone);
            assert_eq!((again, done), (manifest, Vec::new()));
        }
    }

    #[test]
    fn futures_is_swapped_too() {
        let text =
            "[dependencies]\nfutures = { version = \"0.3.30\", default-features = false }\ntokio = \"1\"\n";
        let (manifest, _) = changed(text, &Source::Path("/clone".into()));
        for expected in [
            "futures = { package = \"coyote-futures\", path = \"/clone/shim/swap/futures\", default-features = false }\n",
            "coyote = [\"tokio/coyote\", \"futures/coyote\", \"coyote/control\"]\n",
        ] {
            assert!(manifest.contains(expected), "{manifest}");
        }
        let (again, done) = changed(&manifest, &Source::Path("/clone".into()));
        assert_eq!((again, done), (manifest, Vec::new()));
        let optional = "[dependencies]\nfutures = { version = \"0.3\", optional = true }\n";
        let (manifest, _) = changed(optional, &Source::Registry);
        assert!(manifest.contains("coyote = [\"futures?/coyote\", \"coyote/control\"]"), "{manifest}");
        let (manifest, _) = changed("[dependencies]\nfutures = \"0.3\"\n", &Source::Registry);
        assert!(manifest.contains("coyote = [\"futures/coyote\", \"coyote/control\"]"), "{manifest}");
        assert!(
            manifest.contains("futures = { package = \"coyote-futures\", version = \"0.3\" }"),
            "{manifest}"
        );
    }

    #[test]
    fn a_package_without_tokio_gets_the_library_alone() {
        let (manifest, done) = changed("[package]\nname = \"mine\"\n", &Source::Git("url".to_owned()));
        assert!(manifest.contains("coyote = [\"coyote/control\"]"), "{manifest}");
        assert!(manifest.contains("coyote = { package = \"coyote-rs\", git = \"url\" }"), "{manifest}");
        assert!(!manifest.contains("tokio"), "{manifest}");
        assert_eq!(done.len(), 3, "{done:#?}");
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let parse = |text: &str| text.parse::<DocumentMut>().expect("TOML");
        let registry = Source::Registry;
        let error = |result: Result<Vec<String>, String>| result.expect_err("in the way");
        let mut other = parse("[dependencies]\ncoyote = \"3\"\n");
        let none = Asked::default();
        assert!(error(dev_dependencies(&mut other, &registry, false, &none)).contains("another package"));
        let mut text = parse("[features]\ncoyote = \"on\"\n");
        assert!(error(features(&mut text, &[])).contains("`features.coyote` is no list"));
        let mut fork = parse("[dependencies]\ntokio = { package = \"tokio-fork\", version = \"1\" }\n");
        let problem = swap(&mut fork, &TOKIO, &registry, &None).map(|swapped| swapped.done);
        assert!(error(problem).contains("is tokio-fork"));
        let mut old = parse("[dependencies]\nfutures = \"^0.1.30\"\n");
        let problem = swap(&mut old, &FUTURES, &registry, &None).map(|swapped| swapped.done);
        assert!(
            error(problem).contains("is version ^0.1.30, and coyote-futures stands for 0.3; update futures")
        );
        let mut new = parse("[dependencies]\ntokio = \"10\"\n");
        let problem = swap(&mut new, &TOKIO, &registry, &None).map(|swapped| swapped.done);
        assert!(error(problem).contains("is version 10"));
    }
}
