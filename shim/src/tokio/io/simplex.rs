//! `tokio::io::simplex`: a pipe in one direction.

use ::std::fmt;
use ::std::io;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::task::{Context as PollContext, Poll, ready};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use coyote_engine::{Access, ObjectCell, OpKind};

use super::{ReadHalf, WriteHalf, split};
use crate::support::Place;
use crate::tokio::coop::poll_proceed;
use crate::tokio::sync::Act;

const WHAT: &str = "simplex pipe";
static READ: Act = Act::new(WHAT, OpKind::Recv, Access::Acquire);
static WRITE: Act = Act::new(WHAT, OpKind::Send, Access::Write);

/// Creates a pipe that holds `max_buf_size` bytes at most: what is written to the one end can be read
/// from the other.
///
/// # Panics
/// Panics if `max_buf_size` is 0.
#[track_caller]
pub fn simplex(max_buf_size: usize) -> (ReadHalf<SimplexStream>, WriteHalf<SimplexStream>) {
    split(SimplexStream::new_unsplit(max_buf_size))
}

/// A pipe whose ends are not apart yet.
///
/// Only its owner reaches it. Whoever shares it does so with a lock, [`split`] too, and there the
/// scheduling points are.
pub struct SimplexStream {
    cell: ObjectCell,
    place: Place,
    real: ::tokio::io::SimplexStream,
}

impl SimplexStream {
    /// Creates a pipe that holds `max_buf_size` bytes at most.
    ///
    /// # Panics
    /// Panics if `max_buf_size` is 0.
    #[track_caller]
    pub fn new_unsplit(max_buf_size: usize) -> SimplexStream {
        let real = ::tokio::io::SimplexStream::new_unsplit(max_buf_size);
        SimplexStream { cell: ObjectCell::new(), place: Location::caller(), real }
    }

    fn poll<T>(
        self: Pin<&mut Self>,
        act: &'static Act,
        cx: &mut PollContext<'_>,
        operation: impl FnOnce(Pin<&mut ::tokio::io::SimplexStream>, &mut PollContext<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let progress = ready!(poll_proceed(cx));
        let this = self.get_mut();
        let polled = operation(Pin::new(&mut this.real), cx);
        match polled {
            Poll::Ready(_) => progress.made_progress(),
            Poll::Pending => act.note_wait(&this.cell, this.place, cx.waker()),
        }
        polled
    }
}

impl AsyncRead for SimplexStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll(&READ, cx, |real, cx| real.poll_read(cx, buf))
    }
}

impl AsyncWrite for SimplexStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut PollContext<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll(&WRITE, cx, |real, cx| real.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(&WRITE, cx, |real, cx| real.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.real.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.real).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.real).poll_shutdown(cx)
    }
}

impl fmt::Debug for SimplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}
