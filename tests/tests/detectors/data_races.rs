//! Tracked cells: accesses that nothing orders.

#![expect(unsafe_code, reason = "cells that threads share are the subject")]

use coyote::{FailureKind, Lanes};

use super::{config, fails, passes};

/// How a message is handed over.
#[derive(Clone, Copy)]
enum By {
    RelaxedFlag,
    Flag,
    Fences,
    Mutex,
    Channel,
    Notify,
    Condvar,
    Join,
    Scope,
    OnceLock,
    Barrier,
    Park,
    TokioMutex,
    RwLock,
    Mpsc,
    Unbounded,
    Watch,
    Broadcast,
    Semaphore,
    OnceCell,
    JoinSet,
    Blocking,
    TokioBarrier,
    TokioRwLock,
}

/// Synchronisation, and a cell that it is to protect.
#[coyote::instrument]
mod code {
    use std::cell::{Cell, UnsafeCell};
    use std::mem::MaybeUninit;
    use std::sync::atomic::{AtomicBool, Ordering, fence};
    use std::sync::{Arc, Barrier, Condvar, Mutex, OnceLock, RwLock, mpsc};
    use std::thread;

    use tokio::sync::Notify;

    use super::By;

    #[derive(Default)]
    pub(super) struct Slot<T>(UnsafeCell<T>);

    // SAFETY: it is what is tested.
    unsafe impl<T: Send> Sync for Slot<T> {}

    impl<T: Copy> Slot<T> {
        pub(super) fn write(&self, value: T) {
            // SAFETY: under control all threads take turns on one.
            unsafe { *self.0.get() = value }
        }

        pub(super) fn read(&self) -> T {
            // SAFETY: as above.
            unsafe { *self.0.get() }
        }
    }

    #[derive(Default)]
    struct Counter(Cell<u32>);

    // SAFETY: as above.
    unsafe impl Sync for Counter {}

    fn orders(by: By) -> (Ordering, Ordering) {
        match by {
            By::Flag => (Ordering::Release, Ordering::Acquire),
            _ => (Ordering::Relaxed, Ordering::Relaxed),
        }
    }

    /// One thread writes, the other reads after it was told so.
    pub(super) fn hand_over(by: By) {
        let slot = Arc::new(Slot::default());
        let ready = Arc::new(AtomicBool::new(false));
        let lock = Arc::new((Mutex::new(false), Condvar::new()));
        let shared = Arc::new(RwLock::new(false));
        let once = Arc::new(OnceLock::new());
        let barrier = Arc::new(Barrier::new(2));
        let (sender, receiver) = mpsc::channel();
        let reader = thread::current();
        let writes = {
            let (slot, ready, lock) = (Arc::clone(&slot), Arc::clone(&ready), Arc::clone(&lock));
            let (shared, once, barrier) = (Arc::clone(&shared), Arc::clone(&once), Arc::clone(&barrier));
            move || {
                slot.write(7);
                match by {
                    By::RelaxedFlag | By::Flag => ready.store(true, orders(by).0),
                    By::Fences => {
                        fence(Ordering::Release);
                        ready.store(true, Ordering::Relaxed);
                    }
                    By::Mutex => *lock.0.lock().unwrap() = true,
                    By::Condvar => {
                        *lock.0.lock().unwrap() = true;
                        lock.1.notify_one();
                    }
                    By::RwLock => *shared.write().unwrap() = true,
                    By::OnceLock => once.set(()).unwrap(),
                    By::Barrier => drop(barrier.wait()),
                    By::Channel => sender.send(()).unwrap(),
                    By::Park => {
                        ready.store(true, Ordering::Relaxed);
                        reader.unpark();
                    }
                    _ => {}
                }
            }
        };
        if let By::Scope = by {
            thread::scope(|scope| {
                scope.spawn(writes);
            });
            assert_eq!(slot.read(), 7);
            return;
        }
        let writer = thread::spawn(writes);
        let told = match by {
            By::RelaxedFlag | By::Flag => ready.load(orders(by).1),
            By::Fences => {
                let told = ready.load(Ordering::Relaxed);
                fence(Ordering::Acquire);
                told
            }
            By::Mutex => *lock.0.lock().unwrap(),
            By::Condvar => *lock.1.wait_while(lock.0.lock().unwrap(), |ready| !*ready).unwrap(),
            By::RwLock => *shared.read().unwrap(),
            By::OnceLock => once.get().is_some(),
            By::Barrier => {
                barrier.wait();
                true
            }
            By::Channel => receiver.recv().is_ok(),
            By::Park => {
                thread::park();
                ready.load(Ordering::Relaxed)
            }
            _ => false,
        };
        if told {
            assert_eq!(slot.read(), 7);
        }
        writer.join().unwrap();
        assert_eq!(slot.read(), 7);
    }

