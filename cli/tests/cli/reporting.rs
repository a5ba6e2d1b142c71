//! `cargo coyote report`, `clean`, `completions` and `man`.

use std::fs;

use super::fixture::{coyote, folder, project, run, trace};

#[test]
fn a_report_is_shown_in_every_format_and_cleaned_away() {
    let out = folder("reports");
    project().run(&out, "report").says(1, &["has no recording; give a trace, or find a bug first"]);
    project().run(&out, "test --lib nobody").says(2, &["overdrawn"]);
    let trace = trace(&out);
    for (format, part) in [
        ("text", "overdrawn"),
        ("html", "<!doctype html>"),
        ("json", "\"is_bug\":true"),
        ("recording", "\"steps\":["),
        ("dot", "digraph"),
        ("dgml", "<DirectedGraph"),
        ("mermaid", "sequenceDiagram"),
        ("perfetto", "traceEvents"),
        ("junit", "coyote.end"),
    ] {
        // The latest, and the one that is named.
        for which in ["", &trace.display().to_string()] {
            let shown = project().run(&out, &format!("report {which} --format {format}"));
            assert_eq!(shown.code, Some(0), "{shown:#?}");
            let text = shown.stdout.to_lowercase();
            assert!(text.contains(&part.to_lowercase()), "{format}: {text}");
        }
    }
    let file = out.join("a.html");
    let line = format!("report --format html --output {}", file.display());
    project().run(&out, &line).says(0, &["wrote ", "a.html"]);
    assert!(fs::metadata(&file).expect("it was written").len() > 1000);
    // Whatever stands for a browser is given the page.
    let mut command = coyote(&project().folder);
    command.args(["report", "--open", "--outdir"]).arg(&out).env("BROWSER", "true");
    assert!(command.status().expect("the program can be started").success());

    fs::write(out.join("mine.md"), "not coyote's").expect("it can be written");
    project().run(&out, "clean --dry-run").says(0, &["would remove"]);
    assert!(trace.is_file());
    project().run(&out, "clean").says(0, &["removed", "left 2, not written by coyote"]);
    assert!(!trace.exists() && out.join("mine.md").is_file());
    drop(fs::remove_dir_all(&out));
    project().run(&out, "clean").says(0, &["nothing to remove"]);
}

#[test]
fn recordings_that_cannot_be_used_are_named() {
    let out = folder("recordings");
    project().run(&out, "test --lib nobody").says(2, &["overdrawn"]);
    let recording = trace(&out).with_extension("json");
    let text = fs::read_to_string(&recording).expect("it is there");
    let with = |text: &str| {
        fs::write(&recording, text).expect("it can be written");
        run(&project().folder, &format!("report {}", recording.display()))
    };
    with(&text.replacen("\"version\":1", "\"version\":9", 1)).says(1, &["version 9", "run the test again"]);
    with(&text[..text.len() / 2]).says(1, &["no recording", "give the .json file"]);
    fs::remove_file(&recording).expect("it is there");
    let trace = trace(&out);
    run(&project().folder, &format!("report {}", trace.display())).says(1, &["has no recording beside it"]);
    run(&project().folder, "report nowhere.trace").says(1, &["nowhere.json", "give a trace"]);
}

#[test]
fn coverage_is_added_up() {
    let out = folder("coverage");
    for executions in [1, 2] {
        let mut coverage = coyote_report::coverage::Coverage::new();
        coverage.executions = executions;
        coverage.lock_orders.insert("Mutex at a.rs:1 -> Mutex at b.rs:2".to_owned(), executions);
        fs::write(out.join(format!("{executions}.json")), coverage.to_json()).expect("it can be written");
    }
    let (one, two, sum) = (out.join("1.json"), out.join("2.json"), out.join("sum.json"));
    let (one, two, sum) = (one.display(), two.display(), sum.display());
    let line = format!("coverage merge {one} {two} --output {sum}");
    run(&project().folder, &line).says(0, &["sum.json: 3 executions"]);
    let shown = run(&project().folder, &format!("coverage merge {sum} {two}"));
    assert!(shown.code == Some(0) && shown.stdout.contains("a.rs:1"), "{shown:#?}");
    fs::write(out.join("1.json"), "{\"version\":9}").expect("it can be written");
    run(&project().folder, &line).says(1, &["1.json", "version 9"]);
}

#[test]
fn shells_and_manuals_know_the_program() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let shown = run(&project().folder, &format!("completions {shell}"));
        assert!(shown.code == Some(0) && shown.stdout.contains("fail-on-max-steps"), "{shell}: {shown:#?}");
    }
    let shown = run(&project().folder, "man");
    assert!(shown.code == Some(0) && shown.stdout.contains("fail\\-on\\-max\\-steps"), "{shown:#?}");
}
