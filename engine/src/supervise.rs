//! Explorations on a thread of their own, watched: stuck tasks, stack overflows, crashes.
//!
//! When the exploring thread hits a fault, or is found stuck, it is *frozen*: a signal handler keeps
//! it where it is, for ever. Its state then stands still, and the watching thread reads from it which
//! task it was, and every decision that led there; so nothing of the schedule is lost, and the process
//! goes on.
//!
//! The thread is created without std, so that what tasks print is not captured by the test harness,
//! which would show the output of every execution.

#![expect(unsafe_code, reason = "threads, signals, and the state of a frozen thread")]
#![expect(clippy::disallowed_methods, reason = "the watchdog lives in real time")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::end::{Crash, End};
use crate::execution::{Options, Outcome};
use crate::remote::Slot;
use crate::runner::{Decision, Runner};

/// How often the watching thread looks.
const INTERVAL: Duration = Duration::from_millis(20);
/// What one look counts for at most: if the next one comes later than this, the process was stopped, or got no
/// processor, and neither did the exploring thread.
const MOST: Duration = Duration::from_millis(100);
/// What the signal handler stores in `Slot::frozen`: a signal's number, or this for a stack overflow.
const OVERFLOW: u32 = 1 << 16;
/// Added once the stack was read, or could not be.
const STACK_READ: u32 = 1 << 17;
/// The signal by which a stuck thread is frozen.
#[cfg(unix)]
const FREEZE: i32 = libc::SIGUSR2;

/// What became of a supervised job.
pub enum Supervised<T> {
    /// It returned.
    Done(T),
    /// Its thread was frozen, and stays so until the process ends.
    Frozen(Box<Frozen>),
}

/// The last state of a frozen execution.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// What came of it; the end is `Crashed` or `Stuck`.
    pub outcome: Outcome,
    /// The decisions that led there.
    pub decisions: Vec<Decision>,
    /// The strategy that made them.
    pub strategy: String,
}

struct Shared<T> {
    result: Mutex<Option<std::thread::Result<T>>>,
    done: Condvar,
    slot: Mutex<Option<usize>>,
}

/// How long the watching thread waits for the stack of a thread that it froze, before it goes without.
const STACK_PATIENCE: Duration = Duration::from_secs(20);

/// The stacks of frozen threads, each with its slot, until they are looked at.
static STACKS: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());

/// Runs `job` with a new runner on a thread of its own, and waits for it. A task that reaches no
/// scheduling point for `stuck_after` of real time is stuck.
///
/// # Panics
/// Panics if the thread cannot be created, and passes on a panic of `job` itself.
pub fn supervise<T, J>(options: Options, stuck_after: Duration, job: J) -> Supervised<T>
where
    T: Send + 'static,
    J: FnOnce(&mut Runner) -> T + Send + 'static,
{
    install_handlers();
    let shared = Arc::new(Shared { result: Mutex::new(None), done: Condvar::new(), slot: Mutex::new(None) });
    let theirs = Arc::clone(&shared);
    let thread = spawn(Box::new(move || {
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut runner = Runner::new(options);
            *theirs.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(runner.slot());
            job(&mut runner)
        }));
        *theirs.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        theirs.done.notify_all();
    }));
    let (mut last, mut looked, mut quiet) = ((0, 0), Instant::now(), Duration::ZERO);
    let mut result = shared.result.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(result) = result.take() {
            thread.join();
            return Supervised::Done(result.unwrap_or_else(|payload| resume_unwind(payload)));
        }
        result = shared.done.wait_timeout(result, INTERVAL).unwrap_or_else(PoisonError::into_inner).0;
        let Some(index) = *shared.slot.lock().unwrap_or_else(PoisonError::into_inner) else { continue };
        let slot = Slot::get(index);
        let frozen = slot.frozen.load(Ordering::Acquire);
        let running = !slot.execution.load(Ordering::Acquire).is_null();
        let progress = slot.progress();
        let now = Instant::now();
        let since = (now - looked).min(MOST);
        looked = now;
        quiet = if progress != last || !running { Duration::ZERO } else { quiet + since };
        last = progress;
        if frozen != 0 {
            thread.leave();
            return Supervised::Frozen(Box::new(read_frozen(index, frozen, stuck_after)));
        }
        if quiet > stuck_after {
            thread.freeze();
            let patience = Instant::now();
            while slot.frozen.load(Ordering::Acquire) & STACK_READ == 0 && patience.elapsed() < STACK_PATIENCE
            {
                std::thread::sleep(Duration::from_millis(1));
            }
            quiet = Duration::ZERO;
        }
    }
}

