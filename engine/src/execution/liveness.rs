//! Liveness: which monitors are hot, for how long, and when that is too long; alarms by step.
//!
//! A monitor's temperature is the number of scheduling points for which it has been hot, since it was cold
//! last. Nothing is counted while it is hot: the engine notes the point at which it turned so, and has
//! itself called when that would be too long ago. Points of an unfair schedule do not count, for an unfair
//! one may starve whoever would cool it (Musuvathi, Qadeer, "Fair stateless model checking", PLDI 2008).
//! Nor does a wait that virtual time would end: while something can always run, the clock stands still.

use std::panic::Location;
use std::rc::Rc;
use std::task::Waker;

use super::{CHOICE, Execution, Phase};
use crate::end::{End, Livelock};
use crate::op::{Op, OpKind};

/// The threshold is looked at this many times.
const LOOKS: u64 = 4;

/// What is known of the monitors of an execution, and what is to be done at which step.
#[derive(Default)]
pub(super) struct Liveness {
    monitors: Vec<Temperature>,
    /// The scheduling point at which the clock moved last because nothing could run.
    idle_tick: u64,
    alarms: Vec<(u64, Waker)>,
    hashes: Vec<Rc<dyn Fn() -> u64>>,
    /// What they gave in another process, for which this execution stands.
    told: Option<u64>,
}

/// A monitor that has been hot since it was cold last.
struct Temperature {
    monitor: usize,
    name: &'static str,
    state: String,
    /// The scheduling point at which it turned hot first.
    since: u64,
    /// The point from which on it is hot now; None if its state is neither hot nor cold.
    hot: Option<u64>,
    /// Scheduling points for which it was hot before.
    before: u64,
    /// When it is to be looked at.
    look: u64,
}

impl Execution {
    /// Notes that a monitor is in a hot state now. `monitor` is any number of its own.
    pub fn monitor_hot(&self, monitor: usize, name: &'static str, state: String) {
        let (now, quarter) = (self.steps(), self.quarter());
        self.cold(|cold| {
            let monitors = &mut cold.liveness.monitors;
            match monitors.iter_mut().find(|known| known.monitor == monitor) {
                Some(known) => {
                    known.state = state;
                    known.hot.get_or_insert(now);
                    known.look = known.look.max(now + 1);
                }
                None => {
                    let look = now.saturating_add(quarter);
                    let hot = Some(now);
                    monitors.push(Temperature { monitor, name, state, since: now, hot, before: 0, look });
                }
            }
        });
        self.set_alarm();
    }

    /// Notes that a monitor is in a state that is neither hot nor cold: its temperature stays.
    pub fn monitor_warm(&self, monitor: usize) {
        let (now, fair_since) = (self.steps(), self.fair_since.get());
        self.if_cold(|cold| {
            let known = cold.liveness.monitors.iter_mut().find(|known| known.monitor == monitor);
            if let Some(known) = known {
                known.before = known.temperature(now, fair_since);
                known.hot = None;
            }
        });
        self.set_alarm();
    }

    /// Notes that a monitor is in a cold state now.
    pub fn monitor_cold(&self, monitor: usize) {
        self.if_cold(|cold| cold.liveness.monitors.retain(|known| known.monitor != monitor));
        self.set_alarm();
    }

    /// Has a waker called at the first scheduling point after `step`, or before, if nothing else can run.
    pub fn wake_after_step(&self, step: u64, waker: Waker) {
        self.cold(|cold| cold.liveness.alarms.push((step, waker)));
        self.set_alarm();
    }

    /// Adds a function whose value is part of the program's state, for strategies that tell states apart.
    pub fn add_state_hash(&self, hash: Rc<dyn Fn() -> u64>) {
        self.cold(|cold| cold.liveness.hashes.push(hash));
    }

    /// Returns a hash of what [`Execution::add_state_hash`] added; 0 if that is nothing.
    pub(crate) fn user_state(&self) -> u64 {
        if let Some(told) = self.if_cold(|cold| cold.liveness.told) {
            return told;
        }
        let hashes = self.if_cold(|cold| cold.liveness.hashes.clone());
        hashes.iter().fold(0, |state, hash| crate::rng::mix(state, hash()))
    }

    /// Has [`Execution::user_state`] return what it was in another process.
    pub(super) fn retell_user_state(&self, state: u64) {
        if state != 0 || self.has_cold() {
            self.cold(|cold| cold.liveness.told = Some(state));
        }
    }

    fn quarter(&self) -> u64 {
        (self.liveness_threshold / LOOKS).max(1)
    }

    /// Computes the step of the next alarm anew.
    pub(super) fn set_alarm(&self) {
        let next = self.if_cold(|cold| {
            let liveness = &cold.liveness;
            let hot = liveness.monitors.iter().filter(|known| known.hot.is_some()).map(|known| known.look);
            Some(hot.chain(liveness.alarms.iter().map(|alarm| alarm.0)).min().unwrap_or(u64::MAX))
        });
        let turn = self.next_turn().unwrap_or(u64::MAX);
        self.alarm.set(next.unwrap_or(u64::MAX).min(turn));
        self.set_fast_until();
    }

