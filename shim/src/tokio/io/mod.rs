//! The mirror of `tokio::io`.
//!
//! | item | how |
//! |---|---|
//! | `duplex`, `DuplexStream` | modelled: the real one, with a point before each operation on a pipe |
//! | `split`, `ReadHalf`, `WriteHalf`, `simplex` | modelled: the halves share a lock of the engine's |
//! | `SimplexStream` | modelled: the real one; who shares it locks it, and there are the points |
//! | `copy`, `copy_buf`, `copy_bidirectional(_with_sizes)`, `empty`, `repeat`, `sink` | modelled: the real ones, on the budget of the task |
//! | `stdin`, `stdout`, `stderr` | modelled: on the blocking pool of the runtime |
//! | traits, `ReadBuf`, `BufReader`, `BufWriter`, `BufStream`, `Chain`, `Join`, `Lines`, `Split`, `Take` | re-exported: they belong to one task at a time and wait for nothing themselves; the points are those of the stream inside |
//! | `Interest`, `Ready`, `Error`, `ErrorKind`, `Result`, `SeekFrom` | re-exported: values |
//! | `unix::AsyncFd` and what belongs to it | re-exported: the operating system's; see below |
//! | absent | nothing that is stable |
//!
//! `AsyncFd` waits for a file descriptor of the operating system, with the reactor of a real runtime. Under
//! control there is none, and creating one panics as it does outside of a runtime.
//!
//! tokio's futures poll streams, so the place of an operation on a stream is where the stream was created.

mod blocking;
mod copy;
mod duplex;
mod ready_at_once;
mod simplex;
mod split;
mod stdio;

#[cfg(unix)]
pub use ::tokio::io::unix;
pub use ::tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, AsyncWrite,
    AsyncWriteExt, BufReader, BufStream, BufWriter, Chain, Error, ErrorKind, Interest, Join, Lines, ReadBuf,
    Ready, Result, SeekFrom, Split, Take, join,
};

pub use copy::{copy, copy_bidirectional, copy_bidirectional_with_sizes, copy_buf};
pub use duplex::{DuplexStream, duplex};
pub use ready_at_once::{Empty, Repeat, Sink, empty, repeat, sink};
pub use simplex::{SimplexStream, simplex};
pub use split::{ReadHalf, WriteHalf, split};
pub use stdio::{Stderr, Stdin, Stdout, stderr, stdin, stdout};
