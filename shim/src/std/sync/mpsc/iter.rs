//! Iterators over received messages.

use super::Receiver;

/// An iterator over messages, which blocks for each; see [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'a, T: 'a>(pub(super) &'a Receiver<T>);

/// An iterator over the messages that are there; see [`Receiver::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T: 'a>(pub(super) &'a Receiver<T>);

/// An iterator over messages that owns the receiver, and blocks for each.
#[derive(Debug)]
pub struct IntoIter<T>(pub(super) Receiver<T>);

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}
