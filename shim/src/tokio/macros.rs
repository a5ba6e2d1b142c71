//! `select!`, `join!`, `try_join!`, `pin!`, `task_local!`, and what their expansions call.

/// Waits for the first of several futures, and cancels the others, as `tokio::select!` does. Which one is
/// polled first is a choice of the exploration.
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_select {
    ($($arguments:tt)*) => { $crate::__macros::select_impl! { @krate[$crate] $($arguments)* } };
}

/// Waits for all of several futures, in one task, as `tokio::join!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_join {
    ($($arguments:tt)*) => { $crate::__macros::join_impl! { @krate[$crate] $($arguments)* } };
}

/// Waits for all of several futures, or the first error, in one task, as `tokio::try_join!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_try_join {
    ($($arguments:tt)*) => { $crate::__macros::try_join_impl! { @krate[$crate] $($arguments)* } };
}

/// Pins values on the stack, as `tokio::pin!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_pin {
    ($($x:ident),* $(,)?) => { $(
        // The value is moved, so that it cannot be reached but through the pin.
        #[allow(unused_mut)]
        let mut $x = ::core::pin::pin!($x);
    )* };
    ($($(let $x:ident = $init:expr;)+)?) => { $($(
        let $x = $init;
        $crate::__tokio_pin!($x);
    )+)? };
}

/// Declares task-local keys, as `tokio::task_local!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_task_local {
    () => {};
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty; $($rest:tt)*) => {
        $crate::__tokio_task_local!($(#[$attr])* $vis static $name: $t);
        $crate::__tokio_task_local!($($rest)*);
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty) => {
        $(#[$attr])*
        $vis static $name: $crate::tokio::task::LocalKey<$t> = {
            ::std::thread_local! {
                static __KEY: ::core::cell::RefCell<::core::option::Option<$t>> =
                    const { ::core::cell::RefCell::new(::core::option::Option::None) };
            }
            $crate::tokio::task::LocalKey::__new(__KEY)
        };
    };
}

/// What the expansions of `select!`, `join!` and `try_join!` call.
pub mod support {
    pub use ::std::future::{Future, IntoFuture, poll_fn};
    pub use ::std::pin::Pin;
    pub use ::std::result::Result;
    pub use ::std::task::{Context, Poll, ready};

    use ::std::cell::Cell;
    use ::std::panic::Location;

    use pin_project_lite::pin_project;

    /// Chooses a number below `n`: under control the exploration does.
    ///
    /// # Panics
    /// Panics if `n` is 0.
    #[track_caller]
    pub fn thread_rng_n(n: u32) -> u32 {
        match coyote_engine::current() {
            Some(execution) => execution.choose(n, Location::caller()),
            None => random_below(n),
        }
    }

    fn random_below(n: u32) -> u32 {
        use ::std::hash::{BuildHasher, RandomState};
        ::std::thread_local! {
            /// The state of a xorshift generator; 0 until it is seeded.
            static STATE: Cell<u64> = const { Cell::new(0) };
        }
        STATE.with(|state| {
            let mut x = state.get();
            if x == 0 {
                x = RandomState::new().hash_one(0) | 1;
            }
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            state.set(x);
            (((x >> 32) * u64::from(n)) >> 32) as u32
        })
    }

    /// Returns `Pending`, having woken the task, if its cooperative budget is used up.
    pub fn poll_budget_available(cx: &mut Context<'_>) -> Poll<()> {
        crate::tokio::coop::poll_budget_available(cx)
    }

    pin_project! {
        /// A future, then its output, until that is taken.
        #[project = MaybeDoneProjection]
        #[project_replace = MaybeDoneReplaced]
        #[derive(Debug)]
        // The size of a `join!` is tokio's.
        #[repr(C)]
        pub enum MaybeDone<F: Future> {
            /// Not ready yet.
            Future { #[pin] future: F },
            /// Ready.
            Done { output: F::Output },
            /// The output was taken.
            Gone,
        }
    }

    /// Wraps a future so that it keeps its output.
    pub fn maybe_done<F: IntoFuture>(future: F) -> MaybeDone<F::IntoFuture> {
        MaybeDone::Future { future: future.into_future() }
    }

    impl<F: Future> MaybeDone<F> {
        /// Returns the output, if the future is ready and it was not taken.
        pub fn output_mut(self: Pin<&mut Self>) -> Option<&mut F::Output> {
            match self.project() {
                MaybeDoneProjection::Done { output } => Some(output),
                _ => None,
            }
        }

        /// Takes the output, if the future is ready and it was not taken.
        pub fn take_output(self: Pin<&mut Self>) -> Option<F::Output> {
            if !matches!(*self, MaybeDone::Done { .. }) {
                return None;
            }
            match self.project_replace(MaybeDone::Gone) {
                MaybeDoneReplaced::Done { output } => Some(output),
                _ => None,
            }
        }
    }

    impl<F: Future> Future for MaybeDone<F> {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            match self.as_mut().project() {
                MaybeDoneProjection::Future { future } => {
                    let output = ready!(future.poll(cx));
                    self.set(MaybeDone::Done { output });
                    Poll::Ready(())
                }
                MaybeDoneProjection::Done { .. } => Poll::Ready(()),
                MaybeDoneProjection::Gone => panic!("a future was polled after its output had been taken"),
            }
        }
    }
}
