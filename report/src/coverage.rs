//! What executions have covered, mergeable over runs and processes.
//!
//! There is no percentage: how many places and orders there could be, nobody knows. What is counted is what was
//! seen. Only the reactions that a machine declares are known: of how many, is said of them.

mod graph;
mod machines;
mod text;

pub use machines::{Machine, Reaction, State};

use std::collections::{BTreeMap, BTreeSet};

use crate::file::RecordedError;
use crate::json;
use crate::model::{Index, Recorded, VERSION};

/// What has been covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The version of the format, that of recordings.
    pub version: u32,
    /// Executions looked at.
    pub executions: u64,
    /// Scheduling points, by place and operation.
    pub points: BTreeMap<String, Point>,
    /// Where a task was held up, and where another went on instead: pairs of the keys of `points`.
    pub switches: BTreeMap<String, u64>,
    /// Which lock was taken while which other was held, by where they were created: `held -> taken`.
    pub lock_orders: BTreeMap<String, u64>,
    /// Actors, machines and monitors, by the name of their type.
    pub machines: BTreeMap<String, Machine>,
}

/// One scheduling point in the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// How often it was passed.
    pub reached: u64,
    /// How often there was more than one task to go on with.
    pub decided: u64,
    /// How often a task was held up there that could have gone on.
    pub held_up: u64,
}

impl Coverage {
    /// Creates an empty one.
    pub fn new() -> Coverage {
        Coverage { version: VERSION, ..Coverage::default() }
    }

    /// Adds an execution, which need not have failed.
    pub fn add(&mut self, recorded: &Recorded) {
        self.executions += 1;
        let key = |op: &str, place: Option<Index>| {
            let at = recorded.place(place)?;
            Some(format!("{}:{}:{} {op}", recorded.files[at.file as usize].path, at.line, at.column))
        };
        for step in recorded.steps.iter().filter(|step| !step.is_dull()) {
            let Some(here) = key(&step.op, step.place) else { continue };
            let point = self.points.entry(here.clone()).or_default();
            point.reached += 1;
            point.decided += u64::from(step.alternatives > 1);
            let held_up = step.preempted.as_ref().and_then(|held_up| key(&held_up.op, held_up.place));
            if let Some(held_up) = held_up {
                *self.switches.entry(format!("{held_up} => {here}")).or_default() += 1;
                self.points.entry(held_up).or_default().held_up += 1;
            }
        }
        self.add_lock_orders(recorded);
        self.add_machines(recorded);
    }

    fn add_lock_orders(&mut self, recorded: &Recorded) {
        let name = |object: Index| {
            let object = &recorded.objects[object as usize];
            let kind = object.name.rsplit_once(' ').map_or(object.name.as_str(), |(kind, _path)| kind);
            match recorded.place(object.created) {
                Some(at) => {
                    let path = &recorded.files[at.file as usize].path;
                    format!("{kind} at {path}:{}:{}", at.line, at.column)
                }
                None => object.name.clone(),
            }
        };
        let mut owners: BTreeMap<Index, Index> = BTreeMap::new();
        for state in &recorded.object_states {
            let before = match state.owner {
                Some(owner) => owners.insert(state.object, owner),
                None => owners.remove(&state.object),
            };
            let Some(owner) = state.owner.filter(|&owner| before != Some(owner)) else { continue };
            let held = owners.iter().filter(|&(&object, &by)| by == owner && object != state.object);
            for (&held, _) in held {
                *self.lock_orders.entry(format!("{} -> {}", name(held), name(state.object))).or_default() +=
                    1;
            }
        }
    }

    /// Adds what another has covered.
    pub fn merge(&mut self, other: &Coverage) {
        self.version = VERSION;
        self.executions += other.executions;
        for (place, point) in &other.points {
            let here = self.points.entry(place.clone()).or_default();
            here.reached += point.reached;
            here.decided += point.decided;
            here.held_up += point.held_up;
        }
        for (from, to) in [(&other.switches, &mut self.switches), (&other.lock_orders, &mut self.lock_orders)]
        {
            add_counts(to, from);
        }
        for (name, machine) in &other.machines {
            self.machines.entry(name.clone()).or_default().merge(machine);
        }
    }

    /// Returns this as JSON.
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }

    /// Reads what [`Coverage::to_json`] wrote.
    ///
    /// # Errors
    /// Returns what is wrong with the text.
    pub fn parse(text: &str) -> Result<Coverage, RecordedError> {
        let coverage: Coverage = json::from_str(text)?;
        match coverage.version {
            VERSION => Ok(coverage),
            version => Err(RecordedError::Version { found: version.into() }),
        }
    }

    /// Returns the locks that were taken in both orders, which may deadlock though no execution did.
    pub fn contradictions(&self) -> Vec<(&str, &str)> {
        let pairs: BTreeSet<(&str, &str)> =
            self.lock_orders.keys().filter_map(|key| key.split_once(" -> ")).collect();
        pairs.iter().filter(|(a, b)| a < b && pairs.contains(&(*b, *a))).copied().collect()
    }
}

fn add_counts(to: &mut BTreeMap<String, u64>, from: &BTreeMap<String, u64>) {
    from.iter().for_each(|(key, count)| *to.entry(key.clone()).or_default() += count);
}

json::plain! {
    Coverage { version, executions, points, switches, lock_orders, machines }
    Point { reached, decided, held_up }
}
