//! What detectors have to say of an execution that has not failed.

/// Something suspicious that an execution has shown, though it did not fail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// Who says so.
    pub detector: Detector,
    /// What it is, and where, in words that are the same in every execution.
    pub message: String,
}

/// A detector that warns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Detector {
    /// A lock, share or permit was never given back.
    Leak,
    /// A lock that threads wait for is kept across an `.await` on a runtime of one thread.
    GuardAcrossAwait,
    /// Locks are taken in different orders.
    LockOrder,
}

impl Detector {
    /// Returns the detector's name.
    pub fn name(self) -> &'static str {
        match self {
            Detector::Leak => "leak",
            Detector::GuardAcrossAwait => "guard across await",
            Detector::LockOrder => "lock order",
        }
    }
}

/// What becomes of a lock, share or permit that was never given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Leaks {
    /// The report warns of it.
    #[default]
    Warn,
    /// It is a bug.
    Fail,
    /// Nothing.
    Ignore,
}
