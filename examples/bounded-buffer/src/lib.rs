//! A bounded buffer for threads, of a mutex and one condition variable. Whom that wakes is the question.

mod buffer;
mod run;

pub use buffer::{BoundedBuffer, Wakes};
pub use run::{Configuration, run};
