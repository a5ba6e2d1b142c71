//! Keeps accounts in a database file: `account-manager <file> create|get|delete …`.

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

// Racy on purpose: this is the program before anybody looked. `account_manager::fixed` is the repair.
use account_manager::{OpenError, RedbCollection, RowError, racy::AccountManager};

const USAGE: &str = "\
Keeps accounts in a database file.

usage: account-manager <file> create <name>=<payload> [<name>=<payload> ...]
       account-manager <file> get <name>
       account-manager <file> delete <name>

Several accounts are created at the same time.

exit codes: 0  done
            1  not done: the account is there already, or is not there
            2  the command line is not understood
            3  the database failed
";

type Manager = Arc<AccountManager<RedbCollection>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        say(USAGE.trim_end());
        return ExitCode::SUCCESS;
    }

    let outcome = match parse(arguments) {
        Ok((file, command)) => run(file, command).await.unwrap_or_else(failed),
        Err(error) => {
            eprintln!("error: {error}");
            Outcome::Misunderstood
        }
    };
    ExitCode::from(outcome as u8)
}

enum Command {
    Create { accounts: Vec<(String, String)> },
    Get { name: String },
    Delete { name: String },
}

/// How the program ends; the numbers are its exit codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Done = 0,
    NotDone = 1,
    Misunderstood = 2,
    Failed = 3,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Row(#[from] RowError),
}

#[derive(Debug, thiserror::Error)]
enum UsageError {
    #[error("a file and a command are needed; `account-manager --help` lists the commands")]
    Incomplete,
    #[error("`{command}` is not a command; write `create`, `get` or `delete`")]
    UnknownCommand { command: String },
    #[error("`create` needs an account: write `create <name>=<payload>`")]
    NoAccount,
    #[error("`{argument}` is not an account; write `<name>=<payload>`")]
    NotAnAccount { argument: String },
    #[error("`{command}` needs exactly one name: write `{command} <name>`")]
    NotOneName { command: String },
    #[error("the argument `{argument}` is not valid UTF-8; only the file's path may be so")]
    NotUnicode { argument: String },
}

fn parse(arguments: Vec<OsString>) -> Result<(PathBuf, Command), UsageError> {
    let mut arguments = arguments.into_iter();
    let file = PathBuf::from(arguments.next().ok_or(UsageError::Incomplete)?);
    let mut words = arguments.map(|argument| {
        argument
            .into_string()
            .map_err(|argument| UsageError::NotUnicode { argument: argument.display().to_string() })
    });
    let command = words.next().ok_or(UsageError::Incomplete)??;
    let words = words.collect::<Result<Vec<_>, _>>()?;

    let command = match &*command {
        "create" if words.is_empty() => return Err(UsageError::NoAccount),
        "create" => {
            Command::Create { accounts: words.into_iter().map(parse_account).collect::<Result<_, _>>()? }
        }
        "get" => Command::Get { name: only_name(command, words)? },
        "delete" => Command::Delete { name: only_name(command, words)? },
        _ => return Err(UsageError::UnknownCommand { command }),
    };
    Ok((file, command))
}

fn parse_account(argument: String) -> Result<(String, String), UsageError> {
    match argument.split_once('=') {
        Some((name, payload)) if !name.is_empty() => Ok((name.to_owned(), payload.to_owned())),
        _ => Err(UsageError::NotAnAccount { argument }),
    }
}

fn only_name(command: String, words: Vec<String>) -> Result<String, UsageError> {
    match <[String; 1]>::try_from(words) {
        Ok([name]) if !name.is_empty() => Ok(name),
        _ => Err(UsageError::NotOneName { command }),
    }
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
