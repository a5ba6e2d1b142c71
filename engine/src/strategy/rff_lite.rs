//! Reads-from steering without feedback, after Wolff, Zhao, Ong, Cadar, Roychoudhury, "Greybox fuzzing for
//! concurrency testing", ASPLOS 2024: what remains of it when its feedback is switched off, which is
//! nearly all of what it finds.
//!
//! One half of the executions are plain partial order sampling ([`Pos`]). The other half have one random
//! constraint on top, about a place that writes and a place that reads one object, whichever tasks run
//! them: a *positive* one wants the read to see that very write, a *negative* one wants it not to. The
//! constraint only ranks what is pending (preferred, neutral, avoided), and priorities decide within a
//! rank; so it never blocks anything.
//!
//! | | the write is not the object's last one | it is |
//! |---|---|---|
//! | positive | prefers the write, avoids the read | prefers the read, avoids other writes |
//! | negative | prefers the read, avoids the write | prefers other writes, avoids the read |
//!
//! The pairs of places are learned ([`Profile`]). There are no parameters; positive constraints are as rare
//! (1 in 9) as in the original. Fair by its suffix only.

use std::sync::Arc;

use super::profile::{ReadsFrom, Site, reads, writes};
use super::{Point, Pos, Profile, Strategy};
use crate::op::{Access, ObjectId, Op, TaskId};
use crate::rng::Rng;

const AVOIDED: u8 = 0;
const NEUTRAL: u8 = 1;
const PREFERRED: u8 = 2;

/// One constraint in so many is positive.
const POSITIVE: u32 = 9;
/// A constraint that has held something back for so many steps is given up.
const PATIENCE: u32 = 2000;

/// Samples partial orders, half of them steered towards, or away from, one reads-from pair.
#[derive(Debug)]
pub struct RffLite {
    pos: Pos,
    rng: Rng,
    profile: Arc<Profile>,
    constraint: Option<Constraint>,
}

impl RffLite {
    /// Creates the strategy.
    pub fn new() -> Self {
        RffLite { pos: Pos::new(), rng: Rng::new(0), profile: Arc::default(), constraint: None }
    }

    fn draw_constraint(&mut self) -> Option<Constraint> {
        let pairs = self.profile.pairs();
        if pairs.is_empty() || self.rng.below(2) == 0 {
            return None;
        }
        let pair = pairs[self.rng.below(pairs.len() as u32) as usize];
        Some(Constraint::new(pair, self.rng.below(POSITIVE) == 0))
    }

    fn happens(&mut self, op: Op) {
        if let Some(constraint) = &mut self.constraint
            && !constraint.happens(op)
        {
            self.constraint = None;
        }
    }
}

impl Default for RffLite {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for RffLite {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed ^ 0x7266_665f_6c69_7465);
        self.constraint = self.draw_constraint();
        self.pos.begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let Some(constraint) = &mut self.constraint else { return self.pos.pick(point) };
        let task = self.pos.best(point, |op| constraint.rank(op));
        constraint.waited += 1;
        self.happens(point.op(task));
        self.pos.happens(point, task);
        task
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn yielded(&mut self, task: TaskId) {
        self.pos.yielded(task);
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn passed(&mut self, point: &Point<'_>) {
        self.happens(point.op(point.enabled.select(0)));
        self.pos.passed(point);
    }

    fn wants_every_point(&self) -> bool {
        true
    }

    fn learn(&mut self, profile: &Arc<Profile>) {
        self.profile = Arc::clone(profile);
    }

    fn is_fair(&self, _step: u64) -> bool {
        false
    }

    fn name(&self) -> String {
        "rff-lite".to_owned()
    }
}

/// Wants a read to see a write, or not to.
#[derive(Debug)]
struct Constraint {
    pair: ReadsFrom,
    positive: bool,
    /// Objects whose last write was made at the pair's place.
    written: Vec<ObjectId>,
    /// Steps since something happened at one of the two places.
    waited: u32,
}

impl Constraint {
    fn new(pair: ReadsFrom, positive: bool) -> Self {
        Constraint { pair, positive, written: Vec::new(), waited: 0 }
    }

