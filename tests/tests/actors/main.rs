//! Actors: the rules for handlers, each under control and on tokio; and what a test finds.
//!
//! That each fails when its rule is broken was seen by breaking 167 of them, one at a time, in `actors/src`: the mailbox,
//! handlers, receiving, the runner, groups, timers, the runtime and shared state. Each time some test failed, but for one:
//! that who waits in `stop` is woken by the last actor to halt. Its turning idle has woken them a moment before.
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
