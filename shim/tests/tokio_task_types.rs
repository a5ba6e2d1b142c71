//! The mirrors have the auto traits of the real types, and their futures those of the real ones.
#![allow(missing_docs)]

use std::cell::Cell;
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

/// Tells whether a type has a trait: the inherent constant shadows that of the trait.
macro_rules! has {
    ($t:ty: $trait:path) => {{
        #[allow(dead_code)]
        trait No {
            const HAS: bool = false;
        }
        impl<T: ?Sized> No for T {}
        #[allow(dead_code)]
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $trait> Probe<T> {
            const HAS: bool = true;
        }
        <Probe<$t>>::HAS
    }};
}

macro_rules! same {
    ($($path:ident)::+ $(<$($arg:tt),+>)?) => {{
        macro_rules! compare {
            ($trait:path) => {
                assert_eq!(
                    has!(coyote_shim::tokio::$($path)::+ $(<$($arg),+>)?: $trait),
                    has!(tokio::$($path)::+ $(<$($arg),+>)?: $trait),
                    "{}: {}", stringify!($($path)::+ $(<$($arg),+>)?), stringify!($trait)
                );
            };
        }
        compare!(Send);
        compare!(Sync);
        compare!(Unpin);
        compare!(UnwindSafe);
        compare!(RefUnwindSafe);
        compare!(std::fmt::Debug);
        compare!(Clone);
        compare!(Copy);
        compare!(Default);
        compare!(PartialEq);
        compare!(std::hash::Hash);
        compare!(std::fmt::Display);
    }};
}

#[test]
fn types_have_the_same_traits() {
    type NotSend = Rc<Cell<u8>>;
    type NotSync = Cell<u8>;
    type Ready = std::future::Ready<u8>;
    same!(task::JoinHandle<u8>);
    same!(task::JoinHandle<NotSync>);
    same!(task::JoinHandle<NotSend>);
    same!(task::AbortHandle);
    same!(task::JoinError);
    same!(task::Id);
    same!(task::JoinSet<u8>);
    same!(task::JoinSet<NotSync>);
    same!(task::JoinSet<NotSend>);
    same!(task::LocalSet);
    same!(task::LocalEnterGuard);
    same!(task::LocalKey<u8>);
    same!(task::LocalKey<NotSend>);
    same!(task::futures::TaskLocalFuture<u8, u8>);
    same!(task::futures::TaskLocalFuture<NotSend, u8>);
    same!(task::coop::Unconstrained<u8>);
    same!(task::coop::Coop<Ready>);
    same!(task::coop::RestoreOnPending);
    same!(runtime::Runtime);
    same!(runtime::LocalRuntime);
    same!(runtime::LocalOptions);
    same!(runtime::Builder);
    same!(runtime::Handle);
    same!(runtime::EnterGuard<'static>);
    same!(runtime::Id);
    same!(runtime::RuntimeFlavor);
    same!(runtime::RuntimeMetrics);
    same!(runtime::TryCurrentError);
    same!(time::Instant);
    same!(time::Sleep);
    same!(time::Interval);
    same!(time::MissedTickBehavior);
    same!(time::Timeout<u8>);
    same!(time::Timeout<NotSend>);
    same!(time::Timeout<PhantomPinned>);
    same!(time::error::Elapsed);
    same!(time::error::Error);
}

fn send_sync<T: Send + Sync>(_: impl FnOnce() -> T) {}
fn send<T: Send>(_: impl FnOnce() -> T) {}

#[test]
fn futures_can_be_sent() {
    use coyote_shim::tokio::{task, time};
    send_sync(task::yield_now);
    send_sync(|| time::advance(time::Duration::ZERO));
    send_sync(task::coop::consume_budget);
    send(|| time::sleep(time::Duration::ZERO));
    fn of_sets(set: &'static mut task::JoinSet<u8>) {
        send_sync(|| set.join_next());
        send_sync(|| set.join_next_with_id());
        send_sync(|| set.shutdown());
    }
    let _ = of_sets;
    send_sync(|| task::JoinSet::<u8>::new().join_all());
    fn of_intervals(interval: &'static mut time::Interval) {
        send_sync(|| interval.tick());
    }
    let _ = of_intervals;
}
