use std::time::Duration;
use tokio::time::timeout;

async fn answer() -> u32 {
    tokio::spawn(async { 42 }).await.unwrap()
}

#[coyote::test(time = "racing")]
#[ignore = "fails: the book shows how"]
async fn the_answer_comes_in_time() {
    assert_eq!(timeout(Duration::from_secs(1), answer()).await, Ok(42));
}
