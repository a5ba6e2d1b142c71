//! From a recorded execution to what people and tools read.
//!
//! [`Recorded`] is what happened, as plain data: the library that ran the test fills it, and it is kept as
//! a file beside the trace. Everything else renders it, one format per module, and looks at nothing else:
//! no environment, no clock, no network.
//!
//! | module | makes |
//! |---|---|
//! | [`text`] | the report on the console, and the one in the file |
//! | [`html`] | the page: one file with a timeline, a cursor, the source |
//! | [`dot`], [`dgml`], [`mermaid`] | graphs |
//! | [`perfetto`] | the timeline for trace viewers |
//! | [`summary`], [`junit`], [`github`] | what machines read |
//! | [`coverage`] | what runs have covered, mergeable |
//! | [`progress`] | what a test tells while it runs |

mod causes;
pub mod coverage;
pub mod dgml;
pub mod dot;
mod file;
pub mod github;
mod graph;
pub mod html;
mod json;
pub mod junit;
pub mod mermaid;
mod model;
pub mod perfetto;
pub mod progress;
mod snippet;
pub mod summary;
pub mod text;
mod view;

pub use file::RecordedError;
pub use json::JsonError;
pub use model::{
    Access, Actor, ActorEvent, ActorState, End, File, Frame, Index, Object, ObjectState, On, Panic, Place,
    Position, Preempted, Readiness, Recorded, Replay, Run, Search, Shrunk, Starved, Step, Task, TaskState,
    Unpolled, VERSION, Wake, passes_on,
};
