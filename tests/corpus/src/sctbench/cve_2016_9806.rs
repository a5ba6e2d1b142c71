//! Two threads allocate a shared object under a lock, and free it without.
//!
//! If both allocate before either frees, both free the second object: one preemption. Memory is modelled by
//! flags. After CVE-2016-9806 (Linux, `netlink_dump`).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "cve_2016_9806",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("freed twice"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(3),
        urw: Mean(4),
        pos: Mean(7),
        pct3: Mean(7),
        random: Mean(2209),
        rff: Mean(11),
        q_learning: Mean(554),
        period: Mean(6),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Socket {
        lock: Mutex<()>,
        /// Which object the callback has.
        object: AtomicUsize,
        freed: [AtomicBool; 2],
    }

    impl Socket {
        fn free(&self, object: usize) {
            assert!(!self.freed[object].swap(true, Relaxed), "freed twice");
        }
    }

    fn dump(socket: &Socket, object: usize) {
        {
            let _locked = socket.lock.lock().unwrap();
            socket.object.store(object, Relaxed);
        }
        socket.free(socket.object.load(Relaxed));
    }

    /// Frees before another can allocate.
    fn dump_locked(socket: &Socket, object: usize) {
        let _locked = socket.lock.lock().unwrap();
        socket.object.store(object, Relaxed);
        socket.free(socket.object.load(Relaxed));
    }

    pub(super) fn buggy() {
        run(dump);
    }

    pub(super) fn correct() {
        run(dump_locked);
    }

    fn run(dump: fn(&Socket, usize)) {
        let socket = Arc::new(Socket::default());
        let threads = [0, 1].map(|object| {
            let socket = Arc::clone(&socket);
            thread::spawn(move || dump(&socket, object))
        });
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
