//! The bugs that were in this program.

/// Which of the bugs are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bugs {
    /// The robot forgets that its order is pending when it begins to move, rather than when the navigator has
    /// completed it. Who registers in between finds a robot that waits for nothing.
    pub late_to_forget: bool,
    /// The driver does not listen to the robot while it fails a navigator over.
    pub deaf_driver: bool,
    /// A request that dies with a navigator is never made again.
    pub lost_requests: bool,
}

impl Bugs {
    /// The program as the tutorial presents it.
    pub const TUTORIAL: Bugs = Bugs { late_to_forget: true, ..Bugs::PUBLISHED };
    /// The same with the tutorial's fix, which is enough for one failover.
    pub const PUBLISHED: Bugs = Bugs { deaf_driver: true, lost_requests: true, ..Bugs::NONE };
    /// None that we know of.
    pub const NONE: Bugs = Bugs { late_to_forget: false, deaf_driver: false, lost_requests: false };

    /// The editions of the program that can be asked for by name.
    pub const EDITIONS: [(&str, Bugs); 3] =
        [("tutorial", Bugs::TUTORIAL), ("published", Bugs::PUBLISHED), ("repaired", Bugs::NONE)];
}
