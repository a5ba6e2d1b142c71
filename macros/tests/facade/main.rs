//! The attributes at work, in a facade that has no more than they need and control switched on.
#![forbid(unsafe_code)]
#![deny(warnings)]
// A path to the facade that does not start with `::` looks as if the user had written it.
#![allow(unreachable_pub, missing_docs, unused_qualifications)]

mod coyote;
mod instrument;
mod test;
mod tokio_entry;
