//! `tokio::io`.

use std::pin::Pin;
use std::task::Context;

use coyote_shim::tokio;
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader, ReadBuf, duplex, split, stderr, stdin, stdout,
};

use crate::measure::{Points, op};

pub(crate) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let (mut here, mut there) = duplex(64);
        op!(counts, [tokio::io::DuplexStream: AsyncWrite] here.write(b"four").await).expect("room");
        op!(counts, [tokio::io::DuplexStream: AsyncRead] there.read_u8().await).expect("sent");
        let (mut reader, mut writer) = split(there);
        op!(counts, [tokio::io::ReadHalf: AsyncRead] reader.read_u8().await).expect("sent");
        op!(counts, [tokio::io::WriteHalf: AsyncWrite] writer.write(b"back").await).expect("room");
        op!(counts, [tokio::io::DuplexStream: Drop] drop(here));
    });
    points.count(|counts| async move {
        // Each has a pipe that is closed already to read from, and one with room to write to.
        let closed = || duplex(64).0;
        let (mut far, _near) = duplex(64);
        op!(counts, tokio::io::copy(&mut closed(), &mut far) await).expect("copied");
        op!(counts, tokio::io::copy_buf(&mut BufReader::new(closed()), &mut far) await).expect("copied");
        op!(counts, tokio::io::copy_bidirectional(&mut closed(), &mut closed()) await).expect("copied");
        op!(counts, tokio::io::copy_bidirectional_with_sizes(&mut closed(), &mut closed(), 1, 1) await)
            .expect("copied");
    });
    points.count(|counts| async move {
        op!(counts, [tokio::io::Stdout: AsyncWrite] stdout().write(b"").await).expect("written");
        op!(counts, [tokio::io::Stderr: AsyncWrite] stderr().write(b"").await).expect("written");
        // Asks for no byte, so that nobody needs to type one.
        let mut input = stdin();
        let mut nothing = ReadBuf::new(&mut []);
        let mut poll = |cx: &mut Context<'_>| Pin::new(&mut input).poll_read(cx, &mut nothing);
        op!(counts, [tokio::io::Stdin: AsyncRead] std::future::poll_fn(&mut poll).await).expect("read");
    });
}