fn read_frozen(index: usize, what: u32, watched: Duration) -> Frozen {
    let slot = Slot::get(index);
    let execution = slot.execution.load(Ordering::Acquire);
    // SAFETY: the thread was in the middle of this execution when it was frozen, so the execution is
    // never dropped; and it stands still, so nothing of it changes while it is read here.
    let execution = unsafe { &*execution };
    let id = execution.current_task();
    let task = execution.task_name(id);
    let mut stacks = STACKS.lock().unwrap_or_else(PoisonError::into_inner);
    let stack = stacks.iter().position(|(of, _)| *of == index).map(|at| stacks.swap_remove(at).1);
    drop(stacks);
    let stack = stack.map(|text| user_frames(&text)).unwrap_or_default();
    let end = match what & 0xffff {
        #[cfg(unix)]
        signal if signal == FREEZE as u32 => match blocks_for_real(&stack) {
            Some(place) => End::Uncontrolled(format!(
                "task {task} blocks its OS thread, and so every task, {place}: control does not reach that lock or \
                 channel; put #[coyote::instrument] on the code, or use its mirror in coyote::std"
            )),
            None => End::Stuck { task, seconds: watched.as_secs().max(1), stack },
        },
        _ if what & OVERFLOW != 0 => {
            End::Crashed { task, what: Crash::StackOverflow(execution.stack_size()) }
        }
        signal => End::Crashed { task, what: Crash::Signal(signal_name(signal as i32)) },
    };
    let mut outcome = execution.outcome();
    outcome.end = end;
    Frozen {
        outcome,
        decisions: Decision::decode(&execution.decisions()),
        strategy: execution.strategy_name(),
    }
}

/// Returns where the program waits in a real lock, channel or `park`, if that is where its stack ends.
fn blocks_for_real(stack: &[String]) -> Option<String> {
    let is_library = |frame: &&String| {
        let (name, place) = frame.split_once(" at ").unwrap_or((frame, ""));
        let name = name.trim_start_matches('<');
        ["unknown>", "syscall", "std::", "core::", "alloc::", "parking_lot", "lock_api"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
            // What was inlined has no path if there are line tables only.
            || place.starts_with("/rustc/")
            || ["/parking_lot-", "/parking_lot_core-", "/lock_api-"].iter().any(|part| place.contains(part))
    };
    let waits = |frame: &&String| {
        ["futex_wait", "thread_parking", "thread_parker"].iter().any(|name| frame.contains(name))
    };
    stack.iter().take_while(is_library).any(|frame| waits(&frame)).then(|| {
        let caller = stack.iter().find(|frame| !is_library(frame));
        caller.map_or_else(|| "in a lock of std's own".to_owned(), |caller| format!("in {caller}"))
    })
}

/// Keeps the lines of a backtrace that are not the engine's and not the signal handler's.
fn user_frames(text: &str) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("at ") {
            Some(place) => {
                if let Some(frame) = frames.last_mut() {
                    frame.push_str(" at ");
                    frame.push_str(place);
                }
            }
            None => frames.push(line.split_once(": ").map_or(line, |(_, name)| name).to_owned()),
        }
    }
    let ours = |frame: &String| {
        ["coyote_engine", "corosensei", "std::backtrace", "core::ops::function", "__restore_rt", "std::panic"]
            .iter()
            .any(|prefix| frame.trim_start_matches('<').starts_with(prefix))
    };
    let first =
        frames.iter().position(|frame| frame.contains("__restore_rt") || frame.contains("handle_signal"));
    let frames = frames.split_off(first.map_or(0, |at| at + 1));
    let end = frames.iter().position(|frame| frame.contains("coyote_engine::task")).unwrap_or(frames.len());
    frames.into_iter().take(end).filter(|frame| !ours(frame)).take(32).collect()
}

#[cfg(unix)]
pub(crate) fn signal_name(signal: i32) -> &'static str {
    match signal {
        libc::SIGSEGV => "SIGSEGV, an access to memory that is not there",
        libc::SIGBUS => "SIGBUS, an access to memory that is not there",
        libc::SIGILL => "SIGILL, an illegal instruction",
        libc::SIGFPE => "SIGFPE, an illegal calculation",
        libc::SIGABRT => "SIGABRT, an abort",
        _ => "a signal",
    }
}

#[cfg(not(unix))]
fn signal_name(_signal: i32) -> &'static str {
    "a crash"
}

#[cfg(unix)]
struct Thread(libc::pthread_t);

#[cfg(unix)]
fn spawn(main: Box<dyn FnOnce() + Send>) -> Thread {
    extern "C" fn start(argument: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: the argument is the box leaked below, passed once.
        let main = unsafe { Box::from_raw(argument.cast::<Box<dyn FnOnce() + Send>>()) };
        let _alternate = AlternateStack::install();
        // A panic was caught inside; one that gets here cannot go on through C.
        let _ = catch_unwind(AssertUnwindSafe(main));
        std::ptr::null_mut()
    }
    let argument = Box::into_raw(Box::new(main));
    let mut thread = 0;
    // SAFETY: all arguments are valid; the thread owns the box from here on.
    let error = unsafe { libc::pthread_create(&raw mut thread, std::ptr::null(), start, argument.cast()) };
    assert!(error == 0, "cannot create the exploring thread: {}", std::io::Error::from_raw_os_error(error));
    Thread(thread)
}

