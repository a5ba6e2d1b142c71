//! A future with a deadline on the virtual clock.

use ::std::future::Future;
use ::std::time::Duration;

/// Runs a future, under control, for at most `timeout` of virtual time; None if that was too short. As
/// tokio does, it looks at the future first.
pub(super) async fn before<F: Future>(timeout: Duration, future: F) -> Option<F::Output> {
    crate::tokio::time::timeout(timeout, future).await.ok()
}
