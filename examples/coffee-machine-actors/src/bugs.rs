//! The bugs that were in this program.

/// Which of the bugs are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bugs {
    /// A hopper is taken to be empty at exactly 0, and a machine that was killed leaves less than that behind.
    pub empty_at_zero: bool,
    /// A machine that has made its coffee is left running beside the next one, and may still have its say.
    pub left_running: bool,
}

impl Bugs {
    /// The program as the tutorial presents it.
    pub const TUTORIAL: Bugs = Bugs { empty_at_zero: true, left_running: true };
    /// The same with the tutorial's fix.
    pub const PUBLISHED: Bugs = Bugs { empty_at_zero: false, left_running: true };
    /// None that we know of.
    pub const NONE: Bugs = Bugs { empty_at_zero: false, left_running: false };

    /// The editions of the program that can be asked for by name.
    pub const EDITIONS: [(&str, Bugs); 3] =
        [("tutorial", Bugs::TUTORIAL), ("published", Bugs::PUBLISHED), ("repaired", Bugs::NONE)];
}
