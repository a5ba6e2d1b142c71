//! futures; or, with the feature `coyote`, its controlled mirror.
//!
//! Rename this package to `futures` in `Cargo.toml`, and the same program compiles against either:
//!
//! ```toml
//! futures = { package = "coyote-futures", version = "0.3" }
//! ```
//!
//! It differs where a thread blocks: in `futures::executor`. All else is the real crate's, which runs under control
//! without it. The mirror has `executor` whatever features are asked for; one that a program has forgotten is noticed
//! with `coyote` off.

#[cfg(feature = "coyote")]
pub use coyote::futures::*;

#[cfg(not(feature = "coyote"))]
pub use futures::*;
