//! A driver is stopped while a request that has just seen it running enters it.
//!
//! The request checks the flag *before* it announces itself. One preemption, between the two, lets the whole stop
//! come in between. From SCTBench (CS.bluetooth_driver_bad).

use crate::program::Schedules::{Capped, Mean};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "bluetooth",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the driver is stopped already"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(70),
        urw: Capped(1919),
        pos: Mean(36),
        pct3: Mean(112),
        random: Mean(215),
        rff: Mean(45),
        q_learning: Mean(155),
        period: Mean(9),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed, Ordering::SeqCst};
    use std::thread;

    struct Device {
        pending: AtomicI32,
        stopping: AtomicBool,
        idle: AtomicBool,
        stopped: AtomicBool,
    }

    impl Device {
        fn enter(&self) -> bool {
            if self.stopping.load(Relaxed) {
                return false;
            }
            self.pending.fetch_add(1, SeqCst);
            true
        }

        fn enter_first(&self) -> bool {
            self.pending.fetch_add(1, SeqCst);
            !self.stopping.load(Relaxed)
        }

        fn leave(&self) {
            if self.pending.fetch_sub(1, SeqCst) == 1 {
                self.idle.store(true, Relaxed);
            }
        }

        fn stop(&self) {
            self.stopping.store(true, Relaxed);
            self.leave();
            if self.idle.load(Relaxed) {
                self.stopped.store(true, Relaxed);
            }
        }
    }

    pub(super) fn buggy() {
        run(Device::enter);
    }

    pub(super) fn correct() {
        run(Device::enter_first);
    }

    fn run(enter: fn(&Device) -> bool) {
        let device = Arc::new(Device {
            pending: AtomicI32::new(1),
            stopping: AtomicBool::new(false),
            idle: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        let stop = thread::spawn({
            let device = Arc::clone(&device);
            move || device.stop()
        });
        if enter(&device) {
            assert!(!device.stopped.load(Relaxed), "the driver is stopped already");
        }
        device.leave();
        stop.join().unwrap();
    }
}
