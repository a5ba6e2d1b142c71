//! Coverage in words.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Coverage, Machine, Reaction, State};
use crate::text::{Style, table_within};
use crate::view::shorten;

impl Coverage {
    /// Returns this in words.
    pub fn text(&self) -> String {
        let mut text = format!("executions: {}\n", self.executions);
        self.points_in_words(&mut text);
        self.orders_in_words(&mut text);
        for (name, machine) in &self.machines {
            machine_in_words(name, machine, &mut text);
        }
        text
    }

    fn points_in_words(&self, text: &mut String) {
        let decided = self.points.values().filter(|point| point.decided > 0).count();
        let held_up = self.points.values().filter(|point| point.held_up > 0).count();
        let _ = writeln!(
            text,
            "\nscheduling points: {} reached; at {decided} there was a choice, at {held_up} a task was held up; {} \
             pairs of places where one was held up and another went on",
            self.points.len(),
            self.switches.len()
        );
        let mut rows = vec![["reached", "choice", "held up", "", ""].map(str::to_owned)];
        rows.extend(self.points.iter().map(|(key, point)| {
            let (place, op) = key.rsplit_once(' ').unwrap_or((key, ""));
            let numbers = [point.reached, point.decided, point.held_up].map(|number| number.to_string());
            let [reached, decided, held_up] = numbers;
            [reached, decided, held_up, op.to_owned(), shorten(place)]
        }));
        text.push_str(&table_within(&rows, "  ", Style::Plain, usize::MAX));
    }

    fn orders_in_words(&self, text: &mut String) {
        let _ = writeln!(text, "\norders in which locks were taken: {}", self.lock_orders.len());
        for (order, count) in &self.lock_orders {
            let _ = writeln!(text, "  {count:>7}  {order}");
        }
        for (a, b) in self.contradictions() {
            let _ = writeln!(text, "  both orders were seen, which may deadlock: {a}, and {b}");
        }
    }
}

/// What it handled, of what it declares; of each state, where it came from and led, and what it sent.
fn machine_in_words(name: &str, machine: &Machine, text: &mut String) {
    let (used, declared) = machine.declared();
    let kind = &machine.kind;
    let _ = writeln!(text, "\n{kind} {name}: {used} of {declared} declared reactions were used");
    for (state_name, state) in &machine.states {
        if !state_name.is_empty() {
            let never = if state.entered == 0 { ", never entered" } else { "" };
            let _ = writeln!(text, "  state {state_name}{never}");
        }
        state_in_words(state, &machine.previous(state_name), text);
    }
}

fn state_in_words(state: &State, previous: &BTreeMap<&str, u64>, text: &mut String) {
    let is_used = |reaction: &Reaction| reaction.count > 0;
    let handled = state.reactions.iter().filter(|(_, reaction)| is_used(reaction));
    let handled = handled.map(|(event, reaction)| format!("{event} ({})", reaction.count)).collect();
    let unused = state.reactions.iter().filter(|(_, reaction)| !is_used(reaction));
    let unused = unused.map(|(event, _)| event.clone()).collect();
    let counts =
        |counts: &BTreeMap<String, u64>| counts.iter().map(|(key, n)| format!("{key} ({n})")).collect();
    let lines: [(&str, Vec<String>); 5] = [
        ("handled", handled),
        ("never handled", unused),
        ("entered from", previous.iter().map(|(from, count)| format!("{from} ({count})")).collect()),
        ("led to", counts(&state.goes)),
        ("sent", counts(&state.sends)),
    ];
    for (what, all) in lines.iter().filter(|(_, all)| !all.is_empty()) {
        let _ = writeln!(text, "    {what}: {}", all.join(", "));
    }
}
