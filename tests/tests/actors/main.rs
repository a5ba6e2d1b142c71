//! Actors: the rules for handlers, each under control and on tokio; and what a test finds.
#![allow(missing_docs)]

#[macro_use]
mod harness;
mod asks;
mod collecting;
mod failures;
mod groups;
mod halting;
mod inboxes;
mod kit;
mod receiving;
mod smoke;
mod stack;
mod stateless;
mod subject;
mod timers;
mod tracing_log;
mod transitions;
mod wildcards;
