//! What exploration says of the fixed manager: the races of `racy_manager.rs` are gone.

mod mocks {
    pub(crate) mod in_memory;
}

use account_manager::{RowError, fixed::AccountManager};
use mocks::in_memory::InMemoryDbCollection;

fn accounts() -> AccountManager<InMemoryDbCollection> {
    AccountManager::new(InMemoryDbCollection::default())
}

#[coyote::test(iterations = 10_000)]
async fn exactly_one_of_two_concurrent_creations_succeeds() -> Result<(), RowError> {
    let accounts = accounts();

    let (first, second) = tokio::join!(
        accounts.create_account("MyAccount", "first"),
        accounts.create_account("MyAccount", "second"),
    );

    let (first, second) = (first?, second?);
    assert!(first ^ second, "exactly one of the two creations succeeds");
    let winner = if first { "first" } else { "second" };
    assert_eq!(accounts.get_account("MyAccount").await?.as_deref(), Some(winner));
    Ok(())
}

#[coyote::test(iterations = 10_000)]
async fn exactly_one_of_two_concurrent_deletions_succeeds() -> Result<(), RowError> {
    let accounts = accounts();
    assert!(accounts.create_account("MyAccount", "...").await?);

    let (first, second) =
        tokio::join!(accounts.delete_account("MyAccount"), accounts.delete_account("MyAccount"));

    assert!(first? ^ second?, "exactly one of the two deletions succeeds");
    assert_eq!(accounts.get_account("MyAccount").await?, None);
    Ok(())
}

#[coyote::test(iterations = 10_000)]
async fn reading_during_a_deletion_sees_the_account_or_nothing() -> Result<(), RowError> {
    let accounts = accounts();
    assert!(accounts.create_account("MyAccount", "...").await?);

    let (payload, deleted) =
        tokio::join!(accounts.get_account("MyAccount"), accounts.delete_account("MyAccount"));

    assert!(deleted?);
    assert!(matches!(payload?.as_deref(), None | Some("...")));
    Ok(())
}

#[coyote::test(iterations = 10_000)]
async fn concurrent_creation_and_deletion_agree() -> Result<(), RowError> {
    let accounts = accounts();

    let (created, deleted) =
        tokio::join!(accounts.create_account("MyAccount", "..."), accounts.delete_account("MyAccount"));

    assert!(created?);
    let left = if deleted? { None } else { Some("...") };
    assert_eq!(accounts.get_account("MyAccount").await?.as_deref(), left);
    Ok(())
}
