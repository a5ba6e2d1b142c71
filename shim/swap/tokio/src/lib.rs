//! tokio; or, with the feature `coyote`, its controlled mirror.
//!
//! Rename this package to `tokio` in `Cargo.toml`, and the same program compiles against either:
//!
//! ```toml
//! tokio = { package = "coyote-tokio", version = "1.54", features = ["full"] }
//! ```
//!
//! All features of tokio are declared, and handed to the real one. The mirror has all of its modules whatever is
//! asked for: real features unify with those that other packages ask tokio for, which this package cannot see, so
//! that a gate here could refuse what compiles with `coyote` off. A feature that a program has forgotten is noticed
//! where it always was, with `coyote` off.

#[cfg(feature = "coyote")]
#[doc(hidden)]
pub use coyote::__private;
#[cfg(feature = "coyote")]
pub use coyote::tokio::*;

#[cfg(not(feature = "coyote"))]
pub use tokio::*;
