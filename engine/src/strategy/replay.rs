//! Follows a recorded trace, and tells where the program leaves it.

use super::{Point, Strategy};
use crate::end::Divergence;
use crate::op::TaskId;

/// One decision of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Which alternative was taken, counting from 0 in canonical order.
    pub index: u32,
    /// How many alternatives there were; 0 if not recorded (a console string knows it only by width).
    pub alternatives: u32,
    /// The task and its operation, or the choice, in words; empty if not recorded.
    pub task: String,
    /// The operation with its object.
    pub op: String,
    /// The operation's place in the source. Lines move; so a difference here alone does not count.
    pub location: String,
    /// Whether this is a value drawn rather than a task picked.
    pub is_choice: bool,
}

/// A source of recorded decisions: a list from a file, or bits from a console string.
pub trait Decisions {
    /// Returns the next decision, which must be among `alternatives`; None if there is none left.
    fn next(&mut self, alternatives: u32) -> Option<Expected>;
}

impl Decisions for std::vec::IntoIter<Expected> {
    fn next(&mut self, _alternatives: u32) -> Option<Expected> {
        Iterator::next(self)
    }
}

/// Takes the decisions of a trace, one by one.
pub struct Replay {
    decisions: Box<dyn Decisions + Send>,
    done: usize,
    divergence: Option<Divergence>,
}

impl Replay {
    /// Creates a replay of the decisions in `decisions`.
    pub fn new(decisions: Box<dyn Decisions + Send>) -> Self {
        Replay { decisions, done: 0, divergence: None }
    }

    fn next(&mut self, alternatives: u32, found: impl Fn(Option<&Expected>) -> Option<String>) -> u32 {
        self.done += 1;
        if self.divergence.is_some() {
            return 0;
        }
        let Some(expected) = self.decisions.next(alternatives) else {
            let found = found(None).unwrap_or_default();
            self.diverge("the end of the trace".to_owned(), found);
            return 0;
        };
        if let Some(found) = found(Some(&expected)) {
            let at = if expected.location.is_empty() {
                String::new()
            } else {
                format!(" at {}", expected.location)
            };
            let what = match (&*expected.task, &*expected.op) {
                ("", "") => format!("alternative {} of {}", expected.index + 1, expected.alternatives),
                ("", op) => op.to_owned(),
                (task, op) => format!("{task} to {op}{at}"),
            };
            self.diverge(what, found);
            return 0;
        }
        expected.index
    }

    fn diverge(&mut self, expected: String, found: String) {
        self.divergence = Some(Divergence { step: self.done, expected, found });
    }
}

impl Strategy for Replay {
    fn begin(&mut self, _seed: u64) {}

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let alternatives = point.enabled.len() as u32;
        let list = || {
            let each = point.enabled.iter().take(8).map(|task| {
                let (name, op) = point.describe(task);
                format!("{name} to {op} at {}", point.op(task).location())
            });
            each.collect::<Vec<_>>().join(", or ")
        };
        let index = self.next(alternatives, |expected| {
            let Some(expected) = expected else { return Some(list()) };
            let wrong_count = expected.alternatives != 0 && expected.alternatives != alternatives;
            if expected.is_choice || expected.index >= alternatives {
                return Some(format!("a pick among {alternatives} tasks: {}", list()));
            }
            let (name, op) = point.describe(point.enabled.select(expected.index));
            let other = !expected.task.is_empty() && (name != expected.task || op != expected.op);
            (wrong_count || other).then(list)
        });
        point.enabled.select(index.min(alternatives - 1))
    }

    fn choose(&mut self, n: u32) -> u32 {
        let index = self.next(n, |expected| {
            let fits = expected.is_some_and(|e| {
                (e.is_choice || e.task.is_empty())
                    && e.index < n
                    && (e.alternatives == 0 || e.alternatives == n)
            });
            (!fits).then(|| format!("a choice among {n} values"))
        });
        index.min(n - 1)
    }

    fn judge(&mut self, _verdict: bool) -> bool {
        self.choose(2) == 1
    }

    fn is_fair(&self, _step: u64) -> bool {
        true
    }

    fn name(&self) -> String {
        "replay".to_owned()
    }

    fn divergence(&self) -> Option<Divergence> {
        self.divergence.clone()
    }
}
