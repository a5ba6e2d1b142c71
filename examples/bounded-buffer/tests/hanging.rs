//! What exploration says of the buffer.

use bounded_buffer::{Configuration, Wakes, run};

#[coyote::test(iterations = 100, expect = "bug", message = "deadlock")]
fn one_woken_thread_may_be_the_wrong_one() {
    run(Configuration::MINIMAL, Wakes::One);
}

// Nobody has to know a configuration that hangs: it is a part of the schedule, and what is drawn is shrunk, too.
#[coyote::test(expect = "bug", message = "deadlock")]
fn a_configuration_that_hangs_can_be_searched_for() {
    let configuration = Configuration::random();
    println!("{configuration}");
    run(configuration, Wakes::One);
}

#[coyote::test(iterations = 10_000, timeout = "60s")]
fn with_all_threads_woken_nobody_hangs() {
    run(Configuration::MINIMAL, Wakes::All);
}

#[coyote::test]
fn with_all_threads_woken_no_configuration_hangs() {
    run(Configuration::random(), Wakes::All);
}
