//! The table of states that `#[machine]` and `#[monitor]` share: an enum whose variants are the states, and
//! whose attributes say what happens there.
//!
//! Parsed in `parse`, resolved in `resolve`: there every state gets the rules of what it inherits.

mod model;
mod parse;
mod resolve;

pub(crate) use model::{Action, Kind, Reaction, Rule, State, Table, Then, Trigger, find};
pub(crate) use parse::parse;
