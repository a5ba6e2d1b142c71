#[coyote::test(iterations = 0)]
async fn no_iterations() {}

#[coyote::test(seed = "seven", timeout = "soon", lanes = 0, time = "rasing")]
async fn several_at_once() {}

#[coyote::test(expect = "bugs", iterations)]
async fn no_value() {}

#[coyote::test(message = "text")]
async fn message_alone() {}

fn main() {}
