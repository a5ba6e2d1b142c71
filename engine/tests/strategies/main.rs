//! What each strategy promises, measured: with fixed seeds, so the figures are always the same.
#![allow(missing_docs)]

mod bounds;
mod program;
mod systematic;
mod uniform;
