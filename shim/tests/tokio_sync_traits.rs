//! The mirrors have the real types' auto traits, and their futures are as sendable.
#![allow(missing_docs)]

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::Arc;

use coyote_shim::tokio::sync as ours;
use tokio::sync as real;

/// Whether a type has a trait, without asking for it.
macro_rules! has {
    ($type:ty: $trait:ident) => {{
        struct Probe<T: ?Sized>(#[allow(dead_code)] std::marker::PhantomData<T>);
        #[allow(dead_code)]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        #[allow(dead_code)]
        impl<T: ?Sized + $trait> Probe<T> {
            const HAS: bool = true;
        }
        <Probe<$type>>::HAS
    }};
}

macro_rules! same {
    ($($type:tt)*) => {
        same_trait!(Send $($type)*);
        same_trait!(Sync $($type)*);
        same_trait!(Unpin $($type)*);
        same_trait!(UnwindSafe $($type)*);
        same_trait!(RefUnwindSafe $($type)*);
    };
}

macro_rules! same_trait {
    ($trait:ident $($type:tt)*) => {
        assert_eq!(
            has!(ours::$($type)*: $trait),
            has!(real::$($type)*: $trait),
            "{}: {}", stringify!($($type)*), stringify!($trait)
        )
    };
}

macro_rules! same_for {
    ($([$($argument:tt),*])*) => { $(
        same!(Mutex<$($argument),*>);
        same!(MutexGuard<'static, $($argument),*>);
        same!(OwnedMutexGuard<$($argument),*>);
        same!(MappedMutexGuard<'static, $($argument),*>);
        same!(OwnedMappedMutexGuard<$($argument),*>);
        same!(OwnedMappedMutexGuard<$($argument),*, u8>);
        same!(OwnedMappedMutexGuard<u8, $($argument),*>);
        same!(RwLock<$($argument),*>);
        same!(RwLockReadGuard<'static, $($argument),*>);
        same!(RwLockWriteGuard<'static, $($argument),*>);
        same!(RwLockMappedWriteGuard<'static, $($argument),*>);
        same!(OwnedRwLockReadGuard<$($argument),*>);
        same!(OwnedRwLockReadGuard<u8, $($argument),*>);
        same!(OwnedRwLockReadGuard<$($argument),*, u8>);
        same!(OwnedRwLockWriteGuard<$($argument),*>);
        same!(OwnedRwLockMappedWriteGuard<$($argument),*>);
        same!(OwnedRwLockMappedWriteGuard<u8, $($argument),*>);
        same!(OnceCell<$($argument),*>);
        same!(SetOnce<$($argument),*>);
        same!(oneshot::Sender<$($argument),*>);
        same!(oneshot::Receiver<$($argument),*>);
        same!(mpsc::Sender<$($argument),*>);
        same!(mpsc::WeakSender<$($argument),*>);
        same!(mpsc::Receiver<$($argument),*>);
        same!(mpsc::UnboundedSender<$($argument),*>);
        same!(mpsc::WeakUnboundedSender<$($argument),*>);
        same!(mpsc::UnboundedReceiver<$($argument),*>);
        same!(mpsc::Permit<'static, $($argument),*>);
        same!(mpsc::PermitIterator<'static, $($argument),*>);
        same!(mpsc::OwnedPermit<$($argument),*>);
        same!(watch::Sender<$($argument),*>);
        same!(watch::Receiver<$($argument),*>);
        same!(watch::Ref<'static, $($argument),*>);
        same!(broadcast::Sender<$($argument),*>);
        same!(broadcast::WeakSender<$($argument),*>);
        same!(broadcast::Receiver<$($argument),*>);
    )* };
}

type Local = Rc<u32>;
type NotSync = Cell<u32>;

#[test]
fn types_have_the_auto_traits_of_the_real_ones() {
    assert!(has!(u32: Send) && !has!(Local: Send) && !has!(NotSync: Sync));
    same_for!([u32][Local][NotSync]);
    same!(Semaphore);
    same!(SemaphorePermit<'static>);
    same!(OwnedSemaphorePermit);
    same!(Notify);
    same!(futures::Notified<'static>);
    same!(futures::OwnedNotified);
    same!(Barrier);
    same!(BarrierWaitResult);
}

fn send<T: Send>(_: T) {}
fn send_sync<T: Send + Sync>(_: T) {}

/// Compiles if futures are what tokio's are.
#[allow(dead_code)]
#[allow(clippy::let_underscore_future)]
fn futures_can_be_sent() {
    let mutex = Arc::new(ours::Mutex::new(Cell::new(1)));
    send_sync(mutex.lock());
    send_sync(Arc::clone(&mutex).lock_owned());
    let lock = Arc::new(ours::RwLock::new(1));
    send_sync(lock.read());
    send_sync(lock.write());
    send_sync(Arc::clone(&lock).read_owned());
    send_sync(Arc::clone(&lock).write_owned());
    let semaphore = Arc::new(ours::Semaphore::new(1));
    send_sync(semaphore.acquire());
    send_sync(semaphore.acquire_many(2));
    send_sync(Arc::clone(&semaphore).acquire_owned());
    let notify = Arc::new(ours::Notify::new());
    send_sync(notify.notified());
    send_sync(Arc::clone(&notify).notified_owned());
    send_sync(ours::Barrier::new(1).wait());
    let cell: ours::OnceCell<u32> = ours::OnceCell::new();
    send_sync(cell.get_or_init(|| async { 1 }));
    send_sync(cell.get_or_try_init(|| async { Ok::<_, ()>(1) }));
    let once: ours::SetOnce<u32> = ours::SetOnce::new();
    send_sync(once.wait());
    let (mut tx, rx) = ours::oneshot::channel::<Cell<u32>>();
    send_sync(tx.closed());
    send_sync(rx);
    let (tx, mut rx) = ours::mpsc::channel::<Cell<u32>>(1);
    send(tx.send(Cell::new(1)));
    send_sync(tx.reserve());
    send_sync(tx.reserve_many(2));
    send_sync(tx.clone().reserve_owned());
    send_sync(tx.closed());
    send(tx.send_timeout(Cell::new(1), std::time::Duration::ZERO));
    send_sync(rx.recv());
    let mut buffer = Vec::new();
    send(rx.recv_many(&mut buffer, 1));
    let (tx, mut rx) = ours::watch::channel(1);
    send_sync(tx.closed());
    send_sync(rx.changed());
    send(rx.wait_for(|_| true));
    let (tx, mut rx) = ours::broadcast::channel::<Cell<u32>>(1);
    send_sync(rx.recv());
    send_sync(tx.closed());
}

#[test]
fn guards_and_cells_can_be_made_in_constants() {
    static MUTEX: ours::Mutex<u32> = ours::Mutex::const_new(1);
    static LOCK: ours::RwLock<u32> = ours::RwLock::const_new(2);
    static FEW: ours::RwLock<u32> = ours::RwLock::const_with_max_readers(3, 1);
    static SEMAPHORE: ours::Semaphore = ours::Semaphore::const_new(4);
    static NOTIFY: ours::Notify = ours::Notify::const_new();
    static CELL: ours::OnceCell<u32> = ours::OnceCell::const_new();
    static FULL: ours::OnceCell<u32> = ours::OnceCell::const_new_with(5);
    static ONCE: ours::SetOnce<u32> = ours::SetOnce::const_new();
    static SET: ours::SetOnce<u32> = ours::SetOnce::const_new_with(6);
    assert_eq!(*MUTEX.try_lock().expect("free"), 1);
    assert_eq!(*LOCK.try_write().expect("free"), 2);
    let reader = FEW.try_read().expect("free");
    assert!(FEW.try_read().is_err(), "one reader at a time");
    drop(reader);
    assert_eq!(SEMAPHORE.available_permits(), 4);
    NOTIFY.notify_one();
    assert_eq!((CELL.get(), FULL.get(), ONCE.get(), SET.get()), (None, Some(&5), None, Some(&6)));
}
