//! Writing and reading a [`Recorded`], as JSON.

use crate::json::{self, JsonError};
use crate::model::{Index, Recorded, VERSION};

/// Why a file is no recording that can be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordedError {
    /// It is no JSON, or JSON of something else.
    #[error("this is no recording: {0}; give the .json file that a report names")]
    NoRecording(#[from] JsonError),
    /// It was written by another version.
    #[error(
        "the recording has version {found}, and this coyote reads version {VERSION}; run the test again to get a new one"
    )]
    Version {
        /// The version it has.
        found: u64,
    },
    /// It names something that is not in its tables.
    #[error("the recording is damaged: there is no {what} {index}; copy it again, whole")]
    Damaged {
        /// `task`, `object`, `place` or `file`.
        what: &'static str,
        /// The index that is out of range.
        index: Index,
    },
}

/// What recordings of all versions have.
#[derive(Default)]
struct Versioned {
    version: Option<u64>,
}

json::plain! {
    Versioned { version }
}

impl Recorded {
    /// Returns this as JSON, one line.
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }

    /// Reads what [`Recorded::to_json`] wrote.
    ///
    /// # Errors
    /// Returns what is wrong with the text: everything that is read can be rendered.
    pub fn parse(text: &str) -> Result<Recorded, RecordedError> {
        // Before the rest, which another version may have otherwise.
        let Versioned { version } = json::from_str(text)?;
        let version = version.ok_or_else(|| JsonError::new("it has no version"))?;
        if version != u64::from(VERSION) {
            return Err(RecordedError::Version { found: version });
        }
        let recorded: Recorded = json::from_str(text)?;
        recorded.check()?;
        Ok(recorded)
    }

    /// Checks that every index names an entry.
    fn check(&self) -> Result<(), RecordedError> {
        let within = |what, count: usize, index: Index| match (index as usize) < count {
            true => Ok(()),
            false => Err(RecordedError::Damaged { what, index }),
        };
        let file = |index| within("file", self.files.len(), index);
        let place = |index: Option<Index>| index.map_or(Ok(()), |i| within("place", self.places.len(), i));
        let task = |index| within("task", self.tasks.len(), index);
        let tasks = |indices: &[Index]| indices.iter().try_for_each(|&index| task(index));
        let object = |index: Option<Index>| index.map_or(Ok(()), |i| within("object", self.objects.len(), i));

        self.places.iter().try_for_each(|at| file(at.file))?;
        self.end.task.map_or(Ok(()), task)?;
        place(self.end.place)?;
        for each in &self.tasks {
            each.parent.map_or(Ok(()), task)?;
            place(each.spawned)?;
        }
        for each in &self.objects {
            each.task.map_or(Ok(()), task)?;
            place(each.created)?;
        }
        for step in &self.steps {
            task(step.task)?;
            object(step.object)?;
            place(step.place)?;
            if let Some(held_up) = &step.preempted {
                task(held_up.task)?;
                object(held_up.object)?;
                place(held_up.place)?;
            }
        }
        self.wakes.iter().try_for_each(|wake| task(wake.task))?;
        for state in &self.object_states {
            object(Some(state.object))?;
            state.owner.map_or(Ok(()), task)?;
            [&state.took, &state.gave, &state.arrived, &state.left]
                .into_iter()
                .try_for_each(|all| tasks(all))?;
        }
        self.task_states.iter().try_for_each(|state| task(state.task))?;
        for position in &self.positions {
            task(position.task)?;
            for on in &position.on {
                object(on.object)?;
                place(on.place)?;
                tasks(&on.held_by)?;
                if let Some(first) = &on.first_in_line {
                    task(first.task)?;
                    place(first.place)?;
                }
            }
        }
        tasks(&self.cycle)?;
        for starved in &self.starved {
            tasks(&starved.blocked)?;
            tasks(&starved.ready)?;
        }
        for panic in &self.panics {
            task(panic.task)?;
            place(panic.place)?;
        }
        Ok(())
    }
}
