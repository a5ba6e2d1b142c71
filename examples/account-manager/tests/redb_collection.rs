//! The production database, sequentially and for real.
//!
//! Only with control off: these tests write files. Control explores a test in a thousand schedules; here that
//! would be a thousand databases, and a disk is nothing that control could take back or replay.
#![cfg(not(feature = "coyote"))]

use std::fmt::Debug;

use account_manager::{
    DbCollection, OpenError, RedbCollection, RowError,
    etags::{
        self,
        with_tags::{Row, TaggedCollection},
        without_tags::UpdatableCollection,
    },
    fixed, racy,
};
use tempfile::TempDir;

/// An empty database, and the directory that it lives in.
async fn empty_database() -> (RedbCollection, TempDir) {
    let directory = tempfile::tempdir().expect("the system has room for temporary files");
    let db = RedbCollection::open_or_create(directory.path().join("accounts.redb"))
        .await
        .expect("a new file can be opened");
    (db, directory)
}

#[track_caller]
fn assert_not_found<T: Debug>(outcome: Result<T, RowError>) {
    assert!(matches!(&outcome, Err(RowError::RowNotFound { key }) if key == "key"), "{outcome:?}");
}

#[tokio::test]
async fn a_created_row_exists_and_can_be_read() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    assert!(!db.does_row_exist("key").await?);

    DbCollection::create_row(&db, "key", "value").await?;

    assert!(db.does_row_exist("key").await?);
    assert_eq!(DbCollection::get_row(&db, "key").await?, "value");
    Ok(())
}

#[tokio::test]
async fn creating_a_row_again_fails_and_keeps_the_first() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    DbCollection::create_row(&db, "key", "first").await?;

    let again = DbCollection::create_row(&db, "key", "second").await;

    assert!(matches!(&again, Err(RowError::RowAlreadyExists { key }) if key == "key"), "{again:?}");
    assert_eq!(DbCollection::get_row(&db, "key").await?, "first");
    Ok(())
}

#[tokio::test]
async fn an_absent_row_can_be_neither_read_nor_updated_nor_deleted() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    TaggedCollection::create_row(&db, "key", "value").await?;
    let Row { etag, .. } = TaggedCollection::get_row(&db, "key").await?;
    TaggedCollection::delete_row(&db, "key").await?;

    assert_not_found(DbCollection::get_row(&db, "key").await);
    assert_not_found(DbCollection::delete_row(&db, "key").await);
    assert_not_found(UpdatableCollection::update_row(&db, "key", "new").await);
    assert_not_found(TaggedCollection::get_row(&db, "key").await);
    assert_not_found(TaggedCollection::update_row(&db, "key", "new", etag).await);
    assert_not_found(TaggedCollection::delete_row(&db, "key").await);
    Ok(())
}

#[tokio::test]
async fn a_row_is_updated_only_by_its_current_tag() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    TaggedCollection::create_row(&db, "key", "one").await?;
    let first = TaggedCollection::get_row(&db, "key").await?;

    TaggedCollection::update_row(&db, "key", "two", first.etag).await?;
    let late = TaggedCollection::update_row(&db, "key", "three", first.etag).await;

    assert!(matches!(&late, Err(RowError::MismatchedETag { key }) if key == "key"), "{late:?}");
    let second = TaggedCollection::get_row(&db, "key").await?;
    assert_eq!(second.value, "two");
    assert_ne!(second.etag, first.etag);
    Ok(())
}

#[tokio::test]
async fn a_row_created_anew_has_a_new_tag() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    TaggedCollection::create_row(&db, "key", "value").await?;
    let first = TaggedCollection::get_row(&db, "key").await?;

    TaggedCollection::delete_row(&db, "key").await?;
    TaggedCollection::create_row(&db, "key", "value").await?;

    assert_ne!(TaggedCollection::get_row(&db, "key").await?.etag, first.etag);
    Ok(())
}

#[tokio::test]
async fn an_update_without_a_tag_changes_the_tag() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    TaggedCollection::create_row(&db, "key", "one").await?;
    let first = TaggedCollection::get_row(&db, "key").await?;

    UpdatableCollection::update_row(&db, "key", "two").await?;

    let second = TaggedCollection::get_row(&db, "key").await?;
    assert_eq!(second.value, "two");
    assert_ne!(second.etag, first.etag);
    Ok(())
}

#[tokio::test]
async fn rows_and_tags_outlive_the_program() -> Result<(), Box<dyn std::error::Error>> {
    let (db, directory) = empty_database().await;
    TaggedCollection::create_row(&db, "key", "value").await?;
    let before = TaggedCollection::get_row(&db, "key").await?;
    drop(db);

    let db = RedbCollection::open(directory.path().join("accounts.redb")).await?;

    assert_eq!(TaggedCollection::get_row(&db, "key").await?, before);
    Ok(())
}

#[tokio::test]
async fn a_missing_file_is_not_created_by_opening_it() {
    let directory = tempfile::tempdir().expect("the system has room for temporary files");
    let path = directory.path().join("accounts.redb");

    let opened = RedbCollection::open(&path).await;

    assert!(matches!(&opened, Err(OpenError::NotFound { path: missing }) if *missing == path), "{opened:?}");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_can_be_open_only_once() {
    let (_db, directory) = empty_database().await;

    let again = RedbCollection::open_or_create(directory.path().join("accounts.redb")).await;

    assert!(matches!(&again, Err(OpenError::AlreadyOpen { .. })), "{again:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().expect("the system has room for temporary files");
    let path = directory.path().join("notes.txt");
    std::fs::write(&path, "buy milk").expect("the directory can be written to");

    let opened = RedbCollection::open(&path).await;

    assert!(matches!(&opened, Err(OpenError::Unusable { .. })), "{opened:?}");
}

#[tokio::test]
async fn the_racy_manager_is_right_in_sequence() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    let accounts = racy::AccountManager::new(db);

    assert!(accounts.create_account("MyAccount", "first").await?);
    assert!(!accounts.create_account("MyAccount", "second").await?);
    assert_eq!(accounts.get_account("MyAccount").await?.as_deref(), Some("first"));
    assert!(accounts.delete_account("MyAccount").await?);
    assert!(!accounts.delete_account("MyAccount").await?);
    assert_eq!(accounts.get_account("MyAccount").await?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixed_manager_creates_an_account_once_for_many_callers() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;

    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let accounts = fixed::AccountManager::new(db.clone());
        callers.spawn(async move { accounts.create_account("MyAccount", "...").await });
    }
    let created = callers.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;

    assert_eq!(created.into_iter().filter(|&created| created).count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manager_with_tags_ends_at_the_newest_of_many_updates() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    let accounts = etags::with_tags::AccountManager::new(db.clone());
    assert!(accounts.create_account("MyAccount", "...", 1).await?);

    let mut callers = tokio::task::JoinSet::new();
    for version in 2..10 {
        let accounts = etags::with_tags::AccountManager::new(db.clone());
        callers.spawn(async move { accounts.update_account("MyAccount", "...", version).await });
    }
    callers.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;

    let account = accounts.get_account("MyAccount").await?.expect("nobody deleted the account");
    assert_eq!(account.version, 9);
    Ok(())
}

#[tokio::test]
async fn a_row_that_holds_no_account_is_reported() -> Result<(), RowError> {
    let (db, _directory) = empty_database().await;
    DbCollection::create_row(&db, "MyAccount", "no JSON").await?;

    let account = etags::with_tags::AccountManager::new(db).get_account("MyAccount").await;

    assert!(matches!(&account, Err(RowError::MalformedRow { key, .. }) if key == "MyAccount"), "{account:?}");
    Ok(())
}
