//! `tokio::io::{copy, copy_buf, copy_bidirectional}`: the real ones, each poll of which takes from the
//! budget of the task if it gets anywhere. The points are those of the streams.

use ::std::future::{Future, poll_fn};
use ::std::io;
use ::std::pin::{Pin, pin};
use ::std::sync::atomic::{AtomicBool, Ordering};
use ::std::task::{Context as PollContext, Poll, ready};

use ::tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

use crate::tokio::coop::poll_proceed;

/// Copies all that `reader` has to `writer`. Returns the number of bytes.
///
/// # Errors
/// Returns the first error of a stream, other than "interrupted".
pub async fn copy<'a, R, W>(reader: &'a mut R, writer: &'a mut W) -> io::Result<u64>
where
    R: AsyncRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let progress = Progress::default();
    let (mut reader, mut writer) = (progress.of(reader), progress.of(writer));
    progress.pays_for(::tokio::io::copy(&mut reader, &mut writer)).await
}

/// Like [`copy`], from the buffer of `reader`.
///
/// # Errors
/// Returns the first error of a stream, other than "interrupted".
pub async fn copy_buf<'a, R, W>(reader: &'a mut R, writer: &'a mut W) -> io::Result<u64>
where
    R: AsyncBufRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let progress = Progress::default();
    let (mut reader, mut writer) = (progress.of(reader), progress.of(writer));
    progress.pays_for(::tokio::io::copy_buf(&mut reader, &mut writer)).await
}

/// Copies all that `a` has to `b`, and all that `b` has to `a`, at the same time. Returns the numbers of
/// bytes.
///
/// # Errors
/// Returns the first error of a stream, other than "interrupted".
pub async fn copy_bidirectional<A, B>(a: &mut A, b: &mut B) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    let progress = Progress::default();
    let (mut a, mut b) = (progress.of(a), progress.of(b));
    progress.pays_for(::tokio::io::copy_bidirectional(&mut a, &mut b)).await
}

/// Like [`copy_bidirectional`], with buffers of these sizes, in bytes.
///
/// # Errors
/// Returns the first error of a stream, other than "interrupted".
///
/// # Panics
/// Panics if a size is 0.
pub async fn copy_bidirectional_with_sizes<A, B>(
    a: &mut A,
    b: &mut B,
    a_to_b_buf_size: usize,
    b_to_a_buf_size: usize,
) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    let progress = Progress::default();
    let (mut a, mut b) = (progress.of(a), progress.of(b));
    let real = ::tokio::io::copy_bidirectional_with_sizes(&mut a, &mut b, a_to_b_buf_size, b_to_a_buf_size);
    progress.pays_for(real).await
}

/// Whether one of the streams got anywhere in this poll.
#[derive(Default)]
struct Progress(AtomicBool);

impl Progress {
    fn of<'a, S: ?Sized>(&'a self, stream: &'a mut S) -> Watched<'a, S> {
        Watched { stream, progress: self }
    }

    /// Runs a future each of whose polls takes a unit of budget, if there is progress.
    async fn pays_for<F: Future>(&self, real: F) -> F::Output {
        let mut real = pin!(real);
        poll_fn(|cx| {
            let unit = ready!(poll_proceed(cx));
            self.0.store(false, Ordering::Relaxed);
            let polled = real.as_mut().poll(cx);
            if polled.is_ready() || self.0.load(Ordering::Relaxed) {
                unit.made_progress();
            }
            polled
        })
        .await
    }
}

/// A stream that notes its progress.
struct Watched<'a, S: ?Sized> {
    stream: &'a mut S,
    progress: &'a Progress,
}

impl<S: ?Sized> Watched<'_, S> {
    fn poll<T>(&self, polled: Poll<T>) -> Poll<T> {
        if polled.is_ready() {
            self.progress.0.store(true, Ordering::Relaxed);
        }
        polled
    }
}

impl<S: AsyncRead + Unpin + ?Sized> AsyncRead for Watched<'_, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut *self.stream).poll_read(cx, buf);
        self.poll(polled)
    }
}

impl<S: AsyncBufRead + Unpin + ?Sized> AsyncBufRead for Watched<'_, S> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<&[u8]>> {
        let Watched { stream, progress } = self.get_mut();
        let polled = Pin::new(&mut **stream).poll_fill_buf(cx);
        if polled.is_ready() {
            progress.0.store(true, Ordering::Relaxed);
        }
        polled
    }

    fn consume(mut self: Pin<&mut Self>, amt: usize) {
        Pin::new(&mut *self.stream).consume(amt);
    }
}

impl<S: AsyncWrite + Unpin + ?Sized> AsyncWrite for Watched<'_, S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut *self.stream).poll_write(cx, buf);
        self.poll(polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut *self.stream).poll_flush(cx);
        self.poll(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}
