//! Every failing schedule replays: from its file and from its short string, in another process.
//!
//! `COYOTE_SUITE_REPLAYS=100` makes this 100 schedules of each program rather than 10.

mod divergence;
mod other_processes;
mod same_seed;
