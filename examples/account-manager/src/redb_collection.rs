//! The production database: a redb file.

use std::{
    error::Error,
    io::ErrorKind,
    panic,
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::{Database, DatabaseError, ReadableTable, StorageError, Table, TableDefinition};
use tokio::task::spawn_blocking;

use crate::{
    DbCollection, RowError,
    etags::{
        with_tags::{ETag, Row, TaggedCollection},
        without_tags::UpdatableCollection,
    },
};

/// redb has an error type per kind of call; what they have in common is enough here.
type BoxError = Box<dyn Error + Send + Sync>;

/// The rows: a value and the tag of its latest write. Callers that know nothing of tags leave them alone.
const ROWS: TableDefinition<'_, &str, (&str, u64)> = TableDefinition::new("rows");

/// One number, under `()`: the latest tag given. It outlives every row, so that no tag is ever given twice.
const LAST_TAG: TableDefinition<'_, (), u64> = TableDefinition::new("last_tag");

/// A collection of rows in a redb file.
///
/// Every method is one transaction, and so atomic. Transactions may wait for the disk and for each other; they
/// run on tokio's threads for blocking work. Clones share the file.
#[derive(Clone, Debug)]
pub struct RedbCollection {
    database: Arc<Database>,
}

/// Why a database file could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such file, and none was to be created.
    #[error("there is no database `{}`; create an account to begin one", path.display())]
    NotFound {
        /// The file that was asked for.
        path: PathBuf,
    },

    /// Another process, or another part of this one, has opened the file.
    #[error("the database `{}` is in use; close the program that has it open, or choose another file", path.display())]
    AlreadyOpen {
        /// The file that was asked for.
        path: PathBuf,
    },

    /// The file cannot be used as a database.
    #[error("cannot open `{}` as a database; check the path and its permissions: {source}", path.display())]
    Unusable {
        /// The file that was asked for.
        path: PathBuf,
        /// The database's own error.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl RedbCollection {
    /// Opens the database in the file `path`, which must exist.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is in the way.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path.as_ref(), |path| match Database::open(path) {
            Err(DatabaseError::Storage(StorageError::Io(error))) if error.kind() == ErrorKind::NotFound => {
                Err(OpenError::NotFound { path: path.to_owned() })
            }
            opened => opened.map_err(|error| open_error(path, error)),
        })
        .await
    }

    /// Opens the database in the file `path`, or creates it there.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is in the way.
    pub async fn open_or_create(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path.as_ref(), |path| Database::create(path).map_err(|error| open_error(path, error)))
            .await
    }

    async fn open_with(
        path: &Path,
        open: impl FnOnce(&Path) -> Result<Database, OpenError> + Send + 'static,
    ) -> Result<Self, OpenError> {
        let path = path.to_owned();
        let file = path.clone();
        let opened = off_the_runtime(move || {
            let database = open(&path)?;
            create_tables(&database).map_err(|source| OpenError::Unusable { path, source })?;
            Ok(database)
        });
        match opened.await {
            Ok(database) => Ok(Self { database: Arc::new(database?) }),
            Err(source) => Err(OpenError::Unusable { path: file, source }),
        }
    }

    /// Reads the row `key` in a transaction of its own.
    async fn read(&self, key: &str) -> Result<Option<Row>, RowError> {
        let (database, key) = (Arc::clone(&self.database), key.to_owned());
        let read = move || -> Result<_, BoxError> {
            let rows = database.begin_read()?.open_table(ROWS)?;
            let row = rows.get(&*key)?;
            Ok(row.map(|row| {
                let (value, tag) = row.value();
                Row { value: value.to_owned(), etag: ETag::new(tag) }
            }))
        };
        off_the_runtime(read).await.map_err(failed)?.map_err(failed)
    }

    /// Does `work` on the row `key` in a transaction of its own, which stays without effect if `work` fails.
    async fn write(
        &self,
        key: &str,
        work: impl FnOnce(&mut OpenRow<'_>) -> Result<(), RowError> + Send + 'static,
    ) -> Result<(), RowError> {
        let (database, key) = (Arc::clone(&self.database), key.to_owned());
        let write = move || {
            let transaction = database.begin_write().map_err(failed)?;
            work(&mut OpenRow {
                key: &key,
                rows: transaction.open_table(ROWS).map_err(failed)?,
                last_tag: transaction.open_table(LAST_TAG).map_err(failed)?,
            })?;
            transaction.commit().map_err(failed)
        };
        off_the_runtime(write).await.map_err(failed)?
    }
}

