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
    ($different:ident, $($path:ident)::+ $(<$($arg:tt),+>)?) => {{
        macro_rules! compare {
            ($trait:path) => {
                let (ours, real) = (
                    has!(coyote_shim::tokio::$($path)::+ $(<$($arg),+>)?: $trait),
                    has!(tokio::$($path)::+ $(<$($arg),+>)?: $trait),
                );
                if ours != real {
                    let name = stringify!($($path)::+ $(<$($arg),+>)?);
                    $different.push(format!("{name}: {}: {ours}, really {real}", stringify!($trait)));
                }
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
    let mut different = Vec::new();
    same!(different, task::JoinHandle<u8>);
    same!(different, task::JoinHandle<NotSync>);
    same!(different, task::JoinHandle<NotSend>);
    same!(different, task::AbortHandle);
    same!(different, task::JoinError);
    same!(different, task::Id);
    same!(different, task::JoinSet<u8>);
    same!(different, task::JoinSet<NotSync>);
    same!(different, task::JoinSet<NotSend>);
    same!(different, task::LocalSet);
    same!(different, task::LocalEnterGuard);
    same!(different, task::LocalKey<u8>);
    same!(different, task::LocalKey<NotSend>);
    same!(different, task::futures::TaskLocalFuture<u8, u8>);
    same!(different, task::futures::TaskLocalFuture<NotSend, u8>);
    same!(different, task::coop::Unconstrained<u8>);
    same!(different, task::coop::Coop<Ready>);
    same!(different, task::coop::RestoreOnPending);
    same!(different, runtime::Runtime);
    same!(different, runtime::LocalRuntime);
    same!(different, runtime::LocalOptions);
    same!(different, runtime::Builder);
    same!(different, runtime::Handle);
    same!(different, runtime::EnterGuard<'static>);
    same!(different, runtime::Id);
    same!(different, runtime::RuntimeFlavor);
    same!(different, runtime::RuntimeMetrics);
    same!(different, runtime::TryCurrentError);
    same!(different, time::Instant);
    same!(different, time::Sleep);
    same!(different, time::Interval);
    same!(different, time::MissedTickBehavior);
    same!(different, time::Timeout<u8>);
    same!(different, time::Timeout<NotSend>);
    same!(different, time::Timeout<PhantomPinned>);
    same!(different, time::error::Elapsed);
    same!(different, time::error::Error);
    assert_eq!(different, Vec::<String>::new());
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
