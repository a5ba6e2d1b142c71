//! What exploration says of the racy manager: right in sequence, wrong when called twice at once.
//!
//! "At once" is `tokio::join!`; `mock_stages.rs` says why.

mod mocks {
    pub(crate) mod in_memory;
}

use account_manager::{RowError, racy::AccountManager};
use mocks::in_memory::InMemoryDbCollection;

fn accounts() -> AccountManager<InMemoryDbCollection> {
    AccountManager::new(InMemoryDbCollection::default())
}

#[coyote::test]
async fn second_creation_in_sequence_returns_false() -> Result<(), RowError> {
    let accounts = accounts();

    assert!(accounts.create_account("MyAccount", "first").await?);
    assert!(!accounts.create_account("MyAccount", "second").await?);

    assert_eq!(accounts.get_account("MyAccount").await?.as_deref(), Some("first"));
    Ok(())
}

#[coyote::test]
async fn second_deletion_in_sequence_returns_false() -> Result<(), RowError> {
    let accounts = accounts();
    assert!(accounts.create_account("MyAccount", "...").await?);

    assert!(accounts.delete_account("MyAccount").await?);
    assert!(!accounts.delete_account("MyAccount").await?);

    assert_eq!(accounts.get_account("MyAccount").await?, None);
    Ok(())
}

#[coyote::test(expect = "bug", message = "RowAlreadyExists")]
async fn concurrent_creation_lets_an_error_escape() -> Result<(), RowError> {
    let accounts = accounts();

    let (first, second) = tokio::join!(
        accounts.create_account("MyAccount", "first"),
        accounts.create_account("MyAccount", "second"),
    );

    assert!(first? ^ second?, "exactly one of the two creations succeeds");
    Ok(())
}

#[coyote::test(expect = "bug", message = "RowNotFound")]
async fn concurrent_deletion_lets_an_error_escape() -> Result<(), RowError> {
    let accounts = accounts();
    assert!(accounts.create_account("MyAccount", "...").await?);

    let (first, second) =
        tokio::join!(accounts.delete_account("MyAccount"), accounts.delete_account("MyAccount"));

    assert!(first? ^ second?, "exactly one of the two deletions succeeds");
    Ok(())
}

// The same race as above, for a reader: what the check saw is gone by the time of the read.
#[coyote::test(expect = "bug", message = "RowNotFound")]
async fn reading_during_a_deletion_lets_an_error_escape() -> Result<(), RowError> {
    let accounts = accounts();
    assert!(accounts.create_account("MyAccount", "...").await?);

    let (payload, deleted) =
        tokio::join!(accounts.get_account("MyAccount"), accounts.delete_account("MyAccount"));

    assert!(deleted?);
    assert!(matches!(payload?.as_deref(), None | Some("...")));
    Ok(())
}

// One creator and one deleter: whoever passes the check is the only one who acts upon it.
#[coyote::test]
async fn concurrent_creation_and_deletion_agree() -> Result<(), RowError> {
    let accounts = accounts();

    let (created, deleted) =
        tokio::join!(accounts.create_account("MyAccount", "..."), accounts.delete_account("MyAccount"));

    assert!(created?);
    let left = if deleted? { None } else { Some("...") };
    assert_eq!(accounts.get_account("MyAccount").await?.as_deref(), left);
    Ok(())
}
