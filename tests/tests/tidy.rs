//! The invariants of ARCHITECTURE.md that can be read off the source.
#![allow(missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

/// Returns every Rust file under a folder of the repository, with its content.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("readable source");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no source");
    found
}

/// Lines that are code, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default())
}

#[test]
fn the_engine_names_no_tokio() {
    for (path, text) in sources("engine/src") {
        assert!(!code(&text).any(|line| line.contains("tokio")), "{}", path.display());
    }
}

#[test]
fn strategies_see_no_task_bodies() {
    for (path, text) in sources("engine/src/strategy") {
        for word in ["crate::task", "crate::carrier", "TaskHandle", "Future"] {
            assert!(!code(&text).any(|line| line.contains(word)), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_engine_has_one_thread_local() {
    let mut files: Vec<String> = sources("engine/src")
        .into_iter()
        .filter(|(_, text)| code(text).any(|line| line.contains("thread_local! {")))
        .map(|(path, _)| path.file_name().expect("a file").to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["context.rs"]);
}

#[test]
fn reports_are_rendered_from_data_alone() {
    for (path, text) in sources("report/src") {
        for word in ["coyote_engine", "coyote_shim", "env::", "Instant::", "SystemTime", "fs::"] {
            assert!(!code(&text).any(|line| line.contains(word)), "{}: {word}", path.display());
        }
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../report/Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("a manifest");
    assert!(!manifest.lines().any(|line| line.starts_with("coyote-")), "coyote-report depends on data alone");
}

#[test]
fn the_environment_is_read_in_one_place() {
    for folder in ["src", "engine/src", "shim/src"] {
        for (path, text) in sources(folder) {
            let reads = code(&text).any(|line| line.contains("env::var"));
            assert!(!reads || path.ends_with("src/settings.rs"), "{}", path.display());
        }
    }
}

#[test]
fn readme_lists_every_environment_variable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let settings = fs::read_to_string(root.join("src/settings.rs")).expect("readable source");
    let readme = fs::read_to_string(root.join("README.md")).expect("a README");
    let mut found = 0;
    for name in settings.split('"').filter(|word| word.starts_with("COYOTE")) {
        if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
            found += 1;
            assert!(readme.contains(&format!("| `{name}` |")), "README does not list {name}");
        }
    }
    assert!(found >= 9, "only {found} variables found");
}

/// What is linked into a user's test takes part in its type inference: `serde_json` compares numbers with its own
/// values, and where it is, `assert_eq!(bytes, [])` is an error. And a build of few packages is a promise: what `serde`
/// derives, and what derives it, would be a seventh of it.
#[test]
fn users_get_no_package_that_changes_what_their_code_means_or_builds_for_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tree = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--package", "coyote-rs", "--package", "coyote-tokio", "--all-features"])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .current_dir(root)
        .output()
        .expect("cargo can be started");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout);
    let mut packages: Vec<&str> =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    packages.sort_unstable();
    packages.dedup();
    assert!(packages.iter().any(|package| package.starts_with("corosensei ")), "{packages:?}");
    assert!(!packages.iter().any(|package| package.starts_with("serde")), "{packages:?}");
    let syns = packages.iter().filter(|package| package.starts_with("syn ")).count();
    assert_eq!(syns, 1, "{packages:?}");
}