    /// The same with tasks.
    pub(super) async fn hand_over_async(by: By) {
        let slot = Arc::new(Slot::default());
        let notify = Arc::new(Notify::new());
        let lock = Arc::new(tokio::sync::Mutex::new(0));
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let task = {
            let (slot, notify, lock) = (Arc::clone(&slot), Arc::clone(&notify), Arc::clone(&lock));
            tokio::spawn(async move {
                match by {
                    By::TokioMutex => {
                        let _guard = lock.lock().await;
                        slot.write(slot.read() + 1);
                    }
                    _ => slot.write(1),
                }
                match by {
                    By::Notify => notify.notify_one(),
                    By::Channel => sender.send(()).unwrap(),
                    _ => {}
                }
            })
        };
        match by {
            By::Notify => {
                notify.notified().await;
                assert_eq!(slot.read(), 1);
            }
            By::Channel => {
                receiver.await.unwrap();
                assert_eq!(slot.read(), 1);
            }
            By::TokioMutex => {
                let _guard = lock.lock().await;
                slot.write(slot.read() + 1);
            }
            By::Join => {}
            _ => drop(slot.read()),
        }
        task.await.unwrap();
        slot.read();
    }

    /// One task writes, another reads after it was told so, by one of tokio's primitives.
    pub(super) async fn hand_over_by(by: By) {
        use tokio::sync;

        let slot = Arc::new(Slot::default());
        let (bounded, mut messages) = sync::mpsc::channel(1);
        let (unbounded, mut more) = sync::mpsc::unbounded_channel();
        let (watched, mut watch) = sync::watch::channel(0);
        let (all, mut broadcast) = sync::broadcast::channel(1);
        let permits = Arc::new(sync::Semaphore::new(0));
        let once = Arc::new(sync::OnceCell::new());
        let barrier = Arc::new(sync::Barrier::new(2));
        let shared = Arc::new(sync::RwLock::new(false));
        let writes = {
            let (slot, permits, once) = (Arc::clone(&slot), Arc::clone(&permits), Arc::clone(&once));
            let (barrier, shared) = (Arc::clone(&barrier), Arc::clone(&shared));
            async move {
                slot.write(1);
                match by {
                    By::Mpsc => bounded.send(()).await.unwrap(),
                    By::Unbounded => unbounded.send(()).unwrap(),
                    By::Watch => watched.send(1).unwrap(),
                    By::Broadcast => drop(all.send(()).unwrap()),
                    By::Semaphore => permits.add_permits(1),
                    By::OnceCell => once.set(()).unwrap(),
                    By::TokioBarrier => {
                        let _leader = barrier.wait().await;
                    }
                    By::TokioRwLock => *shared.write().await = true,
                    _ => {}
                }
            }
        };
        let mut set = tokio::task::JoinSet::new();
        if let By::Blocking = by {
            let slot = Arc::clone(&slot);
            tokio::task::spawn_blocking(move || slot.write(2)).await.unwrap();
        }
        set.spawn(writes);
        let told = match by {
            By::Mpsc => messages.recv().await.is_some(),
            By::Unbounded => more.recv().await.is_some(),
            By::Watch => watch.changed().await.is_ok(),
            By::Broadcast => broadcast.recv().await.is_ok(),
            By::Semaphore => permits.acquire().await.is_ok(),
            By::OnceCell => once.get().is_some(),
            By::TokioBarrier => {
                barrier.wait().await;
                true
            }
            By::TokioRwLock => *shared.read().await,
            _ => false,
        };
        if told {
            assert_eq!(slot.read(), 1);
        }
        while set.join_next().await.is_some() {}
        assert_eq!(slot.read(), 1);
    }

    /// Two threads count, each on its own.
    pub(super) fn count(locked: bool) {
        let counter = Arc::new((Counter::default(), Mutex::new(())));
        let adds = |counter: Arc<(Counter, Mutex<()>)>| {
            move || {
                let _guard = locked.then(|| counter.1.lock().unwrap());
                counter.0.0.set(counter.0.0.get() + 1);
            }
        };
        let other = thread::spawn(adds(Arc::clone(&counter)));
        adds(Arc::clone(&counter))();
        other.join().unwrap();
        assert_eq!(counter.0.0.get(), 2);
    }

    /// A channel for one message, whose destructor looks at what is left.
    pub(super) struct Channel {
        message: UnsafeCell<MaybeUninit<String>>,
        is_ready: AtomicBool,
    }

    // SAFETY: it is what is tested.
    unsafe impl Sync for Channel {}

    impl Channel {
        pub(super) fn new() -> Self {
            Channel { message: UnsafeCell::new(MaybeUninit::uninit()), is_ready: AtomicBool::new(false) }
        }

        pub(super) fn send(&self, message: String, order: Ordering) {
            // SAFETY: called once.
            unsafe { (*self.message.get()).write(message) };
            self.is_ready.store(true, order);
        }

        pub(super) fn length(&self, order: Ordering) -> Option<usize> {
            // SAFETY: there is a message.
            self.is_ready.load(order).then(|| unsafe { (*self.message.get()).assume_init_ref().len() })
        }
    }

