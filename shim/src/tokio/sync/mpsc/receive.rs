//! Receiving, which is the same for both kinds of channel.

/// Writes what both receivers have.
macro_rules! receiver {
    ($receiver:ident) => {
        impl<T> $receiver<T> {
            /// Receives a message, waiting for one. Returns `None` if the channel is closed and empty.
            #[track_caller]
            pub fn recv(&mut self) -> impl Future<Output = Option<T>> + use<'_, T> {
                let place = Location::caller();
                async move {
                    RECV.point(self.end.cell(), place);
                    poll_fn(|cx| self.poll_from(cx, place)).await
                }
            }

            /// Receives at most `limit` messages into `buffer`, waiting for the first. Returns how many
            /// there were; 0 if `limit` is 0, or if the channel is closed and empty.
            #[track_caller]
            pub fn recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> impl Future<Output = usize> {
                let place = Location::caller();
                async move {
                    RECV.point(self.end.cell(), place);
                    poll_fn(|cx| self.poll_many_from(cx, buffer, limit, place)).await
                }
            }

            /// Receives a message if there is one.
            ///
            /// # Errors
            /// Fails if there is none, or if the channel is closed and empty.
            #[track_caller]
            pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
                TRY_RECV.point(self.end.cell(), Location::caller());
                self.real.try_recv()
            }

            /// Receives a message, blocking the thread until there is one. Returns `None` if the
            /// channel is closed and empty.
            ///
            /// # Panics
            /// Panics in asynchronous code.
            #[track_caller]
            pub fn blocking_recv(&mut self) -> Option<T> {
                let place = Location::caller();
                if let Some(cx) = current() {
                    return block_on(cx, place, self.recv());
                }
                if self.real.is_empty() {
                    blocks_outside(self.end.cell(), WHAT, place);
                }
                self.real.blocking_recv()
            }

            /// Like `recv_many`, blocking the thread.
            ///
            /// # Panics
            /// Panics in asynchronous code.
            #[track_caller]
            pub fn blocking_recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
                let place = Location::caller();
                if let Some(cx) = current() {
                    return block_on(cx, place, self.recv_many(buffer, limit));
                }
                if limit > 0 && self.real.is_empty() {
                    blocks_outside(self.end.cell(), WHAT, place);
                }
                self.real.blocking_recv_many(buffer, limit)
            }

            /// Closes the channel: nothing more can be sent; what is in it can be received.
            #[track_caller]
            pub fn close(&mut self) {
                CLOSE.point(self.end.cell(), Location::caller());
                self.real.close();
            }

            /// Returns whether the channel is closed, or has no senders left.
            #[track_caller]
            pub fn is_closed(&self) -> bool {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.is_closed()
            }

            /// Returns whether the channel has no message in it.
            #[track_caller]
            pub fn is_empty(&self) -> bool {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.is_empty()
            }

            /// Returns how many messages are in the channel.
            #[track_caller]
            pub fn len(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.len()
            }

            /// Like `recv`, for futures written by hand.
            #[track_caller]
            pub fn poll_recv(&mut self, cx: &mut PollContext<'_>) -> Poll<Option<T>> {
                let place = Location::caller();
                RECV.point(self.end.cell(), place);
                self.poll_from(cx, place)
            }

            /// Like `recv_many`, for futures written by hand.
            #[track_caller]
            pub fn poll_recv_many(
                &mut self,
                cx: &mut PollContext<'_>,
                buffer: &mut Vec<T>,
                limit: usize,
            ) -> Poll<usize> {
                let place = Location::caller();
                RECV.point(self.end.cell(), place);
                self.poll_many_from(cx, buffer, limit, place)
            }

            fn poll_from(&mut self, cx: &mut PollContext<'_>, place: Place) -> Poll<Option<T>> {
                let progress = ready!(poll_proceed(cx));
                let polled = self.real.poll_recv(cx);
                match polled {
                    Poll::Ready(_) => progress.made_progress(),
                    Poll::Pending => RECV.note_wait(self.end.cell(), place, cx.waker()),
                }
                polled
            }

            fn poll_many_from(
                &mut self,
                cx: &mut PollContext<'_>,
                buffer: &mut Vec<T>,
                limit: usize,
                place: Place,
            ) -> Poll<usize> {
                let progress = ready!(poll_proceed(cx));
                let polled = self.real.poll_recv_many(cx, buffer, limit);
                match polled {
                    Poll::Ready(_) => progress.made_progress(),
                    Poll::Pending => RECV.note_wait(self.end.cell(), place, cx.waker()),
                }
                polled
            }

            /// Returns how many senders there are.
            #[track_caller]
            pub fn sender_strong_count(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.sender_strong_count()
            }

            /// Returns how many weak senders there are.
            #[track_caller]
            pub fn sender_weak_count(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.sender_weak_count()
            }
        }

        impl<T> fmt::Debug for $receiver<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.real, f)
            }
        }
    };
}

