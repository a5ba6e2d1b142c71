//! Puts the controlled mirror in the place of tokio in a whole dependency graph.
//!
//! Crates such as hyper and tokio-util depend on `tokio` by that name: a renamed dependency does not reach
//! them, `[patch.crates-io]` does. A patched `tokio` that depends on the registry's own does not resolve,
//! though. So an overlay is a few packages in a folder, none of them edited by hand:
//!
//! | package | what it is |
//! |---|---|
//! | `real-tokio` | a copy of tokio's source under another name |
//! | `coyote-shim`, `coyote-rs`, … | this project's source, by path, with manifests that ask for `real-tokio` |
//! | `tokio` | the mirror, with tokio's version and all of its features |
//!
//! and a configuration that names them:
//!
//! ```text
//! cargo test --config target/overlay/config.toml
//! ```
//!
//! It is a library of its own because both `cargo coyote` and the tests of this repository write overlays.

mod error;
mod manifest;
#[cfg(test)]
mod tests;
mod write;

pub use error::OverlayError;
pub use write::{Mirror, Overlay, write};
