//! `tokio::io::{stdin, stdout, stderr}`.
//!
//! They use the blocking pool of the runtime, under control as well. Reading really reads: a test that
//! waits for its user to type is stuck.

use ::std::fmt;
use ::std::io;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::task::{Context as PollContext, Poll};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::blocking::Blocking;
use crate::support::Place;

macro_rules! streams {
    ($($(#[$doc:meta])* $stream:ident $function:ident;)*) => { $(
        $(#[$doc])*
        pub struct $stream {
            place: Place,
            model: Blocking<io::$stream>,
            // Needs no runtime before it is used.
            real: ::tokio::io::$stream,
        }

        /// Returns a handle to the stream of the process.
        #[track_caller]
        pub fn $function() -> $stream {
            $stream {
                place: Location::caller(),
                model: Blocking::new(io::$function()),
                real: ::tokio::io::$function(),
            }
        }

        impl fmt::Debug for $stream {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($stream)).field("std", &self.model).finish()
            }
        }

        #[cfg(unix)]
        impl ::std::os::fd::AsFd for $stream {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.real.as_fd()
            }
        }

        #[cfg(unix)]
        impl ::std::os::fd::AsRawFd for $stream {
            fn as_raw_fd(&self) -> ::std::os::fd::RawFd {
                self.real.as_raw_fd()
            }
        }

        #[cfg(windows)]
        impl ::std::os::windows::io::AsHandle for $stream {
            fn as_handle(&self) -> ::std::os::windows::io::BorrowedHandle<'_> {
                self.real.as_handle()
            }
        }

        #[cfg(windows)]
        impl ::std::os::windows::io::AsRawHandle for $stream {
            fn as_raw_handle(&self) -> ::std::os::windows::io::RawHandle {
                self.real.as_raw_handle()
            }
        }
    )* };
}

streams! {
    /// The standard input of the process.
    Stdin stdin;
    /// The standard output of the process. Flush it before the runtime ends, or output may be lost.
    Stdout stdout;
    /// The standard error of the process. Flush it before the runtime ends, or output may be lost.
    Stderr stderr;
}

impl AsyncRead for Stdin {
    fn poll_read(
        self: Pin<&mut Self>,
        poll: &mut PollContext<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Stdin { place, model, real } = self.get_mut();
        match coyote_engine::current() {
            Some(cx) => model.poll_read(cx, place, poll, buf),
            None => Pin::new(real).poll_read(poll, buf),
        }
    }
}

macro_rules! writes {
    ($($stream:ident)*) => { $(
        impl AsyncWrite for $stream {
            fn poll_write(
                self: Pin<&mut Self>,
                poll: &mut PollContext<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $stream { place, model, real } = self.get_mut();
                match coyote_engine::current() {
                    Some(cx) => model.poll_write(cx, place, poll, buf),
                    None => Pin::new(real).poll_write(poll, buf),
                }
            }

            fn poll_flush(self: Pin<&mut Self>, poll: &mut PollContext<'_>) -> Poll<io::Result<()>> {
                let $stream { place, model, real } = self.get_mut();
                match coyote_engine::current() {
                    Some(cx) => model.poll_flush(cx, place, poll),
                    None => Pin::new(real).poll_flush(poll),
                }
            }

            fn poll_shutdown(self: Pin<&mut Self>, poll: &mut PollContext<'_>) -> Poll<io::Result<()>> {
                // Does nothing, in tokio either.
                Pin::new(&mut self.get_mut().real).poll_shutdown(poll)
            }
        }
    )* };
}

writes!(Stdout Stderr);
