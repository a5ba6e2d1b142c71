//! Helpers of the end-to-end tests; the tests are in `tests/`.

pub mod child;
pub mod memory;
pub mod programs;
pub mod trail;
