//! A mock of a database in four stages: how much of the real one does it take to find a race?
//!
//! The manager under test is the racy one throughout. The first mock raises a false alarm, the second hides the
//! bug, the third and the fourth reveal it: a mock must suspend its caller where the real database would, or no
//! other caller ever gets in between.
//!
//! "Two calls at once" is written `tokio::join!`. In C#, where this lesson comes from, calling an async method
//! runs it up to its first incomplete await. A Rust future does nothing until it is polled; `join!` polls the
//! first up to its first `Pending`, then the second. So the lesson holds unchanged: over a mock that never
//! returns `Pending` the first call is over before the second one begins.

mod mocks {
    pub(crate) mod constant;
    pub(crate) mod in_memory;
    pub(crate) mod sequential;
    pub(crate) mod single_row;
    pub(crate) mod task_per_call;
}

use account_manager::{DbCollection, RowError, racy::AccountManager};
use mocks::{
    constant::ConstantDbCollection, in_memory::InMemoryDbCollection, sequential::SequentialDbCollection,
    task_per_call::TaskPerCallDbCollection,
};

/// Creates one account.
async fn create_once(db: impl DbCollection) -> Result<(), RowError> {
    let accounts = AccountManager::new(db);
    assert!(accounts.create_account("MyAccount", "...").await?, "the creation succeeds");
    Ok(())
}

/// Creates the same account by two calls at once.
async fn create_twice_at_once(db: impl DbCollection) -> Result<(), RowError> {
    let accounts = AccountManager::new(db);

    let (first, second) = tokio::join!(
        accounts.create_account("MyAccount", "first"),
        accounts.create_account("MyAccount", "second"),
    );

    assert!(first? ^ second?, "exactly one of the two creations succeeds");
    Ok(())
}

#[coyote::test]
async fn constant_mock_passes_one_creation() -> Result<(), RowError> {
    create_once(ConstantDbCollection).await
}

// A false alarm, and the mock's own fault: it says of both calls that they created the row. `iterations = 1`,
// because every schedule shows it.
#[coyote::test(iterations = 1, expect = "bug", message = "exactly one of the two creations succeeds")]
async fn constant_mock_fails_concurrent_creation_in_any_schedule() -> Result<(), RowError> {
    create_twice_at_once(ConstantDbCollection).await
}

// The bug is there, and cannot show: nothing in this test ever suspends.
#[coyote::test]
async fn sequential_mock_hides_the_race() -> Result<(), RowError> {
    create_twice_at_once(SequentialDbCollection::default()).await
}

#[coyote::test(expect = "bug", message = "RowAlreadyExists")]
async fn task_per_call_mock_reveals_the_race() -> Result<(), RowError> {
    create_twice_at_once(TaskPerCallDbCollection::default()).await
}

#[coyote::test(expect = "bug", message = "RowAlreadyExists")]
async fn in_memory_mock_reveals_the_race() -> Result<(), RowError> {
    create_twice_at_once(InMemoryDbCollection::default()).await
}
