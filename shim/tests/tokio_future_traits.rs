//! The futures of asynchronous methods have the auto traits of tokio's own, whatever they carry.
#![allow(missing_docs)]

use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// Knows a type, not a value.
struct Probe<T>(PhantomData<T>);

/// The type that a function would return, if it were called.
fn returned<T>(_: impl FnOnce() -> T) -> Probe<T> {
    Probe(PhantomData)
}

/// An argument of a call that is never made.
fn any<T>() -> T {
    unreachable!("nothing is called")
}

/// Writes a method that tells whether a type has a trait: where it has, the one of `Probe` itself comes first.
macro_rules! tells {
    ($($yes:ident $no:ident $method:ident $trait:ident;)*) => { $(
        trait $yes {
            fn $method(&self) -> bool {
                true
            }
        }
        impl<T: $trait> $yes for Probe<T> {}
        trait $no {
            fn $method(&self) -> bool {
                false
            }
        }
        impl<T> $no for &Probe<T> {}
    )* };
}

tells! {
    IsSend IsNotSend is_send Send;
    IsSync IsNotSync is_sync Sync;
    IsUnpin IsNotUnpin is_unpin Unpin;
    IsUnwindSafe IsNotUnwindSafe is_unwind_safe UnwindSafe;
    IsRefUnwindSafe IsNotRefUnwindSafe is_ref_unwind_safe RefUnwindSafe;
}

/// Writes a function that lists the auto traits of the futures of calls, once for tokio and once for the mirror,
/// for several types that they carry.
macro_rules! futures {
    ($($name:literal |$($argument:ident: $type:ty),*| $call:expr;)*) => {
        futures!(@module ours_u8 [use coyote_shim::tokio;] u8; $($name |$($argument: $type),*| $call;)*);
        futures!(@module real_u8 [] u8; $($name |$($argument: $type),*| $call;)*);
        futures!(@module ours_not_sync [use coyote_shim::tokio;] std::cell::Cell<u8>; $($name |$($argument: $type),*| $call;)*);
        futures!(@module real_not_sync [] std::cell::Cell<u8>; $($name |$($argument: $type),*| $call;)*);
        futures!(@module ours_not_send [use coyote_shim::tokio;] std::rc::Rc<u8>; $($name |$($argument: $type),*| $call;)*);
        futures!(@module real_not_send [] std::rc::Rc<u8>; $($name |$($argument: $type),*| $call;)*);
    };
    (@module $module:ident [$($import:tt)*] $value:ty; $($name:literal |$($argument:ident: $type:ty),*| $call:expr;)*) => {
        mod $module {
            use std::sync::Arc;
            use std::time::Duration;

            #[allow(unused_imports)]
            use super::*;
            $($import)*

            type T = $value;

            pub(super) fn traits() -> Vec<(&'static str, [bool; 5])> {
                vec![$({
                    #[allow(clippy::ptr_arg)]
                    fn future($($argument: $type),*) -> impl Sized { $call }
                    let probe = &returned(|| future($(any::<$type>()),*));
                    ($name, [
                        probe.is_send(),
                        probe.is_sync(),
                        probe.is_unpin(),
                        probe.is_unwind_safe(),
                        probe.is_ref_unwind_safe(),
                    ])
                }),*]
            }
        }
    };
}

