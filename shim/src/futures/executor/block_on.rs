//! Futures and streams that a thread waits for.

use ::std::fmt;
use ::std::future::Future;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::Location;

use ::futures::executor as real;
use ::futures::stream::{Stream, StreamExt};

use super::enter;

/// Runs a future to its end on the current thread, which blocks meanwhile.
///
/// Under control a thread that does so on a worker of a runtime keeps that, as it does for real.
///
/// # Panics
/// Panics if the thread runs an executor of `futures` already, or if the future panics.
#[track_caller]
pub fn block_on<F: Future>(f: F) -> F::Output {
    let Some(cx) = coyote_engine::current() else { return real::block_on(f) };
    let _entered = enter::expect();
    cx.block_thread_on(f, Location::caller())
}

/// Turns a stream into an iterator that blocks the thread.
pub fn block_on_stream<S: Stream + Unpin>(stream: S) -> BlockingStream<S> {
    BlockingStream { stream }
}

/// A stream as an iterator; see [`block_on_stream`].
pub struct BlockingStream<S: Stream + Unpin> {
    stream: S,
}

impl<S: Stream + Unpin> BlockingStream<S> {
    /// Returns the stream.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: Stream + Unpin> Iterator for BlockingStream<S> {
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        block_on(self.stream.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S: Stream + Unpin> Deref for BlockingStream<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.stream
    }
}

impl<S: Stream + Unpin> DerefMut for BlockingStream<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: Stream + Unpin + fmt::Debug> fmt::Debug for BlockingStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingStream").field("stream", &self.stream).finish()
    }
}
