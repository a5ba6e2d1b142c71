#[coyote::test(iterations = 100, strategy = "luck")]
async fn strategy() {}

fn main() {}