    /// Does what was to be done at this step. Returns true if that has ended the execution.
    #[cold]
    pub(super) fn alarmed(&self, step: u64) -> bool {
        if self.fair_since.get() == u64::MAX && self.strategy().is_fair(step) {
            self.fair_since.set(step);
        }
        let due =
            self.cold(|cold| cold.liveness.alarms.extract_if(.., |alarm| alarm.0 < step).collect::<Vec<_>>());
        due.into_iter().for_each(|(_, waker)| waker.wake());
        self.turn_while_busy(step);
        while let Some(verdict) = self.verdict(step) {
            if self.judge(verdict.is_some()) {
                let livelock = verdict.or_else(|| self.hottest(step));
                if let Some(livelock) = livelock {
                    self.set_end(End::Livelock(livelock));
                    self.begin_teardown();
                    return true;
                }
            }
            if self.phase.get() != Phase::Running {
                return true;
            }
        }
        self.set_alarm();
        false
    }

    /// Looks at a monitor that is to be looked at: whether it has been hot for too long. None if there is
    /// none left.
    fn verdict(&self, step: u64) -> Option<Option<Livelock>> {
        let (fair_since, quarter, threshold) =
            (self.fair_since.get(), self.quarter(), self.liveness_threshold);
        let clock_may_help = self.has_timers();
        self.cold(|cold| {
            let idle_tick = cold.liveness.idle_tick;
            let mut monitors = cold.liveness.monitors.iter_mut();
            let known = monitors.find(|known| known.hot.is_some() && known.look < step)?;
            known.look = step.saturating_add(quarter);
            let steps = known.temperature(step, fair_since);
            let waits_for_time = clock_may_help && step - idle_tick > threshold / 2;
            let is_too_hot = steps >= threshold && !waits_for_time;
            Some(is_too_hot.then(|| known.livelock(step)))
        })
    }

    /// Returns what is said of the monitor that has been hot for longest.
    fn hottest(&self, step: u64) -> Option<Livelock> {
        self.cold(|cold| {
            let hot = cold.liveness.monitors.iter().filter(|known| known.hot.is_some());
            let hottest = hot.max_by_key(|known| known.temperature(step, 0))?;
            Some(hottest.livelock(step))
        })
    }

    /// Keeps a verdict in the trace, as a choice: a replay takes the recorded one.
    fn judge(&self, verdict: bool) -> bool {
        let judged = self.strategy().judge(verdict);
        if let Some(divergence) = self.strategy().divergence() {
            self.set_end(End::Diverged(divergence));
            self.begin_teardown();
            return false;
        }
        let value = u32::from(judged);
        self.pool().decisions.with(|decisions| decisions.push(CHOICE | value));
        self.record_step(self.current.get(), Op::local(OpKind::Judge, Location::caller()), 2, value, None);
        judged
    }

    /// Returns the end if a monitor is hot now that the root has returned.
    pub(super) fn hot_at_end(&self) -> Option<End> {
        let now = self.steps();
        self.if_cold(|cold| {
            let known = cold.liveness.monitors.iter().find(|known| known.hot.is_some())?;
            let (monitor, state, since) = (known.name.to_owned(), known.state.clone(), known.since);
            Some(End::Livelock(Livelock::HotAtEnd { monitor, state, since, steps: now - since }))
        })
    }

    /// Returns the end if the schedule is fair, and for half the bound polls that do not end have kept
    /// workers from a task that is ready.
    pub(super) fn starvation(&self, step: u64, fair: bool) -> Option<End> {
        let long = self.max_fair_steps / 2;
        if !fair || step < long {
            return None;
        }
        let first = |lane: u32| {
            let lane = self.lane(lane);
            let steps = step - lane.entered.get();
            let task = lane.ready.with(|ready| (!ready.is_empty()).then(|| ready.select(0)))?;
            (!lane.has_room() && steps >= long).then_some((task, steps))
        };
        let (lane, (task, steps)) = (0..self.next_lane.get()).find_map(|lane| Some((lane, first(lane)?)))?;
        let holds = |&id: &u32| {
            let rec = self.task(id);
            rec.lane.get() == lane && rec.has(super::rec::flag::LANE)
        };
        let by: Vec<u32> = (super::ROOT..self.next_task.get()).filter(holds).collect();
        if by.iter().any(|&id| self.waits_with_deadline(id)) {
            // It only sleeps: others were never idle, or its time would have come.
            return None;
        }
        let by = by.into_iter().map(|id| self.task_name(id)).collect();
        Some(End::Livelock(Livelock::Starved { task: self.task_name(task), by, steps }))
    }

    /// Notes that the clock moves because nothing can run.
    pub(super) fn note_idle_tick(&self) {
        let now = self.steps();
        self.if_cold(|cold| cold.liveness.idle_tick = now);
    }

    /// Brings the earliest alarm about before its time. Returns false if there is none.
    pub(super) fn wake_first_alarm(&self) -> bool {
        let first = self.if_cold(|cold| {
            let alarms = &mut cold.liveness.alarms;
            let first = (0..alarms.len()).min_by_key(|&at| alarms[at].0)?;
            Some(alarms.remove(first).1)
        });
        first.map(|waker| waker.wake()).is_some()
    }
}

impl Temperature {
    /// For how many scheduling points it has been hot on a fair schedule.
    fn temperature(&self, step: u64, fair_since: u64) -> u64 {
        let Some(hot) = self.hot else { return self.before };
        if fair_since == u64::MAX { 0 } else { step.saturating_sub(hot.max(fair_since)) + self.before }
    }

    fn livelock(&self, step: u64) -> Livelock {
        let (monitor, state) = (self.name.to_owned(), self.state.clone());
        Livelock::Hot { monitor, state, since: self.since, steps: step - self.since }
    }
}
