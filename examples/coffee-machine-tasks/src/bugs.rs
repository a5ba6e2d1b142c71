//! The bugs that were in this program.

/// Which of the bugs are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bugs {
    /// A hopper is taken to be empty at exactly 0, and a machine that was killed leaves less than that behind.
    pub empty_at_zero: bool,
    /// Nobody waits for a machine that is being terminated: it may still be at it when all is over.
    pub unawaited_end: bool,
}

impl Bugs {
    /// The program as the tutorial presents it.
    pub const TUTORIAL: Bugs = Bugs { empty_at_zero: true, unawaited_end: true };
    /// The same with the tutorial's fix.
    pub const PUBLISHED: Bugs = Bugs { empty_at_zero: false, unawaited_end: true };
    /// None that we know of.
    pub const NONE: Bugs = Bugs { empty_at_zero: false, unawaited_end: false };

    /// The editions of the program that can be asked for by name.
    pub const EDITIONS: [(&str, Bugs); 3] =
        [("tutorial", Bugs::TUTORIAL), ("published", Bugs::PUBLISHED), ("repaired", Bugs::NONE)];
}
