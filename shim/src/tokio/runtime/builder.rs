//! `tokio::runtime::Builder`.

use ::std::fmt;
use ::std::io;
use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::time::Duration;

use super::core::{Callback, Core, Flavor, Setup, ThreadName};
use super::parking::{Parking, start_parker};
use super::{LocalOptions, LocalRuntime, Runtime};
use crate::entry::{self, Hold};

#[derive(Clone, Copy)]
enum Kind {
    CurrentThread,
    MultiThread,
}

/// Builds a [`Runtime`].
///
/// Under control:
///
/// | option | |
/// |---|---|
/// | `worker_threads`, `max_blocking_threads`, `start_paused`, `enable_time`, `name`, `thread_name(_fn)` | honoured |
/// | `on_thread_start`, `on_thread_stop` | called once per worker, and once per closure on the blocking pool, each of which has a thread of its own |
/// | `on_thread_park`, `on_thread_unpark` | called when the thread of a `current_thread` runtime has nothing to run; by each worker of a `multi_thread` runtime once, as if it never found a task |
/// | `thread_stack_size` | no effect: the exploration's `stack_size` holds for all tasks |
/// | `thread_keep_alive` | no effect: no thread is kept |
/// | `global_queue_interval`, `event_interval`, `max_io_events_per_tick`, `max_io_events_per_busy_tick` | no effect: they tune the order of tasks and events, all orders of which are explored |
/// | `enable_io` | I/O is real, and not under control; one reactor serves all runtimes of an execution |
pub struct Builder {
    kind: Kind,
    name: Option<String>,
    enable_io: bool,
    enable_time: bool,
    start_paused: bool,
    worker_threads: Option<usize>,
    max_blocking_threads: Option<usize>,
    thread_name: Option<ThreadName>,
    thread_stack_size: Option<usize>,
    after_start: Option<Callback>,
    before_stop: Option<Callback>,
    before_park: Option<Callback>,
    after_unpark: Option<Callback>,
    keep_alive: Option<Duration>,
    global_queue_interval: Option<u32>,
    event_interval: Option<u32>,
    max_io_events: Option<usize>,
    max_io_events_busy: Option<usize>,
}

impl Builder {
    /// Creates a builder of a runtime whose tasks run on the thread in `block_on`.
    pub fn new_current_thread() -> Builder {
        Builder::new(Kind::CurrentThread)
    }

    /// Creates a builder of a runtime with worker threads.
    pub fn new_multi_thread() -> Builder {
        Builder::new(Kind::MultiThread)
    }

    fn new(kind: Kind) -> Builder {
        Builder {
            kind,
            name: None,
            enable_io: false,
            enable_time: false,
            start_paused: false,
            worker_threads: None,
            max_blocking_threads: None,
            thread_name: None,
            thread_stack_size: None,
            after_start: None,
            before_stop: None,
            before_park: None,
            after_unpark: None,
            keep_alive: None,
            global_queue_interval: None,
            event_interval: None,
            max_io_events: None,
            max_io_events_busy: None,
        }
    }

    /// Enables I/O and time.
    pub fn enable_all(&mut self) -> &mut Self {
        self.enable_io().enable_time()
    }

    /// Enables I/O.
    pub fn enable_io(&mut self) -> &mut Self {
        self.enable_io = true;
        self
    }

    /// Enables time.
    pub fn enable_time(&mut self) -> &mut Self {
        self.enable_time = true;
        self
    }

    /// Makes the clock stand still from the beginning; see [`pause`](crate::tokio::time::pause).
    pub fn start_paused(&mut self, start_paused: bool) -> &mut Self {
        self.start_paused = start_paused;
        self
    }

    /// Sets the number of worker threads of a multi-threaded runtime.
    ///
    /// # Panics
    /// Panics if it is 0.
    #[track_caller]
    pub fn worker_threads(&mut self, val: usize) -> &mut Self {
        assert!(val > 0, "Worker threads cannot be set to 0");
        self.worker_threads = Some(val);
        self
    }

    /// Sets how many closures may run on the blocking pool at the same time.
    ///
    /// # Panics
    /// Panics if it is 0.
    #[track_caller]
    pub fn max_blocking_threads(&mut self, val: usize) -> &mut Self {
        assert!(val > 0, "Max blocking threads cannot be set to 0");
        self.max_blocking_threads = Some(val);
        self
    }

