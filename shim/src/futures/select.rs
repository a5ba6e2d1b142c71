//! `select!` and `stream_select!`: those of `futures`, but for the order in which they poll, which the real ones draw.

/// Waits for the first of several futures, as `futures::select!` does. Which of them is polled first is drawn by the
/// exploration.
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_futures_select {
    ($($tokens:tt)*) => {{
        use $crate::futures::__private as __futures_crate;
        $crate::futures::__private::select_internal! { $($tokens)* }
    }};
}

/// Merges streams, as `futures::stream_select!` does. Which of them is polled first is drawn by the exploration.
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_futures_stream_select {
    ($($tokens:tt)*) => {{
        use $crate::futures::__private as __futures_crate;
        $crate::futures::__private::stream_select_internal! { $($tokens)* }
    }};
}

pub use crate::{__coyote_futures_select as select, __coyote_futures_stream_select as stream_select};

/// What the expansions refer to: what futures' own do, but for `shuffle`.
pub mod support {
    pub use ::futures_util::__private::*;

    /// The same for what the expansions look for in a module of its own.
    pub mod async_await {
        use ::std::panic::Location;

        use coyote_engine::Context;

        pub use ::futures_util::__private::async_await::*;

        /// Puts a slice into an order that is drawn: every order is as likely as any other.
        #[track_caller]
        pub fn shuffle<T>(slice: &mut [T]) {
            let Some(cx) = coyote_engine::current() else {
                return ::futures_util::__private::async_await::shuffle(slice);
            };
            let place = Location::caller();
            for last in (1..slice.len()).rev() {
                slice.swap(last, draw(cx, last + 1, place));
            }
        }

        fn draw(cx: Context, among: usize, place: &'static Location<'static>) -> usize {
            let among = u32::try_from(among).expect("a macro has fewer branches");
            cx.choose(among, place) as usize
        }
    }
}
