//! The floor under every switch: corosensei by itself.

use std::hint::black_box;

use corosensei::{Coroutine, CoroutineResult};

use crate::clock;

/// Returns the nanoseconds that a bare switch to a stack and back takes here, the median of some
/// samples.
pub(crate) fn switch_ns() -> f64 {
    const SWITCHES: u64 = 2_000_000;
    let mut coroutine: Coroutine<(), (), ()> = Coroutine::new(|yielder, ()| {
        loop {
            yielder.suspend(());
        }
    });
    let samples: Vec<f64> = (0..9)
        .map(|_| {
            let took = clock::seconds(|| {
                for _ in 0..SWITCHES {
                    let CoroutineResult::Yield(()) = black_box(&mut coroutine).resume(()) else {
                        unreachable!("it never returns");
                    };
                }
            });
            took * 1e9 / SWITCHES as f64
        })
        .collect();
    clock::median(&samples)
}

/// Prints the header of every table: what machine state the numbers were taken in.
pub(crate) fn print_header() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    eprintln!("bare corosensei switch, there and back: {:.2} ns; load average {load}", switch_ns());
}
