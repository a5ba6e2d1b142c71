//! Tests that are declared by `#[tokio::test]`.

use coyote::__private::{Flavor, TestSpec, TokioTest};
use coyote_tests::child;

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn fails_always() {
    let tokio = TokioTest {
        flavor: Flavor::CurrentThread,
        worker_threads: None,
        start_paused: false,
        unhandled_panic_shutdown: false,
        name: None,
    };
    let package = env!("CARGO_MANIFEST_DIR");
    TestSpec::tokio_test("a_package", "fails_always", package, tokio).run_tokio(fails);
}

async fn fails() {
    assert_eq!(1 + 1, 3, "always");
}

#[test]
fn the_runtime_is_where_the_test_is_and_what_is_done_again_is_told_once() {
    let out = format!("{}/tokio-tests", env!("CARGO_TARGET_TMPDIR"));
    let ended = child::run("tokio_tests::fails_always", &[("COYOTE_OUT", &out)]);
    ended.fails_with(&["always"]);
    let output = &ended.stderr;
    let lines = |what: &str| output.lines().filter(|line| line.contains(what)).collect::<Vec<_>>();
    let [begin] = lines(" block-on ")[..] else { panic!("{output}") };
    let source = include_str!("tokio_tests.rs").lines();
    let line = source.take_while(|line| !line.contains(".run_tokio(")).count() + 1;
    assert!(begin.contains(&format!("reports/tokio_tests.rs:{line} ")), "{output}");
    let [end] = lines(" shutdown Runtime ")[..] else { panic!("{output}") };
    assert!(end.ends_with(" times)"), "{output}");
}
