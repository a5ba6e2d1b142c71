#[coyote::test]
struct NotAFunction;

#[coyote::test]
async fn with_arguments(_number: u32) {}

#[coyote::test]
fn generic<T>() {}

#[coyote::test]
#[tokio::test]
async fn twice() {}

fn main() {}
