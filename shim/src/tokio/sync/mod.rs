//! The mirror of `tokio::sync`.