    impl Drop for Channel {
        fn drop(&mut self) {
            if *self.is_ready.get_mut() {
                // SAFETY: there is a message, and nobody else.
                unsafe { (*self.message.get()).assume_init_drop() }
            }
        }
    }

    /// Whoever is last destroys the message: no lock orders that, but a reference count.
    pub(super) fn last_one_out(store: Ordering, load: Ordering) {
        let channel = Arc::new(Channel::new());
        let theirs = Arc::clone(&channel);
        thread::spawn(move || theirs.send("hello".to_owned(), store));
        if let Some(length) = channel.length(load) {
            assert_eq!(length, 5);
        }
        let readers = [(); 2].map(|()| {
            let channel = Arc::clone(&channel);
            thread::spawn(move || channel.length(load))
        });
        drop(channel);
        for reader in readers {
            reader.join().unwrap();
        }
    }
}

use std::sync::atomic::Ordering;

pub(super) fn relaxed() {
    code::hand_over(By::RelaxedFlag);
}

pub(super) fn released() {
    code::hand_over(By::Flag);
}

#[test]
fn a_relaxed_flag_hands_nothing_over() {
    let report = fails(config("relaxed"), || async { code::hand_over(By::RelaxedFlag) });
    let coyote::End::Failed(failure) = report.bug().unwrap().end() else { panic!("{report}") };
    assert_eq!(failure.kind, FailureKind::Race);
    let message = report.bug().unwrap().message();
    assert!(message.starts_with("data race in task main: UnsafeCell main"), "{message}");
    assert!(
        message.contains(" is read at ") && message.contains(" and was written by main/1 at "),
        "{message}"
    );
    let shown = report.to_string();
    assert!(
        shown.contains("missing = the store at ") && shown.contains("`Release` and `Acquire`"),
        "{report}"
    );
}

#[test]
fn what_is_handed_over_in_order_is_no_race() {
    let ways = [By::Flag, By::Fences, By::Mutex, By::Channel, By::Condvar, By::Join, By::Scope, By::OnceLock];
    for by in ways.into_iter().chain([By::Barrier, By::Park, By::RwLock]) {
        let report = coyote::Explorer::new(config("threads")).run_sync(move || code::hand_over(by));
        assert!(report.bug().is_none(), "{report}");
    }
}

#[test]
fn nor_between_tasks() {
    passes(config("notify"), || code::hand_over_async(By::Notify));
    passes(config("oneshot"), || code::hand_over_async(By::Channel));
    passes(config("mutex"), || code::hand_over_async(By::TokioMutex));
    passes(config("join"), || code::hand_over_async(By::Join));
    passes(config("mpsc"), || code::hand_over_by(By::Mpsc));
    passes(config("unbounded"), || code::hand_over_by(By::Unbounded));
    passes(config("watch"), || code::hand_over_by(By::Watch));
    passes(config("broadcast"), || code::hand_over_by(By::Broadcast));
    passes(config("semaphore"), || code::hand_over_by(By::Semaphore));
    passes(config("once-cell"), || code::hand_over_by(By::OnceCell));
    passes(config("join-set"), || code::hand_over_by(By::JoinSet));
    passes(config("blocking"), || code::hand_over_by(By::Blocking));
    passes(config("tokio-barrier"), || code::hand_over_by(By::TokioBarrier));
    passes(config("tokio-rwlock"), || code::hand_over_by(By::TokioRwLock));
}

#[test]
fn tasks_that_are_not_told_race() {
    let report = fails(config("not-told"), || code::hand_over_async(By::RelaxedFlag));
    assert!(report.bug().unwrap().message().starts_with("data race"), "{report}");
}

#[test]
fn tasks_of_one_thread_take_turns() {
    let config = config("one-thread").lanes(Lanes::CurrentThread);
    passes(config, || code::hand_over_async(By::RelaxedFlag));
}

#[test]
fn two_that_count_in_a_cell_race_and_with_a_lock_they_do_not() {
    let report = fails(config("count"), || async { code::count(false) });
    assert!(report.bug().unwrap().message().contains("Cell main"), "{report}");
    passes(config("count-locked"), || async { code::count(true) });
}

#[test]
fn destructors_are_ordered_by_reference_counts() {
    passes(config("last-out"), || async { code::last_one_out(Ordering::Release, Ordering::Acquire) });
    fails(config("last-out-relaxed"), || async { code::last_one_out(Ordering::Release, Ordering::Relaxed) });
}

#[test]
fn races_are_let_be_where_that_is_asked_for() {
    passes(config("let-be").races(false), || async { code::hand_over(By::RelaxedFlag) });
}

#[test]
fn a_raw_pointer_to_a_cell_leads_to_its_value() {
    let cell = coyote::std::cell::UnsafeCell::new(7_u64);
    let pointer = coyote::std::cell::UnsafeCell::raw_get(&raw const cell);
    assert_eq!(pointer, cell.get());
    // SAFETY: the cell is there, and nobody else has it.
    assert_eq!(unsafe { *pointer }, 7);
}
