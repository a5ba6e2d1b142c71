//! The demonstration of the README: a test that fails, because the manager is wrong.

mod mocks {
    pub(crate) mod in_memory;
}

use account_manager::{RowError, racy::AccountManager};
use mocks::in_memory::InMemoryDbCollection;

// `racy_manager.rs` has the same test, told to expect the bug; this one reports it as your own tests would.
#[coyote::test(regressions = "off")]
#[ignore = "finds the race, and so fails: run it by name, see README"]
async fn concurrent_account_creation() -> Result<(), RowError> {
    let accounts = AccountManager::new(InMemoryDbCollection::default());

    let (first, second) = tokio::join!(
        accounts.create_account("MyAccount", "first"),
        accounts.create_account("MyAccount", "second"),
    );

    assert!(first? ^ second?, "exactly one of the two creations succeeds");
    Ok(())
}
