//! `cargo coyote replay`.

use std::fs;

use super::fixture::{Ended, coyote, folder, project, trace};

fn found(name: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    let out = folder(name);
    project().run(&out, "test --lib nobody").says(2, &["overdrawn"]);
    let trace = trace(&out);
    (out, trace)
}

#[test]
fn a_trace_fails_again_as_a_file_and_as_a_string() {
    let (out, trace) = found("replay");
    let ended = project().run(&out, &format!("replay {}", trace.display()));
    ended.says(2, &["replayed planted::tests::nobody_overdraws", "overdrawn"]);
    // The other files of a report are taken for it.
    let page = trace.with_extension("html");
    project().run(&out, &format!("replay {}", page.display())).says(2, &["overdrawn"]);
    let text = fs::read_to_string(trace.with_extension("txt")).expect("it is there");
    let short = text.split("COYOTE_REPLAY=").find(|rest| rest.starts_with("c1.")).expect("a string is given");
    let short: String = short.chars().take_while(|c| !c.is_whitespace()).collect();
    project().run(&out, &format!("replay {short}")).says(2, &["overdrawn"]);
    assert!(text.contains("cargo coyote replay "), "{text}");
}

#[test]
fn what_does_not_come_again_ends_with_a_code_of_its_own() {
    let (out, trace) = found("not-reproduced");
    let text = fs::read_to_string(&trace).expect("it is there");
    let other = coyote_engine::trace::Trace::parse_file(&text).expect("it is whole");
    let cut = coyote_engine::trace::Trace { decisions: other.decisions[..1].to_vec(), ..other };
    fs::write(&trace, cut.to_string()).expect("it can be written");
    let ended = project().run(&out, &format!("replay {}", trace.display()));
    ended.says(4, &["not reproduced: the program left the trace"]);
}

#[test]
fn traces_that_cannot_be_used_are_named() {
    let (out, trace) = found("unusable");
    let text = fs::read_to_string(&trace).expect("it is there");
    let with = |name: &str, text: &str| -> Ended {
        let path = out.join(name);
        fs::write(&path, text).expect("it can be written");
        project().run(&out, &format!("replay {}", path.display()))
    };
    with("version.trace", &text.replacen("coyote-trace 1", "coyote-trace 9", 1))
        .says(1, &["version.trace", "version 9, and this coyote reads version 1", "run the test again"]);
    with("damaged.trace", &text.replacen("seed", "sead", 1))
        .says(1, &["damaged.trace", "line 4", "copy it again"]);
    with("cut.trace", &text[..text.len() / 2]).says(1, &["cut.trace", "damaged"]);
    with("none.trace", "hello").says(1, &["none.trace", "this is no trace: \"hello\""]);
    fs::write(out.join("bytes.trace"), [0xff, 0xfe, 0, 1]).expect("it can be written");
    project()
        .run(&out, &format!("replay {}", out.join("bytes.trace").display()))
        .says(1, &["bytes.trace", "this is no trace"]);
    let other = coyote_engine::trace::Trace::parse_file(&text).expect("it is whole");
    let other = coyote_engine::trace::Trace { test: "planted::tests::gone".to_owned(), ..other };
    with("other.trace", &other.to_string())
        .says(1, &["recorded for test `planted::tests::gone`", "none of planted", "write -p PACKAGE"]);
    project()
        .run(&out, "replay nowhere.trace")
        .says(1, &["nowhere.trace", "write the path of a .trace file"]);
    project().run(&out, "replay c1.AAAA").says(1, &["damaged", "copy it again"]);
    project().run(&out, "replay c7.AAAA").says(1, &["version 7"]);
}

#[test]
fn a_debugger_is_given_the_test() {
    let (_, trace) = found("debugger");
    // Any program does: it is given what would be debugged.
    let mut command = coyote(&project().folder);
    command.arg("replay").arg(&trace).args(["--break", "--debugger", "echo"]);
    let ended = Ended::of(command.output().expect("the program can be started"));
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    for part in ["break rust_panic", "--args", "tests::nobody_overdraws --exact"] {
        assert!(ended.stdout.contains(part), "{ended:#?}");
    }
    let mut command = coyote(&project().folder);
    command.arg("replay").arg(&trace).args(["--break", "--debugger", "no-such-debugger"]);
    Ended::of(command.output().expect("the program can be started"))
        .says(1, &["there is no no-such-debugger; install a debugger, or name one with --debugger"]);
}
