//! A lock-free stack of three nodes hands one node to two threads at a time.
//!
//! `pop` takes the link out of the head node before it moves head on, and puts it back if another was faster: by
//! then the node may be elsewhere in the stack. Dmitry Vyukov's stack, of which at least five preemptions are said to
//! be needed to show it. From SCTBench (safestack).
//!
//! Here it takes seven. There are too many schedules with that many, but few states: `tests/tests/corpus/safestack.rs`
//! searches these.

use crate::program::Schedules::{Capped, Never};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "safestack",
    family: Family::Apart,
    depth: 7,
    expected: Expected::Panic("the node belongs to another thread, too"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Capped(369000),
        urw: Never,
        pos: Never,
        pct3: Never,
        random: Never,
        rff: Never,
        q_learning: Never,
        period: Never,
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};
    use std::thread;

    const THREADS: usize = 3;
    const ROUNDS: usize = 2;
    const NODES: usize = 3;

    trait Stack: Send + Sync + 'static {
        fn pop(&self) -> Option<usize>;
        fn push(&self, node: usize);
    }

    struct SafeStack {
        count: AtomicI32,
        head: AtomicI32,
        next: [AtomicI32; NODES],
    }

    impl Stack for SafeStack {
        fn pop(&self) -> Option<usize> {
            while self.count.load(SeqCst) > 1 {
                let head = self.head.load(SeqCst);
                let next = self.next[head as usize].swap(-1, SeqCst);
                if next >= 0 {
                    if self.head.compare_exchange(head, next, SeqCst, SeqCst).is_ok() {
                        self.count.fetch_sub(1, SeqCst);
                        return Some(head as usize);
                    }
                    self.next[head as usize].swap(next, SeqCst);
                } else {
                    thread::yield_now();
                }
            }
            None
        }

        fn push(&self, node: usize) {
            let mut head = self.head.load(SeqCst);
            loop {
                self.next[node].store(head, SeqCst);
                match self.head.compare_exchange(head, node as i32, SeqCst, SeqCst) {
                    Ok(_) => break,
                    Err(other) => head = other,
                }
            }
            self.count.fetch_add(1, SeqCst);
        }
    }

    struct LockedStack(Mutex<Vec<usize>>);

    impl Stack for LockedStack {
        fn pop(&self) -> Option<usize> {
            self.0.lock().unwrap().pop()
        }

        fn push(&self, node: usize) {
            self.0.lock().unwrap().push(node);
        }
    }

    pub(super) fn buggy() {
        run(SafeStack {
            count: AtomicI32::new(NODES as i32),
            head: AtomicI32::new(0),
            next: [AtomicI32::new(1), AtomicI32::new(2), AtomicI32::new(-1)],
        });
    }

    pub(super) fn correct() {
        run(LockedStack(Mutex::new((0..NODES).collect())));
    }

    fn run(stack: impl Stack) {
        let stack = Arc::new(stack);
        let owners: Arc<[AtomicUsize]> = (0..NODES).map(|_| AtomicUsize::new(usize::MAX)).collect();
        let threads = (0..THREADS).map(|thread| {
            let (stack, owners) = (Arc::clone(&stack), Arc::clone(&owners));
            thread::spawn(move || {
                for _ in 0..ROUNDS {
                    let node = loop {
                        match stack.pop() {
                            Some(node) => break node,
                            None => thread::yield_now(),
                        }
                    };
                    owners[node].store(thread, Relaxed);
                    let owner = owners[node].load(Relaxed);
                    assert_eq!(owner, thread, "the node belongs to another thread, too");
                    stack.push(node);
                }
            })
        });
        for thread in threads.collect::<Vec<_>>() {
            thread.join().unwrap();
        }
    }
}
