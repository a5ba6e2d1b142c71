//! The actors and monitors at the end, and what each has taken.

use std::fmt::Write;

use super::Style;
use super::first::{count, table};
use crate::model::{Actor, Recorded};

/// At most so many of them are listed.
const ACTORS: usize = 12;
/// At most so many events of each are listed, the latest ones.
const EVENTS: usize = 6;

/// Writes which state each is in, and how it came to that. Those that have halted are counted.
pub(super) fn at_the_end(recorded: &Recorded, style: Style, text: &mut String) {
    let has_halted = |actor: &&Actor| state(actor) == "halted";
    let halted = recorded.actors.iter().filter(has_halted).count();
    let mut left: Vec<&Actor> = recorded.actors.iter().filter(|actor| !has_halted(actor)).collect();
    if left.is_empty() {
        return;
    }
    // A hot monitor first: it is what went wrong.
    left.sort_by_key(|actor| !is_hot(actor));
    let rows: Vec<[String; 3]> = left.iter().take(ACTORS).map(|actor| row(recorded, actor)).collect();
    let _ = writeln!(text, "\n{}", style.bold("the actors and monitors at the end:"));
    text.push_str(&table(&rows, "  ", style));
    let more = left.len().saturating_sub(ACTORS);
    match (more, halted) {
        (0, 0) => {}
        (0, halted) => {
            let _ = writeln!(text, "  {}", count(halted, "actor has halted", "actors have halted"));
        }
        (more, halted) => {
            let _ = writeln!(text, "  {more} more, and {halted} that have halted");
        }
    }
}

fn row(recorded: &Recorded, actor: &Actor) -> [String; 3] {
    let state = state(actor);
    let state = if state.is_empty() { String::new() } else { format!("in {state}") };
    if is_hot(actor) {
        let cold = actor.states.iter().rposition(|state| !state.is_hot).map_or(0, |at| at + 1);
        let after = actor.states.get(cold).map_or(0, |state| state.after as usize);
        let place = after.checked_sub(1).and_then(|at| recorded.steps.get(at)).and_then(|step| step.place);
        return [
            actor.name.clone(),
            format!("{state}, hot"),
            format!("since {}", recorded.place_name(place)),
        ];
    }
    if actor.kind == "monitor" {
        return [actor.name.clone(), state, String::new()];
    }
    let took = actor.events.iter().filter(|event| matches!(event.did.as_str(), "handles" | "receives"));
    let took: Vec<&str> = took.map(|event| event.event.as_str()).collect();
    let skipped = took.len().saturating_sub(EVENTS);
    let took = took[skipped..].join(", ");
    let mut said = match (skipped, took.is_empty()) {
        (_, true) => "has taken nothing".to_owned(),
        (0, _) => format!("has taken {took}"),
        _ => format!("has taken …, {took}"),
    };
    let inbox = actor.states.last().map(|state| state.inbox.join(", ")).unwrap_or_default();
    if !inbox.is_empty() {
        let _ = write!(said, "; in its inbox: {inbox}");
    }
    [actor.name.clone(), state, said]
}

fn state(actor: &Actor) -> &str {
    actor.states.last().and_then(|state| state.state.as_deref()).unwrap_or_default()
}

fn is_hot(actor: &Actor) -> bool {
    actor.states.last().is_some_and(|state| state.is_hot)
}
