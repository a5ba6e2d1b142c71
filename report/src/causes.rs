//! Which lines matter: from preemptions, waits and races to marked places.

use std::collections::BTreeMap;

use crate::model::{Access, Index, On, Readiness, Recorded, Step};

/// A place in the program, and what happened there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) place: Index,
    pub(crate) labels: Vec<String>,
    /// Whether this is the place the explanation is about.
    pub(crate) is_primary: bool,
}

/// One part of the explanation: a sentence, and the places it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cause {
    pub(crate) headline: String,
    pub(crate) marks: Vec<Mark>,
}

/// At most this many other accesses are marked for one preemption.
const MEANWHILE: usize = 2;
/// At most this many objects are spoken of for one preemption.
const CONTESTED: usize = 2;
/// Among so many steps of a task, before and after it was held up, a race is looked for.
const NEAR: usize = 4;

/// Why nothing goes on any more, if that is how the execution ended: who waits for what.
pub(crate) fn waits(recorded: &Recorded) -> Vec<Cause> {
    if recorded.end.kind == "deadlock" { deadlock(recorded) } else { Vec::new() }
}

/// What each preemption made possible.
pub(crate) fn preemptions(recorded: &Recorded) -> Vec<Cause> {
    recorded.preemptions().map(|(at, _)| preemption(recorded, at)).collect()
}

/// What else explains the end, where no task was held up: accesses of one task with another's in between, or
/// else the order of two.
pub(crate) fn orders(recorded: &Recorded) -> Vec<Cause> {
    let torn = torn(recorded);
    if torn.is_empty() { order(recorded) } else { torn }
}

/// All of these that apply, in the order in which they are told.
pub(crate) fn all(recorded: &Recorded) -> Vec<Cause> {
    let mut all = waits(recorded);
    all.extend(preemptions(recorded));
    if all.is_empty() { orders(recorded) } else { all }
}

/// What a preemption made possible: accesses of others to what the task was in the middle of.
fn preemption(recorded: &Recorded, at: usize) -> Cause {
    let step = &recorded.steps[at];
    let held_up = step.preempted.clone().unwrap_or_default();
    let task = held_up.task;
    let name = recorded.task_name(task);
    let resumes = (at..recorded.steps.len())
        .find(|&later| recorded.steps[later].task == task)
        .unwrap_or(recorded.steps.len());
    let others = &recorded.steps[at..resumes];
    let before: Vec<&Step> = recorded.steps[..at]
        .iter()
        .rev()
        .filter(|step| step.task == task && !step.is_dull())
        .take(NEAR)
        .collect();
    let after =
        recorded.steps[resumes..].iter().filter(|step| step.task == task && !step.is_dull()).take(NEAR);

    // The object of the operation it was held up before; or else one it used shortly before, or after.
    let held_access = recorded
        .steps
        .get(resumes)
        .filter(|step| step.object == held_up.object)
        .map_or(Access::Write, |step| step.access);
    let own = std::iter::once((held_up.object, held_access))
        .chain(before.iter().map(|step| (step.object, step.access)))
        .chain(after.map(|step| (step.object, step.access)));
    let mut contested: Vec<(Index, Access)> = Vec::new();
    for (object, access) in own.filter_map(|(object, access)| Some((object?, access))) {
        let is_known = contested.iter().any(|(known, _)| *known == object);
        let races =
            |other: &&Step| other.object == Some(object) && other.conflicts(access) && !is_join(other);
        if !is_known && contested.len() < CONTESTED && others.iter().any(|other| races(&other)) {
            contested.push((object, access));
        }
    }

    let mut marks = Marks::default();
    let held_before = recorded.doing(&held_up.op, held_up.object);
    if let Some(place) = held_up.place {
        marks.add(place, format!("{name} is held up here, before `{held_before}`"), true);
    }
    for &(object, access) in &contested {
        if let Some(step) =
            before.iter().find(|step| step.object == Some(object) && step.place != held_up.place)
            && let Some(place) = step.place
        {
            marks.add(place, format!("{name} has done `{}` here", of(recorded, step, held_up.object)), false);
        }
        let races =
            |other: &&Step| other.object == Some(object) && other.conflicts(access) && !is_join(other);
        let mut conflicting: Vec<&Step> = others.iter().filter(races).collect();
        if conflicting.iter().any(|step| step.access != Access::Release) {
            // Who takes a lock gives it back.
            conflicting.retain(|step| step.access != Access::Release);
        }
        for other in ends(&conflicting) {
            if let Some(place) = other.place {
                let who = recorded.task_name(other.task);
                let what = of(recorded, other, held_up.object);
                marks.add(place, format!("meanwhile {who} does `{what}` here"), false);
            }
        }
    }
    if contested.is_empty()
        && let Some(other) = others.iter().find(|step| !step.is_dull() && step.op != "tick")
        && let Some(place) = other.place
    {
        let who = recorded.task_name(other.task);
        marks.add(place, format!("meanwhile {who} goes on here"), false);
    }
    let instead = match step.op.as_str() {
        "tick" => "the clock moves on".to_owned(),
        _ => format!("{} goes on", recorded.task_name(step.task)),
    };
    let headline = format!("{name} is held up before `{held_before}`, and {instead}");
    Cause { headline, marks: marks.0 }
}

