//! What cannot be used is named, with what to write instead, before anything is built; the code is 1.

use std::fs;

use super::fixture::{coyote, folder, project, run, write};

#[test]
fn flags_with_values_that_cannot_be_used() {
    let folder = &project().folder;
    for (line, parts) in [
        ("test -i 0", &["'0'", "--iterations", "write a number from 1 on"][..]),
        ("test -t soon", &["'soon'", "--timeout", "write seconds"]),
        ("test -s luck", &["there is no strategy \"luck\"; write portfolio"]),
        ("test -s random -sv 3", &["\"random\" takes no value 3"]),
        ("test -sv 3", &["--strategy"]),
        ("test -ms many", &["'many'", "--max-steps"]),
        ("test --seed x", &["'x'", "write a number, or `random`"]),
        ("test --jobs 0", &["'0'", "--jobs"]),
        ("test -- --test-threads=2", &["\"--test-threads=2\"", "write --jobs N"]),
        ("test --dance", &["'--dance'"]),
        ("test -p nobody", &["no package \"nobody\" here; write one of planted"]),
        ("test --profile odd", &["no profile \"odd\"", "coyote.toml"]),
        ("test --config-file nowhere.toml", &["nowhere.toml", "write the path of a file with profiles"]),
        ("test --manifest-path nowhere/Cargo.toml", &["nowhere/Cargo.toml"]),
        ("report --format pdf", &["'pdf'", "perfetto"]),
        ("completions tcsh", &["'tcsh'", "zsh"]),
        ("coverage merge nowhere.json", &["nowhere.json", "give a coverage file"]),
        ("dance", &["'dance'"]),
        ("", &["Usage"]),
    ] {
        let ended = run(folder, line);
        ended.says(1, parts);
        assert!(!ended.stderr.contains("Compiling"), "{line}: {ended:#?}");
    }
    let help = run(folder, "test --help");
    assert!(help.code == Some(0) && help.stdout.contains("--iterations"), "{help:#?}");
    assert!(run(folder, "--version").stdout.starts_with("cargo-coyote 0."));
}

#[test]
fn folders_that_cannot_be_written() {
    let ended = run(&project().folder, "test --lib deposits --outdir /dev/null/here");
    ended.says(1, &["/dev/null/here", "write a folder that can be written to after --outdir"]);
    assert!(!ended.stderr.contains("Compiling"), "{ended:#?}");
    let output =
        coyote(&project().folder).args(["test", "--lib"]).env("COYOTE_OUT", "/dev/null/there").output();
    assert_eq!(output.expect("the program can be started").status.code(), Some(1));
}

#[test]
fn files_of_profiles_that_are_wrong() {
    let out = folder("wrong-profiles");
    let file = out.join("coyote.toml");
    for (text, parts) in [
        ("[profile.default]\niterations = 0\n", &["line 2", "write a number from 1 on"][..]),
        ("[profile.default]\nspeed = 3\n", &["line 2", "speed", "iterations"]),
        ("[profile.default\n", &["line 1"]),
    ] {
        write(&file, text);
        let line = format!("test --config-file {}", file.display());
        run(&project().folder, &line).says(1, parts).says(1, &["coyote.toml"]);
    }
}

#[test]
fn packages_that_do_not_build_or_are_not_prepared() {
    let folder = folder("not-prepared");
    let manifest = "[package]\nname = \"not-prepared\"\nedition = \"2024\"\n[workspace]\n";
    write(&folder.join("Cargo.toml"), manifest);
    write(&folder.join("src/lib.rs"), "");
    run(&folder, "test")
        .says(1, &["no package here has a feature that gives control (not-prepared)", "cargo coyote init"]);
    run(&folder, "test -p not-prepared").says(1, &["cargo coyote init -p not-prepared"]);
    // Whoever names features knows better: here that there is no need for any.
    write(&folder.join("Cargo.toml"), &format!("{manifest}[features]\nmine = []\n"));
    write(&folder.join("src/lib.rs"), "fn broken( {\n");
    run(&folder, "test -F mine").says(1, &["src/lib.rs:1", "cargo test --no-run failed: see above"]);
    write(&folder.join("src/lib.rs"), "");
    run(&folder, "test -F mine").says(0, &["no test is chosen"]);
    run(&folder, "test -F yours").says(1, &["yours", "failed: see above"]);
    fs::write(folder.join("Cargo.toml"), "[package\n").expect("it can be written");
    run(&folder, "test").says(1, &["cargo metadata failed: see above"]);
}
