//! What a strategy is told in one process, kept, and told to its original in another.

use std::panic::Location;
use std::sync::Arc;

use crate::bits::TaskSet;
use crate::end::Divergence;
use crate::execution::Retold;
use crate::op::{ObjectId, Op, TaskId};
use crate::runner::Runner;
use crate::strategy::{Point, Profile, Strategy};

/// One thing that a strategy was told.
pub(super) enum Told {
    Spawned(TaskId, TaskId, u64),
    Yielded(TaskId),
    Choose(u32),
    Pick(Situation),
    Passed(Situation),
}

/// A [`Point`], as far as strategies can look.
pub(super) struct Situation {
    pub(super) current: TaskId,
    pub(super) step: u64,
    /// What the program says of itself.
    pub(super) state: u64,
    /// The enabled tasks: what each does next, and its path.
    pub(super) tasks: Vec<(TaskId, Op, u64)>,
    /// Where the objects of these operations were created.
    pub(super) created: Vec<(ObjectId, Option<&'static Location<'static>>)>,
}

impl Situation {
    fn of(point: &Point<'_>) -> Situation {
        let tasks: Vec<(TaskId, Op, u64)> =
            point.enabled.iter().map(|task| (task, point.op(task), point.path(task))).collect();
        let objects = tasks.iter().map(|(_, op, _)| op.object());
        let created = objects.map(|object| (object, point.created(object))).collect();
        Situation { current: point.current, step: point.step, state: point.user_state(), tasks, created }
    }
}

/// A strategy, and what it was told.
pub(super) struct Listening {
    inner: *mut (dyn Strategy + 'static),
    told: Vec<Told>,
}

impl Listening {
    pub(super) fn new(inner: &mut (dyn Strategy + 'static)) -> Listening {
        Listening { inner, told: Vec::new() }
    }

    pub(super) fn into_told(self) -> Vec<Told> {
        self.told
    }

    fn inner(&self) -> &(dyn Strategy + 'static) {
        // SAFETY: borrowed by `Isolation::execute`, whose frame outlives this.
        unsafe { &*self.inner }
    }

    fn inner_mut(&mut self) -> &mut (dyn Strategy + 'static) {
        // SAFETY: as above, and nobody else uses it meanwhile.
        unsafe { &mut *self.inner }
    }
}

impl Strategy for Listening {
    fn begin(&mut self, seed: u64) {
        self.inner_mut().begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.told.push(Told::Pick(Situation::of(point)));
        self.inner_mut().pick(point)
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.told.push(Told::Choose(n));
        self.inner_mut().choose(n)
    }

    fn judge(&mut self, verdict: bool) -> bool {
        self.inner_mut().judge(verdict)
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        self.told.push(Told::Spawned(task, parent, path));
        self.inner_mut().spawned(task, parent, path);
    }

    fn yielded(&mut self, task: TaskId) {
        self.told.push(Told::Yielded(task));
        self.inner_mut().yielded(task);
    }

    fn wants_yields(&self) -> bool {
        self.inner().wants_yields()
    }

    fn passed(&mut self, point: &Point<'_>) {
        self.told.push(Told::Passed(Situation::of(point)));
        self.inner_mut().passed(point);
    }

    fn wants_every_point(&self) -> bool {
        self.inner().wants_every_point()
    }

    fn learn(&mut self, profile: &Arc<Profile>) {
        self.inner_mut().learn(profile);
    }

    fn is_fair(&self, step: u64) -> bool {
        self.inner().is_fair(step)
    }

    fn has_fair_suffix(&self) -> bool {
        self.inner().has_fair_suffix()
    }

    fn is_exhausted(&self) -> bool {
        self.inner().is_exhausted()
    }

    fn name(&self) -> String {
        self.inner().name()
    }

    fn divergence(&self) -> Option<Divergence> {
        self.inner().divergence()
    }
}

/// Tells a strategy what its copy was told: equal as they were, they are equal again after it.
pub(super) fn retell(teller: &mut Runner, told: &[Told], strategy: &mut (dyn Strategy + 'static)) {
    let retold = Retold::new(teller);
    let mut enabled = TaskSet::new();
    for told in told {
        match told {
            Told::Spawned(task, parent, path) => strategy.spawned(*task, *parent, *path),
            Told::Yielded(task) => strategy.yielded(*task),
            Told::Choose(n) => drop(strategy.choose(*n)),
            Told::Pick(situation) | Told::Passed(situation) => {
                enabled.clear();
                for &(task, ..) in &situation.tasks {
                    enabled.insert(task);
                }
                let Situation { current, step, state, tasks, created } = situation;
                let point = retold.point(&enabled, (*current, *step, *state), tasks, created);
                if matches!(told, Told::Pick(_)) {
                    strategy.pick(&point);
                } else {
                    strategy.passed(&point);
                }
            }
        }
    }
}
