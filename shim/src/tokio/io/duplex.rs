//! `tokio::io::duplex`: two pipes, one in either direction.

use ::std::fmt;
use ::std::io;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll, Waker, ready};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use coyote_engine::{Access, ObjectCell, OpKind};

use crate::support::Place;
use crate::tokio::coop::poll_proceed;
use crate::tokio::sync::Act;

const WHAT: &str = "duplex pipe";
static READ: Act = Act::new(WHAT, OpKind::Recv, Access::Acquire);
static WRITE: Act = Act::new(WHAT, OpKind::Send, Access::Write);
static CLOSE: Act = Act::new(WHAT, OpKind::Close, Access::Write);

/// Creates two streams: what is written to one can be read from the other. Each direction holds
/// `max_buf_size` bytes at most.
///
/// # Panics
/// Panics if `max_buf_size` is 0.
#[track_caller]
pub fn duplex(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    let place = Location::caller();
    let (here, there) = ::tokio::io::duplex(max_buf_size);
    let (forth, back) = (Arc::new(ObjectCell::new()), Arc::new(ObjectCell::new()));
    let end = |inbound: &Arc<ObjectCell>, outbound: &Arc<ObjectCell>, real| DuplexStream {
        inbound: Side::new(inbound, place),
        outbound: Side::new(outbound, place),
        real,
    };
    (end(&back, &forth, here), end(&forth, &back, there))
}

/// One end of a pair of pipes; see [`duplex`]. Dropped, it closes both.
pub struct DuplexStream {
    inbound: Side,
    outbound: Side,
    real: ::tokio::io::DuplexStream,
}

/// An end of one pipe.
struct Side {
    cell: Arc<ObjectCell>,
    place: Place,
    /// Whether the last operation returned `Pending`: polled again, it goes on after a wake-up, whose
    /// order is a decision already.
    waits: bool,
}

impl Side {
    fn new(cell: &Arc<ObjectCell>, place: Place) -> Side {
        Side { cell: Arc::clone(cell), place, waits: false }
    }

    /// Does an operation: a scheduling point, a unit of budget, and the real one.
    fn poll<T>(
        &mut self,
        act: &'static Act,
        cx: &mut PollContext<'_>,
        real: impl FnOnce(&mut PollContext<'_>) -> Poll<T>,
    ) -> Poll<T> {
        if !::std::mem::take(&mut self.waits) {
            act.point(&self.cell, self.place);
        }
        let progress = ready!(poll_proceed(cx));
        let polled = real(cx);
        match polled {
            Poll::Ready(_) => progress.made_progress(),
            Poll::Pending => {
                self.waits = true;
                act.note_wait(&self.cell, self.place, cx.waker());
            }
        }
        polled
    }
}

impl AsyncRead for DuplexStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let DuplexStream { inbound, real, .. } = self.get_mut();
        inbound.poll(&READ, cx, |cx| Pin::new(real).poll_read(cx, buf))
    }
}

impl AsyncWrite for DuplexStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut PollContext<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let DuplexStream { outbound, real, .. } = self.get_mut();
        outbound.poll(&WRITE, cx, |cx| Pin::new(real).poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let DuplexStream { outbound, real, .. } = self.get_mut();
        outbound.poll(&WRITE, cx, |cx| Pin::new(real).poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.real.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        // Does nothing: what is written can be read at once.
        Pin::new(&mut self.real).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        CLOSE.point(&self.outbound.cell, self.outbound.place);
        Pin::new(&mut self.real).poll_shutdown(cx)
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        // The real one closes first what it writes to, then what it reads from: two steps.
        CLOSE.point(&self.outbound.cell, self.outbound.place);
        let mut cx = PollContext::from_waker(Waker::noop());
        let _ = Pin::new(&mut self.real).poll_shutdown(&mut cx);
        CLOSE.point(&self.inbound.cell, self.inbound.place);
    }
}

impl fmt::Debug for DuplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}