#[cfg(unix)]
impl Thread {
    fn join(self) {
        // SAFETY: the thread exists and is joined once.
        unsafe { libc::pthread_join(self.0, std::ptr::null_mut()) };
    }

    fn leave(self) {
        // SAFETY: the thread exists and is not joined.
        unsafe { libc::pthread_detach(self.0) };
    }

    fn freeze(&self) {
        // SAFETY: the thread exists; the handler is installed.
        unsafe { libc::pthread_kill(self.0, FREEZE) };
    }
}

#[cfg(not(unix))]
struct Thread(std::thread::JoinHandle<()>);

#[cfg(not(unix))]
fn spawn(main: Box<dyn FnOnce() + Send>) -> Thread {
    Thread(std::thread::spawn(main))
}

#[cfg(not(unix))]
impl Thread {
    fn join(self) {
        let _ = self.0.join();
    }
    fn leave(self) {}
    fn freeze(&self) {}
}

/// The stack on which a fault of the task's own stack is handled.
#[cfg(unix)]
struct AlternateStack(Box<[u8]>);

#[cfg(unix)]
impl AlternateStack {
    fn install() -> Self {
        let mut memory = vec![0u8; 64 * 1024].into_boxed_slice();
        let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: memory.len() };
        // SAFETY: the memory lives until `Drop` takes it out of use.
        unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) };
        AlternateStack(memory)
    }
}

#[cfg(unix)]
impl Drop for AlternateStack {
    fn drop(&mut self) {
        let off =
            libc::stack_t { ss_sp: std::ptr::null_mut(), ss_flags: libc::SS_DISABLE, ss_size: self.0.len() };
        // SAFETY: this thread's own alternate stack is not in use: no handler runs here.
        unsafe { libc::sigaltstack(&raw const off, std::ptr::null_mut()) };
    }
}

#[cfg(not(unix))]
fn install_handlers() {}

#[cfg(unix)]
const FAULTS: [i32; 5] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT];

#[cfg(unix)]
static PREVIOUS: Mutex<Vec<(i32, libc::sigaction)>> = Mutex::new(Vec::new());

/// Installs the signal handlers, once per process. On threads that explore nothing they do what was
/// there before.
#[cfg(unix)]
fn install_handlers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut previous = PREVIOUS.lock().unwrap_or_else(PoisonError::into_inner);
        for signal in FAULTS.into_iter().chain([FREEZE]) {
            // SAFETY: a zeroed `sigaction` is valid, and the handler has the type that SA_SIGINFO
            // asks for. A stuck task's own stack is the one to be shown: no SA_ONSTACK for that.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                let mut old: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = handle_signal as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | if signal == FREEZE { 0 } else { libc::SA_ONSTACK };
                libc::sigemptyset(&raw mut action.sa_mask);
                libc::sigaction(signal, &raw const action, &raw mut old);
                previous.push((signal, old));
            }
        }
    });
}

#[cfg(unix)]
extern "C" fn handle_signal(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // What runs in place is nobody's to judge: it crashes as it would without control.
    let Some(execution) = crate::context::current().filter(|execution| !execution.is_in_place()) else {
        return pass_on(signal, info, context);
    };
    let slot = execution.slot();
    let mut what = signal as u32;
    if matches!(signal, libc::SIGSEGV | libc::SIGBUS) {
        // SAFETY: the kernel passes valid information for these signals.
        let address = unsafe { (*info).si_addr() } as usize;
        if execution.is_below_stack(address) {
            what |= OVERFLOW;
        }
    }
    slot.frozen.store(what, Ordering::Release);
    if signal == FREEZE {
        let stack = std::backtrace::Backtrace::force_capture().to_string();
        // Locked by other threads alone, and never for long.
        STACKS.lock().unwrap_or_else(PoisonError::into_inner).push((execution.slot_index(), stack));
        slot.frozen.store(what | STACK_READ, Ordering::Release);
    }
    loop {
        // SAFETY: waits for a signal; the thread never leaves this place.
        unsafe { libc::pause() };
    }
}

/// Does what was to be done for a signal before this module came.
#[cfg(unix)]
fn pass_on(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let previous =
        PREVIOUS.try_lock().ok().and_then(|all| all.iter().find(|old| old.0 == signal).map(|old| old.1));
    // SAFETY: the action was the process's own, and is called as it asks to be; otherwise the default
    // is restored, and the fault, which comes again at once, ends the process.
    unsafe {
        match previous {
            Some(old) if old.sa_sigaction == libc::SIG_IGN => {}
            Some(old) if old.sa_sigaction != libc::SIG_DFL => {
                if old.sa_flags & libc::SA_SIGINFO != 0 {
                    let call: extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) =
                        std::mem::transmute(old.sa_sigaction);
                    call(signal, info, context);
                } else {
                    let call: extern "C" fn(i32) = std::mem::transmute(old.sa_sigaction);
                    call(signal);
                }
            }
            _ => {
                libc::signal(signal, libc::SIG_DFL);
                if matches!(signal, libc::SIGABRT | FREEZE) {
                    libc::raise(signal);
                }
            }
        }
    }
}
