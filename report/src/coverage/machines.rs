//! Events of actors, machines and monitors: what each state did with which, and where it led.

use std::collections::BTreeMap;

use super::{Coverage, add_counts};
use crate::json;
use crate::model::{Actor, Recorded};

/// The event that stands for any other, in a declaration.
const ANY: &str = "_";

/// What has been covered of a type of actors, machines or monitors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// `actor`, `machine` or `monitor`.
    pub kind: String,
    /// How many there were.
    pub instances: u64,
    /// Its states; an actor without any has one without a name.
    pub states: BTreeMap<String, State>,
}

/// What has been covered of a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// How often it was entered.
    pub entered: u64,
    /// Its reactions, by event; those that it declares, and those that came.
    pub reactions: BTreeMap<String, Reaction>,
    /// Where it led: `event -> state`, how often.
    pub goes: BTreeMap<String, u64>,
    /// What it sent: `event -> type of the receiver`, how often.
    pub sends: BTreeMap<String, u64>,
}

/// What a state does with an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// Whether it declares that it acts on it.
    pub is_declared: bool,
    /// How often it did.
    pub count: u64,
}

impl Machine {
    /// Returns how many of the reactions that it declares were used, and how many there are.
    pub fn declared(&self) -> (usize, usize) {
        let all = || self.states.values().flat_map(|state| state.reactions.values());
        let declared = || all().filter(|reaction| reaction.is_declared);
        (declared().filter(|reaction| reaction.count > 0).count(), declared().count())
    }

    /// Returns the states that led to one, with how often.
    pub fn previous(&self, state: &str) -> BTreeMap<&str, u64> {
        let mut previous = BTreeMap::new();
        for (name, from) in &self.states {
            let counts = from.goes.iter().filter(|(key, _)| key.rsplit(" -> ").next() == Some(state));
            let count: u64 = counts.map(|(_, count)| count).sum();
            if count > 0 {
                previous.insert(name.as_str(), count);
            }
        }
        previous
    }

    pub(super) fn merge(&mut self, other: &Machine) {
        self.kind.clone_from(&other.kind);
        self.instances += other.instances;
        for (name, theirs) in &other.states {
            let state = self.states.entry(name.clone()).or_default();
            state.entered += theirs.entered;
            add_counts(&mut state.goes, &theirs.goes);
            add_counts(&mut state.sends, &theirs.sends);
            for (event, reaction) in &theirs.reactions {
                let known = state.reactions.entry(event.clone()).or_default();
                known.is_declared |= reaction.is_declared;
                known.count += reaction.count;
            }
        }
    }

    /// Adds one of its kind.
    fn add(&mut self, actor: &Actor, type_of: impl Fn(&str) -> String) {
        self.kind.clone_from(&actor.kind);
        self.instances += 1;
        for (state, event) in &actor.rules {
            let reactions = &mut self.states.entry(state.clone()).or_default().reactions;
            reactions.entry(event.clone()).or_default().is_declared = true;
        }
        let mut handled = "";
        for event in &actor.events {
            let here = self.states.entry(event.state.clone()).or_default();
            match event.did.as_str() {
                "sends" => {
                    let to = event.to.as_deref().map(&type_of).unwrap_or_default();
                    *here.sends.entry(format!("{} -> {to}", event.event)).or_default() += 1;
                }
                "enters" => {
                    if !handled.is_empty() {
                        *here.goes.entry(format!("{handled} -> {}", event.event)).or_default() += 1;
                    }
                    self.states.entry(event.event.clone()).or_default().entered += 1;
                }
                _ => {
                    if event.did == "handles" {
                        handled = &event.event;
                    }
                    here.react(&event.event);
                }
            }
        }
    }
}

impl State {
    fn react(&mut self, event: &str) {
        let reaction = self.reactions.entry(event.to_owned()).or_default();
        reaction.count += 1;
        let is_declared = reaction.is_declared;
        if let Some(any) = self.reactions.get_mut(ANY).filter(|_| !is_declared && event != ANY) {
            any.count += 1;
        }
    }
}

impl Coverage {
    pub(super) fn add_machines(&mut self, recorded: &Recorded) {
        let type_of = |name: &str| {
            let actor = recorded.actors.iter().find(|actor| actor.name == name);
            actor.map_or_else(|| name.to_owned(), |actor| actor.machine.clone())
        };
        for actor in recorded.actors.iter().filter(|actor| !actor.machine.is_empty()) {
            // A state without a name is never entered.
            self.machines.entry(actor.machine.clone()).or_default().add(actor, type_of);
        }
    }
}

json::plain! {
    Machine { kind, instances, states }
    State { entered, reactions, goes, sends }
    Reaction { is_declared, count }
}
