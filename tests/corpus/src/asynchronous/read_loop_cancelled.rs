//! A loop reads frames by `read_exact` in a `select!` with a heartbeat.
//!
//! A heartbeat that comes when half a frame has been read drops the half. No preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "read_loop_cancelled",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("the frames are torn"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::mpsc;
    use tokio::task::yield_now;

    const FRAME: usize = 4;

    async fn write(mut pipe: DuplexStream) {
        for half in [b"ab", b"cd", b"ef", b"gh"] {
            pipe.write_all(half).await.unwrap();
            yield_now().await;
        }
    }

    async fn beat(heart: mpsc::Sender<()>) {
        yield_now().await;
        heart.send(()).await.unwrap();
    }

    async fn frame(pipe: &mut DuplexStream) -> Option<Vec<u8>> {
        let mut frame = vec![0; FRAME];
        pipe.read_exact(&mut frame).await.ok()?;
        Some(frame)
    }

    /// What has been read stays in `partial` if the future is dropped.
    async fn frame_kept(pipe: &mut DuplexStream, partial: &mut Vec<u8>) -> Option<Vec<u8>> {
        while partial.len() < FRAME {
            let mut rest = [0; FRAME];
            let missing = FRAME - partial.len();
            let count = pipe.read(&mut rest[..missing]).await.ok()?;
            if count == 0 {
                return None;
            }
            partial.extend_from_slice(&rest[..count]);
        }
        Some(std::mem::take(partial))
    }

    pub(super) async fn buggy() {
        run(false).await;
    }

    pub(super) async fn correct() {
        run(true).await;
    }

    async fn run(keeps: bool) {
        let (sender, mut pipe) = duplex(8);
        let (heart, mut beats) = mpsc::channel(1);
        let tasks = [tokio::spawn(write(sender)), tokio::spawn(beat(heart))];
        let (mut frames, mut partial) = (Vec::new(), Vec::new());
        loop {
            let next = async {
                if keeps { frame_kept(&mut pipe, &mut partial).await } else { frame(&mut pipe).await }
            };
            tokio::select! {
                frame = next => match frame {
                    Some(frame) => frames.push(frame),
                    None => break,
                },
                Some(()) = beats.recv() => {}
            }
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(frames, [b"abcd", b"efgh"], "the frames are torn");
    }
}
