//! The command line.

use crate::api::MODULES;
use crate::error::Error;

pub(crate) const USAGE: &str = "\
usage: cargo run -p xtask -- TASK

api-coverage [--modules task,sync,time,runtime,io,macros,root]
    compiles a use of every row of tokio's public API against tokio and against the mirror, makes a controlled
    call of every modelled one, and prints what is missing
api-docs [--check]
    writes docs/src/tokio-coverage.md; with --check only says whether it is up to date";

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    ApiCoverage { modules: Vec<String> },
    ApiDocs { check: bool },
}

impl Task {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Task, Error> {
        let mut arguments = arguments.into_iter();
        let task = match arguments.next().as_deref() {
            None | Some("help" | "--help" | "-h") => return Ok(Task::Help),
            Some("api-coverage") => {
                let mut modules: Vec<String> = MODULES.iter().map(|&module| module.to_owned()).collect();
                while let Some(argument) = arguments.next() {
                    let list = match argument.strip_prefix("--modules") {
                        Some("") => arguments.next().ok_or(Error::NoModules)?,
                        Some(list) if list.starts_with('=') => list[1..].to_owned(),
                        _ => return Err(Error::Argument { argument, task: "api-coverage" }),
                    };
                    modules = list.split(',').map(str::to_owned).collect();
                }
                if let Some(module) = modules.iter().find(|module| !MODULES.contains(&module.as_str())) {
                    return Err(Error::Module { module: module.clone() });
                }
                Task::ApiCoverage { modules }
            }
            Some("api-docs") => match (arguments.next(), arguments.next()) {
                (None, None) => Task::ApiDocs { check: false },
                (Some(check), None) if check == "--check" => Task::ApiDocs { check: true },
                (Some(argument), None) | (_, Some(argument)) => {
                    return Err(Error::Argument { argument, task: "api-docs" });
                }
            },
            Some(task) => return Err(Error::Task { task: task.to_owned() }),
        };
        Ok(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Task, String> {
        Task::parse(line.split_whitespace().map(str::to_owned)).map_err(|error| error.to_string())
    }

    #[test]
    fn modules_are_all_or_those_named() {
        let Ok(Task::ApiCoverage { modules }) = parse("api-coverage") else { panic!("it is a task") };
        assert_eq!(modules, MODULES);
        let two = Task::ApiCoverage { modules: vec!["io".to_owned(), "root".to_owned()] };
        assert_eq!(parse("api-coverage --modules io,root"), Ok(two));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            parse("api-coverage --modules net"),
            Err("there is no module `net`: task, sync, time, runtime, io, macros, root".to_owned())
        );
        assert!(parse("coverage").expect_err("no such task").contains("`coverage`"));
        assert!(parse("api-docs --chek").expect_err("no such argument").contains("`--chek`"));
        assert!(parse("api-coverage --modules").expect_err("none").contains("--modules"));
    }
}
