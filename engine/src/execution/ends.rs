//! How an execution comes to its end, and what is noted on the way.

use std::panic::Location;

use super::{Execution, ROOT};
use crate::detect::{Detector, Warning};
use crate::end::{End, Failure, FailureKind};
use crate::panics::PanicRecord;

impl Execution {
    /// Notes something that is not under control; each text once.
    pub fn note_uncontrolled(&self, text: String) {
        self.cold(|cold| {
            let notes = &mut cold.uncontrolled;
            if !notes.contains(&text) {
                notes.push(text);
            }
        });
    }

    /// Ends the run because something outside of control keeps it from being repeatable; `text` names
    /// what, and where.
    pub fn end_uncontrolled(&self, text: String) {
        self.set_end(End::Uncontrolled(text));
        self.begin_teardown();
    }

    /// Called when code under control creates an OS thread that is not.
    pub(crate) fn foreign_thread_created(&self) {
        self.foreign.set(true);
        let task = self.task_name(self.current.get());
        self.note_uncontrolled(format!(
            "{task} created an OS thread that is not under control (its timing is not repeatable)"
        ));
        self.use_outside();
    }

    /// Ends the run as soon as the current task reaches a scheduling point; the first end stays.
    pub(super) fn set_end(&self, end: End) {
        if matches!(end, End::Completed) && !self.has_cold() {
            // What is assumed unless something else is known.
            return;
        }
        self.cold(|cold| {
            if cold.end.is_none() {
                cold.end = Some(end);
            }
        });
    }

    /// Makes the run fail with a message, at the current task; for monitors and mirrored checks. The task
    /// is unwound when it reaches its next scheduling point.
    pub fn fail(
        &self,
        message: String,
        context: Vec<(String, String)>,
        location: &'static Location<'static>,
    ) {
        self.fail_as(FailureKind::Check, message, context, location);
    }

    pub(super) fn fail_as(
        &self,
        kind: FailureKind,
        message: String,
        context: Vec<(String, String)>,
        location: &'static Location<'static>,
    ) {
        let current = self.current.get();
        self.set_end(End::Failed(Failure {
            task: self.task_name(current),
            in_root: current == ROOT,
            kind,
            panic: PanicRecord { message, location: Some(location.to_string()) },
            context,
        }));
        self.begin_teardown();
    }

    /// Notes something suspicious; each text once.
    pub(super) fn warn(&self, detector: Detector, message: String) {
        self.cold(|cold| {
            if !cold.warnings.iter().any(|known: &Warning| known.message == message) {
                cold.warnings.push(Warning { detector, message });
            }
        });
    }
}
