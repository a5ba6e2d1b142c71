//! Updates at once: lost without tags, kept with them.
//!
//! "At once" is `tokio::join!`; `mock_stages.rs` says why.

mod mocks {
    pub(crate) mod in_memory;
    pub(crate) mod in_memory_with_tags;
}

mod without_tags {
    use account_manager::{RowError, etags::without_tags::AccountManager};

    use crate::mocks::in_memory::InMemoryDbCollection;

    async fn accounts_with_one() -> Result<AccountManager<InMemoryDbCollection>, RowError> {
        let accounts = AccountManager::new(InMemoryDbCollection::default());
        assert!(accounts.create_account("MyAccount", "one", 1).await?);
        Ok(accounts)
    }

    #[coyote::test]
    async fn update_in_sequence_succeeds_once() -> Result<(), RowError> {
        let accounts = accounts_with_one().await?;

        assert!(accounts.update_account("MyAccount", "two", 2).await?);
        assert!(!accounts.update_account("MyAccount", "two", 2).await?);
        Ok(())
    }

    #[coyote::test(expect = "bug", message = "exactly one of the two updates succeeds")]
    async fn both_of_two_concurrent_updates_to_one_version_may_succeed() -> Result<(), RowError> {
        let accounts = accounts_with_one().await?;

        let (first, second) = tokio::join!(
            accounts.update_account("MyAccount", "first", 2),
            accounts.update_account("MyAccount", "second", 2),
        );

        assert!(first? ^ second?, "exactly one of the two updates succeeds");
        Ok(())
    }

    // The write of version 2 lands on version 3: an update is lost, and nobody was told.
    #[coyote::test(expect = "bug", message = "the newest version stays")]
    async fn an_older_version_may_overwrite_a_newer_one() -> Result<(), RowError> {
        let accounts = accounts_with_one().await?;

        let (second, third) = tokio::join!(
            accounts.update_account("MyAccount", "two", 2),
            accounts.update_account("MyAccount", "three", 3),
        );
        second?;
        third?;

        let account = accounts.get_account("MyAccount").await?.expect("nobody deleted the account");
        assert_eq!(account.version, 3, "the newest version stays");
        Ok(())
    }
}

mod with_tags {
    use account_manager::{
        RowError,
        etags::{Account, with_tags::AccountManager},
    };

    use crate::mocks::in_memory_with_tags::TaggedInMemoryDbCollection;

    async fn with_one_account(
        db: TaggedInMemoryDbCollection,
    ) -> Result<AccountManager<TaggedInMemoryDbCollection>, RowError> {
        let accounts = AccountManager::new(db);
        assert!(accounts.create_account("MyAccount", "one", 1).await?);
        Ok(accounts)
    }

    async fn update_to_one_version_at_once(db: TaggedInMemoryDbCollection) -> Result<(), RowError> {
        let accounts = with_one_account(db).await?;

        let (first, second) = tokio::join!(
            accounts.update_account("MyAccount", "first", 2),
            accounts.update_account("MyAccount", "second", 2),
        );

        assert!(first? ^ second?, "exactly one of the two updates succeeds");
        Ok(())
    }

    async fn update_to_two_versions_at_once(db: TaggedInMemoryDbCollection) -> Result<(), RowError> {
        let accounts = with_one_account(db).await?;

        let (second, third) = tokio::join!(
            accounts.update_account("MyAccount", "two", 2),
            accounts.update_account("MyAccount", "three", 3),
        );
        second?;
        assert!(third?, "no other update is newer");

        let account = accounts.get_account("MyAccount").await?.expect("nobody deleted the account");
        assert_eq!(account.version, 3, "the newest version stays");
        assert_eq!(account.payload, "three");
        Ok(())
    }

    #[coyote::test]
    async fn update_in_sequence_succeeds_once() -> Result<(), RowError> {
        let accounts = with_one_account(TaggedInMemoryDbCollection::default()).await?;

        assert!(accounts.update_account("MyAccount", "two", 2).await?);
        assert!(!accounts.update_account("MyAccount", "again", 2).await?);

        let account = Account { name: "MyAccount".into(), payload: "two".into(), version: 2 };
        assert_eq!(accounts.get_account("MyAccount").await?, Some(account));
        Ok(())
    }

    #[coyote::test(iterations = 10_000)]
    async fn exactly_one_of_two_concurrent_updates_to_one_version_succeeds() -> Result<(), RowError> {
        update_to_one_version_at_once(TaggedInMemoryDbCollection::default()).await
    }

    #[coyote::test(iterations = 10_000)]
    async fn the_newest_of_two_concurrent_updates_stays() -> Result<(), RowError> {
        update_to_two_versions_at_once(TaggedInMemoryDbCollection::default()).await
    }

    #[coyote::test(iterations = 10_000)]
    async fn an_update_during_a_deletion_never_brings_the_account_back() -> Result<(), RowError> {
        let accounts = with_one_account(TaggedInMemoryDbCollection::default()).await?;

        let (updated, deleted) = tokio::join!(
            accounts.update_account("MyAccount", "two", 2),
            accounts.delete_account("MyAccount")
        );
        updated?;

        assert!(deleted?);
        assert_eq!(accounts.get_account("MyAccount").await?, None);
        Ok(())
    }

    // The tags do the work, not the loop: a database that ignores them loses updates again.
    #[coyote::test(expect = "bug", message = "exactly one of the two updates succeeds")]
    async fn both_updates_may_succeed_if_the_database_ignores_tags() -> Result<(), RowError> {
        update_to_one_version_at_once(TaggedInMemoryDbCollection::ignoring_tags()).await
    }

    #[coyote::test(expect = "bug", message = "the newest version stays")]
    async fn an_older_version_may_stay_if_the_database_ignores_tags() -> Result<(), RowError> {
        update_to_two_versions_at_once(TaggedInMemoryDbCollection::ignoring_tags()).await
    }
}
