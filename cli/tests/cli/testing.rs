//! `cargo coyote test` and `list`.

use std::fs;

use serde_json::Value;

use super::fixture::{coyote, folder, project, trace, write};

#[test]
fn options_reach_the_tests_and_the_table_shows_what_came_of_it() {
    let out = folder("options");
    let ended =
        project().run(&out, "test --lib deposits -i 37 -s prioritization -sv 4 -ms 900 --seed 5 --jobs 1");
    ended.says(0, &["planted tests::deposits_add_up         37", "pct(4)", "clean: 1 test", "37 schedules"]);
    assert!(!ended.stderr.contains("nobody_overdraws"), "{ended:#?}");
}

#[test]
fn profiles_are_taken_from_the_file_and_overridden_by_the_command_line() {
    let out = folder("profiles");
    let file = out.join("profiles.toml");
    write(&file, "[profile.few]\niterations = 21\nstrategy = \"random\"\n");
    let line = format!("test --lib deposits -P few --config-file {}", file.display());
    project().run(&out, &line).says(0, &["   21 ", "random"]);
    project().run(&out, &format!("{line} -i 22")).says(0, &["   22 ", "random"]);
    let absent = line.replace("-P few", "-P many");
    project().run(&out, &absent).says(1, &["there is no profile \"many\"; write one of few, default"]);
}

#[test]
fn exploring_goes_on_after_a_bug_and_writes_each_that_differs() {
    let out = folder("explore");
    let ended = project().run(&out, "test --test more two_bugs --explore -- --ignored");
    ended.says(2, &["the first", "the second", "schedules failed", "1,000"]);
    let files: Vec<String> = fs::read_dir(out.join("more.two_bugs"))
        .expect("there are reports")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    for name in ["more.two_bugs.trace", "more.two_bugs.2.trace"] {
        assert!(files.iter().any(|file| file == name), "{files:?}");
        let replayed =
            project().run(&out, &format!("replay {}", out.join("more.two_bugs").join(name).display()));
        replayed.says(2, &["replayed more::two_bugs"]);
    }
}

#[test]
fn a_schedule_that_reaches_the_bound_fails_if_asked_for_and_replays() {
    let out = folder("bound");
    project().run(&out, "test --test more long -ms 100 -s pct -- --ignored").says(0, &["cut at the bound"]);
    let ended =
        project().run(&out, "test --test more long -ms 20 -s random --fail-on-max-steps -- --ignored");
    ended.says(2, &["reached the bound of 200 scheduling points", "1 has a bug"]);
    let replayed = project().run(&out, &format!("replay {}", trace(&out).display()));
    replayed.says(2, &["reached the bound of 200 scheduling points"]);
}

#[test]
fn what_is_meant_to_fail_passes_and_what_fails_plainly_is_shown() {
    let out = folder("plain");
    let line = "test --test more -j 3 -- --ignored --skip endless --skip two_bugs --skip long --skip slow";
    let ended = project().run(&out, line);
    ended.says(2, &["PASS", "as expected", "FAIL", "the reason", "plainly wrong", "CRASH", "exit status: 7"]);
    ended.says(2, &["1 passed, 2 failed"]);
}

#[test]
fn lines_of_json_tell_programs_the_same() {
    let out = folder("json");
    let ended = project().run(&out, "test --lib --message-format json --actor-graph");
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    let lines: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let (first, last) = (&lines[0], lines.last().expect("there are some"));
    assert_eq!(
        (&first["type"], &first["event"], &first["tests"]),
        (&"run".into(), &"started".into(), &3.into())
    );
    assert_eq!(
        (&last["event"], &last["exit_code"], &last["buggy"]),
        (&"finished".into(), &2.into(), &1.into())
    );
    let finished = |name: &str| {
        let is_it = |line: &&Value| line["event"] == "finished" && line["name"] == name;
        lines.iter().find(is_it).unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
    };
    let bug = finished("tests::nobody_overdraws");
    assert_eq!(bug["verdict"], "bug");
    let found = &bug["exploration"]["bugs"][0];
    assert_eq!((&found["end"], &found["reproduced"]), (&"failed".into(), &true.into()));
    assert_eq!(found["trace"].as_str().map(std::path::Path::new), Some(&*trace(&out)));
    assert_eq!(finished("tests::deposits_add_up")["exploration"]["executions"], 1000);
    assert_eq!(finished("tests::plain")["exploration"], Value::Null);
    for extension in ["dgml", "dot", "html", "json", "txt"] {
        assert!(trace(&out).with_extension(extension).is_file(), "{extension}");
    }
}

#[test]
fn a_bug_is_told_once_without_the_stack_of_the_panic_that_fails_the_test() {
    let out = folder("once");
    let words = ["test", "--lib", "nobody", "--outdir"];
    let output = coyote(&project().folder).args(words).arg(&out).env("RUST_BACKTRACE", "1").output();
    let text = String::from_utf8_lossy(&output.expect("the program can be started").stderr).into_owned();
    assert!(text.contains("it takes one preemption") && !text.contains("coyote found"), "{text}");
    assert!(!text.contains("stack backtrace"), "{text}");
}

#[test]
fn coverage_of_all_tests_is_added_up() {
    let out = folder("covered");
    let ended = project().run(&out, "test --lib --test coyote deposits hit -i 50 --coverage");
    ended.says(0, &["coverage.json: what 100 executions have covered"]);
    let text = fs::read_to_string(out.join("coverage.txt")).expect("it was written");
    assert!(text.contains("src/lib.rs:") && text.contains("tests/coyote.rs:"), "{text}");
}

#[test]
fn tests_are_listed() {
    let output = coyote(&project().folder).args(["list", "--", "--include-ignored"]).output();
    let output = output.expect("the program can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    for line in ["planted tests::plain\n", "planted::more endless\n", "planted::coyote no_hit_is_lost\n"] {
        assert!(text.contains(line), "{output:#?}");
    }
    let output =
        coyote(&project().folder).args(["list", "over"]).output().expect("the program can be started");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "planted tests::nobody_overdraws\n");
}
