//! Actors, machines and monitors, followed through their changes.

use coyote_engine::{ActorChange, ObservedActor};
use coyote_report::{Actor, ActorEvent, ActorState};

/// Returns what became of each actor.
pub(super) fn follow(changes: &[ObservedActor]) -> Vec<Actor> {
    let mut actors: Vec<Actor> = Vec::new();
    for ObservedActor { after, name, change } in changes {
        let at = actors.iter().position(|actor| actor.name == *name).unwrap_or_else(|| {
            actors.push(Actor { name: name.clone(), kind: "actor".to_owned(), ..Actor::default() });
            actors.len() - 1
        });
        follow_one(&mut actors[at], *after as u32, change);
    }
    actors
}

fn follow_one(actor: &mut Actor, after: u32, change: &ActorChange) {
    let mut now = actor.states.last().cloned().unwrap_or_default();
    let mut event = |did: &str, event: &str, to: Option<&String>| {
        let state = now.state.clone().unwrap_or_default();
        let (did, event) = (did.to_owned(), event.to_owned());
        actor.events.push(ActorEvent { after, state, did, event, to: to.cloned() });
    };
    match change {
        ActorChange::Began { kind, machine, rules } => {
            (*kind).clone_into(&mut actor.kind);
            (*machine).clone_into(&mut actor.machine);
            actor.rules.clone_from(rules);
        }
        ActorChange::State(name) if name.is_empty() => now.state = None,
        ActorChange::State(name) => {
            if now.state.as_ref() != Some(name) {
                event("enters", name, None);
            }
            now.state = Some(name.clone());
        }
        ActorChange::Hot(is_hot) => now.is_hot = *is_hot,
        ActorChange::Arrived(event) => now.inbox.push(event.clone()),
        ActorChange::Left(event) => take(&mut now, event),
        ActorChange::Receives(name) => {
            event("receives", name, None);
            take(&mut now, name);
        }
        ActorChange::Handles(name) => {
            event("handles", name, None);
            take(&mut now, name);
            now.handles = Some(name.clone());
        }
        ActorChange::Sends(name, to) => event("sends", name, Some(to)),
        ActorChange::Idles => now.handles = None,
    }
    now.after = after;
    if actor.states.last().is_some_and(|last| ActorState { after, ..last.clone() } == now) {
        return;
    }
    match actor.states.last_mut().filter(|last| last.after == after) {
        Some(last) => *last = now,
        None => actor.states.push(now),
    }
}

/// Takes an event out of the inbox, if it is there.
fn take(state: &mut ActorState, event: &str) {
    if let Some(at) = state.inbox.iter().position(|waiting| waiting == event) {
        state.inbox.remove(at);
    }
}
