//! Event coverage: which of the declared rules have been used.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use coyote_spec::{Declaration, DeclaredState, RuleKind};

use crate::log::{Log, LogEvent};

/// Collects event coverage, as a [`Log`]: which triples of machine, state and event have been handled, of
/// those that the machines created so far declare. Share it by the executions of an exploration.
#[derive(Debug, Default)]
pub struct Coverage {
    machines: Mutex<BTreeMap<&'static str, Machine>>,
}

#[derive(Debug)]
struct Machine {
    declaration: &'static Declaration,
    /// By state and event, how often.
    handled: BTreeMap<(String, &'static str), u64>,
    entered: BTreeMap<String, u64>,
}

/// What has been covered of one machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Covered {
    /// The machine.
    pub machine: &'static str,
    /// How many of its states have been entered, and how many there are.
    pub states: (usize, usize),
    /// Its rules, by state.
    pub rules: Vec<CoveredRule>,
}

/// How often a declared rule has been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoveredRule {
    /// The state.
    pub state: &'static str,
    /// The event, `_` for any other, or `idle`.
    pub event: &'static str,
    /// What kind of reaction.
    pub kind: RuleKind,
    /// How often.
    pub count: u64,
}

impl Coverage {
    /// Creates an empty collection.
    pub fn new() -> Self {
        Coverage::default()
    }

    /// Returns what has been covered, by machine. Rules that defer or ignore are no part of it: that they have
    /// been used cannot be told from that the event never came.
    pub fn machines(&self) -> Vec<Covered> {
        let machines = self.machines.lock().unwrap_or_else(PoisonError::into_inner);
        machines.values().map(Machine::covered).collect()
    }
}

impl Covered {
    /// Returns how many rules have been used, and how many there are.
    pub fn count(&self) -> (usize, usize) {
        (self.rules.iter().filter(|rule| rule.count > 0).count(), self.rules.len())
    }
}

impl Machine {
    fn covered(&self) -> Covered {
        let states = || self.declaration.states.iter().filter(|state| !state.is_group);
        let rules = states().flat_map(|state| self.rules_of(state)).collect();
        let entered = states().filter(|state| self.entered.contains_key(state.name)).count();
        Covered { machine: self.declaration.name, states: (entered, states().count()), rules }
    }

    fn rules_of(&self, state: &'static DeclaredState) -> impl Iterator<Item = CoveredRule> {
        let acts = state.rules.iter().filter(|rule| !matches!(rule.kind, RuleKind::Defer | RuleKind::Ignore));
        let named = |event: &str| state.rules.iter().any(|rule| rule.event == event);
        acts.map(move |rule| {
            let count = |event: &'static str| {
                let key = (state.name.to_owned(), event);
                self.handled.get(&key).copied().unwrap_or_default()
            };
            let count = match rule.event {
                "_" => {
                    let rest =
                        self.handled.iter().filter(|((of, event), _)| of == state.name && !named(event));
                    rest.map(|(_, count)| count).sum()
                }
                event => count(event),
            };
            CoveredRule { state: state.name, event: rule.event, kind: rule.kind, count }
        })
    }
}

impl Log for Coverage {
    fn log(&self, event: &LogEvent<'_>) {
        let mut machines = self.machines.lock().unwrap_or_else(PoisonError::into_inner);
        let (actor, state, event) = match *event {
            LogEvent::Created { declaration, .. } => {
                let new = || Machine { declaration, handled: BTreeMap::new(), entered: BTreeMap::new() };
                machines.entry(declaration.name).or_insert_with(new);
                return;
            }
            LogEvent::StateEntered { actor, state } => {
                if let Some(machine) = machines.get_mut(actor.kind()) {
                    *machine.entered.entry(state.to_owned()).or_default() += 1;
                }
                return;
            }
            LogEvent::Dequeued { actor, state, event } => (actor, state, event),
            LogEvent::Raised { actor, event } => (actor, actor.state(), event),
            LogEvent::Idle { actor, state } => (actor, state, "idle"),
            _ => return,
        };
        if let Some(machine) = machines.get_mut(actor.kind()) {
            *machine.handled.entry((state.to_owned(), event)).or_default() += 1;
        }
    }
}

impl fmt::Display for Coverage {
    /// Writes, for each machine, how much was covered, and which rules were not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for covered in self.machines() {
            let (rules, of) = covered.count();
            let (states, of_states) = covered.states;
            writeln!(f, "{}: {rules} of {of} rules, {states} of {of_states} states", covered.machine)?;
            for rule in covered.rules.iter().filter(|rule| rule.count == 0) {
                let at = if rule.state.is_empty() { String::new() } else { format!(" in {}", rule.state) };
                writeln!(f, "  never: {}{at}", rule.event)?;
            }
        }
        Ok(())
    }
}