impl DbCollection for RedbCollection {
    async fn create_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        let value = value.to_owned();
        self.write(key, move |row| match row.tag()? {
            Some(_) => Err(RowError::RowAlreadyExists { key: row.key.to_owned() }),
            None => row.put(&value),
        })
        .await
    }

    async fn does_row_exist(&self, key: &str) -> Result<bool, RowError> {
        Ok(self.read(key).await?.is_some())
    }

    async fn get_row(&self, key: &str) -> Result<String, RowError> {
        TaggedCollection::get_row(self, key).await.map(|row| row.value)
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        self.write(key, |row| match row.rows.remove(row.key).map_err(failed)? {
            Some(_) => Ok(()),
            None => Err(RowError::RowNotFound { key: row.key.to_owned() }),
        })
        .await
    }
}

impl UpdatableCollection for RedbCollection {
    async fn update_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        let value = value.to_owned();
        self.write(key, move |row| match row.tag()? {
            Some(_) => row.put(&value),
            None => Err(RowError::RowNotFound { key: row.key.to_owned() }),
        })
        .await
    }
}

impl TaggedCollection for RedbCollection {
    async fn create_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        DbCollection::create_row(self, key, value).await
    }

    async fn get_row(&self, key: &str) -> Result<Row, RowError> {
        self.read(key).await?.ok_or_else(|| RowError::RowNotFound { key: key.to_owned() })
    }

    async fn update_row(&self, key: &str, value: &str, etag: ETag) -> Result<(), RowError> {
        let value = value.to_owned();
        self.write(key, move |row| match row.tag()? {
            Some(current) if current == etag => row.put(&value),
            Some(_) => Err(RowError::MismatchedETag { key: row.key.to_owned() }),
            None => Err(RowError::RowNotFound { key: row.key.to_owned() }),
        })
        .await
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        DbCollection::delete_row(self, key).await
    }
}

/// A row, there or not, in a write transaction.
struct OpenRow<'t> {
    key: &'t str,
    rows: Table<'t, &'static str, (&'static str, u64)>,
    last_tag: Table<'t, (), u64>,
}

impl OpenRow<'_> {
    /// The row's tag, or `None` if there is no such row.
    fn tag(&self) -> Result<Option<ETag>, RowError> {
        let row = self.rows.get(self.key).map_err(failed)?;
        Ok(row.map(|row| ETag::new(row.value().1)))
    }

    /// Writes the row, with a fresh tag.
    fn put(&mut self, value: &str) -> Result<(), RowError> {
        let tag = 1 + self.last_tag.get(()).map_err(failed)?.map_or(0, |last| last.value());
        self.last_tag.insert((), tag).map_err(failed)?;
        self.rows.insert(self.key, (value, tag)).map_err(failed)?;
        Ok(())
    }
}

/// Runs `work`, which may block, on a thread for such work; fails only if the runtime shuts down before it ran.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BoxError> {
    match spawn_blocking(work).await {
        Ok(outcome) => Ok(outcome),
        Err(error) if error.is_panic() => panic::resume_unwind(error.into_panic()),
        Err(error) => Err(error.into()),
    }
}

/// Creates the tables that are not there yet, so that a reader always finds them.
fn create_tables(database: &Database) -> Result<(), BoxError> {
    let transaction = database.begin_write()?;
    transaction.open_table(ROWS)?;
    transaction.open_table(LAST_TAG)?;
    Ok(transaction.commit()?)
}

fn open_error(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::AlreadyOpen { path },
        error => OpenError::Unusable { path, source: error.into() },
    }
}

fn failed(source: impl Into<BoxError>) -> RowError {
    RowError::Database { source: source.into() }
}
