//! Streams under control: pipes, halves, copying, and the process's own.
#![allow(missing_docs)]

mod tokio_harness;

use std::pin::Pin;
use std::task::{Context, Poll};

use coyote_shim::tokio;
use tokio::io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_harness::{deadlocks, fails, passes};

#[test]
fn what_is_written_to_one_end_is_read_from_the_other_until_that_is_dropped() {
    passes(|| async {
        let (mut here, mut there) = io::duplex(3);
        let writer = tokio::spawn(async move {
            here.write_all(b"hello, world").await.expect("somebody reads");
        });
        let mut read = String::new();
        there.read_to_string(&mut read).await.expect("text");
        assert_eq!(read, "hello, world");
        writer.await.expect("no panic");
        assert_eq!(there.write(b"x").await.expect_err("nobody reads").kind(), io::ErrorKind::BrokenPipe);
    });
}

#[test]
fn who_writes_first_is_a_choice() {
    fails("answered before asked", || async {
        let (mut here, mut there) = io::duplex(8);
        let (mut other, mut far) = io::duplex(8);
        let asking = tokio::spawn(async move { here.write_all(b"?").await });
        let answering = tokio::spawn(async move { other.write_all(b"!").await });
        let first = tokio::select! {
            biased;
            byte = far.read_u8() => byte,
            byte = there.read_u8() => byte,
        };
        assert_eq!(first.expect("a byte"), b'?', "answered before asked");
        let _ = (asking.await, answering.await);
    });
}

#[test]
fn a_reader_whose_writer_waits_for_it_too_is_a_deadlock() {
    deadlocks(|| async {
        let (mut here, mut there) = io::duplex(1);
        let other = tokio::spawn(async move { there.read_u8().await });
        let _ = here.read_u8().await;
        let _ = other.await;
    });
}

/// A stream whose every operation is one of several steps, as one that locks something.
struct Slow {
    lock: coyote_shim::std::sync::Mutex<u32>,
    inside: bool,
}

impl Slow {
    fn step(&mut self) {
        assert!(!std::mem::replace(&mut self.inside, true), "two halves in one stream");
        *self.lock.lock().expect("no panic") += 1;
        self.inside = false;
    }
}

impl AsyncRead for Slow {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.step();
        buf.put_slice(b"r");
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Slow {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.step();
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn halves_exclude_each_other_also_where_an_operation_is_interrupted() {
    passes(|| async {
        let lock = coyote_shim::std::sync::Mutex::new(0);
        let (mut reader, mut writer) = io::split(Slow { lock, inside: false });
        let other = tokio::spawn(async move {
            writer.write_all(b"ab").await.expect("written");
            writer
        });
        assert_eq!(reader.read_u8().await.expect("read"), b'r');
        let writer = other.await.expect("no panic");
        assert!(reader.is_pair_of(&writer));
        let whole = reader.unsplit(writer);
        assert_eq!(*whole.lock.lock().expect("no panic"), 2);
    });
}

#[test]
fn a_simplex_pipe_carries_bytes_in_order() {
    passes(|| async {
        let (mut reader, mut writer) = io::simplex(2);
        let other = tokio::spawn(async move {
            writer.write_all(b"abcd").await.expect("room");
            writer.shutdown().await.expect("closed");
        });
        let mut read = Vec::new();
        reader.read_to_end(&mut read).await.expect("bytes");
        assert_eq!(read, b"abcd");
        other.await.expect("no panic");
    });
}

#[test]
fn loops_over_streams_that_are_always_ready_let_others_run() {
    passes(|| async {
        let endless = async {
            let mut byte = [0];
            loop {
                let read = io::empty().read(&mut byte).await.expect("nothing");
                assert_eq!(read, 0);
                io::repeat(7).read_exact(&mut byte).await.expect("sevens");
                io::sink().write_all(&byte).await.expect("forgotten");
            }
        };
        tokio::select! {
            biased;
            () = endless => {}
            () = tokio::task::yield_now() => {}
        }
        let copying = async {
            loop {
                let (mut reader, mut writer) = (&b"hello"[..], Vec::new());
                io::copy(&mut reader, &mut writer).await.expect("copied");
                assert_eq!(writer, b"hello");
                let mut reader = &b"again"[..];
                io::copy_buf(&mut reader, &mut writer).await.expect("copied");
                assert_eq!(writer, b"helloagain");
            }
        };
        tokio::select! {
            biased;
            () = copying => {}
            () = tokio::task::yield_now() => {}
        }
    });
}

#[test]
fn copies_go_both_ways_through_pipes() {
    passes(|| async {
        let (mut client, mut inside) = io::duplex(4);
        let (mut outside, mut server) = io::duplex(4);
        let proxy =
            tokio::spawn(
                async move { io::copy_bidirectional(&mut inside, &mut outside).await.expect("copied") },
            );
        let echo = tokio::spawn(async move {
            let mut request = [0; 4];
            server.read_exact(&mut request).await.expect("a request");
            server.write_all(b"pong!").await.expect("somebody reads");
            request
        });
        client.write_all(b"ping").await.expect("somebody reads");
        let mut answer = [0; 5];
        client.read_exact(&mut answer).await.expect("an answer");
        drop(client);
        assert_eq!((&echo.await.expect("no panic"), &answer), (b"ping", b"pong!"));
        assert_eq!(proxy.await.expect("no panic"), (4, 5));
    });
}

#[test]
fn what_is_written_to_the_process_is_flushed_on_the_blocking_pool() {
    passes(|| async {
        let mut out = io::stdout();
        out.write_all(b"").await.expect("written");
        out.flush().await.expect("flushed");
        let mut err = io::stderr();
        assert_eq!(err.write(&[]).await.expect("written"), 0);
        err.flush().await.expect("flushed");
        err.shutdown().await.expect("nothing to do");
    });
}

#[::tokio::test]
async fn outside_of_an_exploration_streams_are_the_real_ones() {
    let (mut here, there) = io::duplex(4);
    let (mut reader, mut writer) = io::split(there);
    here.write_all(b"ping").await.expect("room");
    let mut read = [0; 4];
    reader.read_exact(&mut read).await.expect("four");
    writer.write_all(&read).await.expect("room");
    drop((reader, writer));
    let mut all = Vec::new();
    let copied = io::copy(&mut here, &mut all).await.expect("copied");
    assert_eq!((copied, &all[..]), (4, &b"ping"[..]));
    let mut out = io::stdout();
    out.write_all(b"").await.expect("written");
    out.flush().await.expect("flushed");
}

#[test]
#[should_panic(expected = "there is no reactor running")]
fn the_process_needs_a_runtime() {
    tokio_harness::explore_thread(
        1,
        || {
            let mut out = Box::pin(io::stdout());
            let _ = out.as_mut().poll_write(&mut Context::from_waker(std::task::Waker::noop()), b"x");
        },
        |_, _, outcome, _| match outcome.end {
            coyote_engine::End::Failed(failure) => panic!("{}", failure.panic.message),
            end => panic!("{end:?}"),
        },
    );
}
