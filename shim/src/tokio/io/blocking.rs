//! A blocking stream, used on the blocking pool of the runtime.

use ::std::future::Future;
use ::std::io::{self, Read, Write};
use ::std::mem;
use ::std::pin::Pin;
use ::std::task::{Context as PollContext, Poll, ready};

use ::tokio::io::ReadBuf;
use coyote_engine::Context;

use crate::support::Place;
use crate::tokio::runtime::context;
use crate::tokio::task::JoinHandle;

/// How many bytes go to the pool at a time.
const MAX_CHUNK: usize = 2 * 1024 * 1024;

/// A stream whose operations run one after the other on the blocking pool. What is written is there when
/// it has been flushed.
#[derive(Debug)]
pub(super) struct Blocking<S> {
    /// What was read and not fetched yet.
    left: Vec<u8>,
    needs_flush: bool,
    state: State<S>,
}

#[derive(Debug)]
enum State<S> {
    /// Nothing is under way.
    Idle(S),
    /// An operation is under way. It gives the stream back, with what it has read.
    Busy(JoinHandle<(io::Result<Vec<u8>>, S)>),
    /// The runtime was shut down in the middle of an operation.
    Gone,
}

impl<S: Send + 'static> Blocking<S> {
    pub(super) fn new(stream: S) -> Self {
        Blocking { left: Vec::new(), needs_flush: false, state: State::Idle(stream) }
    }

    /// Begins an operation, if none is under way.
    ///
    /// # Panics
    /// Panics with tokio's text if there is no runtime.
    fn begin(
        &mut self,
        cx: Context,
        place: Place,
        operation: impl FnOnce(&mut S) -> io::Result<Vec<u8>> + Send + 'static,
    ) {
        let home = context::expect_home(cx);
        self.state = match mem::replace(&mut self.state, State::Gone) {
            State::Idle(mut stream) => {
                let body = move || (operation(&mut stream), stream);
                State::Busy(home.spawn_blocking(cx, body, place))
            }
            state => state,
        };
    }

    /// Waits until no operation is under way; returns what the last one has read.
    fn poll_idle(&mut self, poll: &mut PollContext<'_>) -> Poll<io::Result<Vec<u8>>> {
        match &mut self.state {
            State::Idle(_) => Poll::Ready(Ok(Vec::new())),
            State::Busy(handle) => {
                let joined = ready!(Pin::new(handle).poll(poll));
                self.state = State::Gone;
                let (result, stream) = joined?;
                self.state = State::Idle(stream);
                Poll::Ready(result)
            }
            State::Gone => Poll::Ready(Err(gone())),
        }
    }
}

impl<S: Read + Send + 'static> Blocking<S> {
    pub(super) fn poll_read(
        &mut self,
        cx: Context,
        place: Place,
        poll: &mut PollContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left.is_empty() {
            if let State::Idle(_) = self.state {
                let wanted = buf.remaining().min(MAX_CHUNK);
                self.begin(cx, place, move |stream| {
                    let mut bytes = vec![0; wanted];
                    let read = retried(|| stream.read(&mut bytes))?;
                    bytes.truncate(read);
                    Ok(bytes)
                });
            }
            self.left = ready!(self.poll_idle(poll))?;
        }
        let fits = self.left.len().min(buf.remaining());
        buf.put_slice(&self.left[..fits]);
        self.left.drain(..fits);
        Poll::Ready(Ok(()))
    }
}

/// The error of a stream whose runtime has been shut down; its text is what `is_rt_shutdown_err` goes by.
fn gone() -> io::Error {
    io::Error::other("A Tokio 1.x context was found, but it is being shutdown.")
}

impl<S: Write + Send + 'static> Blocking<S> {
    pub(super) fn poll_write(
        &mut self,
        cx: Context,
        place: Place,
        poll: &mut PollContext<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_idle(poll))?;
        if context::expect_home(cx).is_closed() {
            self.state = State::Gone;
            return Poll::Ready(Err(gone()));
        }
        let bytes = buf[..buf.len().min(MAX_CHUNK)].to_vec();
        let written = bytes.len();
        self.begin(cx, place, move |stream| stream.write_all(&bytes).map(|()| Vec::new()));
        self.needs_flush = true;
        Poll::Ready(Ok(written))
    }

    pub(super) fn poll_flush(
        &mut self,
        cx: Context,
        place: Place,
        poll: &mut PollContext<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_idle(poll))?;
        if mem::take(&mut self.needs_flush) {
            self.begin(cx, place, |stream| stream.flush().map(|()| Vec::new()));
        }
        self.poll_idle(poll).map_ok(drop)
    }
}

/// Repeats an operation that a signal interrupted.
fn retried(mut operation: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