/// Writes what both weak senders have.
macro_rules! weak_sender {
    ($weak:ident, $sender:ident) => {
        impl<T> $weak<T> {
            /// Makes this a sender again, unless all senders are gone.
            #[track_caller]
            pub fn upgrade(&self) -> Option<$sender<T>> {
                let place = Location::caller();
                CLONE.point(self.end.cell(), place);
                let real = self.real.upgrade()?;
                Some($sender { end: self.end.another(&CLOSE, place), real })
            }

            /// Returns how many senders there are.
            #[track_caller]
            pub fn strong_count(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.strong_count()
            }

            /// Returns how many weak senders there are.
            #[track_caller]
            pub fn weak_count(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.weak_count()
            }
        }

        impl<T> Clone for $weak<T> {
            #[track_caller]
            fn clone(&self) -> Self {
                let place = Location::caller();
                CLONE.point(self.end.cell(), place);
                $weak { end: self.end.another(&CLOSE, place), real: self.real.clone() }
            }
        }

        impl<T> fmt::Debug for $weak<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.real, f)
            }
        }
    };
}

/// Writes what both senders have.
macro_rules! sender {
    ($sender:ident, $weak:ident) => {
        impl<T> $sender<T> {
            /// Waits until the receiver is gone, or has closed the channel.
            #[track_caller]
            pub fn closed(&self) -> impl Future<Output = ()> + use<'_, T> {
                Steered::new(self.end.cell(), &CLOSED, Location::caller(), self.real.closed())
            }

            /// Returns whether the receiver is gone, or has closed the channel.
            #[track_caller]
            pub fn is_closed(&self) -> bool {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.is_closed()
            }

            /// Returns whether both send to the same channel.
            pub fn same_channel(&self, other: &Self) -> bool {
                self.real.same_channel(&other.real)
            }

            /// Makes a sender that does not keep the channel open.
            #[must_use = "Downgrade creates a WeakSender without destroying the original non-weak sender."]
            #[track_caller]
            pub fn downgrade(&self) -> $weak<T> {
                let place = Location::caller();
                CLONE.point(self.end.cell(), place);
                $weak { end: self.end.another(&CLOSE, place), real: self.real.downgrade() }
            }

            /// Returns how many senders there are.
            #[track_caller]
            pub fn strong_count(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.strong_count()
            }

            /// Returns how many weak senders there are.
            #[track_caller]
            pub fn weak_count(&self) -> usize {
                LOOK.point(self.end.cell(), Location::caller());
                self.real.weak_count()
            }
        }

        impl<T> Clone for $sender<T> {
            #[track_caller]
            fn clone(&self) -> Self {
                let place = Location::caller();
                CLONE.point(self.end.cell(), place);
                $sender { end: self.end.another(&CLOSE, place), real: self.real.clone() }
            }
        }

        impl<T> fmt::Debug for $sender<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.real, f)
            }
        }
    };
}

pub(super) use {receiver, sender, weak_sender};
