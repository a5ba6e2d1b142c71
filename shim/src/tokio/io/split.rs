//! `tokio::io::split`: two halves of one stream, which lock it for each operation.
//!
//! The lock is the engine's: polling the stream may reach a scheduling point, and a task that was switched
//! away there would leave a real lock locked.

#![expect(unsafe_code, reason = "pins a stream inside of a lock; the halves are `Sync` as tokio's are")]

use ::std::fmt;
use ::std::io;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::std::sync::Mutex;

/// Splits a stream into a half that reads and one that writes.
pub fn split<T>(stream: T) -> (ReadHalf<T>, WriteHalf<T>)
where
    T: AsyncRead + AsyncWrite,
{
    let is_write_vectored = stream.is_write_vectored();
    let inner = Arc::new(Inner { is_write_vectored, stream: Mutex::new(stream) });
    (ReadHalf { inner: Arc::clone(&inner) }, WriteHalf { inner })
}

struct Inner<T> {
    is_write_vectored: bool,
    stream: Mutex<T>,
}

impl<T> Inner<T> {
    fn locked<R>(&self, f: impl FnOnce(Pin<&mut T>) -> R) -> R {
        let mut stream = self.stream.lock().expect("no half has panicked in an operation");
        // SAFETY: the stream lies in an `Arc`, and is moved out of it only by `unsplit`, if `T: Unpin`.
        f(unsafe { Pin::new_unchecked(&mut *stream) })
    }
}

/// The half of a stream that reads; see [`split`].
pub struct ReadHalf<T> {
    inner: Arc<Inner<T>>,
}

/// The half of a stream that writes; see [`split`].
pub struct WriteHalf<T> {
    inner: Arc<Inner<T>>,
}

// SAFETY: the stream is reached under a lock, by one thread at a time, and dropped by one.
unsafe impl<T: Send> Send for ReadHalf<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for WriteHalf<T> {}
// SAFETY: nothing of the stream is reached through a shared reference to a half.
unsafe impl<T: Sync> Sync for ReadHalf<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for WriteHalf<T> {}

impl<T> ReadHalf<T> {
    /// Returns whether both are halves of one stream.
    pub fn is_pair_of(&self, other: &WriteHalf<T>) -> bool {
        other.is_pair_of(self)
    }

    /// Puts the stream together again.
    ///
    /// # Panics
    /// Panics if these are halves of different streams.
    #[track_caller]
    pub fn unsplit(self, wr: WriteHalf<T>) -> T
    where
        T: Unpin,
    {
        assert!(self.is_pair_of(&wr), "Unrelated `split::Write` passed to `split::Read::unsplit`.");
        drop(wr);
        let inner = Arc::into_inner(self.inner).expect("there were two halves");
        inner.stream.into_inner().expect("no half has panicked in an operation")
    }
}

impl<T> WriteHalf<T> {
    /// Returns whether both are halves of one stream.
    pub fn is_pair_of(&self, other: &ReadHalf<T>) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl<T: AsyncRead> AsyncRead for ReadHalf<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.inner.locked(|stream| stream.poll_read(cx, buf))
    }
}

impl<T: AsyncWrite> AsyncWrite for WriteHalf<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut PollContext<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.inner.locked(|stream| stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        self.inner.locked(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<io::Result<()>> {
        self.inner.locked(|stream| stream.poll_shutdown(cx))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut PollContext<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.inner.locked(|stream| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("split::ReadHalf").finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("split::WriteHalf").finish()
    }
}