/// Names an operation, and its object only if that is another than the one spoken of.
fn of(recorded: &Recorded, step: &Step, spoken_of: Option<Index>) -> String {
    if step.object == spoken_of { step.op_in_words() } else { recorded.step_in_words(step) }
}

fn is_join(step: &Step) -> bool {
    matches!(step.op.as_str(), "join" | "exit" | "spawn")
}

/// Returns the first and the last.
fn ends<'a>(steps: &[&'a Step]) -> Vec<&'a Step> {
    let mut chosen: Vec<&Step> = Vec::new();
    for step in [steps.first(), steps.last()].into_iter().flatten().take(MEANWHILE) {
        if !chosen.iter().any(|other| other.place == step.place && other.op == step.op) {
            chosen.push(step);
        }
    }
    chosen
}

/// Who holds what since where, and who waits for it: the tasks of the circle, or all that wait.
fn deadlock(recorded: &Recorded) -> Vec<Cause> {
    let waits = recorded.positions.iter().filter(|position| position.state == Readiness::Waits);
    let is_told = |task: &Index| recorded.cycle.is_empty() || recorded.cycle.contains(task);
    waits
        .filter(|position| is_told(&position.task))
        .map(|position| {
            let name = recorded.task_name(position.task);
            let mut marks = Marks::default();
            let mut wanted = Vec::new();
            for on in &position.on {
                let what = wish(recorded, on);
                if let Some(place) = on.place {
                    marks.add(place, format!("{name} waits here {what}"), true);
                }
                wanted.push(what);
                if let Some(first) = &on.first_in_line
                    && let Some(place) = first.place
                {
                    let who = recorded.task_name(first.task);
                    let label =
                        format!("first in line: a future of {who}, waiting here, which {who} does not poll");
                    marks.add(place, label, false);
                }
            }
            for object in held_by(recorded, position.task) {
                if let Some(step) = recorded.held_since(position.task, object)
                    && let Some(place) = step.place
                {
                    let what = recorded.object_name(object);
                    marks.add(place, format!("{name} holds {what} since here"), false);
                }
            }
            Cause { headline: format!("{name} waits {}", wanted.join(", or ")), marks: marks.0 }
        })
        .collect()
}

/// Returns what a task waits for, and who has that, as what follows "waits".
pub(crate) fn wish(recorded: &Recorded, on: &On) -> String {
    let holders = match on.op.as_str() {
        "join" => String::new(),
        _ => holders(recorded, &on.held_by),
    };
    let holders = match &on.first_in_line {
        Some(first) => {
            let who = recorded.task_name(first.task);
            format!("{holders}, kept for a future of {who} that is not being polled")
        }
        None => holders,
    };
    match (on.op.as_str(), on.object) {
        ("wait", Some(object)) => format!("for {}{holders}", recorded.object_name(object)),
        (op, object) => format!("to {}{holders}", recorded.doing(op, object)),
    }
}

fn holders(recorded: &Recorded, held_by: &[Index]) -> String {
    let names: Vec<&str> = held_by.iter().map(|&task| recorded.task_name(task)).collect();
    if names.is_empty() { String::new() } else { format!(", held by {}", names.join(", ")) }
}

