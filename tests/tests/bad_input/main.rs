//! What cannot be used is refused, with what to write instead.
#![allow(missing_docs)]

mod attributes;
mod configuration;
mod environment;
mod replay_strings;
