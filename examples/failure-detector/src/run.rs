//! A whole run.

use coyote::actors::Runtime;

use crate::{Driver, Plan};

/// Watches two nodes until both have failed, and all is said about it.
pub async fn run(plan: Plan) {
    let runtime = Runtime::new();
    runtime.create(Driver::new(plan));
    runtime.quiescent().await;
}
