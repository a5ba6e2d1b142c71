//! `tokio::runtime`.

use std::time::Duration;

use coyote_shim::tokio;
use tokio::runtime::{Builder, LocalRuntime, Runtime};

use crate::measure::{Points, op};

pub(crate) fn run(points: &mut Points) {
    points.count_in_thread(|counts| {
        let runtime = Runtime::new().expect("a runtime");
        op!(counts, tokio::runtime::Runtime::spawn(&runtime, async {}));
        op!(counts, tokio::runtime::Runtime::spawn_blocking(&runtime, || ()));
        let handle = runtime.handle();
        op!(counts, tokio::runtime::Handle::spawn(handle, async {}));
        op!(counts, tokio::runtime::Handle::spawn_blocking(handle, || ()));
        op!(counts, tokio::runtime::RuntimeMetrics::num_alive_tasks(&runtime.metrics()));
        op!(counts, [tokio::runtime::Runtime: Drop] drop(runtime));
        let current_thread = Builder::new_current_thread().build().expect("a runtime");
        op!(counts, tokio::runtime::Runtime::block_on(&current_thread, async {}));
        let runtime = || Runtime::new().expect("a runtime");
        op!(counts, tokio::runtime::Runtime::shutdown_background(runtime()));
        op!(counts, tokio::runtime::Runtime::shutdown_timeout(runtime(), Duration::from_secs(1)));
    });
    points.count_in_thread(|counts| {
        let runtime = LocalRuntime::new().expect("a runtime");
        op!(counts, tokio::runtime::LocalRuntime::block_on(&runtime, async {}));
        op!(counts, tokio::runtime::LocalRuntime::spawn_local(&runtime, async {}));
        op!(counts, tokio::runtime::LocalRuntime::spawn_blocking(&runtime, || ()));
        op!(counts, [tokio::runtime::LocalRuntime: Drop] drop(runtime));
        let runtime = || LocalRuntime::new().expect("a runtime");
        op!(counts, tokio::runtime::LocalRuntime::shutdown_background(runtime()));
        op!(counts, tokio::runtime::LocalRuntime::shutdown_timeout(runtime(), Duration::from_secs(1)));
    });
}
