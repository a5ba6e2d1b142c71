//! Time errors.

use ::std::fmt;

pub use ::tokio::time::error::Error;

/// What a [`Timeout`](super::Timeout) returns when its time is up.
#[derive(Debug, PartialEq, Eq)]
pub struct Elapsed(());

impl Elapsed {
    pub(crate) fn new() -> Self {
        Elapsed(())
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        "deadline has elapsed".fmt(f)
    }
}

impl ::std::error::Error for Elapsed {}

impl From<Elapsed> for ::std::io::Error {
    fn from(_: Elapsed) -> Self {
        ::std::io::ErrorKind::TimedOut.into()
    }
}
