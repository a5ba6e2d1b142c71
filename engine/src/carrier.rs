//! Carriers: the stacks on which task bodies run.
//!
//! A carrier is not owned by a task. It loops "pick the next task, poll it" (`execution::drive`), and
//! is given up only when a task must be switched away in the middle of a poll. The interface is
//! *resume* and *suspend*, so that a backend on OS threads can take this one's place.

#![expect(unsafe_code, reason = "stack switching")]

use std::cell::Cell;
use std::ops::Range;

use corosensei::stack::{DefaultStack, Stack};
use corosensei::{Coroutine, Yielder};

/// What the engine needs of a stack that can be switched to and away from.
pub(crate) trait Backend: Sized {
    /// Creates a carrier that will call `main` on its own stack of `stack_size` bytes, at the first
    /// resume. `main` must never return, nor unwind.
    fn new(stack_size: usize, main: fn()) -> std::io::Result<Self>;

    /// Runs the carrier until it suspends itself.
    fn resume(&self);

    /// Leaves the carrier, on its own stack; returns when it is resumed.
    fn suspend(&self);

    /// Returns the stack's usable addresses.
    fn stack(&self) -> Range<usize>;
}

/// A carrier on a stack of its own in this OS thread, switched by corosensei.
pub(crate) struct Fiber {
    /// Never dropped as a coroutine: a carrier is parked in its loop, or abandoned, when its pool
    /// ends, and neither may be unwound by force. Its memory is unmapped by `Drop` below.
    coroutine: std::cell::UnsafeCell<std::mem::ManuallyDrop<Coroutine<(), (), (), DefaultStack>>>,
    /// Points into the coroutine's own stack, once it has started.
    yielder: Cell<*const Yielder<(), ()>>,
    stack: Range<usize>,
    /// Set while something on the stack must stay untouched for ever.
    pub(crate) abandoned: Cell<bool>,
}

impl Backend for Fiber {
    fn new(stack_size: usize, main: fn()) -> std::io::Result<Self> {
        let stack = DefaultStack::new(stack_size)?;
        let range = stack.limit().get()..stack.base().get();
        no_huge_pages(&range);
        let coroutine = Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| {
            crate::context::with_current(|ex| ex.adopt_yielder(yielder));
            main();
        });
        Ok(Fiber {
            coroutine: std::cell::UnsafeCell::new(std::mem::ManuallyDrop::new(coroutine)),
            yielder: Cell::new(std::ptr::null()),
            stack: range,
            abandoned: Cell::new(false),
        })
    }

    #[inline]
    fn resume(&self) {
        // SAFETY: the hub alone resumes, on the thread's own stack, and only a carrier that is
        // suspended or new; so no other reference to the coroutine is alive.
        let coroutine = unsafe { &mut *self.coroutine.get() };
        coroutine.resume(());
    }

    #[inline]
    fn suspend(&self) {
        // SAFETY: called on the carrier's own stack, whose first frame owns the yielder and has
        // stored its address before anything else could run there.
        unsafe { (*self.yielder.get()).suspend(()) }
    }

    fn stack(&self) -> Range<usize> {
        self.stack.clone()
    }
}

impl Fiber {
    pub(crate) fn set_yielder(&self, yielder: *const Yielder<(), ()>) {
        self.yielder.set(yielder);
    }
}

impl Drop for Fiber {
    fn drop(&mut self) {
        if self.abandoned.get() {
            // The frames on it may be referred to from anywhere: the memory stays.
            return;
        }
        // SAFETY: the carrier is parked at the top of its loop, whose frames own nothing (see
        // `execution::drive`), or was never started; so forgetting them leaks nothing, and the
        // stack may be unmapped. The coroutine is not used again.
        unsafe {
            let mut coroutine = std::mem::ManuallyDrop::take(self.coroutine.get_mut());
            if coroutine.started() {
                coroutine.force_reset();
            }
            drop(coroutine);
        }
    }
}

/// Keeps the kernel from backing a stack with huge pages, which would make every stack cost 2 MiB.
fn no_huge_pages(stack: &Range<usize>) {
    #[cfg(target_os = "linux")]
    // SAFETY: advice about memory that this module has just mapped; a failure changes nothing.
    unsafe {
        libc::madvise(stack.start as *mut libc::c_void, stack.len(), libc::MADV_NOHUGEPAGE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stack;
}

/// Bytes in a cache line.
const LINE: usize = 64;

/// Asks for the first cache lines of `value`.
#[inline]
pub(crate) fn prefetch<T>(value: *const T) {
    (0..size_of::<T>().min(2 * LINE))
        .step_by(LINE)
        .for_each(|at| prefetch_line(value.cast::<u8>().wrapping_add(at)));
}

/// Asks for the frames through which a task returns that is suspended where its stack ends at `end`.
#[inline]
pub(crate) fn prefetch_stack(end: usize) {
    const BELOW: usize = 2;
    const LINES: usize = 10;
    let first = std::ptr::without_provenance::<u8>(end).wrapping_sub(BELOW * LINE);
    (0..LINES).for_each(|line| prefetch_line(first.wrapping_add(line * LINE)));
}

#[inline]
fn prefetch_line(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect that the program can see, at any address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// The carriers of one explorer thread, kept parked in their loops across executions.
#[expect(clippy::vec_box, reason = "a running carrier must not move when another is made")]
pub(crate) struct Carriers {
    all: Vec<Box<Fiber>>,
    idle: Vec<u32>,
    stack_size: usize,
}

impl Carriers {
    pub(crate) fn new(stack_size: usize) -> Self {
        Carriers { all: Vec::new(), idle: Vec::new(), stack_size }
    }

    /// Returns a carrier at the top of its loop, the one parked last.
    #[inline]
    pub(crate) fn take_idle(&mut self) -> u32 {
        match self.idle.pop() {
            Some(carrier) => carrier,
            None => self.create(),
        }
    }

    #[cold]
    fn create(&mut self) -> u32 {
        let fiber = Fiber::new(self.stack_size, crate::execution::drive).unwrap_or_else(|error| {
            panic!(
                "no memory for another task stack of {} bytes, after {}: {error}. \
                 Fewer tasks suspended inside a poll, a smaller `stack_size`, or a higher \
                 vm.max_map_count would help",
                self.stack_size,
                self.all.len()
            )
        });
        self.all.push(Box::new(fiber));
        self.all.len() as u32 - 1
    }

    #[inline]
    pub(crate) fn park(&mut self, carrier: u32) {
        self.idle.push(carrier);
    }

    /// Returns the carrier of that number; its address is stable.
    #[inline]
    pub(crate) fn get(&self, carrier: u32) -> *const Fiber {
        &raw const *self.all[carrier as usize]
    }
}
