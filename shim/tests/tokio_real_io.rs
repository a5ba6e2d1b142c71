//! Real sockets and files under control.
#![allow(missing_docs)]

mod tokio_harness;

use std::sync::atomic::{AtomicBool, Ordering};

use coyote_engine::End;
use coyote_shim::tokio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixDatagram, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Duration, Instant, sleep, timeout};
use tokio_harness::explore_thread;

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// The body passes in every execution, and each says that it was not all under control.
#[track_caller]
fn passes_uncontrolled<F: Fn() -> T, T>(seeds: u64, body: F) {
    explore_thread(seeds, body, |name, seed, outcome, _| {
        assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
        let notes = &outcome.notes.uncontrolled;
        assert!(notes.iter().any(|note| note.contains("not")), "{name} {seed}: {notes:?}");
    });
}

#[test]
fn tasks_talk_over_real_sockets() {
    passes_uncontrolled(20, || {
        runtime().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
            let address = listener.local_addr().expect("an address");
            let server = tokio::spawn(async move {
                let (mut socket, _) = listener.accept().await.expect("a connection");
                let mut buffer = Vec::new();
                socket.read_to_end(&mut buffer).await.expect("readable");
                buffer
            });
            let mut client = TcpStream::connect(address).await.expect("connected");
            for byte in 0..100_u8 {
                client.write_all(&[byte]).await.expect("writable");
                tokio::task::yield_now().await;
            }
            drop(client);
            assert_eq!(server.await.expect("returns"), (0..100).collect::<Vec<u8>>());
        });
    });
}

#[test]
fn a_socket_that_is_ready_comes_before_a_timer() {
    passes_uncontrolled(20, || {
        runtime().block_on(async {
            let (mut a, mut b) = UnixStream::pair().expect("a pair");
            let start = Instant::now();
            let echo = tokio::spawn(async move {
                sleep(Duration::from_secs(1)).await;
                b.write_all(b"x").await.expect("writable");
            });
            let read = timeout(Duration::from_secs(2), a.read_u8()).await;
            assert_eq!(read.expect("in time").expect("readable"), b'x');
            assert_eq!(start.elapsed(), Duration::from_secs(1));
            echo.await.expect("returns");
        });
    });
}

#[test]
fn a_worker_whose_only_task_yields_looks_at_its_sockets() {
    passes_uncontrolled(20, || {
        Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
            let task = tokio::spawn(async {
                let (a, b) = UnixDatagram::pair().expect("a pair");
                let sender = b.into_std().expect("a socket");
                let is_read = AtomicBool::new(false);
                let read = async {
                    a.recv(&mut [0; 8]).await.expect("readable");
                    is_read.store(true, Ordering::Relaxed);
                };
                let write_and_yield = async {
                    sender.send(b"x").expect("writable");
                    for yields in 0.. {
                        assert!(yields < 3, "nobody looks at the socket");
                        tokio::task::yield_now().await;
                        if is_read.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                };
                tokio::join!(read, write_and_yield);
            });
            task.await.expect("returns");
        });
    });
}

#[test]
fn a_socket_is_served_though_tasks_never_rest() {
    passes_uncontrolled(5, || {
        runtime().block_on(async {
            let (a, b) = UnixDatagram::pair().expect("a pair");
            let busy = tokio::spawn(async {
                loop {
                    tokio::task::yield_now().await;
                }
            });
            let reader = tokio::spawn(async move {
                let mut buffer = [0; 8];
                a.recv(&mut buffer).await.expect("readable")
            });
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            b.send(b"four").await.expect("writable");
            assert_eq!(reader.await.expect("returns"), 4);
            busy.abort();
        });
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a thread that is not under control")]
fn a_thread_that_is_not_under_control_is_waited_for() {
    passes_uncontrolled(5, || {
        runtime().block_on(async {
            let (mut a, b) = UnixStream::pair().expect("a pair");
            let b = b.into_std().expect("a socket");
            let writer = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(30));
                std::io::Write::write_all(&mut &b, b"x").expect("writable");
            });
            assert_eq!(a.read_u8().await.expect("readable"), b'x');
            writer.join().expect("returns");
        });
    });
}

#[test]
fn files_are_read_and_written() {
    let path = std::env::temp_dir().join(format!("coyote-real-io-{}", std::process::id()));
    passes_uncontrolled(5, || {
        runtime().block_on(async {
            tokio::fs::write(&path, b"text").await.expect("written");
            assert_eq!(tokio::fs::read(&path).await.expect("read"), b"text");
        });
    });
    std::fs::remove_file(&path).expect("removed");
}

#[test]
fn sockets_fail_once_their_runtime_is_shut_down() {
    passes_uncontrolled(5, || {
        let runtime = runtime();
        let (mut a, _b) = {
            let _guard = runtime.enter();
            UnixStream::pair().expect("a pair")
        };
        drop(runtime);
        let other = Builder::new_current_thread().build().expect("a runtime");
        let error = other.block_on(a.read_u8()).expect_err("its reactor is gone");
        assert!(error.to_string().contains("being shutdown"), "{error}");
    });
}

#[test]
fn runtimes_that_follow_each_other_have_sockets_of_their_own() {
    passes_uncontrolled(5, || {
        for _ in 0..3 {
            runtime().block_on(async {
                let (mut a, mut b) = UnixStream::pair().expect("a pair");
                b.write_all(b"x").await.expect("writable");
                assert_eq!(a.read_u8().await.expect("readable"), b'x');
            });
        }
    });
}

#[test]
fn a_socket_that_nobody_will_write_to_is_a_deadlock() {
    explore_thread(
        1,
        || {
            runtime().block_on(async {
                let (mut a, b) = UnixStream::pair().expect("a pair");
                drop(b);
                a.read_u8().await
            })
        },
        |name, seed, outcome, read| match outcome.end {
            // The other end is gone.
            End::Completed => assert!(read.expect("a result").is_err()),
            end => panic!("{name} {seed}: {end:?}"),
        },
    );
    explore_thread(
        1,
        || {
            runtime().block_on(async {
                let (mut a, _b) = UnixStream::pair().expect("a pair");
                a.read_u8().await
            })
        },
        |name, seed, outcome, _| {
            assert!(matches!(outcome.end, End::Deadlock(_)), "{name} {seed}: {:?}", outcome.end);
        },
    );
}

#[test]
fn a_runtime_without_io_refuses_sockets_as_tokio_does() {
    explore_thread(
        1,
        || {
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(async { UnixStream::pair().map(drop) })
        },
        |name, seed, outcome, _| match outcome.end {
            End::Failed(failure) => {
                assert!(failure.panic.message.contains("IO is disabled"), "{name} {seed}: {failure:?}");
            }
            end => panic!("{name} {seed}: {end:?}"),
        },
    );
}

#[test]
fn a_runtime_that_uses_no_socket_is_all_under_control() {
    explore_thread(
        50,
        || runtime().block_on(async { tokio::spawn(async {}).await.expect("returns") }),
        |name, seed, outcome, _| {
            assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
            assert_eq!(outcome.notes.uncontrolled, Vec::<String>::new());
        },
    );
}
