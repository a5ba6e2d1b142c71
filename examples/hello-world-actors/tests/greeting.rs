//! What exploration says of the greeter.

use hello_world_actors::greet;

#[coyote::test(iterations = 30, expect = "bug", message = "too many greetings")]
async fn one_that_repeats_itself_greets_once_too_often() {
    greet(true, false).await;
}

#[coyote::test(iterations = 10_000)]
async fn one_that_does_not_greets_as_often_as_asked() {
    greet(false, false).await;
}
