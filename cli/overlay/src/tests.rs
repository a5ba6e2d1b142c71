//! What an overlay says, from packages made up for it.

use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

use crate::{Mirror, OverlayError, write};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("coyote-overlay-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn file(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    fs::write(path, content).expect("a file can be written");
}

/// A checkout, and tokio's source beside it.
fn packages(root: &Path) -> (Mirror, PathBuf) {
    file(
        &root.join("Cargo.toml"),
        r#"
        [workspace]
        [workspace.package]
        version = "0.3.0"
        edition = "2024"
        rust-version = "1.88"
        [workspace.dependencies]
        coyote-shim = { version = "0.3.0", path = "shim" }
        engine = { version = "0.3.0", path = "engine" }
        tokio = { version = "1.54", default-features = false, features = ["rt"] }
        [package]
        name = "coyote-rs"
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        [lib]
        name = "coyote"
        [features]
        control = ["dep:coyote-shim"]
        [dependencies]
        coyote-shim = { workspace = true, optional = true }
        "#,
    );
    file(
        &root.join("shim/Cargo.toml"),
        r#"
        [package]
        name = "coyote-shim"
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        [dependencies]
        engine = { workspace = true }
        other = "1"
        tokio = { workspace = true, features = ["full"] }
        "#,
    );
    file(
        &root.join("engine/Cargo.toml"),
        "[package]\nname = \"engine\"\nversion = \"0.3.0\"\nedition = \"2024\"\nrust-version = \"1.88\"\n",
    );
    let tokio = root.join("tokio-1.54.1");
    file(
        &tokio.join("Cargo.toml"),
        r#"
        [package]
        name = "tokio"
        version = "1.54.1"
        edition = "2021"
        [lib]
        name = "tokio"
        path = "src/lib.rs"
        [[test]]
        name = "a_test"
        path = "tests/a_test.rs"
        [features]
        default = []
        full = ["rt", "dep:hidden"]
        rt = []
        [dependencies.hidden]
        version = "1"
        optional = true
        [dependencies.bytes]
        version = "1"
        optional = true
        [target."cfg(unix)".dependencies.libc]
        version = "1"
        optional = true
        [dev-dependencies.mockall]
        version = "1"
        "#,
    );
    file(&tokio.join("src/lib.rs"), "pub mod rt;");
    file(&tokio.join("src/rt/mod.rs"), "");
    (Mirror::of_checkout(root), tokio)
}

fn manifest(folder: &Path) -> Table {
    let text = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
    text.parse().expect("a manifest")
}

#[test]
fn the_mirror_has_tokios_name_version_and_features() {
    let root = folder("mirror");
    let (mirror, tokio) = packages(&root);
    let out = root.join("target/overlay");
    let overlay = write(&mirror, &tokio, &out).expect("an overlay");
    assert_eq!(overlay.version, "1.54.1");
    let made = manifest(&out.join("tokio"));
    assert_eq!(made["package"]["name"].as_str(), Some("tokio"));
    assert_eq!(made["package"]["version"].as_str(), Some("1.54.1"));
    let features: Vec<&str> =
        made["features"].as_table().expect("features").keys().map(String::as_str).collect();
    assert_eq!(features, ["bytes", "default", "full", "libc", "rt"]);
    let config: Table =
        fs::read_to_string(&overlay.config).expect("written").parse().expect("a configuration");
    let patched = config["patch"]["crates-io"]["tokio"]["path"].as_str().expect("a path");
    assert!(Path::new(patched).is_absolute() && patched.ends_with("overlay/tokio"), "{patched}");
}

#[test]
fn the_real_tokio_has_another_name_and_none_of_its_tests() {
    let root = folder("real");
    let (mirror, tokio) = packages(&root);
    let out = root.join("target/overlay");
    write(&mirror, &tokio, &out).expect("an overlay");
    let real = manifest(&out.join("real-tokio"));
    assert_eq!(real["package"]["name"].as_str(), Some("real-tokio"));
    assert_eq!(real["lib"]["name"].as_str(), Some("tokio"));
    assert!(["test", "dev-dependencies"].iter().all(|key| !real.contains_key(*key)), "{real}");
    assert!(out.join("real-tokio/src/rt/mod.rs").exists());
}

#[test]
fn the_shim_asks_for_the_real_tokio_and_inherits_the_rest() {
    let root = folder("shim");
    let (mirror, tokio) = packages(&root);
    let out = root.join("target/overlay");
    write(&mirror, &tokio, &out).expect("an overlay");
    let shim = manifest(&out.join("coyote-shim"));
    let inner = &shim["dependencies"]["tokio"];
    assert_eq!(inner["package"].as_str(), Some("real-tokio"));
    assert_eq!(inner["default-features"].as_bool(), Some(false));
    assert_eq!(inner["features"].as_array().map(Vec::len), Some(2));
    assert!(inner.get("version").is_none() && inner.get("workspace").is_none(), "{inner}");
    assert_eq!(shim["package"]["version"].as_str(), Some("0.3.0"));
    assert_eq!(shim["dependencies"]["other"]["version"].as_str(), Some("1"));
    let engine = shim["dependencies"]["engine"]["path"].as_str().expect("a path");
    assert!(Path::new(engine).is_absolute() && engine.ends_with("/engine"), "{engine}");
    let facade = manifest(&out.join("coyote-rs"));
    assert!(
        facade["dependencies"]["coyote-shim"]["path"]
            .as_str()
            .expect("a path")
            .ends_with("overlay/coyote-shim")
    );
    assert!(!out.join("engine").exists(), "the engine depends on no tokio");
    assert!(facade["lib"]["path"].as_str().expect("a path").ends_with("/src/lib.rs"));
}

#[test]
fn writing_it_again_changes_no_file() {
    let root = folder("again");
    let (mirror, tokio) = packages(&root);
    let out = root.join("target/overlay");
    let modified =
        |path: &str| fs::metadata(out.join(path)).and_then(|data| data.modified()).expect("a time");
    let all = [
        "config.toml",
        "tokio/Cargo.toml",
        "tokio/src/lib.rs",
        "real-tokio/src/lib.rs",
        "coyote-rs/Cargo.toml",
    ];
    write(&mirror, &tokio, &out).expect("an overlay");
    let before = all.map(modified);
    write(&mirror, &tokio, &out).expect("an overlay");
    assert_eq!(all.map(modified), before);
}

#[test]
fn another_package_is_refused_by_name() {
    let root = folder("refused");
    let (mirror, _) = packages(&root);
    let error = write(&mirror, &root.join("shim"), &root.join("target/overlay")).expect_err("not tokio");
    assert!(matches!(error, OverlayError::NotTokio { .. }), "{error}");
    assert!(error.to_string().contains("`coyote-shim`"), "{error}");
    let error =
        write(&mirror, &root.join("nowhere"), &root.join("target/overlay")).expect_err("nothing there");
    assert!(error.to_string().contains("nowhere"), "{error}");
}
