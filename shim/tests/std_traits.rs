//! The mirrors have the same auto traits as the real types, and are const where those are.
#![allow(missing_docs)]

use std::panic::{RefUnwindSafe, UnwindSafe};

use coyote_shim::std as cstd;

/// Which auto traits a type has: methods of the wrapper win over those of the trait.
macro_rules! traits {
    ($type:ty) => {{
        #[allow(dead_code)]
        struct Probe<T: ?Sized>(std::marker::PhantomData<fn() -> Box<T>>);
        #[allow(dead_code)]
        trait No {
            const SEND: bool = false;
            const SYNC: bool = false;
            const UNPIN: bool = false;
            const UNWIND: bool = false;
            const REF_UNWIND: bool = false;
        }
        impl<T: ?Sized> No for Probe<T> {}
        struct Send_<T: ?Sized>(std::marker::PhantomData<fn() -> Box<T>>);
        struct Sync_<T: ?Sized>(std::marker::PhantomData<fn() -> Box<T>>);
        struct Unpin_<T: ?Sized>(std::marker::PhantomData<fn() -> Box<T>>);
        struct Unwind_<T: ?Sized>(std::marker::PhantomData<fn() -> Box<T>>);
        struct RefUnwind_<T: ?Sized>(std::marker::PhantomData<fn() -> Box<T>>);
        #[allow(dead_code)]
        trait Not {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Not for Send_<T> {}
        impl<T: ?Sized> Not for Sync_<T> {}
        impl<T: ?Sized> Not for Unpin_<T> {}
        impl<T: ?Sized> Not for Unwind_<T> {}
        impl<T: ?Sized> Not for RefUnwind_<T> {}
        #[allow(dead_code)]
        impl<T: ?Sized + Send> Send_<T> {
            const HAS: bool = true;
        }
        #[allow(dead_code)]
        impl<T: ?Sized + Sync> Sync_<T> {
            const HAS: bool = true;
        }
        #[allow(dead_code)]
        impl<T: ?Sized + Unpin> Unpin_<T> {
            const HAS: bool = true;
        }
        #[allow(dead_code)]
        impl<T: ?Sized + UnwindSafe> Unwind_<T> {
            const HAS: bool = true;
        }
        #[allow(dead_code)]
        impl<T: ?Sized + RefUnwindSafe> RefUnwind_<T> {
            const HAS: bool = true;
        }
        [
            ("Send", <Send_<$type>>::HAS),
            ("Sync", <Sync_<$type>>::HAS),
            ("Unpin", <Unpin_<$type>>::HAS),
            ("UnwindSafe", <Unwind_<$type>>::HAS),
            ("RefUnwindSafe", <RefUnwind_<$type>>::HAS),
        ]
    }};
}

macro_rules! same {
    ($($($part:ident)::+ $(<$($arg:ty),*>)?;)*) => {$(
        assert_eq!(
            traits!(cstd::$($part)::+ $(<$($arg),*>)?),
            traits!(::std::$($part)::+ $(<$($arg),*>)?),
            "{}", stringify!($($part)::+ $(<$($arg),*>)?)
        );
    )*};
}

type NotSend = std::rc::Rc<u8>;
type NotSync = std::cell::Cell<u8>;
type NotUnpin = std::marker::PhantomPinned;
type NotUnwind = &'static mut u8;

#[test]
fn auto_traits_are_those_of_the_real_types() {
    macro_rules! with_each {
        ($($path:ident)::+ $(<$lt:ty>)?) => {
            same! {
                $($path)::+<u8>; $($path)::+<NotSend>; $($path)::+<NotSync>; $($path)::+<NotUnpin>; $($path)::+<NotUnwind>;
            }
        };
    }
    with_each!(sync::Mutex);
    with_each!(sync::RwLock);
    with_each!(sync::OnceLock);
    with_each!(sync::mpsc::Sender);
    with_each!(sync::mpsc::SyncSender);
    with_each!(sync::mpsc::Receiver);
    with_each!(sync::mpsc::IntoIter);
    with_each!(sync::atomic::AtomicPtr);
    with_each!(thread::JoinHandle);
    with_each!(thread::LocalKey);
    same! {
        sync::LazyLock<u8>; sync::LazyLock<NotSend>; sync::LazyLock<NotSync>; sync::LazyLock<NotUnwind>;
        sync::LazyLock<u8, NotSend>; sync::LazyLock<u8, NotSync>; sync::LazyLock<u8, NotUnwind>; sync::LazyLock<NotUnpin, NotUnpin>;
        sync::Condvar; sync::Barrier; sync::BarrierWaitResult; sync::Once; sync::OnceState; sync::WaitTimeoutResult;
        sync::atomic::AtomicBool; sync::atomic::AtomicUsize; sync::atomic::AtomicI64;
        thread::Thread; thread::ThreadId; thread::Builder; thread::AccessError; time::Instant;
    }
    macro_rules! guards {
        ($($type:ty),*) => {$(
            assert_eq!(traits!(cstd::sync::MutexGuard<'static, $type>), traits!(std::sync::MutexGuard<'static, $type>), "MutexGuard<{}>", stringify!($type));
            assert_eq!(traits!(cstd::sync::RwLockReadGuard<'static, $type>), traits!(std::sync::RwLockReadGuard<'static, $type>), "RwLockReadGuard<{}>", stringify!($type));
            assert_eq!(traits!(cstd::sync::RwLockWriteGuard<'static, $type>), traits!(std::sync::RwLockWriteGuard<'static, $type>), "RwLockWriteGuard<{}>", stringify!($type));
            assert_eq!(traits!(cstd::thread::ScopedJoinHandle<'static, $type>), traits!(std::thread::ScopedJoinHandle<'static, $type>), "ScopedJoinHandle<{}>", stringify!($type));
            assert_eq!(traits!(cstd::sync::mpsc::Iter<'static, $type>), traits!(std::sync::mpsc::Iter<'static, $type>), "Iter<{}>", stringify!($type));
        )*};
    }
    guards!(u8, NotSend, NotSync, NotUnpin, NotUnwind);
    assert_eq!(
        traits!(cstd::thread::Scope<'static, 'static>),
        traits!(std::thread::Scope<'static, 'static>),
        "Scope"
    );
}

#[test]
fn the_rest_of_std_is_there() {
    use cstd::collections::BTreeMap;
    use cstd::sync::{Arc, PoisonError, TryLockError, Weak};
    const _: cstd::sync::Mutex<BTreeMap<u8, Arc<u8>>> = cstd::sync::Mutex::new(BTreeMap::new());
    const _: cstd::sync::RwLock<u8> = cstd::sync::RwLock::new(1);
    const _: cstd::sync::Condvar = cstd::sync::Condvar::new();
    const _: cstd::sync::Barrier = cstd::sync::Barrier::new(2);
    const _: cstd::sync::OnceLock<Weak<u8>> = cstd::sync::OnceLock::new();
    const _: cstd::sync::LazyLock<u8> = cstd::sync::LazyLock::new(|| 1);
    let _: TryLockError<()> = PoisonError::new(()).into();
    let text = cstd::format!("{:?}", cstd::vec![1]);
    cstd::println!("{text}");
    let epoch: std::time::SystemTime = cstd::time::UNIX_EPOCH;
    cstd::assert_eq!(epoch, std::time::UNIX_EPOCH);
    let _ = cstd::panic::catch_unwind(cstd::thread::panicking);
    #[allow(deprecated, clippy::declare_interior_mutable_const)]
    const OLD: cstd::sync::atomic::AtomicUsize = cstd::sync::atomic::ATOMIC_USIZE_INIT;
    assert_eq!(OLD.into_inner(), 0);
}