    /// Ranks a pending operation.
    fn rank(&self, op: Op) -> u8 {
        if op.object() == ObjectId::NONE || op.access() == Access::None {
            return NEUTRAL;
        }
        let site = Site::of(op);
        let after = self.written.contains(&op.object());
        // An operation may be both, such as an exchange: then what it sees counts.
        if site == self.pair.read && reads(op) {
            return if after == self.positive { PREFERRED } else { AVOIDED };
        }
        if !writes(op) {
            return NEUTRAL;
        }
        match (after, site == self.pair.write) {
            (false, true) if self.positive => PREFERRED,
            (false, true) => AVOIDED,
            (true, false) if self.positive => AVOIDED,
            (true, false) => PREFERRED,
            _ => NEUTRAL,
        }
    }

    /// Notes that `op` happens. Returns false if the constraint has served its purpose, or waits in vain.
    fn happens(&mut self, op: Op) -> bool {
        if op.object() == ObjectId::NONE || op.access() == Access::None {
            return self.waited <= PATIENCE;
        }
        let site = Site::of(op);
        let after = self.written.iter().position(|&object| object == op.object());
        if site == self.pair.read && reads(op) {
            self.waited = 0;
            if self.positive && after.is_some() {
                return false;
            }
        }
        if writes(op) {
            match (after, site == self.pair.write) {
                (None, true) => {
                    self.waited = 0;
                    self.written.push(op.object());
                }
                (Some(at), false) => drop(self.written.swap_remove(at)),
                _ => {}
            }
        }
        self.waited <= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::op::OpKind;

    /// A write at one place, a read at another, and a write at a third, of one object or another.
    struct Ops {
        write: fn(u32) -> Op,
        read: fn(u32) -> Op,
        other: fn(u32) -> Op,
    }

    const OPS: Ops = Ops {
        write: |object| Op::new(OpKind::Store, ObjectId(object), Access::Write, Location::caller()),
        read: |object| Op::new(OpKind::Load, ObjectId(object), Access::Read, Location::caller()),
        other: |object| Op::new(OpKind::Store, ObjectId(object), Access::Write, Location::caller()),
    };

    fn constraint(positive: bool) -> Constraint {
        let pair = ReadsFrom { write: Site::of((OPS.write)(1)), read: Site::of((OPS.read)(1)) };
        Constraint::new(pair, positive)
    }

    /// Ranks of the write, the read, and another write, for an object.
    fn ranks(constraint: &Constraint, object: u32) -> [u8; 3] {
        [OPS.write, OPS.read, OPS.other].map(|op| constraint.rank(op(object)))
    }

    #[test]
    fn a_positive_constraint_has_the_read_see_the_write_and_is_then_done() {
        let mut constraint = constraint(true);
        assert_eq!(ranks(&constraint, 1), [PREFERRED, AVOIDED, NEUTRAL]);
        assert!(constraint.happens((OPS.read)(1)), "it has not seen the write");
        assert!(constraint.happens((OPS.write)(1)));
        assert_eq!(ranks(&constraint, 1), [NEUTRAL, PREFERRED, AVOIDED]);
        assert_eq!(ranks(&constraint, 2), [PREFERRED, AVOIDED, NEUTRAL], "another object");
        assert!(constraint.happens((OPS.other)(1)));
        assert_eq!(ranks(&constraint, 1), [PREFERRED, AVOIDED, NEUTRAL], "the write is hidden again");
        assert!(constraint.happens((OPS.write)(1)));
        assert!(!constraint.happens((OPS.read)(1)));
    }

    #[test]
    fn a_negative_constraint_keeps_the_read_from_seeing_the_write() {
        let mut constraint = constraint(false);
        assert_eq!(ranks(&constraint, 1), [AVOIDED, PREFERRED, NEUTRAL]);
        assert!(constraint.happens((OPS.write)(1)));
        assert_eq!(ranks(&constraint, 1), [NEUTRAL, AVOIDED, PREFERRED]);
        assert!(constraint.happens((OPS.other)(1)));
        assert_eq!(ranks(&constraint, 1), [AVOIDED, PREFERRED, NEUTRAL]);
    }

    #[test]
    fn a_constraint_that_waits_in_vain_is_given_up() {
        let mut constraint = constraint(true);
        constraint.waited = PATIENCE + 1;
        assert!(!constraint.happens((OPS.other)(7)));
    }
}
