//! A work-stealing deque (THE) whose owner pushes although a thief may still be reading the oldest slot.
//!
//! `push` leaves no slot free between tail and head: it tests for room with the size, not the size less one. A
//! thief that has moved head on, but not read its item yet, then reads the item just pushed, so that one item
//! is taken twice and another never. One preemption: of the thief. From SCTBench (chess.WSQ, chess.IWSQ).

use crate::program::Schedules::{Mean, Never, NotRun};
use crate::program::{Body, Expected, Family, Program, Published};

/// With a mutex.
pub const WORK_STEAL_QUEUE: Program = Program {
    name: "work_steal_queue",
    family: Family::SctBench,
    depth: 2,
    expected: Expected::Panic("an item was not taken exactly once"),
    body: Body::Threads(code::buggy::<code::MutexLock>),
    small: None,
    twin: Some(Body::Threads(code::correct::<code::MutexLock>)),
    published: Some(Published {
        surw: Mean(6),
        urw: Mean(13),
        pos: Mean(12),
        pct3: Mean(48),
        random: NotRun,
        rff: Mean(10),
        q_learning: Never,
        period: Mean(57),
    }),
};

/// With a spin lock.
pub const INTERLOCKED_WORK_STEAL_QUEUE: Program = Program {
    name: "interlocked_work_steal_queue",
    family: Family::SctBench,
    depth: 2,
    expected: Expected::Panic("an item was not taken exactly once"),
    body: Body::Threads(code::buggy::<code::SpinLock>),
    small: None,
    twin: Some(Body::Threads(code::correct::<code::SpinLock>)),
    published: Some(Published {
        surw: Mean(6),
        urw: Mean(428),
        pos: Mean(14),
        pct3: Mean(48),
        random: Never,
        rff: Mean(1),
        q_learning: Never,
        period: Mean(57),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};
    use std::thread;

    const ITEMS: usize = 4;

    pub(super) trait Lock: Default + Send + Sync + 'static {
        fn with<R>(&self, work: impl FnOnce() -> R) -> R;
    }

    #[derive(Default)]
    pub(super) struct MutexLock(Mutex<()>);

    impl Lock for MutexLock {
        fn with<R>(&self, work: impl FnOnce() -> R) -> R {
            let _locked = self.0.lock().unwrap();
            work()
        }
    }

    #[derive(Default)]
    pub(super) struct SpinLock(AtomicBool);

    impl Lock for SpinLock {
        fn with<R>(&self, work: impl FnOnce() -> R) -> R {
            while self.0.swap(true, SeqCst) {
                thread::yield_now();
            }
            let result = work();
            self.0.store(false, SeqCst);
            result
        }
    }

    type Slots = Box<[AtomicUsize]>;

    fn slots(count: usize) -> Slots {
        (0..count).map(|_| AtomicUsize::new(usize::MAX)).collect()
    }

    struct Deque<L> {
        /// Changed by thieves, except when the owner has the lock.
        head: AtomicI64,
        /// Changed by the owner.
        tail: AtomicI64,
        lock: L,
        /// Of two slots at first, of four once the deque has grown: items of the test never need more.
        slots: [Slots; 2],
        /// Changed by the owner, which has the lock then, as have thieves when they look.
        grown: AtomicUsize,
    }

    impl<L: Lock> Deque<L> {
        fn steal(&self) -> Option<usize> {
            self.lock.with(|| {
                let head = self.head.load(SeqCst);
                self.head.store(head + 1, SeqCst);
                if head < self.tail.load(SeqCst) {
                    let slots = &self.slots[self.grown.load(Relaxed)];
                    Some(slots[head as usize & (slots.len() - 1)].load(Relaxed))
                } else {
                    self.head.store(head, SeqCst);
                    None
                }
            })
        }
    }

    struct Owner<L> {
        deque: Arc<Deque<L>>,
        grown: usize,
        /// How many slots are kept free.
        spare: i64,
    }

    impl<L: Lock> Owner<L> {
        fn slots(&self) -> &Slots {
            &self.deque.slots[self.grown]
        }

        fn slot(&self, at: i64) -> &AtomicUsize {
            &self.slots()[at as usize & (self.slots().len() - 1)]
        }

        fn push(&mut self, item: usize) {
            let tail = self.deque.tail.load(SeqCst);
            if tail < self.deque.head.load(SeqCst) + self.slots().len() as i64 - self.spare {
                self.slot(tail).store(item, Relaxed);
                self.deque.tail.store(tail + 1, SeqCst);
            } else {
                self.push_locked(item);
            }
        }

        fn push_locked(&mut self, item: usize) {
            let deque = Arc::clone(&self.deque);
            deque.lock.with(|| {
                let head = deque.head.load(SeqCst);
                let count = deque.tail.load(SeqCst) - head;
                let head = head & (self.slots().len() as i64 - 1);
                deque.head.store(head, SeqCst);
                deque.tail.store(head + count, SeqCst);
                if count >= self.slots().len() as i64 - 1 {
                    let larger = &deque.slots[1];
                    for at in 0..count {
                        larger[at as usize].store(self.slot(head + at).load(Relaxed), Relaxed);
                    }
                    self.grown = 1;
                    deque.grown.store(1, Relaxed);
                    deque.head.store(0, SeqCst);
                    deque.tail.store(count, SeqCst);
                }
                let tail = deque.tail.load(SeqCst);
                self.slot(tail).store(item, Relaxed);
                deque.tail.store(tail + 1, SeqCst);
            });
        }

        fn pop(&self) -> Option<usize> {
            let tail = self.deque.tail.load(SeqCst) - 1;
            self.deque.tail.store(tail, SeqCst);
            if self.deque.head.load(SeqCst) <= tail {
                return Some(self.slot(tail).load(Relaxed));
            }
            self.deque.tail.store(tail + 1, SeqCst);
            self.pop_locked()
        }

        fn pop_locked(&self) -> Option<usize> {
            let deque = &self.deque;
            deque.lock.with(|| {
                let tail = deque.tail.load(SeqCst) - 1;
                deque.tail.store(tail, SeqCst);
                let item = if deque.head.load(SeqCst) <= tail {
                    Some(self.slot(tail).load(Relaxed))
                } else {
                    deque.tail.store(tail + 1, SeqCst);
                    None
                };
                if deque.head.load(SeqCst) > tail {
                    deque.head.store(0, SeqCst);
                    deque.tail.store(0, SeqCst);
                    return None;
                }
                item
            })
        }
    }

    pub(super) fn buggy<L: Lock>() {
        run::<L>(0);
    }

    pub(super) fn correct<L: Lock>() {
        run::<L>(1);
    }

    fn run<L: Lock>(spare: i64) {
        let taken: Arc<[AtomicUsize]> = (0..ITEMS).map(|_| AtomicUsize::new(0)).collect();
        let take = |item: Option<usize>, taken: &[AtomicUsize]| {
            if let Some(item) = item {
                let before = taken[item].load(Relaxed);
                taken[item].store(before + 1, Relaxed);
            }
        };
        let deque = Arc::new(Deque {
            head: AtomicI64::new(0),
            tail: AtomicI64::new(0),
            lock: L::default(),
            slots: [slots(2), slots(4)],
            grown: AtomicUsize::new(0),
        });
        let thief = thread::spawn({
            let (deque, taken) = (Arc::clone(&deque), Arc::clone(&taken));
            move || {
                for _ in 0..2 {
                    take(deque.steal(), &taken);
                }
            }
        });
        let mut owner = Owner { deque, grown: 0, spare };
        for pair in 0..ITEMS / 2 {
            owner.push(2 * pair);
            owner.push(2 * pair + 1);
            take(owner.pop(), &taken);
        }
        for _ in 0..ITEMS / 2 {
            take(owner.pop(), &taken);
        }
        thief.join().unwrap();
        for times in &*taken {
            assert_eq!(times.load(Relaxed), 1, "an item was not taken exactly once");
        }
    }
}
