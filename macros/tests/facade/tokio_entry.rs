//! `#[tokio::test]` and `#[tokio::main]` of the mirror.

use crate::coyote::{events, tokio};

#[tokio::test]
async fn a_test_may_run_many_times() -> Result<(), std::fmt::Error> {
    let events = events();
    if let [told] = &events[..] {
        assert_eq!(told, "a_test_may_run_many_times current_thread None false false None");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2, name = "runtime", crate = "crate::coyote::tokio")]
async fn the_arguments_are_told() {
    if let [told] = &events()[..] {
        assert_eq!(told, "the_arguments_are_told multi_thread Some(2) false false Some(\"runtime\")");
    }
}

#[tokio::main(worker_threads = 3)]
async fn sum(a: u8, b: &u8) -> Result<u8, Box<dyn std::error::Error>> {
    let c: u8 = "4".parse()?;
    async {}.await;
    Ok(a + b + c)
}

#[tokio::main]
async fn opaque() -> impl std::fmt::Debug {
    5
}

#[test]
fn main_runs_its_body() {
    assert_eq!(sum(1, &2).unwrap(), 7);
    assert_eq!(format!("{:?}", opaque()), "5");
}

#[tokio::test(flavor = "local", start_paused = true, unhandled_panic = "shutdown_runtime")]
async fn the_other_arguments_are_told() {
    if let [told] = &events()[..] {
        assert_eq!(told, "the_other_arguments_are_told local None true true None");
    }
}
