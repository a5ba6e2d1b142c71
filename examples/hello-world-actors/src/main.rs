//! Greets. Now and then once too often: then the failure is printed.

#[tokio::main]
async fn main() {
    hello_world_actors::greet(true, true).await;
}
