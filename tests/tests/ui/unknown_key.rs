#[coyote::test(iteration = 100)]
async fn misspelt() {}

fn main() {}
