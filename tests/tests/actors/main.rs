//! Actors: the rules for handlers, under control and on tokio; what a test finds.
#![allow(missing_docs)]

mod smoke;
