//! Checks a table as a whole, and gives every state the rules it inherits.

use syn::{Error, Ident};

use super::model::{Kind, Reaction, Rule, State, Table, Then, Trigger};
use crate::arguments::Errors;
use crate::suggest::{closest, list};

pub(super) fn resolve(kind: Kind, table: &mut Table, errors: &mut Errors) {
    check_starts(table, errors);
    for state in &table.states {
        check_duplicates(&state.rules, errors);
        check_targets(table, &state.rules, errors);
        check_owner(kind, table, state, errors);
        if state.is_group {
            let marks = [&state.start, &state.hot, &state.cold, &state.entry, &state.exit];
            for mark in marks.into_iter().flatten() {
                let message = "a group is no state that is entered: only its members can have this";
                errors.add(Error::new(mark.span(), message));
            }
        }
    }
    check_duplicates(&table.common, errors);
    check_targets(table, &table.common, errors);
    let inherited: Vec<Vec<Rule>> = (0..table.states.len()).map(|at| effective(table, at, errors)).collect();
    for (state, rules) in table.states.iter_mut().zip(inherited) {
        state.rules = rules;
    }
}

fn check_starts(table: &Table, errors: &mut Errors) {
    let mut starts = table.states.iter().filter_map(|state| Some((state, state.start.as_ref()?)));
    match starts.next() {
        None => {
            let message = "no state is the start state: mark one with `#[start]`";
            errors.add(Error::new_spanned(&table.item.ident, message));
        }
        Some((first, _)) => starts.for_each(|(_, mark)| {
            let message = format!("there is one start state, and that is `{}`: remove this mark", first.name);
            errors.add(Error::new(mark.span(), message));
        }),
    }
}

fn check_duplicates(rules: &[Rule], errors: &mut Errors) {
    for (at, rule) in rules.iter().enumerate() {
        let key = rule.trigger.key();
        if rules[..at].iter().any(|earlier| earlier.trigger.key() == key) {
            let what = match rule.trigger {
                Trigger::Idle(_) => "being idle".to_owned(),
                Trigger::Any(_) => "`_`".to_owned(),
                Trigger::Event(_) => format!("`{}`", rule.trigger.name()),
            };
            let message = format!("{what} has a rule here already: remove one of the two");
            errors.add(Error::new_spanned(rule.trigger.tokens(), message));
        }
    }
}

fn check_targets(table: &Table, rules: &[Rule], errors: &mut Errors) {
    for rule in rules {
        if let Reaction::Act { then: Then::Goto(target) | Then::Push(target), .. } = &rule.reaction {
            match table.states.iter().find(|state| state.name == *target) {
                None => errors.add(unknown_state(table, target)),
                Some(state) if state.is_group => {
                    let message =
                        format!("`{target}` is a group, and cannot be entered: name one of its states");
                    errors.add(Error::new(target.span(), message));
                }
                Some(_) => {}
            }
        }
    }
}

fn unknown_state(table: &Table, name: &Ident) -> Error {
    let names: Vec<String> = table.states.iter().map(|state| state.name.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint =
        closest(&name.to_string(), &names).map(|word| format!(" Did you mean `{word}`?")).unwrap_or_default();
    let message = format!("there is no state `{name}`.{hint} The states are {}.", list(&names));
    Error::new(name.span(), message)
}

/// A monitor without a type of its own has nothing to act on.
fn check_owner(kind: Kind, table: &Table, state: &State, errors: &mut Errors) {
    if kind == Kind::Machine || table.owner.is_some() {
        return;
    }
    let actions = state.rules.iter().filter_map(|rule| match &rule.reaction {
        Reaction::Act { action, .. } => action.as_ref(),
        _ => None,
    });
    for method in actions.chain(&state.entry).chain(&state.exit) {
        let message = format!("`{method}` is a method of what? Name the type: `#[monitor(Type)]`");
        errors.add(Error::new(method.span(), message));
    }
}

/// Returns a state's rules: its own, then those of what it inherits that it does not override, then those of
/// every state.
fn effective(table: &Table, at: usize, errors: &mut Errors) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut seen = vec![at];
    let mut state = &table.states[at];
    loop {
        add_missing(&mut rules, &state.rules);
        let Some(parent) = &state.parent else { break };
        let Some(next) = table.states.iter().position(|other| other.name == parent.name) else {
            if seen.len() == 1 {
                errors.add(unknown_state(table, &parent.name));
            }
            break;
        };
        if seen.len() == 1 && parent.as_group && !table.states[next].is_group {
            let message = format!(
                "`{0}` is no group: mark it with `#[group]`, or write `#[inherit({0})]`",
                parent.name
            );
            errors.add(Error::new(parent.name.span(), message));
        }
        if seen.contains(&next) {
            if next == at {
                errors
                    .add(Error::new(parent.name.span(), "these states inherit from each other in a circle"));
            }
            break;
        }
        seen.push(next);
        state = &table.states[next];
    }
    add_missing(&mut rules, &table.common);
    // A rule for any event comes last, whatever it was inherited from.
    rules.sort_by_key(|rule| matches!(rule.trigger, Trigger::Any(_)));
    rules
}

fn add_missing(rules: &mut Vec<Rule>, more: &[Rule]) {
    for rule in more {
        let key = rule.trigger.key();
        if !rules.iter().any(|known| known.trigger.key() == key) {
            rules.push(rule.clone());
        }
    }
}
