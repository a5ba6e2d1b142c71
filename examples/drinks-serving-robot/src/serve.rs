//! A whole run, for tests.

use coyote::actors::Runtime;

use crate::{FailoverDriver, Plan};

/// Lets the robot serve until nothing happens any more: it has served all drinks, or everybody waits for somebody.
pub async fn serve(plan: Plan) {
    let runtime = Runtime::new();
    runtime.create(FailoverDriver::new(plan));
    runtime.quiescent().await;
}