/// Returns the objects that others wait for and this task holds.
fn held_by(recorded: &Recorded, task: Index) -> Vec<Index> {
    let all = recorded.positions.iter().flat_map(|position| &position.on);
    let mut objects: Vec<Index> =
        all.filter(|on| on.held_by.contains(&task)).filter_map(|on| on.object).collect();
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// Finds accesses of a task to an object in between two of another's, the latest first: what a task has seen
/// is no longer so when it goes on.
fn torn(recorded: &Recorded) -> Vec<Cause> {
    let steps = &recorded.steps;
    let mut accesses: BTreeMap<Index, Vec<usize>> = BTreeMap::new();
    // Taking turns is what an inbox is for.
    let is_shared = |step: &Step| {
        is_access(recorded, step) && !step.object.is_some_and(|object| is_inbox(recorded, object))
    };
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| is_shared(step)) {
        accesses.entry(step.object.unwrap_or_default()).or_default().push(at);
    }
    // By where the second access is.
    let mut found: Vec<(usize, Cause)> = Vec::new();
    for (&object, accesses) in &accesses {
        let torn = accesses.iter().enumerate().rev().find_map(|(rank, &second)| {
            let before = accesses[..rank].iter().rev();
            let first = before.clone().position(|&at| steps[at].task == steps[second].task)?;
            let between = before.clone().take(first).copied();
            let first = accesses[rank - 1 - first];
            let mut between = between.filter(|&at| tears(&steps[first], &steps[at], &steps[second]));
            (steps[first].place != steps[second].place).then(|| between.next())?.map(|at| (first, at, second))
        });
        let Some((first, between, at)) = torn else { continue };
        let (first, other, second) = (&steps[first], &steps[between], &steps[at]);
        let (name, who) = (recorded.task_name(second.task), recorded.task_name(other.task));
        let mut marks = Marks::default();
        if let Some(place) = second.place {
            marks.add(place, format!("{name} does `{}` here, afterwards", second.op), true);
        }
        if let Some(place) = first.place {
            marks.add(place, format!("{name} does `{}` here", first.op), false);
        }
        if let Some(place) = other.place {
            marks.add(place, format!("in between, {who} does `{}` here", other.op), false);
        }
        let what = recorded.object_name(object);
        let headline = format!("{who} comes in between two accesses of {name} to {what}");
        found.push((at, Cause { headline, marks: marks.0 }));
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.into_iter().take(2).map(|(_, cause)| cause).collect()
}

/// Returns whether an access in between two others, of another task, makes them come out as if they were not
/// one.
fn tears(first: &Step, between: &Step, second: &Step) -> bool {
    let changes = |step: &Step| step.access != Access::Read;
    changes(between) || (changes(first) && changes(second))
}

/// Returns whether a step looks at an object, or changes it; giving a lock back is no news.
fn is_access(recorded: &Recorded, step: &Step) -> bool {
    let is_task = |object: Index| recorded.objects[object as usize].task.is_some();
    !matches!(step.access, Access::None | Access::Release)
        && !matches!(step.op.as_str(), "close" | "clone")
        && !is_join(step)
        && step.object.is_some_and(|object| !is_task(object))
}

/// Returns whether an object is what an actor's events wait in.
pub(crate) fn is_inbox(recorded: &Recorded, object: Index) -> bool {
    recorded.object_name(object).starts_with("inbox ")
}

/// Finds the latest accesses of the task that failed whose order with another's matters.
fn order(recorded: &Recorded) -> Vec<Cause> {
    let failed = recorded.panics.first().map(|panic| panic.task).or(recorded.end.task);
    let Some(task) = failed else { return Vec::new() };
    let name = recorded.task_name(task);
    let mut causes = Vec::new();
    let mut told = Vec::new();
    for (at, step) in recorded.steps.iter().enumerate().rev() {
        let Some(object) = step.object.filter(|object| step.task == task && !told.contains(object)) else {
            continue;
        };
        if !is_access(recorded, step) {
            continue;
        }
        told.push(object);
        let races = |other: &&Step| {
            other.task != task
                && other.object == Some(object)
                && is_access(recorded, other)
                && other.conflicts(step.access)
        };
        let earlier = recorded.steps[..at].iter().rev().find(races);
        let later = recorded.steps[at + 1..].iter().find(races);
        let said = |who: &str, op: &str| match earlier {
            Some(_) => format!("before that, {who} has done `{op}` here"),
            None => format!("only then {who} does `{op}` here"),
        };
        let Some(other) = earlier.or(later) else { continue };
        let mut marks = Marks::default();
        let what = recorded.object_name(object);
        if let Some(place) = step.place {
            marks.add(place, format!("{name} does `{}` here", step.op), true);
        }
        if let Some(place) = other.place {
            marks.add(place, said(recorded.task_name(other.task), &other.op), false);
        }
        causes.push(Cause { headline: format!("the order of accesses to {what} matters"), marks: marks.0 });
        if causes.len() == 2 {
            break;
        }
    }
    causes
}

impl Mark {
    /// Returns what happened there, as one text.
    pub(crate) fn label(&self) -> String {
        self.labels.join("; ")
    }
}

/// Marks, one per place.
#[derive(Default)]
struct Marks(Vec<Mark>);

impl Marks {
    fn add(&mut self, place: Index, label: String, is_primary: bool) {
        match self.0.iter_mut().find(|mark| mark.place == place) {
            Some(mark) => {
                if !mark.labels.contains(&label) {
                    mark.labels.push(label);
                }
                mark.is_primary |= is_primary;
            }
            None => self.0.push(Mark { place, labels: vec![label], is_primary }),
        }
    }
}
