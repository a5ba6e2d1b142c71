//! Questions that renderers ask of a recording.

use crate::model::{Access, Index, Place, Preempted, Recorded, Step};

impl Step {
    /// Returns the operation in words, without its object.
    pub(crate) fn op_in_words(&self) -> String {
        if self.op == "choose" {
            format!("choose {} of {}", self.index, self.alternatives)
        } else {
            self.op.clone()
        }
    }

    /// Returns whether this says only that a task began, or went on.
    pub(crate) fn is_dull(&self) -> bool {
        matches!(self.op.as_str(), "start" | "resume" | "monitor" | "judge")
    }

    /// Returns whether this is a point in instrumented code at which nothing is done.
    pub(crate) fn is_marker(&self) -> bool {
        matches!(self.op.as_str(), "entry" | "await" | "loop")
    }

    /// Returns whether the order of this and an access of that kind to the same object can matter.
    pub(crate) fn conflicts(&self, access: Access) -> bool {
        self.access != Access::None && !(self.access == Access::Read && access == Access::Read)
    }
}

impl Recorded {
    /// Returns a task's name.
    pub(crate) fn task_name(&self, task: Index) -> &str {
        self.tasks.get(task as usize).map_or("?", |task| &task.name)
    }

    /// Returns an object's name.
    pub(crate) fn object_name(&self, object: Index) -> &str {
        self.objects.get(object as usize).map_or("?", |object| &object.name)
    }

    /// Returns an operation with its object, in words.
    pub(crate) fn doing(&self, op: &str, object: Option<Index>) -> String {
        match object {
            Some(object) => format!("{op} {}", self.object_name(object)),
            None => op.to_owned(),
        }
    }

    /// Returns what a step does, in words.
    pub(crate) fn step_in_words(&self, step: &Step) -> String {
        step.text.clone().unwrap_or_else(|| self.doing(&step.op_in_words(), step.object))
    }

    pub(crate) fn place(&self, place: Option<Index>) -> Option<Place> {
        self.places.get(place? as usize).copied()
    }

    /// Returns a place as `file:line`, the path shortened to its end.
    pub(crate) fn place_name(&self, place: Option<Index>) -> String {
        match self.place(place) {
            Some(Place { file, line, .. }) => format!("{}:{line}", shorten(&self.files[file as usize].path)),
            None => String::new(),
        }
    }

    /// Returns a place as `file:line` where it is clear which file of that name is meant.
    pub(crate) fn place_in_table(&self, place: Option<Index>) -> String {
        let name = self.place_name(place);
        let tail = name.rmatch_indices('/').nth(1).map(|(at, _)| at + 1);
        tail.map_or(name.clone(), |at| name[at..].to_owned())
    }

    /// Returns a line of the source.
    pub(crate) fn line(&self, file: Index, line: u32) -> Option<&str> {
        let runs = &self.files.get(file as usize)?.runs;
        runs.iter().find_map(|run| {
            let at = line.checked_sub(run.first)?;
            run.lines.get(at as usize).map(String::as_str)
        })
    }

    /// Returns the line of the source at a place, without its indentation.
    pub(crate) fn line_at(&self, place: Option<Index>) -> Option<&str> {
        let place = self.place(place)?;
        self.line(place.file, place.line).map(str::trim)
    }

    /// Returns the preemptions: the number of the step that held a task up, and what it held up.
    pub(crate) fn preemptions(&self) -> impl Iterator<Item = (usize, &Preempted)> {
        self.steps.iter().enumerate().filter_map(|(at, step)| Some((at, step.preempted.as_ref()?)))
    }

    /// Returns the place where a task got what it holds of an object at the end: the latest step of its own from
    /// which on it was among the holders.
    pub(crate) fn held_since(&self, task: Index, object: Index) -> Option<&Step> {
        let (mut since, mut shares) = (None, 0);
        for state in self.object_states.iter().filter(|state| state.object == object) {
            let count = |tasks: &[Index]| tasks.iter().filter(|&&sharer| sharer == task).count();
            shares = (shares + count(&state.took)).saturating_sub(count(&state.gave));
            let holds = state.owner == Some(task) || shares > 0;
            since = if holds { since.or(Some(state.after)) } else { None };
        }
        let until = since? as usize;
        self.steps.get(..until)?.iter().rev().find(|step| step.task == task && step.object == Some(object))
    }
}

/// Shortens a path to its last three parts.
pub(crate) fn shorten(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() <= 4 { path.to_owned() } else { format!("…/{}", parts[parts.len() - 3..].join("/")) }
}

/// Returns a time in a unit that suits it.
pub(crate) fn duration(nanoseconds: u64) -> String {
    match nanoseconds {
        0 => "0".to_owned(),
        1..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{} µs", decimals(nanoseconds as f64 / 1e3)),
        1_000_000..1_000_000_000 => format!("{} ms", decimals(nanoseconds as f64 / 1e6)),
        _ => format!("{} s", decimals(nanoseconds as f64 / 1e9)),
    }
}

fn decimals(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
