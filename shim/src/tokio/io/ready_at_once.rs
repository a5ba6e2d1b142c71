//! `tokio::io::{empty, repeat, sink}`: streams that are always ready, and so take from the budget of the
//! task: a loop over one of them lets others run, as in tokio.

use ::std::fmt;
use ::std::io::{self, SeekFrom};
use ::std::pin::Pin;
use ::std::task::{Context as PollContext, Poll, ready};

use ::tokio::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

use crate::tokio::coop::poll_proceed;

/// Creates a stream that has no data, and forgets what is written to it.
pub fn empty() -> Empty {
    Empty { real: ::tokio::io::empty() }
}

/// Creates a stream that repeats a byte for ever.
pub fn repeat(byte: u8) -> Repeat {
    Repeat { real: ::tokio::io::repeat(byte) }
}

/// Creates a stream that forgets what is written to it.
pub fn sink() -> Sink {
    Sink { real: ::tokio::io::sink() }
}

/// A stream without data; see [`empty`].
pub struct Empty {
    real: ::tokio::io::Empty,
}

/// A stream that repeats a byte for ever; see [`repeat`].
pub struct Repeat {
    real: ::tokio::io::Repeat,
}

/// A stream that forgets what is written to it; see [`sink`].
pub struct Sink {
    real: ::tokio::io::Sink,
}

/// Takes a unit of budget.
fn proceed(cx: &mut PollContext<'_>) -> Poll<()> {
    poll_proceed(cx).map(|unit| unit.made_progress())
}

macro_rules! reads {
    ($stream:ident) => {
        impl AsyncRead for $stream {
            fn poll_read(
                mut self: Pin<&mut Self>,
                cx: &mut PollContext<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                ready!(proceed(cx));
                Pin::new(&mut self.real).poll_read(cx, buf)
            }
        }
    };
}

macro_rules! writes {
    ($stream:ident) => {
        impl AsyncWrite for $stream {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut PollContext<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                ready!(proceed(cx));
                Pin::new(&mut self.real).poll_write(cx, buf)
            }

            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                cx: &mut PollContext<'_>,
                bufs: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                ready!(proceed(cx));
                Pin::new(&mut self.real).poll_write_vectored(cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                self.real.is_write_vectored()
            }

            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
                ready!(proceed(cx));
                Pin::new(&mut self.real).poll_flush(cx)
            }

            fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
                ready!(proceed(cx));
                Pin::new(&mut self.real).poll_shutdown(cx)
            }
        }
    };
}

reads!(Empty);
reads!(Repeat);
writes!(Empty);
writes!(Sink);

impl AsyncBufRead for Empty {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<&[u8]>> {
        ready!(proceed(cx));
        Pin::new(&mut self.get_mut().real).poll_fill_buf(cx)
    }

    fn consume(mut self: Pin<&mut Self>, amt: usize) {
        Pin::new(&mut self.real).consume(amt);
    }
}

impl AsyncSeek for Empty {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.real).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<u64>> {
        ready!(proceed(cx));
        Pin::new(&mut self.real).poll_complete(cx)
    }
}

macro_rules! shown_as_the_real_one {
    ($($stream:ident)*) => { $(
        impl fmt::Debug for $stream {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.real.fmt(f)
            }
        }
    )* };
}

shown_as_the_real_one!(Empty Repeat Sink);
