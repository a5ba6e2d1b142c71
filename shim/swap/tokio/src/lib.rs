//! tokio; or, with the feature `coyote`, its controlled mirror.
//!
//! Rename this package to `tokio` in `Cargo.toml`, and the same program compiles against either:
//!
//! ```toml
//! tokio = { package = "coyote-tokio", version = "1.54", features = ["full"] }
//! ```

#[cfg(feature = "coyote")]
#[doc(hidden)]
pub use coyote::__private;
#[cfg(feature = "coyote")]
pub use coyote::tokio::*;

#[cfg(not(feature = "coyote"))]
pub use tokio::*;
