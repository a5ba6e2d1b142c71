#![doc = include_str!("../actors/GUIDE.md")]

pub use coyote_actors::*;