futures! {
    "io::copy" |a: &'static mut tokio::io::DuplexStream, b: &'static mut tokio::io::DuplexStream| tokio::io::copy(a, b);
    "io::copy_buf" |a: &'static mut &'static [u8], b: &'static mut tokio::io::DuplexStream| tokio::io::copy_buf(a, b);
    "io::copy_bidirectional" |a: &'static mut tokio::io::DuplexStream, b: &'static mut tokio::io::DuplexStream|
        tokio::io::copy_bidirectional(a, b);
    "io::copy_bidirectional_with_sizes" |a: &'static mut tokio::io::DuplexStream, b: &'static mut tokio::io::DuplexStream|
        tokio::io::copy_bidirectional_with_sizes(a, b, 1, 1);
    "Barrier::wait" |it: &'static tokio::sync::Barrier| it.wait();
    "Mutex::lock" |it: &'static tokio::sync::Mutex<T>| it.lock();
    "Mutex::lock_owned" |it: Arc<tokio::sync::Mutex<T>>| it.lock_owned();
    "OnceCell::get_or_init" |it: &'static tokio::sync::OnceCell<T>, f: fn() -> std::future::Ready<T>| it.get_or_init(f);
    "OnceCell::get_or_try_init" |it: &'static tokio::sync::OnceCell<T>, f: fn() -> std::future::Ready<Result<T, ()>>|
        it.get_or_try_init(f);
    "RwLock::read" |it: &'static tokio::sync::RwLock<T>| it.read();
    "RwLock::read_owned" |it: Arc<tokio::sync::RwLock<T>>| it.read_owned();
    "RwLock::write" |it: &'static tokio::sync::RwLock<T>| it.write();
    "RwLock::write_owned" |it: Arc<tokio::sync::RwLock<T>>| it.write_owned();
    "Semaphore::acquire" |it: &'static tokio::sync::Semaphore| it.acquire();
    "Semaphore::acquire_many" |it: &'static tokio::sync::Semaphore| it.acquire_many(2);
    "Semaphore::acquire_owned" |it: Arc<tokio::sync::Semaphore>| it.acquire_owned();
    "Semaphore::acquire_many_owned" |it: Arc<tokio::sync::Semaphore>| it.acquire_many_owned(2);
    "SetOnce::wait" |it: &'static tokio::sync::SetOnce<T>| it.wait();
    "Notify::notified" |it: &'static tokio::sync::Notify| it.notified();
    "Notify::notified_owned" |it: Arc<tokio::sync::Notify>| it.notified_owned();
    "broadcast::Receiver::recv" |it: &'static mut tokio::sync::broadcast::Receiver<T>| it.recv();
    "broadcast::Sender::closed" |it: &'static tokio::sync::broadcast::Sender<T>| it.closed();
    "mpsc::Receiver::recv" |it: &'static mut tokio::sync::mpsc::Receiver<T>| it.recv();
    "mpsc::Receiver::recv_many" |it: &'static mut tokio::sync::mpsc::Receiver<T>, to: &'static mut Vec<T>|
        it.recv_many(to, 1);
    "mpsc::UnboundedReceiver::recv" |it: &'static mut tokio::sync::mpsc::UnboundedReceiver<T>| it.recv();
    "mpsc::UnboundedReceiver::recv_many"
        |it: &'static mut tokio::sync::mpsc::UnboundedReceiver<T>, to: &'static mut Vec<T>| it.recv_many(to, 1);
    "mpsc::Sender::closed" |it: &'static tokio::sync::mpsc::Sender<T>| it.closed();
    "mpsc::Sender::reserve" |it: &'static tokio::sync::mpsc::Sender<T>| it.reserve();
    "mpsc::Sender::reserve_many" |it: &'static tokio::sync::mpsc::Sender<T>| it.reserve_many(2);
    "mpsc::Sender::reserve_owned" |it: tokio::sync::mpsc::Sender<T>| it.reserve_owned();
    "mpsc::Sender::send" |it: &'static tokio::sync::mpsc::Sender<T>, value: T| it.send(value);
    "mpsc::Sender::send_timeout" |it: &'static tokio::sync::mpsc::Sender<T>, value: T, time: Duration|
        it.send_timeout(value, time);
    "mpsc::UnboundedSender::closed" |it: &'static tokio::sync::mpsc::UnboundedSender<T>| it.closed();
    "oneshot::Sender::closed" |it: &'static mut tokio::sync::oneshot::Sender<T>| it.closed();
    "watch::Receiver::changed" |it: &'static mut tokio::sync::watch::Receiver<T>| it.changed();
    "watch::Receiver::wait_for" |it: &'static mut tokio::sync::watch::Receiver<T>, f: fn(&T) -> bool| it.wait_for(f);
    "watch::Sender::closed" |it: &'static tokio::sync::watch::Sender<T>| it.closed();
    "JoinSet::join_next" |it: &'static mut tokio::task::JoinSet<T>| it.join_next();
    "JoinSet::join_next_with_id" |it: &'static mut tokio::task::JoinSet<T>| it.join_next_with_id();
    "JoinSet::join_all" |it: tokio::task::JoinSet<T>| it.join_all();
    "JoinSet::shutdown" |it: &'static mut tokio::task::JoinSet<T>| it.shutdown();
    "LocalSet::run_until" |it: &'static tokio::task::LocalSet, future: std::future::Ready<T>| it.run_until(future);
    "LocalKey::scope" |it: &'static tokio::task::LocalKey<T>, value: T, future: std::future::Ready<T>|
        it.scope(value, future);
    "task::consume_budget" | | tokio::task::coop::consume_budget();
    "task::yield_now" | | tokio::task::yield_now();
    "task::unconstrained" |future: std::future::Ready<T>| tokio::task::coop::unconstrained(future);
    "task::cooperative" |future: std::future::Ready<T>| tokio::task::coop::cooperative(future);
    "Interval::tick" |it: &'static mut tokio::time::Interval| it.tick();
    "time::advance" |time: Duration| tokio::time::advance(time);
    "time::sleep" |time: Duration| tokio::time::sleep(time);
    "time::timeout" |time: Duration, future: std::future::Ready<T>| tokio::time::timeout(time, future);
}

#[test]
fn futures_have_the_auto_traits_of_the_real_ones() {
    let mut different = Vec::new();
    for (carrying, ours, real) in [
        ("u8", ours_u8::traits(), real_u8::traits()),
        ("a Cell", ours_not_sync::traits(), real_not_sync::traits()),
        ("an Rc", ours_not_send::traits(), real_not_send::traits()),
    ] {
        for ((name, ours), (_, real)) in ours.iter().zip(&real) {
            let names = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];
            for ((of, ours), real) in names.iter().zip(ours).zip(real) {
                if ours != real {
                    different.push(format!("{name} with {carrying}: {of}: {ours}, really {real}"));
                }
            }
        }
    }
    assert_eq!(different, Vec::<String>::new());
}

#[test]
fn a_probe_tells_what_a_future_carries() {
    let sent = |of: &[(&str, [bool; 5])]| of.iter().filter(|(_, has)| has[0]).count();
    assert!(sent(&real_u8::traits()) > sent(&real_not_send::traits()));
    assert!(real_u8::traits().iter().any(|(_, has)| has[2]), "some futures are Unpin");
}
