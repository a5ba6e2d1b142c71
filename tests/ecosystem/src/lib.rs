//! The most used types of tokio-util, tokio-stream and futures, each in a program with a planted bug that is
//! found and replays, and in its correct twin. See `tests/ecosystem`.
