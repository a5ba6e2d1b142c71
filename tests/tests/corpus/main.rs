//! The corpus: every bug is found and replays, every correct twin passes.
//!
//! `COYOTE_SUITE_ITERATIONS` sets the executions of a twin per strategy (default: 300).
#![allow(missing_docs)]

mod bugs;
mod depth;
mod safestack;
mod twins;