    /// Sets the name of the runtime's threads.
    pub fn thread_name(&mut self, val: impl Into<String>) -> &mut Self {
        let val = val.into();
        self.thread_name_fn(move || val.clone())
    }

    /// Sets a function that names the runtime's threads.
    pub fn thread_name_fn<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() -> String + Send + Sync + 'static,
    {
        self.thread_name = Some(Arc::new(f));
        self
    }

    /// Sets the name of the runtime.
    ///
    /// # Panics
    /// Panics if it is empty.
    #[track_caller]
    pub fn name(&mut self, val: impl Into<String>) -> &mut Self {
        let val = val.into();
        assert!(!val.trim().is_empty(), "runtime name shouldn't be empty");
        self.name = Some(val);
        self
    }

    /// Sets the stack size of the runtime's threads, in bytes.
    pub fn thread_stack_size(&mut self, val: usize) -> &mut Self {
        self.thread_stack_size = Some(val);
        self
    }

    /// Has `f` called when a thread starts.
    pub fn on_thread_start<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.after_start = Some(Arc::new(f));
        self
    }

    /// Has `f` called before a thread stops.
    pub fn on_thread_stop<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.before_stop = Some(Arc::new(f));
        self
    }

    /// Has `f` called before a worker parks.
    pub fn on_thread_park<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.before_park = Some(Arc::new(f));
        self
    }

    /// Has `f` called when a worker goes on after having been parked.
    pub fn on_thread_unpark<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.after_unpark = Some(Arc::new(f));
        self
    }

    /// Sets how long an idle thread of the blocking pool is kept.
    pub fn thread_keep_alive(&mut self, duration: Duration) -> &mut Self {
        self.keep_alive = Some(duration);
        self
    }

    /// Sets after how many polls a worker looks into the queue that all share.
    ///
    /// # Panics
    /// Panics if it is 0.
    #[track_caller]
    pub fn global_queue_interval(&mut self, val: u32) -> &mut Self {
        assert!(val > 0, "global_queue_interval must be greater than 0");
        self.global_queue_interval = Some(val);
        self
    }

    /// Sets after how many polls a worker looks for events.
    ///
    /// # Panics
    /// Panics if it is 0.
    #[track_caller]
    pub fn event_interval(&mut self, val: u32) -> &mut Self {
        assert!(val > 0, "event_interval must be greater than 0");
        self.event_interval = Some(val);
        self
    }

    /// Sets how many I/O events are taken at a time.
    ///
    /// # Panics
    /// Panics if it is 0.
    #[track_caller]
    pub fn max_io_events_per_tick(&mut self, capacity: usize) -> &mut Self {
        assert!(capacity > 0, "max_io_events_per_tick must be non-zero");
        self.max_io_events = Some(capacity);
        self
    }

    /// Sets how many I/O events are taken at a time while there is other work.
    ///
    /// # Panics
    /// Panics if it is 0.
    #[track_caller]
    pub fn max_io_events_per_busy_tick(&mut self, capacity: usize) -> &mut Self {
        assert!(capacity > 0, "max_io_events_per_busy_tick must be non-zero");
        self.max_io_events_busy = Some(capacity);
        self
    }

    /// Builds the runtime.
    ///
    /// # Errors
    /// Returns the error of the operating system, never under control.
    #[track_caller]
    pub fn build(&mut self) -> io::Result<Runtime> {
        let Some(cx) = entry::current_or_enter(Location::caller()) else {
            return self.real().build().map(Runtime::real);
        };
        let flavor = match self.kind {
            Kind::CurrentThread => Flavor::CurrentThread,
            Kind::MultiThread => Flavor::MultiThread,
        };
        let hold = Hold::new(cx);
        let core = Core::new(cx, self.setup(flavor), hold.is_some().then(|| self.real()));
        super::tracked::start_workers(cx, &core);
        start_parker(cx, &core, Location::caller());
        Ok(Runtime::model(core, hold))
    }

    /// Builds a runtime whose futures need not be `Send`.
    ///
    /// # Errors
    /// Returns the error of the operating system, never under control.
    ///
    /// # Panics
    /// Panics if the builder is that of a multi-threaded runtime.
    #[track_caller]
    pub fn build_local(&mut self, options: LocalOptions) -> io::Result<LocalRuntime> {
        let Some(cx) = entry::current_or_enter(Location::caller()) else {
            return self.real().build_local(options).map(LocalRuntime::real);
        };
        // There is none yet, in tokio either.
        let LocalOptions { .. } = options;
        if let Kind::MultiThread = self.kind {
            panic!("multi_thread is not supported for LocalRuntime");
        }
        let hold = Hold::new(cx);
        let core = Core::new(cx, self.setup(Flavor::Local), None);
        start_parker(cx, &core, Location::caller());
        Ok(LocalRuntime::model(core, hold))
    }

    #[track_caller]
    fn setup(&self, flavor: Flavor) -> Setup {
        assert!(
            !self.start_paused || flavor != Flavor::MultiThread,
            "`time::pause()` requires the `current_thread` Tokio runtime. This is the default Runtime used by \
             `#[tokio::test]."
        );
        // A multi-threaded runtime's workers are threads of the blocking pool as well, and do not count.
        Setup {
            flavor,
            workers: self.worker_threads,
            max_blocking: self.max_blocking_threads,
            name: self.name.clone(),
            time_enabled: self.enable_time,
            io_enabled: self.enable_io,
            paused: self.start_paused,
            thread_name: self.thread_name.clone(),
            after_start: self.after_start.clone(),
            before_stop: self.before_stop.clone(),
            parking: Parking::new(self.before_park.clone(), self.after_unpark.clone()),
        }
    }

    /// Makes tokio's own builder with the same options.
    fn real(&self) -> ::tokio::runtime::Builder {
        let mut real = match self.kind {
            Kind::CurrentThread => ::tokio::runtime::Builder::new_current_thread(),
            Kind::MultiThread => ::tokio::runtime::Builder::new_multi_thread(),
        };
        if self.enable_io {
            real.enable_io();
        }
        if self.enable_time {
            real.enable_time();
        }
        real.start_paused(self.start_paused);
        if let Some(name) = &self.name {
            real.name(name);
        }
        if let Some(val) = self.worker_threads {
            real.worker_threads(val);
        }
        if let Some(val) = self.max_blocking_threads {
            real.max_blocking_threads(val);
        }
        if let Some(name) = self.thread_name.clone() {
            real.thread_name_fn(move || name());
        }
        if let Some(val) = self.thread_stack_size {
            real.thread_stack_size(val);
        }
        if let Some(f) = self.after_start.clone() {
            real.on_thread_start(move || f());
        }
        if let Some(f) = self.before_stop.clone() {
            real.on_thread_stop(move || f());
        }
        if let Some(f) = self.before_park.clone() {
            real.on_thread_park(move || f());
        }
        if let Some(f) = self.after_unpark.clone() {
            real.on_thread_unpark(move || f());
        }
        if let Some(val) = self.keep_alive {
            real.thread_keep_alive(val);
        }
        if let Some(val) = self.global_queue_interval {
            real.global_queue_interval(val);
        }
        if let Some(val) = self.event_interval {
            real.event_interval(val);
        }
        if let Some(val) = self.max_io_events {
            real.max_io_events_per_tick(val);
        }
        if let Some(val) = self.max_io_events_busy {
            real.max_io_events_per_busy_tick(val);
        }
        real
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = |callback: &Option<Callback>| callback.as_ref().map(|_| "...");
        let mut debug = f.debug_struct("Builder");
        if let Some(name) = &self.name {
            debug.field("name", name);
        }
        debug
            .field("worker_threads", &self.worker_threads)
            .field("max_blocking_threads", &self.max_blocking_threads.unwrap_or(512))
            .field("thread_name", &"<dyn Fn() -> String + Send + Sync + 'static>")
            .field("thread_stack_size", &self.thread_stack_size)
            .field("after_start", &set(&self.after_start))
            .field("before_stop", &set(&self.before_stop))
            .field("before_park", &set(&self.before_park))
            .field("after_unpark", &set(&self.after_unpark))
            .finish_non_exhaustive()
    }
}
