#![doc = include_str!("../spec/GUIDE.md")]

pub use coyote_macros::monitor;
pub use coyote_spec::*;
