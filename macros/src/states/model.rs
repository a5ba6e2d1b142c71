//! What a table says.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, ItemEnum, Path, Type};

/// Which of the two attributes it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Machine,
    Monitor,
}

impl Kind {
    /// The attribute as the user writes it.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Kind::Machine => "machine",
            Kind::Monitor => "monitor",
        }
    }
}

/// A whole table.
pub(crate) struct Table {
    /// The enum, without the attributes that were understood.
    pub(crate) item: ItemEnum,
    /// The type whose methods are the actions; none if there are no actions.
    pub(crate) owner: Option<Path>,
    pub(crate) krate: Path,
    pub(crate) states: Vec<State>,
    /// What holds in every state.
    pub(crate) common: Vec<Rule>,
    /// The method called when the actor halts.
    pub(crate) on_halt: Option<Ident>,
    /// The method asked what becomes of a failure.
    pub(crate) on_failure: Option<Ident>,
}

/// A state, or a group of states.
pub(crate) struct State {
    pub(crate) name: Ident,
    pub(crate) start: Option<Ident>,
    pub(crate) hot: Option<Ident>,
    pub(crate) cold: Option<Ident>,
    /// A group is no state that can be entered.
    pub(crate) is_group: bool,
    /// The group it is in, or the state it inherits from.
    pub(crate) parent: Option<Parent>,
    pub(crate) entry: Option<Ident>,
    pub(crate) exit: Option<Ident>,
    /// Its own rules; once resolved, those it inherits after them.
    pub(crate) rules: Vec<Rule>,
}

/// What a state inherits from.
#[derive(Clone, Debug)]
pub(crate) struct Parent {
    pub(crate) name: Ident,
    /// Written `group(Name)` rather than `inherit(Name)`.
    pub(crate) as_group: bool,
}

/// What happens on an event.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) trigger: Trigger,
    pub(crate) reaction: Reaction,
}

/// On what.
#[derive(Clone)]
pub(crate) enum Trigger {
    Event(Box<Type>),
    /// `_`: any event that has no rule of its own.
    Any(proc_macro2::Span),
    /// Nothing is there that could be handled.
    Idle(proc_macro2::Span),
}

impl Trigger {
    /// What makes two triggers the same.
    pub(crate) fn key(&self) -> String {
        match self {
            Trigger::Event(event) => event.to_token_stream().to_string(),
            Trigger::Any(_) => "_".to_owned(),
            Trigger::Idle(_) => "idle".to_owned(),
        }
    }

    /// The event's name in logs.
    pub(crate) fn name(&self) -> String {
        match self {
            Trigger::Event(event) => match &**event {
                Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                _ => None,
            }
            .unwrap_or_else(|| self.key()),
            _ => self.key(),
        }
    }

    /// What an error points at.
    pub(crate) fn tokens(&self) -> TokenStream {
        match self {
            Trigger::Event(event) => event.to_token_stream(),
            Trigger::Any(span) => quote::quote_spanned!(*span=> _),
            Trigger::Idle(span) => quote::quote_spanned!(*span=> idle),
        }
    }
}

/// What then happens.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    Act { action: Option<Ident>, then: Then },
    Defer,
    Ignore,
}

/// The transition after an action.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    Stay,
    Goto(Ident),
    Push(Ident),
}

/// A method, with what it is given: one arm of the dispatch.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) method: Ident,
    /// The event; `None` for entries and exits, and on idle.
    pub(crate) event: Option<Trigger>,
}

impl Table {
    /// The start state; a parsed table has one.
    pub(crate) fn start(&self) -> &Ident {
        let start = self.states.iter().find(|state| state.start.is_some());
        &start.unwrap_or(&self.states[0]).name
    }

    /// All methods that the dispatch calls, each with each kind of event once.
    pub(crate) fn actions(&self) -> Vec<Action> {
        let mut actions: Vec<Action> = Vec::new();
        let mut add = |method: &Ident, event: Option<&Trigger>| {
            let event = event.filter(|event| !matches!(event, Trigger::Idle(_)));
            if find(&actions, method, event).is_none() {
                actions.push(Action { method: method.clone(), event: event.cloned() });
            }
        };
        for state in &self.states {
            for method in state.entry.iter().chain(&state.exit) {
                add(method, None);
            }
        }
        let rules = self.states.iter().flat_map(|state| &state.rules).chain(&self.common);
        for rule in rules {
            if let Reaction::Act { action: Some(method), .. } = &rule.reaction {
                add(method, Some(&rule.trigger));
            }
        }
        actions
    }

    /// All events that are named.
    pub(crate) fn events(&self) -> Vec<Trigger> {
        let mut events: Vec<Trigger> = Vec::new();
        for rule in self.states.iter().flat_map(|state| &state.rules).chain(&self.common) {
            let known = events.iter().any(|event| event.key() == rule.trigger.key());
            if !known && matches!(rule.trigger, Trigger::Event(_)) {
                events.push(rule.trigger.clone());
            }
        }
        events
    }

    /// Whether some state has a rule for any event.
    pub(crate) fn takes_any(&self) -> bool {
        let mut rules = self.states.iter().flat_map(|state| &state.rules).chain(&self.common);
        rules.any(|rule| matches!(rule.trigger, Trigger::Any(_)))
    }
}

/// The number of an action in [`Table::actions`].
pub(crate) fn find(actions: &[Action], method: &Ident, event: Option<&Trigger>) -> Option<u16> {
    let event = event.filter(|event| !matches!(event, Trigger::Idle(_))).map(Trigger::key);
    let same = |action: &Action| action.method == *method && action.event.as_ref().map(Trigger::key) == event;
    actions.iter().position(same).and_then(|at| u16::try_from(at).ok())
}
