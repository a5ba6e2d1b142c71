//! `cargo coyote init`, and what comes of it.

use std::fs;

use super::fixture::{folder, project, repository, run, write};

#[test]
fn init_says_what_it_does_and_does_it_once() {
    let project = project();
    let [first, second] = &project.prepared;
    first.says(
        0,
        &[
            "Cargo.toml: [dependencies] coyote-tokio in the place of tokio 1",
            "[features] coyote",
            "[dev-dependencies] coyote",
            "[profile.dev.package] optimised",
            "tests/coyote.rs: a first test",
            "next: cargo coyote test",
        ],
    );
    second.says(0, &["nothing to do: planted has all it needs"]);
    let manifest = fs::read_to_string(project.folder.join("Cargo.toml")).expect("it is there");
    assert!(manifest.contains("features = [\"full\"] }   # the real one"), "{manifest}");
    assert!(manifest.contains("# A project of its own"), "{manifest}");
}

#[test]
fn a_planted_bug_is_found_without_an_edit_by_hand() {
    let project = project();
    let out = folder("planted");
    let ended = project.run(&out, "test");
    ended.says(2, &["BUG", "planted tests::nobody_overdraws", "overdrawn"]);
    ended.says(2, &["PASS", "planted tests::deposits_add_up", "planted::coyote no_hit_is_lost"]);
    ended.says(2, &["cargo coyote replay", "1 has a bug", "3 passed"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    let folder = folder("dry");
    let manifest =
        "[package]\nname = \"dry\"\nedition = \"2024\"\n[workspace]\n[dependencies]\ntokio = \"1\"\n";
    write(&folder.join("Cargo.toml"), manifest);
    write(&folder.join("src/lib.rs"), "");
    run(&folder, "init --dry-run").says(0, &["would add", "coyote-tokio in the place of tokio 1"]);
    assert_eq!(fs::read_to_string(folder.join("Cargo.toml")).expect("it is there"), manifest);
    assert!(!folder.join("tests").exists());
    run(&folder, "init").says(0, &["added"]);
    let changed = fs::read_to_string(folder.join("Cargo.toml")).expect("it is there");
    assert!(changed.contains("tokio = { package = \"coyote-tokio\", version = \"1.54\" }"), "{changed}");
    assert!(changed.contains("\"macros\", \"rt-multi-thread\", \"sync\""), "{changed}");
    run(&folder, "init").says(0, &["nothing to do"]);
}

#[test]
fn a_member_that_inherits_has_the_workspace_changed() {
    let folder = folder("members");
    write(
        &folder.join("Cargo.toml"),
        "[workspace]\nmembers = [\"a\", \"b\"]\n[workspace.dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n",
    );
    for name in ["a", "b"] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\ntokio.workspace = true\n"
        );
        write(&folder.join(name).join("Cargo.toml"), &manifest);
        write(&folder.join(name).join("src/lib.rs"), "");
    }
    run(&folder, "init").says(1, &["several packages here; write -p with one of a, b"]);
    run(&folder, "init -p c").says(1, &["no package \"c\"", "write one of a, b"]);
    run(&folder, "init -p a")
        .says(0, &["[workspace.dependencies] coyote-tokio", "next: cargo coyote test -p a"]);
    let root = fs::read_to_string(folder.join("Cargo.toml")).expect("it is there");
    assert!(root.contains("package = \"coyote-tokio\"") && root.contains("[profile.dev.package]"), "{root}");
    let a = fs::read_to_string(folder.join("a/Cargo.toml")).expect("it is there");
    assert!(a.contains("tokio.workspace = true") && a.contains("coyote = [\"tokio/coyote\""), "{a}");
    run(&folder, "init -p a").says(0, &["nothing to do"]);
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_is_changed() {
    let folder = folder("in-the-way");
    let manifest = "[package]\nname = \"other\"\nedition = \"2024\"\n[workspace]\n[features]\ncoyote = []\n\
                    [dependencies]\ncoyote = { path = \"c\" }\n";
    write(&folder.join("Cargo.toml"), manifest);
    write(&folder.join("src/lib.rs"), "");
    write(&folder.join("c/Cargo.toml"), "[package]\nname = \"coyote\"\nedition = \"2024\"\n");
    write(&folder.join("c/src/lib.rs"), "");
    run(&folder, "init").says(1, &["Cargo.toml: `dependencies.coyote` is another package"]);
    assert_eq!(fs::read_to_string(folder.join("Cargo.toml")).expect("it is there"), manifest);
    let elsewhere = format!("init --path {}", repository().join("cli").display());
    run(&folder, &elsewhere).says(1, &["it has no shim/swap/tokio; write the folder of a clone"]);
    run(&folder, "init --path nowhere").says(1, &["nowhere", "write the folder of a clone"]);
}
