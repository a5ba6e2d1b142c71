//! Keeps accounts in a database file: `account-manager <file> create|get|delete …`.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

// Racy on purpose: this is the program before anybody looked. `account_manager::fixed` is the repair.
use account_manager::{OpenError, RedbCollection, RowError, racy::AccountManager};
use clap::{
    Parser, Subcommand,
    builder::{OsStringValueParser, TypedValueParser},
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  not done: the account is there already, or is not there
  2  the command line is not understood
  3  the database failed";

/// Keeps accounts in a database file.
#[derive(Parser)]
#[command(after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Arguments {
    /// The database; `create` begins it.
    file: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Creates accounts, all at the same time.
    Create {
        /// What to create.
        #[arg(required = true, value_name = "NAME=PAYLOAD", value_parser = OsStringValueParser::new().try_map(account))]
        accounts: Vec<(String, String)>,
    },
    /// Prints the payload of an account.
    Get {
        /// Whose payload.
        #[arg(value_parser = OsStringValueParser::new().try_map(name))]
        name: String,
    },
    /// Deletes an account.
    Delete {
        /// Which account.
        #[arg(value_parser = OsStringValueParser::new().try_map(name))]
        name: String,
    },
}

type Manager = Arc<AccountManager<RedbCollection>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { file, command } = Arguments::parse();
    let outcome = run(file, command).await.unwrap_or_else(failed);
    ExitCode::from(outcome as u8)
}

/// How the program ends; the numbers are its exit codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Done = 0,
    NotDone = 1,
    // 2: the command line is not understood.
    Failed = 3,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Row(#[from] RowError),
}

/// What is wrong with a word of the command line, and what to write instead.
#[derive(Debug, thiserror::Error)]
enum WordError {
    #[error("write `<name>=<payload>`")]
    NotAnAccount,
    #[error("write the name of an account")]
    NoName,
    #[error("write it in UTF-8; only the file's path may be in something else")]
    NotUnicode,
}

fn account(word: OsString) -> Result<(String, String), WordError> {
    let word = word.into_string().map_err(|_| WordError::NotUnicode)?;
    match word.split_once('=') {
        Some((name, payload)) if !name.is_empty() => Ok((name.to_owned(), payload.to_owned())),
        _ => Err(WordError::NotAnAccount),
    }
}

fn name(word: OsString) -> Result<String, WordError> {
    let word = word.into_string().map_err(|_| WordError::NotUnicode)?;
    if word.is_empty() { Err(WordError::NoName) } else { Ok(word) }
}

async fn run(file: PathBuf, command: Command) -> Result<Outcome, Failure> {
    let database = match command {
        Command::Create { .. } => RedbCollection::open_or_create(file).await?,
        Command::Get { .. } | Command::Delete { .. } => RedbCollection::open(file).await?,
    };
    let manager = Arc::new(AccountManager::new(database));
    match command {
        Command::Create { accounts } => Ok(create(&manager, accounts).await),
        Command::Get { name } => get(&manager, &name).await,
        Command::Delete { name } => delete(&manager, &name).await,
    }
}

/// Creates all accounts at the same time, a task for each, and reports on them in the order given.
async fn create(manager: &Manager, accounts: Vec<(String, String)>) -> Outcome {
    let tasks: Vec<_> = accounts
        .into_iter()
        .map(|(name, payload)| {
            let manager = Arc::clone(manager);
            tokio::spawn(async move {
                let created = manager.create_account(&name, &payload).await;
                (name, created)
            })
        })
        .collect();

    let mut worst = Outcome::Done;
    for task in tasks {
        let (name, created) = task.await.expect("creating an account does not panic");
        worst = worst.max(match created {
            Ok(true) => {
                say(&format!("created `{name}`"));
                Outcome::Done
            }
            Ok(false) => not_done(&format!("the account `{name}` exists already")),
            Err(error) => failed(error.into()),
        });
    }
    worst
}

async fn get(manager: &Manager, name: &str) -> Result<Outcome, Failure> {
    match manager.get_account(name).await? {
        Some(payload) => {
            say(&payload);
            Ok(Outcome::Done)
        }
        None => Ok(not_done(&format!("there is no account `{name}`"))),
    }
}

async fn delete(manager: &Manager, name: &str) -> Result<Outcome, Failure> {
    if manager.delete_account(name).await? {
        say(&format!("deleted `{name}`"));
        Ok(Outcome::Done)
    } else {
        Ok(not_done(&format!("there is no account `{name}`")))
    }
}

/// Writes a line to standard output. A reader that has gone away is no reason to fail: the work is done.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn not_done(reason: &str) -> Outcome {
    eprintln!("{reason}");
    Outcome::NotDone
}

fn failed(failure: Failure) -> Outcome {
    eprintln!("error: {failure}");
    Outcome::Failed
}
