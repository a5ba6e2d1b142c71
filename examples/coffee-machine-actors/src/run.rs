//! A whole run.

use coyote::actors::Runtime;

use crate::{FailoverDriver, Plan};

/// Makes coffee until nothing happens any more: all rounds are over, or everybody waits for somebody.
pub async fn run(plan: Plan) {
    let runtime = Runtime::new();
    runtime.create(FailoverDriver::new(plan));
    runtime.quiescent().await;
}
